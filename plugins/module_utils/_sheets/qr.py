# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""QR codes, drawn by the Python library segno where it is installed."""

from __future__ import annotations

import io
import sys
import typing as t

try:
    import segno
except ImportError:
    HAS_SEGNO = False
else:
    HAS_SEGNO = True

#: Blank modules around the code (ISO/IEC 18004).
_BORDER: t.Final = 4


class Code(t.NamedTuple):
    """A QR code: the SVG image, and how many modules wide it is with its blank border."""

    svg: str
    modules: int


class MissingLibrary(Exception):
    """Without segno, there are no QR codes."""

    def __init__(self) -> None:
        super().__init__(
            "QR codes need the Python library segno, which is not installed for the interpreter "
            f"{sys.executable}; run: {sys.executable} -m pip install segno"
        )


class TooLong(Exception):
    """A QR code cannot hold the text."""


def qr_code(text: str) -> Code:
    """The QR code of a text, with a blank border.

    :raises MissingLibrary: without segno.
    :raises TooLong: for a text that takes more than 2,953 bytes.
    """
    if not HAS_SEGNO:
        raise MissingLibrary
    for level in ("m", "l"):
        try:
            code = segno.make_qr(text, error=level, encoding="utf-8")
        except segno.DataOverflowError:
            continue
        out = io.BytesIO()
        code.save(
            out, kind="svg", border=_BORDER, light="#fff", xmldecl=False, omitsize=True, svgclass=None, lineclass=None,
            nl=False,
        )  # fmt: skip
        return Code(out.getvalue().decode(), int(code.symbol_size(border=_BORDER)[0]))
    raise TooLong("the text takes more than 2,953 bytes, and a QR code cannot hold more")
