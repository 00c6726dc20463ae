# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The in-app logo: PNG, at least 680 x 80 (contract 2, row 34, and 9)."""

from __future__ import annotations

import struct
import zlib

from .errors import ApiError, not_found
from .state import Subscription

VARIANTS = ("dark", "light")
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MINIMUM_WIDTH = 680
_MINIMUM_HEIGHT = 80


def check_variant(variant: str) -> None:
    """Only dark and light exist."""
    if variant not in VARIANTS:
        raise not_found("Logo")


def get_logo(subscription: Subscription, variant: str) -> bytes:
    """The picture, or 404."""
    check_variant(variant)
    if variant not in subscription.logos:
        raise not_found("Logo")
    return subscription.logos[variant]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _reencoded(data: bytes) -> bytes:
    """Other bytes, the same picture: a text chunk after the header."""
    end_of_header = len(_SIGNATURE) + 25
    return data[:end_of_header] + _chunk(b"tEXt", b"Software\x00simulator") + data[end_of_header:]


def put_logo(subscription: Subscription, variant: str, data: bytes) -> None:
    """Store a picture; what is no PNG or too small is refused with 400."""
    check_variant(variant)
    if len(data) < 33 or not data.startswith(_SIGNATURE) or data[12:16] != b"IHDR":
        raise ApiError(400, "Not a PNG picture")
    width, height = struct.unpack(">II", data[16:24])
    if width < _MINIMUM_WIDTH or height < _MINIMUM_HEIGHT:
        raise ApiError(400, f"The picture must have at least {_MINIMUM_WIDTH} x {_MINIMUM_HEIGHT} pixels")
    subscription.logos[variant] = _reencoded(data) if subscription.switches["logo-reencode"] == "on" else data


def delete_logo(subscription: Subscription, variant: str) -> None:
    """Remove it, or 404."""
    get_logo(subscription, variant)
    del subscription.logos[variant]


def picture(width: int, height: int) -> bytes:
    """A plain PNG of that size, for tests and for trying things out."""
    rows = (b"\x00" + b"\x33" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
