# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The subscription (contract 3)."""

from __future__ import annotations

import typing as t

from .. import _errors as errors
from .._errors import ThreemaError
from .._http import Answer, Client
from .._types import Object
from ._common import a_dict, expect_status, plain

#: The types of fields that are present and not null (contract 3).
_FIELDS: t.Final = {
    "id": (str, "a string"),
    "type": (str, "a string"),
    "validUntil": (str, "a string"),
    "licenseAmount": (int, "an integer"),
}


def is_expected(subscription: Object, expected: str | None, accept: str | None = None) -> bool:
    """Whether a subscription is the one with this id or exact name; any is if none is expected.

    :param accept: a name that it may have instead; None for no other one.
    """
    if expected is None:
        return True
    name = subscription.get("name")
    return expected in (subscription.get("id"), name) or (accept is not None and accept == name)


class SubscriptionApi:
    """The subscription; only its name can be changed."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._path = "/"

    def get(self) -> Object:
        """The subscription.

        :raises ThreemaError: of kind ``protocol`` also for an object that is not a subscription.
        """
        answer = self._root("GET")
        subscription = a_dict(answer)
        if not isinstance(subscription.get("name"), str):
            raise answer.unexpected("is an object without the subscription's name")
        for key, (kind, what) in _FIELDS.items():
            value = subscription.get(key)
            if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
                raise answer.unexpected(f"is an object whose {key} is not {what}")
        try:
            return plain(subscription)
        except ValueError as reason:
            raise answer.unexpected(f"is an object {reason}") from None

    def rename(self, name: str) -> None:
        """Rename it."""
        expect_status(self._root("PUT", {"name": name}), 204)

    def _root(self, method: str, payload: Object | None = None) -> Answer:
        """It is not known whether the root responds with a trailing slash, without one, or both (contract 1)."""
        try:
            return self._client.request(method, self._path, payload=payload)
        except ThreemaError as error:
            if error.kind != errors.NOT_FOUND or not self._path:
                raise
            self._path = ""
            return self._client.request(method, self._path, payload=payload)
