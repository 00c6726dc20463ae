# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""PNG images: enough of the format to reject what the service would reject, and to compare two of them."""

from __future__ import annotations

import struct
import typing as t
import zlib

SIGNATURE: t.Final = b"\x89PNG\r\n\x1a\n"
#: Smallest logo in pixels (contract 10, version 1.7.1).
MIN_WIDTH: t.Final = 680
MIN_HEIGHT: t.Final = 80
_HEADER: t.Final = struct.Struct(">IIBBBBB")
#: Channels by the header's color type.
_CHANNELS: t.Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
#: For an image that takes more bytes in memory, the compressed pixels are compared.
_MAX_BYTES: t.Final = 16_000_000


def is_png(content: bytes) -> bool:
    """Whether it begins as a PNG file does."""
    return content.startswith(SIGNATURE)


def size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels. :raises ValueError: with a sentence, if it is not a PNG."""
    if not is_png(content):
        kind = "a JPEG" if content.startswith(b"\xff\xd8") else "empty" if not content else "something else"
        raise ValueError(f"the image must be a PNG file, but this is {kind}")
    header = dict(_chunks(content)).get(b"IHDR", b"")
    if len(header) != _HEADER.size:
        raise ValueError("the image is a PNG file without a header, or it is truncated")
    width, height = _HEADER.unpack(header)[:2]
    return width, height


def check_logo(content: bytes) -> None:
    """:raises ValueError: with a sentence, if the service would reject it as a logo."""
    width, height = size(content)
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        raise ValueError(
            f"the image has {width} x {height} pixels, but a logo needs at least {MIN_WIDTH} x {MIN_HEIGHT}"
        )
    _check_end(content)


def check_image(content: bytes) -> None:
    """:raises ValueError: with a sentence, if it is not a whole PNG file of any size."""
    if 0 in size(content):
        raise ValueError("the image has no pixels")
    _check_end(content)


def _check_end(content: bytes) -> None:
    if not any(name == b"IEND" for name, _data in _chunks(content)):
        raise ValueError("the image is a truncated PNG file: its end is missing")


def same_picture(one: bytes, other: bytes) -> bool:
    """Whether two PNG files show the same image, even if one was recompressed (contract 8.3)."""
    if one == other:
        return True
    try:
        header, pixels = _open(one)
        other_header, other_pixels = _open(other)
        return header == other_header and all(line == another for line, another in zip(pixels, other_pixels))
    except (ValueError, KeyError, IndexError, zlib.error, struct.error):
        return False


def _open(content: bytes) -> tuple[bytes, t.Iterator[bytes]]:
    """Header with palette and transparency, and the lines of pixels before compression and filtering."""
    # Joined at once: a service may send millions of chunks.
    parts = list(_chunks(content))
    header = b"".join(chunk for name, chunk in parts if name in (b"IHDR", b"PLTE", b"tRNS"))
    data = b"".join(chunk for name, chunk in parts if name == b"IDAT")
    width, height, depth, color, _method, _filter, interlaced = _HEADER.unpack_from(header)
    bits = depth * _CHANNELS[color]
    stride = (width * bits + 7) // 8
    length = height * (stride + 1)
    # Without lines, there is nothing to read, and for zlib a limit of 0 means no limit.
    if interlaced or not 0 < length <= _MAX_BYTES:
        return header, iter((data,))
    raw = zlib.decompressobj().decompress(data, length)
    return header, _lines(raw, height, stride, max(1, bits // 8))


def _lines(raw: bytes, height: int, stride: int, step: int) -> t.Iterator[bytes]:
    line = bytearray(stride)
    for start in range(0, height * (stride + 1), stride + 1):
        first, end = start + 1, start + 1 + stride
        line = _unfiltered(raw[start], bytearray(raw[first:end]), line, step)
        yield bytes(line)


def _unfiltered(kind: int, line: bytearray, above: bytearray, step: int) -> bytearray:
    """One line of pixels, by the filters of the PNG specification, section 9."""
    for index in range(len(line) if kind else 0):
        left = line[index - step] if index >= step else 0
        up = above[index]
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        else:
            guess = _paeth(left, up, above[index - step] if index >= step else 0)
        line[index] = (line[index] + guess) & 0xFF
    return line


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))


def _chunks(content: bytes) -> t.Iterator[tuple[bytes, bytes]]:
    position = len(SIGNATURE)
    while position + 8 <= len(content):
        length, name = struct.unpack_from(">I4s", content, position)
        first, end = position + 8, position + 8 + length
        # A checksum of four bytes follows.
        if end + 4 > len(content):
            return
        yield name, content[first:end]
        position = end + 4
