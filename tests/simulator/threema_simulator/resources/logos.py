# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The in-app logo: PNG, at least 680 x 80 (contract 2, row 34, and 9)."""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib
from typing import Any

from ..errors import ApiError, existing, not_found
from ..reply import Call, Reply, removed
from ..resource import Resource
from ..state import State, Store

VARIANTS = ("dark", "light")
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MINIMUM_WIDTH = 680
_MINIMUM_HEIGHT = 80


class Logos(Store):
    """The picture of each variant."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.items: dict[str, bytes] = {}

    def one(self, variant: str) -> bytes:
        """The picture, or 404."""
        return existing(self.items, variant, "Logo")

    def put(self, variant: str, data: bytes) -> None:
        """Store a picture; what is no PNG or too small is refused with 400, and only dark and light exist."""
        if variant not in VARIANTS:
            raise not_found("Logo")
        if len(data) < 33 or not data.startswith(_SIGNATURE) or data[12:16] != b"IHDR":
            raise ApiError(400, "Not a PNG picture")
        width, height = struct.unpack(">II", data[16:24])
        if width < _MINIMUM_WIDTH or height < _MINIMUM_HEIGHT:
            raise ApiError(400, f"The picture must have at least {_MINIMUM_WIDTH} x {_MINIMUM_HEIGHT} pixels")
        self.items[variant] = _reencoded(data) if self.switches["logo-reencode"] == "on" else data

    def delete(self, variant: str) -> None:
        """Remove it, or 404."""
        self.one(variant)
        del self.items[variant]

    def snapshot(self) -> dict[str, Any]:
        """The pictures with what tells them apart."""
        return {
            "logos": {
                variant: {
                    "size": len(data),
                    "sha256": hashlib.sha256(data).hexdigest(),
                    "content": base64.b64encode(data).decode(),
                }
                for variant, data in self.items.items()
            }
        }


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _reencoded(data: bytes) -> bytes:
    """Other bytes, the same picture: a text chunk after the header."""
    end_of_header = len(_SIGNATURE) + 25
    return data[:end_of_header] + _chunk(b"tEXt", b"Software\x00simulator") + data[end_of_header:]


def picture(width: int, height: int) -> bytes:
    """A plain PNG of that size, for tests and for trying things out."""
    rows = (b"\x00" + b"\x33" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def get_logo(call: Call) -> Reply:
    """The picture."""
    return Reply(200, data=call.state.of(Logos).one(call.path["logoVariant"]), content_type="image/png")


def update_logo(call: Call) -> Reply:
    """Method and status are unknown (contract 2, row 34)."""
    call.state.of(Logos).put(call.path["logoVariant"], call.body)
    return Reply(int(call.switches["logo-status"]))


def delete_logo(call: Call) -> Reply:
    """Absent is 404."""
    return removed(call, lambda: call.state.of(Logos).delete(call.path["logoVariant"]))


RESOURCE = Resource(
    "logos",
    Logos,
    operations={
        "getLogoByVariant": get_logo,
        "updateLogoByVariant": update_logo,
        "deleteLogoByVariant": delete_logo,
    },
    methods={"updateLogoByVariant": "logo-method"},
)
