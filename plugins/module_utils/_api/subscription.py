# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The subscription and its logos (contract 2 and 3)."""

from __future__ import annotations

import typing as t

from .. import _errors as errors
from .._errors import ThreemaError
from .._http import Answer, Client
from .._png import is_png
from .._types import Object
from ._common import a_dict, expect_status, plain, remove, segment

#: What a field holds where it is there and not null (contract 3).
_FIELDS: t.Final = {
    "id": (str, "text"),
    "type": (str, "text"),
    "validUntil": (str, "text"),
    "licenseAmount": (int, "integer"),
}


class SubscriptionApi:
    """The subscription; only its name can be changed."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._path = "/"

    def get(self) -> Object:
        """The subscription.

        :raises ThreemaError: of kind ``protocol`` also for an object that is something else.
        """
        answer = self._root("GET")
        subscription = a_dict(answer)
        if not isinstance(subscription.get("name"), str):
            raise answer.unexpected("is an object without the subscription's name")
        for key, (kind, what) in _FIELDS.items():
            value = subscription.get(key)
            if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
                raise answer.unexpected(f"is an object whose {key} is no {what}")
        try:
            return plain(subscription)
        except ValueError as reason:
            raise answer.unexpected(f"is an object {reason}") from None

    def rename(self, name: str) -> None:
        """Give it another name."""
        expect_status(self._root("PUT", {"name": name}), 204)

    def _root(self, method: str, payload: Object | None = None) -> Answer:
        """Whether the root answers with a slash at its end, without one or both ways is not known (contract 1)."""
        try:
            return self._client.request(method, self._path, payload=payload)
        except ThreemaError as error:
            if error.kind != errors.NOT_FOUND or not self._path:
                raise
            self._path = ""
            return self._client.request(method, self._path, payload=payload)


class LogoApi:
    """The logos, one for each variant."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def get(self, variant: str) -> bytes | None:
        """The picture, None if there is none.

        :raises ThreemaError: of kind ``protocol`` also for what is not said to be a picture and is no PNG.
        """
        try:
            answer = self._client.request("GET", _path(variant))
        except ThreemaError as error:
            if error.kind == errors.NOT_FOUND:
                return None
            raise
        if not answer.body:
            raise answer.unexpected("is empty where a picture was expected")
        if not (is_png(answer.body) or answer.headers.get("Content-Type", "").startswith("image/")):
            raise answer.unexpected("is no picture; is the URL right, and no proxy's page in between?")
        return answer.body

    def upload(self, variant: str, content: bytes) -> None:
        """PUT, and POST where the service knows no PUT: the method is recorded nowhere (contract 2, row 34).

        :raises ThreemaError: of kind ``protocol`` for another 2xx than 204; whether it is there then shows a look.
        """
        for method in ("PUT", "POST"):
            try:
                answer = self._client.request(method, _path(variant), content=content, content_type="image/png")
            except ThreemaError as error:
                if method == "PUT" and error.status in (404, 405, 501):
                    continue
                raise
            expect_status(answer, 204)
            return

    def delete(self, variant: str) -> bool:
        """DELETE; false if there was none."""
        return remove(self._client, _path(variant))


def _path(variant: str) -> str:
    return f"/logos/{segment(variant)}"
