# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Archives (ZIP): what they contain, and whether they can be unpacked safely. Nothing is unpacked to find out."""

from __future__ import annotations

import io
import posixpath
import re
import typing as t
import zipfile
import zlib

from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import Unreadable

SAVE: t.Final = "save the list as .xlsx or CSV UTF-8"
_DAMAGED: t.Final = "the workbook is damaged or incomplete; get it again, or open it in a spreadsheet and save it again"
#: The unpacked size of a workbook with 100,000 rows and 30 columns; that of a ZIP bomb is many times larger.
_LARGEST: t.Final = 200_000_000
#: Text is compressed to about a tenth; only repetitive data is compressed to less than a hundredth.
_SUSPICIOUS: t.Final = 10_000_000
_PACKED: t.Final = 100
_WORKBOOK: t.Final = re.compile(r"xl/workbook[^/]*\.xml")
#: The namespaces of the strict form, which openpyxl does not support.
_STRICT: t.Final = b"http://purl.oclc.org/ooxml/"
#: The parts of sheets, with paths relative to the workbook or not.
_SHEET: t.Final = re.compile(r"Target\s*=\s*[\"']([^\"']*sheets/[^\"']*)[\"']")
_MOST_PARTS: t.Final = 5_000
_CHUNK: t.Final = 1 << 20
# Workbooks have none. A declared entity could expand to any size.
_DECLARATION: t.Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
#: Other files that are not supported, by a part that they contain.
_OTHERS: t.Final = (
    ("xl/workbook.bin", f"this is a binary workbook (.xlsb); {SAVE}"),
    ("word/document.xml", f"this is a text document (.docx), not a list; {SAVE}"),
    ("ppt/presentation.xml", f"this is a presentation (.pptx), not a list; {SAVE}"),
    ("Index/Document.iwa", f"this is a document of Apple's Numbers or Pages; {SAVE}"),
    ("content.xml", f"this is a document of LibreOffice or OpenOffice (.ods or another); {SAVE}"),
)


def is_archive(data: bytes) -> bool:
    """Whether bytes begin like an archive."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def open_workbook(data: bytes) -> zipfile.ZipFile:
    """The parts of a workbook, after checking them and their sizes.

    :raises Unreadable: with a sentence, if this is not a workbook, or cannot be unpacked.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Unreadable(f"row 1: {_DAMAGED}") from None
    names = {part.filename for part in parts}
    book = next(filter(_WORKBOOK.fullmatch, names), None)
    if book is None:
        other = next((text for name, text in _OTHERS if name in names), None)
        raise Unreadable(
            f"row 1: {other or 'this is an archive (ZIP), not a list; unpack it first, and name the list in it'}"
        )
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(f"row 1: the workbook is encrypted; remove its password, or {SAVE}")
    _check_sizes(parts)
    _check_sheets(archive, names)
    _check_declarations(archive, parts)
    if _STRICT in archive.read(book):
        raise Unreadable(
            "row 1: this is a workbook in the strict form of Open XML; save it as an Excel workbook (.xlsx)"
        )
    return archive


def _check_sheets(archive: zipfile.ZipFile, names: t.Collection[str]) -> None:
    """Reject a workbook if a sheet is missing: that may have been the list."""
    try:
        relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        raise damaged() from None
    sheets = [posixpath.normpath(posixpath.join("/xl", target))[1:] for target in _SHEET.findall(relations)]
    if not sheets or not set(sheets) <= set(names):
        raise damaged()


def _check_sizes(parts: t.Sequence[zipfile.ZipInfo]) -> None:
    """
    Reject archives that would fill memory or disk, by the sizes in their list of parts.

    Unpacking stops at these sizes, so wrong sizes are noticed.
    """
    size = sum(part.file_size for part in parts)
    packed = [part for part in parts if part.file_size > max(_SUSPICIOUS, _PACKED * part.compress_size)]
    if size > _LARGEST or len(parts) > _MOST_PARTS or packed:
        raise Unreadable(
            f"row 1: the workbook would have {size // 1_000_000} MB in {len(parts)} parts when it is unpacked, which "
            f"no staff list has; {SAVE}"
        )


def _check_declarations(archive: zipfile.ZipFile, parts: t.Sequence[zipfile.ZipInfo]) -> None:
    """Reject XML that declares its own entities, or is in another encoding, in which this could not be detected."""
    for part in parts:
        if not part.filename.endswith((".xml", ".rels")):
            continue
        try:
            with archive.open(part) as file:
                before = b""
                while chunk := file.read(_CHUNK):
                    if _DECLARATION.search(before + chunk) or b"\0" in chunk:
                        raise Unreadable(f"row 1: the workbook contains XML that no spreadsheet writes; {SAVE}")
                    before = chunk[-16:]
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
            raise Unreadable(f"row 1: {_DAMAGED}") from None


def damaged() -> Unreadable:
    """The error of a workbook whose parts cannot be read."""
    return Unreadable(f"row 1: {_DAMAGED}")
