# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Archives that are no workbook to be read: other documents, encrypted, damaged, or too large when unpacked."""

from __future__ import annotations

import time
import typing as t

import pytest
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import problem
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.workbooks import Sheet, archive, workbook

STAFF: t.Final = Sheet([("username",), ("jo",)])


def _encrypted() -> bytes:
    data = bytearray(workbook(STAFF))
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = data.find(signature)
        while place != -1:
            data[place + offset] |= 1
            place = data.find(signature, place + 1)
    return bytes(data)


def _entities() -> bytes:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    sheet = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{lol}]><worksheet>&l9;</worksheet>'
    return workbook(STAFF, parts={"xl/worksheets/sheet1.xml": sheet.encode()})


WHOLE: t.Final = workbook(STAFF)
NO_WORKBOOKS: t.Final[dict[str, tuple[bytes, str]]] = {
    "old": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "this is a workbook of an old Excel (.xls)"),
    "encrypted": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(90),
        "this is an encrypted workbook; remove its password",
    ),
    "encrypted parts": (_encrypted(), "the workbook is encrypted; remove its password"),
    "ods": (
        archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}),
        "this is a document of LibreOffice or OpenOffice (.ods or another); save the list as .xlsx or CSV UTF-8",
    ),
    "xlsb": (archive({"xl/workbook.bin": b"x"}), "this is a binary workbook (.xlsb)"),
    "docx": (archive({"word/document.xml": b"<x/>"}), "this is a text document (.docx)"),
    "numbers": (archive({"Index/Document.iwa": b"x"}), "this is a document of Apple's Numbers"),
    "zip": (archive({"people.csv": b"login\njo\n"}), "this is an archive (ZIP), not a list; unpack it first"),
    "empty zip": (archive({}), "this is an archive (ZIP)"),
    "cut": (WHOLE[:-30], "the workbook is damaged or incomplete"),
    "half": (WHOLE[: len(WHOLE) // 2], "the workbook is damaged or incomplete"),
    "overwritten": (WHOLE[:400] + b"x" * 60 + WHOLE[460:], "the workbook is damaged or incomplete"),
    "no xml": (workbook(STAFF, parts={"xl/worksheets/sheet1.xml": b"<worksheet><row"}), "the workbook is damaged"),
    "no sheet": (workbook(STAFF, parts={"xl/worksheets/sheet1.xml": b""}), "row 1: the workbook"),
    "no types": (workbook(STAFF, parts={"[Content_Types].xml": b""}), "the workbook is damaged"),
    "no styles": (workbook(STAFF, parts={"xl/styles.xml": b"<x>"}), "the workbook is damaged"),
    "bomb": (
        workbook(STAFF, parts={"xl/sharedStrings.xml": b" " * 50_000_000}),
        "the workbook would have 50 MB in",
    ),
    "many parts": (
        workbook(STAFF, parts={f"xl/media/{number}.png": b"x" for number in range(5_100)}),
        "parts when it is unpacked, which no staff list has",
    ),
    "strict": (
        workbook(
            STAFF, parts={"xl/workbook.xml": b'<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'}
        ),
        "this is a workbook in the strict form of Open XML; save it as an Excel workbook (.xlsx)",
    ),
    "entities": (_entities(), "the workbook contains XML that no spreadsheet writes"),
    "utf-16": (
        workbook(STAFF, parts={"xl/worksheets/sheet1.xml": "<!DOCTYPE x []><worksheet/>".encode("utf-16")}),
        "the workbook contains XML that no spreadsheet writes",
    ),
}


@pytest.mark.parametrize("name", sorted(NO_WORKBOOKS))
def test_what_is_no_workbook_to_be_read_is_refused_in_a_sentence(name: str) -> None:
    data, sentence = NO_WORKBOOKS[name]
    begun = time.process_time()
    message = problem(data)
    assert sentence in message
    assert "\n" not in message
    assert time.process_time() - begun < 5
