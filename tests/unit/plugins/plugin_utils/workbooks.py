# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes workbooks by hand, so that tests decide on everything that is in them, also on what no program writes."""

from __future__ import annotations

import io
import typing as t
import zipfile
from xml.sax.saxutils import escape, quoteattr

_MAIN: t.Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: t.Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: t.Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: t.Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
#: Formats whose number is above all of those that need no text.
_FIRST_OWN: t.Final = 164


class Cell(t.NamedTuple):
    """A cell by hand: its type (t), its value (v), a formula, a number format (or the number of one)."""

    value: str | None = None
    type: str = "n"
    formula: str | None = None
    format: str | int = "General"


class Sheet(t.NamedTuple):
    """A sheet: rows of texts, numbers, None, or cells."""

    rows: t.Sequence[t.Sequence[str | int | float | None | Cell]]
    name: str = "Sheet1"
    state: str = "visible"
    hidden: t.Collection[int] = ()
    merged: t.Sequence[str] = ()


def workbook(*sheets: Sheet, epoch_1904: bool = False, parts: t.Mapping[str, bytes] | None = None) -> bytes:
    """The bytes of a workbook.

    :param parts: further parts, or others in place of those of the same name; empty ones are left out.
    """
    formats = list(
        dict.fromkeys(cell.format for one in sheets for row in one.rows for cell in row if isinstance(cell, Cell))
    )
    sheet_parts = {
        f"xl/worksheets/sheet{number}.xml": _sheet(one, formats).encode() for number, one in enumerate(sheets, 1)
    }
    written = {
        "[Content_Types].xml": _types(len(sheets)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _book(sheets, epoch_1904),
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", name.removeprefix("xl/")) for name in sheet_parts] + [("styles", "styles.xml")]
        ),
        "xl/styles.xml": _styles(formats),
    }
    all_parts = {**{name: text.encode() for name, text in written.items()}, **sheet_parts, **(parts or {})}
    return archive({name: content for name, content in all_parts.items() if content})


def archive(parts: t.Mapping[str, bytes]) -> bytes:
    """The bytes of an archive (ZIP)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return buffer.getvalue()


def _types(sheets: int) -> str:
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    parts += [(f"/xl/worksheets/sheet{number}.xml", "worksheet") for number in range(1, sheets + 1)]
    overrides = "".join(f'<Override PartName="{name}" ContentType="{_TYPE}.{kind}+xml"/>' for name, kind in parts)
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(targets: t.Sequence[tuple[str, str]]) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(targets, 1)
        )
        + "</Relationships>"
    )


def _book(sheets: t.Sequence[Sheet], epoch_1904: bool) -> str:
    listed = "".join(
        f'<sheet name={quoteattr(one.name)} sheetId="{number}" state="{one.state}" r:id="rId{number}"/>'
        for number, one in enumerate(sheets, 1)
    )
    properties = '<workbookPr date1904="1"/>' if epoch_1904 else ""
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">{properties}<sheets>{listed}</sheets></workbook>'


def _styles(formats: t.Sequence[str | int]) -> str:
    own = "".join(
        f'<numFmt numFmtId="{_FIRST_OWN + number}" formatCode={quoteattr(one)}/>'
        for number, one in enumerate(formats)
        if isinstance(one, str)
    )
    uses = "".join(
        f'<xf numFmtId="{one if isinstance(one, int) else _FIRST_OWN + number}"/>' for number, one in enumerate(formats)
    )
    count = sum(isinstance(one, str) for one in formats)
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{count}">{own}</numFmts><fonts><font/></fonts>'
        "<fills><fill><patternFill/></fill></fills><borders><border/></borders>"
        f'<cellXfs><xf numFmtId="0"/>{uses}</cellXfs></styleSheet>'
    )


def _sheet(sheet: Sheet, formats: t.Sequence[str | int]) -> str:
    rows = "".join(_row(number, row, sheet.hidden, formats) for number, row in enumerate(sheet.rows, 1))
    merged = "".join(f'<mergeCell ref="{one}"/>' for one in sheet.merged)
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>'
        + (f"<mergeCells>{merged}</mergeCells>" if merged else "")
        + "</worksheet>"
    )


def _row(
    number: int,
    cells: t.Sequence[str | int | float | None | Cell],
    hidden: t.Collection[int],
    formats: t.Sequence[str | int],
) -> str:
    attribute = ' hidden="1"' if number in hidden else ""
    written = "".join(
        _cell(f"{chr(ord('A') + column)}{number}", one, formats) for column, one in enumerate(cells) if one is not None
    )
    return f'<row r="{number}"{attribute}>{written}</row>'


def _cell(place: str, cell: str | int | float | None | Cell, formats: t.Sequence[str | int]) -> str:
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    if not isinstance(cell, Cell):
        return f'<c r="{place}"><v>{cell}</v></c>'
    formula = f"<f>{escape(cell.formula)}</f>" if cell.formula is not None else ""
    value = f"<v>{escape(cell.value)}</v>" if cell.value is not None else ""
    return f'<c r="{place}" t="{cell.type}" s="{formats.index(cell.format) + 1}">{formula}{value}</c>'
