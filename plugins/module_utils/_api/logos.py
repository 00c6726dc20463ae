# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The logos (contract 2)."""

from __future__ import annotations

from .. import _errors as errors
from .._errors import ThreemaError
from .._http import Client
from .._png import is_png
from ._common import expect_status, remove, segment


class LogoApi:
    """The logos, one for each variant."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def get(self, variant: str) -> bytes | None:
        """The image, None if there is none.

        :raises ThreemaError: of kind ``protocol`` also for an answer that is neither declared as an image nor a PNG.
        """
        try:
            answer = self._client.request("GET", _path(variant))
        except ThreemaError as error:
            if error.kind == errors.NOT_FOUND:
                return None
            raise
        if not answer.body:
            raise answer.unexpected("is empty, but an image was expected")
        if not (is_png(answer.body) or answer.headers.get("Content-Type", "").startswith("image/")):
            raise answer.unexpected("is not an image; is the URL correct, or did a proxy return a page of its own?")
        return answer.body

    def upload(self, variant: str, content: bytes) -> None:
        """PUT, and POST if the service does not support PUT: the method is not documented (contract 2, row 34).

        :raises ThreemaError: of kind ``protocol`` for a 2xx other than 204; whether the logo exists is then checked.
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
