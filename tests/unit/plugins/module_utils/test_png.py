# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PNG pictures: what is refused, and which two show the same."""

from __future__ import annotations

import random
import struct
import time
import tracemalloc
import typing as t
import zlib

import pytest
from ansible_collections.threema.work.plugins.module_utils._png import SIGNATURE, check_logo, same_picture, size

Rows = t.List[bytes]


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk with its length and check sum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def paeth(left: int, up: int, corner: int) -> int:
    """The predictor, as the PNG specification writes it."""
    guess = left + up - corner
    by_left, by_up, by_corner = abs(guess - left), abs(guess - up), abs(guess - corner)
    if by_left <= by_up and by_left <= by_corner:
        return left
    return up if by_up <= by_corner else corner


def filtered(kind: int, row: bytes, above: bytes, step: int) -> bytes:
    """One row as a PNG file holds it with this filter."""
    out = bytearray([kind])
    for index, value in enumerate(row):
        left = row[index - step] if index >= step else 0
        corner = above[index - step] if index >= step else 0
        up = above[index]
        guess = (0, left, up, (left + up) // 2, paeth(left, up, corner))[kind]
        out.append((value - guess) & 0xFF)
    return bytes(out)


def png(
    width: int,
    rows: Rows,
    *,
    color: int = 0,
    depth: int = 8,
    filters: t.Sequence[int] = (0,),
    level: int = 9,
    parts: int = 1,
    extra: bytes = b"",
    interlaced: int = 0,
) -> bytes:
    """A PNG of these rows: filtered, compressed and cut into chunks as wanted."""
    step = max(1, depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color] // 8)
    above = bytes(len(rows[0]))
    raw = b""
    for number, row in enumerate(rows):
        raw += filtered(filters[number % len(filters)], row, above, step)
        above = row
    data = zlib.compress(raw, level)
    cut = -(-len(data) // parts)
    pieces = b"".join(chunk(b"IDAT", data[at : at + cut]) for at in range(0, len(data), cut))
    header = struct.pack(">IIBBBBB", width, len(rows), depth, color, 0, 0, interlaced)
    return SIGNATURE + chunk(b"IHDR", header) + extra + pieces + chunk(b"IEND", b"")


def noise(width: int, height: int, channels: int = 1, seed: int = 7) -> Rows:
    """Rows without any order in them."""
    source = random.Random(seed)
    return [source.randbytes(width * channels) for _row in range(height)]


PLAIN: t.Final = [bytes(680)] * 80
LOGO: t.Final = png(680, PLAIN)
JPEG: t.Final = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(900)


@pytest.mark.parametrize(("width", "height"), [(680, 80), (681, 81), (3000, 80), (680, 1000), (1, 1)])
def test_size(width: int, height: int) -> None:
    assert size(png(width, [bytes(width)] * height)) == (width, height)


@pytest.mark.parametrize(("width", "height"), [(680, 80), (681, 81), (3000, 80), (680, 1000)])
def test_large_enough(width: int, height: int) -> None:
    check_logo(png(width, [bytes(width)] * height))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "must be a PNG file, but this is empty"),
        (JPEG, "must be a PNG file, but this is a JPEG"),
        (b"GIF89a" + bytes(99), "must be a PNG file"),
        (b"<svg/>", "must be a PNG file"),
        (LOGO[1:], "must be a PNG file"),
        (LOGO.replace(b"\r\n", b"\n", 1), "must be a PNG file"),
        (SIGNATURE, "without a header, or it is truncated"),
        (LOGO[:20], "without a header, or it is truncated"),
        (SIGNATURE + chunk(b"IEND", b""), "without a header, or it is truncated"),
        (SIGNATURE + chunk(b"IHDR", b"short") + chunk(b"IEND", b""), "without a header, or it is truncated"),
        (LOGO[:-12], "its end is missing"),
        (LOGO[:-20], "its end is missing"),
        (png(679, [bytes(679)] * 80), "679 x 80 pixels, but a logo needs at least 680 x 80"),
        (png(680, [bytes(680)] * 79), "680 x 79 pixels, but a logo needs at least 680 x 80"),
        (png(80, [bytes(80)] * 680), "80 x 680 pixels"),
        (png(1, [bytes(1)]), "1 x 1 pixels"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_refused_and_why(content: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_logo(content)


def test_every_cut_is_noticed() -> None:
    small = png(680, PLAIN)
    for length in range(len(small)):
        with pytest.raises(ValueError, match="PNG"):
            check_logo(small[:length])


@pytest.mark.parametrize("color", [0, 2, 3, 4, 6])
@pytest.mark.parametrize(
    "other",
    [
        {"level": 0},
        {"level": 1, "parts": 3},
        {"filters": (1,)},
        {"filters": (2,)},
        {"filters": (3,)},
        {"filters": (4,)},
        {"filters": (4, 0, 3, 1, 2), "parts": 9},
        {"extra": chunk(b"tEXt", b"Software\x00other") + chunk(b"pHYs", bytes(9))},
    ],
    ids=" ".join,
)
def test_compressed_anew_it_is_the_same(color: int, other: dict[str, t.Any]) -> None:
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    palette = chunk(b"PLTE", bytes(range(256)) * 3) if color == 3 else b""
    rows = noise(30, 12, channels)
    one = png(30, rows, color=color, extra=palette)
    two = png(30, rows, color=color, **{**other, "extra": palette + other.get("extra", b"")})
    assert one != two
    assert same_picture(one, two) and same_picture(two, one)
    changed = [*rows[:-1], rows[-1][:-1] + bytes([rows[-1][-1] ^ 1])]
    different = png(30, changed, color=color, **{**other, "extra": palette + other.get("extra", b"")})
    assert not same_picture(one, different) and not same_picture(different, one)


@pytest.mark.parametrize("depth", [1, 2, 4, 16])
@pytest.mark.parametrize("filters", [(1,), (2,), (3,), (4,)])
def test_other_depths(depth: int, filters: tuple[int, ...]) -> None:
    rows = noise(24 * depth // 8, 6)
    one, two = (png(24, rows, depth=depth, filters=kind) for kind in ((0,), filters))
    assert one != two
    assert same_picture(one, two)
    assert not same_picture(one, png(24, noise(24 * depth // 8, 6, seed=8), depth=depth, filters=filters))


def test_another_palette_or_transparency_is_another_picture() -> None:
    rows = noise(30, 4)
    palette = chunk(b"PLTE", bytes(range(256)) * 3)
    one = png(30, rows, color=3, extra=palette)
    assert not same_picture(one, png(30, rows, color=3, extra=chunk(b"PLTE", bytes(768))))
    assert not same_picture(one, png(30, rows, color=3, extra=palette + chunk(b"tRNS", b"\x00")))


def test_another_shape_of_the_same_bytes_is_another_picture() -> None:
    flat = bytes(1200)
    assert not same_picture(png(30, [flat[:30]] * 40), png(40, [flat[:40]] * 30))
    assert not same_picture(png(30, [flat[:30]] * 40), png(30, [flat[:30]] * 39))


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        JPEG,
        SIGNATURE,
        LOGO[:40],
        SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 680, 80, 8, 0, 0, 0, 0)) + chunk(b"IEND", b""),
        LOGO.replace(b"IDAT", b"XDAT"),
        png(680, PLAIN)[:33] + chunk(b"IDAT", b"not compressed") + chunk(b"IEND", b""),
        SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 680, 80, 8, 9, 0, 0, 0)) + LOGO[33:],
        SIGNATURE + struct.pack(">I", 2**32 - 1) + b"IHDR",
    ],
    ids=range(9),
)
def test_what_is_broken_is_another_picture(broken: bytes) -> None:
    assert not same_picture(LOGO, broken) and not same_picture(broken, LOGO)
    assert same_picture(broken, broken)


def test_interlaced_pictures_are_compared_by_their_data() -> None:
    rows = noise(30, 8)
    one = png(30, rows, interlaced=1)
    assert same_picture(one, png(30, rows, interlaced=1, parts=4, extra=chunk(b"tEXt", b"a\x00b")))
    assert not same_picture(one, png(30, noise(30, 8, seed=8), interlaced=1))
    assert not same_picture(one, png(30, rows))


def test_the_end_of_an_interlaced_picture_counts() -> None:
    """It has more bytes than its lines tell, because each of its seven passes has lines of its own."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30, 8, 8, 0, 0, 0, 1))
    one, other = (SIGNATURE + header + chunk(b"IDAT", zlib.compress(bytes(8 * 31 + 20) + end)) for end in (b"a", b"b"))
    assert not same_picture(one, other)


def test_a_picture_that_would_fill_the_memory_does_not() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 16, 6, 0, 0, 0)
    data = zlib.compress(bytes(20_000_000), 9)
    bombs = [
        SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", data) + extra + chunk(b"IEND", b"")
        for extra in (b"", chunk(b"tEXt", b"a\x00b"))
    ]
    begin = time.monotonic()
    assert same_picture(*bombs)
    assert not same_picture(bombs[0], LOGO)
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize(("width", "height"), [(0, 0), (680, 0), (0, 2**31 - 1), (2**31 - 1, 2**31 - 1)])
def test_a_picture_without_lines_or_columns_is_not_unpacked(width: int, height: int) -> None:
    """Its header says how much is read of it, and a service may write there what it likes."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    bombs = [chunk(b"IDAT", zlib.compress(one * 60_000_000, 1)) for one in (b"a", b"b")]
    tracemalloc.start()
    try:
        assert not same_picture(SIGNATURE + header + bombs[0], SIGNATURE + header + bombs[1])
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_a_picture_of_very_many_pieces() -> None:
    pieces = chunk(b"IDAT", b"x") * 300_000
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 680, 80, 8, 0, 0, 0, 0))
    begin = time.monotonic()
    assert not same_picture(SIGNATURE + header + pieces, SIGNATURE + header + pieces + pieces)
    assert time.monotonic() - begin < 5
