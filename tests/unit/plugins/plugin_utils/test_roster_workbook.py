# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Workbooks: sheets, formulas, numbers and days as they are shown, hidden rows, and what is no workbook to be read."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
import typing as t
import zipfile

import openpyxl
import pytest
from ansible_collections.threema.work.plugins.plugin_utils._reader import workbook as reader
from ansible_collections.threema.work.plugins.plugin_utils._reader.base64_text import from_base64
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import details, people, problem, problems
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.playbook import COLLECTIONS
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.workbooks import (
    Cell,
    Sheet,
    archive,
    workbook,
)

HEAD: t.Final = ("username", "employee_number", "first_name")


def one(cell: Cell | str | int | float | None, **options: t.Any) -> t.Any:
    """What an employee number is that stands in a cell so."""
    (person,) = people(workbook(Sheet([HEAD, ("jo", cell, "Jo")])), **options)
    return person.get("employee_number")


def refusal(cell: Cell) -> str:
    """Why a cell is refused."""
    return problem(workbook(Sheet([HEAD, ("jo", cell, "Jo")])))


def test_a_workbook_as_a_spreadsheet_writes_it() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Staff"
    sheet.append(["Personal 2026"])
    sheet.append(["Benutzername", "Personalnummer", "Vorname", "Nachname", "valid_from"])
    sheet.append(["anna", 42, " Änna\xa0", "Muster", None])
    sheet["B3"].number_format = "00000"
    sheet.append([None])
    sheet.append(["beat", "007", "Beat", None, None])
    buffer = io.BytesIO()
    book.save(buffer)
    found = details(buffer.getvalue(), name="people.xlsx")
    assert found["people"] == [
        {"username": "anna", "employee_number": "00042", "first_name": "Änna", "last_name": "Muster"},
        {"username": "beat", "employee_number": "007", "first_name": "Beat"},
    ]
    source = found["source"]
    assert [source[name] for name in ("name", "encoding", "delimiter", "sheet", "header_row", "rows")] == [
        "people.xlsx",
        None,
        None,
        "Staff",
        2,
        2,
    ]
    assert source["warnings"] == ["row 1: not read, because the header row is row 2"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Cell("42"), "42"),
        (Cell("42.0"), "42"),
        (Cell("4.2E1"), "42"),
        (Cell("0.30000000000000004"), "0.3"),
        (Cell("42", format="0"), "42"),
        (Cell("42", format="00000"), "00042"),
        (Cell("-42", format="00000"), "-00042"),
        (Cell("42", format="@"), "42"),
        (Cell("42", format=1), "42"),
        (Cell("42", format=49), "42"),
        (Cell("00042", type="str", format="0.00"), "00042"),
        ("00042", "00042"),
        ('="00042"', "00042"),
        (Cell("999999999999999"), "999999999999999"),
        (Cell("42", formula="A1*2", format="0000"), "0042"),
        (Cell("ab", type="str", formula='"a"&"b"'), "ab"),
        # A formula whose value is an empty text has one.
        (Cell("", type="str", formula='""'), None),
        (Cell(""), None),
        (None, None),
    ],
)
def test_a_value_is_the_text_that_is_shown(cell: Cell | str, text: str | None) -> None:
    assert one(cell) == text


@pytest.mark.parametrize(
    ("number_format", "day"),
    [
        (14, "2025-12-31"),
        (15, "2025-12-31"),
        ("dd.mm.yyyy", "2025-12-31"),
        ("[$-407]d. mmmm yyyy;@", "2025-12-31"),
        ("[$-F800]dddd, mmmm dd, yyyy", "2025-12-31"),
        ('d"." mmm yyyy', "2025-12-31"),
        ("d\\-m\\-yy", "2025-12-31"),
        ("DD/MM/YYYY", "2025-12-31"),
    ],
)
def test_days(number_format: str | int, day: str) -> None:
    rows = [("username", "valid_from"), ("jo", Cell("46022", format=number_format))]
    (jo,) = people(workbook(Sheet(rows)))
    assert jo["valid_from"] == day
    rows[1] = ("jo", Cell("46022.75", format=number_format))
    assert people(workbook(Sheet(rows)))[0]["valid_from"] == day
    rows[1] = ("jo", Cell("44560", format=number_format))
    assert people(workbook(Sheet(rows), epoch_1904=True))[0]["valid_from"] == day


@pytest.mark.parametrize("value", ["2025-12-31", "2025-12-31T00:00:00"])
def test_a_day_that_is_written_as_one(value: str) -> None:
    rows = [("username", "valid_from"), ("jo", Cell(value, type="d", format="dd.mm.yyyy"))]
    assert people(workbook(Sheet(rows)))[0]["valid_from"] == "2025-12-31"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Cell(None, formula="A1"), "there is a formula here without a stored value"),
        (Cell("", formula="A1"), "there is a formula here without a stored value"),
        (Cell("42", format="#,##0"), "numbers of the format '#,##0' are not understood"),
        (Cell("42", format="0.00"), "numbers of the format '0.00' are not understood"),
        (Cell("42", format="0%"), "numbers of the format '0%' are not understood"),
        (Cell("42", format="0;[Red]0"), "numbers of the format '0;[Red]0' are not understood"),
        (Cell("42", format='0"x"'), "numbers of the format '0\"x\"' are not understood"),
        (Cell("42", format="mmm yyyy"), "numbers of the format 'mmm yyyy' are not understood"),
        (Cell("42", format="d.m.yyyy h:mm"), "numbers of the format 'd.m.yyyy h:mm' are not understood"),
        (Cell("42", format=22), "numbers of the format 'm/d/yy h:mm' are not understood"),
        # What this number means is another format in each language.
        (Cell("42", format=31), "numbers of the format 'number 31' are not understood"),
        (Cell("4.5", format="0"), "this number has decimals that its format does not show"),
        (Cell("1234567890123456"), "this number has more digits than spreadsheets keep"),
        (Cell("-1", format="dd.mm.yyyy"), "there is no such date"),
        (Cell("99999999", format="dd.mm.yyyy"), "there is no such date"),
        (Cell("1e15", format="dd.mm.yyyy"), "this number has more digits"),
        (Cell("0.5", format="dd.mm.yyyy"), "there is no such date"),
        (Cell("#N/A", type="e"), "this is what a spreadsheet writes if it has no value"),
        (Cell("#REF!", type="e", formula="A9"), "this is what a spreadsheet writes if it has no value"),
    ],
)
def test_a_value_that_cannot_be_told_is_refused_with_its_cell(cell: Cell, text: str) -> None:
    message = refusal(cell)
    place = "" if cell.type == "e" else ", cell B2"
    assert message.startswith(f"row 2, column 2 'employee_number'{place}: {text}")


def test_what_nobody_uses_refuses_no_list() -> None:
    rows = [("username", "salary", "sum", "Status"), ("jo", Cell("9", format="#,##0"), Cell(formula="B2"), "a")]
    assert people(workbook(Sheet(rows))) == [{"username": "jo", "Status": "a"}]
    wrong = [("username", "Status"), ("jo", Cell(formula="B2")), ("li", "a")]
    message = problem(workbook(Sheet(wrong)), where={"Status": "a"})
    assert message.startswith("row 2, column 2 'Status', cell B2: there is a formula")
    assert people(workbook(Sheet(wrong)), where={"Status": "a"}, bad_rows="skip") == [{"username": "li", "Status": "a"}]


@pytest.mark.parametrize("column", ["username", "last_name", "employee_number", "threema_password", "categories"])
@pytest.mark.parametrize("cell", [Cell("1", type="b"), Cell("46022", format="dd.mm.yyyy")], ids=["boolean", "day"])
def test_booleans_and_days_are_no_text(column: str, cell: Cell) -> None:
    rows = [("username", column, "x"), ("jo", cell, "a")] if column != "username" else [(column, "x"), (cell, "a")]
    message = problem(workbook(Sheet(rows)))
    assert message.startswith(f"row 2, column {1 if column == 'username' else 2} {column!r}: ")
    assert "format the column as text, and enter" in message and "46022" not in message


def test_booleans_that_are_meant() -> None:
    rows = [("username", "threema_locked", "th_disable_calls", "Active"), *(("jo", *[Cell("1", type="b")] * 3),)]
    assert people(workbook(Sheet(rows)), where={"Active": True}) == [
        {"username": "jo", "locked": True, "th_disable_calls": True, "Active": "TRUE"}
    ]
    wrong = [("Threema ID", "Vorname", "enabled"), ("ECHOECHO", Cell("1", type="b"), Cell("0", type="b"))]
    assert "this is the boolean TRUE, not text" in problem(workbook(Sheet(wrong)), kind="contacts")
    assert people(workbook(Sheet(wrong)), kind="contacts", columns={"Vorname": None})[0]["enabled"] is False
    dated = [("username", "valid_until"), ("jo", Cell("1", type="b"))]
    assert "this is not a date" in problem(workbook(Sheet(dated)))


@pytest.mark.parametrize(
    ("number_format", "values"),
    [
        ("dd.mm.yyyy", ["05.01.2026", "2026-01-05"]),
        ("d.m.yy", ["5.1.26", "2026-01-05"]),
        ("[$-407]d/m/yyyy;@", ["5/1/2026", "2026-01-05"]),
        ("m/d/yyyy", ["05.01.2026", "5.1.2026", "2026-01-05"]),
        (14, ["05.01.2026", "5.1.2026", "2026-01-05"]),
        ("d. mmmm yyyy", ["2026-01-05"]),
    ],
)
def test_a_day_chooses_as_it_is_shown_and_as_it_is_written_here(number_format: str | int, values: list[str]) -> None:
    rows = [("username", "Austritt"), ("jo", Cell("46027", format=number_format)), ("li", None)]
    for value in values:
        assert [one["username"] for one in people(workbook(Sheet(rows)), where={"Austritt": value})] == ["jo"]
        assert [one["username"] for one in people(workbook(Sheet(rows)), where_not={"Austritt": value})] == ["li"]
    # What may be another day in another country chooses nobody.
    assert "nobody is left" in problem(workbook(Sheet(rows)), where={"Austritt": "1/5/2026"})


def test_a_time_that_looks_like_a_status_is_shown_as_one() -> None:
    rows = [("username", "Austritt"), ("jo", Cell("46027.5", format="dd.mm.yyyy hh:mm")), ("li", None)]
    (warning,) = details(workbook(Sheet(rows)))["source"]["warnings"]
    assert "'2026-01-05 12:00:00' (1), empty (1)" in warning
    assert "row 2, column 2 'Austritt', cell B2: numbers of the format" in problem(
        workbook(Sheet(rows)), where={"Austritt": None}
    )


@pytest.mark.parametrize("sheets", [1, 2])
def test_a_lost_sheet_is_damage(sheets: int) -> None:
    lost = {f"xl/worksheets/sheet{sheets}.xml": b""}
    assert "the workbook is damaged or incomplete" in problem(workbook(*[STAFF, PUPILS][:sheets], parts=lost))
    assert "the workbook is damaged" in problem(workbook(STAFF, parts={"xl/workbook.xml": b"<x/>"}))
    assert "the workbook is damaged" in problem(workbook(STAFF, parts={"xl/_rels/workbook.xml.rels": b""}))


def test_hidden_rows_are_read_and_counted() -> None:
    rows = [("Title",), ("username",), ("jo",), (None,), ("li",), ("mo",)]
    found = details(workbook(Sheet(rows, hidden=(1, 3, 4, 6))))
    assert [one["username"] for one in found["people"]] == ["jo", "li", "mo"]
    assert found["source"]["warnings"][-1] == "hidden rows were read like the others: 2, the rows 3, 6"


def test_merged_cells_have_a_value_once() -> None:
    rows = [("List",), ("username", "department", "x"), ("jo", "Care", 1), ("li", None, 1), (None, None, None)]
    book = workbook(Sheet(rows, merged=("A1:C1", "B3:B5", "C3:C4")))
    message = problem(book)
    assert message == "row 4, column 2 'department': the cells B3:B5 are merged; split them, and fill in each cell"
    assert [one["username"] for one in people(book, columns={"department": None})] == ["jo", "li"]
    found = problems(workbook(Sheet(rows[1:], merged=["A2:XFD1048576"])))
    assert (
        found[0]
        == "row 2, column 2 'department': the cells A2:XFD1048576 are merged; split them, and fill in each cell"
    )
    many = ["A2:A900000", *["B2:C1048576"] * 9]
    assert problem(workbook(Sheet([*rows[1:], *[(None,)] * 99_900], merged=many))).startswith(
        "row 2: there are too many"
    )


def test_a_row_may_be_shorter_or_longer() -> None:
    rows = [HEAD, ("jo",), ("li", None, None, " "), ("mo", "1", "Mo", "too much")]
    message = problem(workbook(Sheet(rows)))
    assert message == (
        "row 4, column 4: there are 4 cells, but 3 headings; give that column a heading, or remove what is in it"
    )
    assert [one["username"] for one in people(workbook(Sheet(rows[:3])))] == ["jo", "li"]


NOTES: t.Final = Sheet([("Notes",), ("nothing",)], name="Notes")
STAFF: t.Final = Sheet([HEAD, ("jo", None, None)], name="Staff")
PUPILS: t.Final = Sheet([("login",), ("li",)], name="2026")
HIDDEN: t.Final = Sheet([("login",), ("mo",)], name="Old", state="hidden")
VERY_HIDDEN: t.Final = Sheet([("login",), ("no",)], name="Older", state="veryHidden")


@pytest.mark.parametrize(
    ("sheets", "sheet", "username"),
    [
        ((NOTES, STAFF), None, "jo"),
        ((HIDDEN, STAFF, VERY_HIDDEN), None, "jo"),
        ((STAFF, PUPILS), "staff ", "jo"),
        ((STAFF, PUPILS), 1, "jo"),
        ((STAFF, PUPILS), "2", "li"),
        ((STAFF, PUPILS), 2026, "li"),
        ((STAFF, PUPILS, HIDDEN), "2", "li"),
        ((STAFF, HIDDEN), "Old", "mo"),
    ],
)
def test_sheets(sheets: tuple[Sheet, ...], sheet: str | int | None, username: str) -> None:
    found = details(workbook(*sheets), sheet=sheet)
    assert [one["username"] for one in found["people"]] == [username]
    assert found["source"]["sheet"] in [one.name for one in sheets]


@pytest.mark.parametrize(
    ("sheets", "sheet", "sentence"),
    [
        ((STAFF, PUPILS), None, "row 1: several sheets contain lists: 'Staff', '2026'; name one with sheet"),
        ((STAFF, PUPILS), "Nobody", "sheet: there is no sheet 'Nobody'; the sheets are 'Staff', '2026'"),
        ((STAFF, PUPILS), 3, "sheet: there is no sheet '3'"),
        ((STAFF, PUPILS), 0, "sheet: there is no sheet '0'"),
        (
            (HIDDEN, STAFF),
            1,
            "sheet: there are hidden sheets, so 1 may be either of two sheets; use the name instead: 'Old', 'Staff'",
        ),
        ((HIDDEN, STAFF), 2, "sheet: there are hidden sheets"),
        ((NOTES,), None, "row 1: there is no column username"),
        ((NOTES, Sheet([], name="Empty")), None, "row 1: there is no column username"),
        ((Sheet([], name="Empty"),), None, "row 1: the list is empty"),
        ((HIDDEN,), None, "row 1: the workbook has no visible sheet"),
        ((STAFF,), " ", "sheet: this must be the name of a sheet, or its number"),
        ((STAFF,), True, "sheet: this must be the name of a sheet, or its number"),
    ],
)
def test_sheets_that_are_refused(sheets: tuple[Sheet, ...], sheet: t.Any, sentence: str) -> None:
    assert problem(workbook(*sheets), sheet=sheet).startswith(sentence)


def test_options_of_other_lists() -> None:
    found = problems(workbook(STAFF), encoding="utf-8", delimiter=";")
    assert [text.split(":")[0] for text in found] == [
        "encoding (in the playbook",
        "delimiter (in the playbook",
    ]
    assert problem("login\njo\n", sheet=1).startswith(
        "sheet (in the playbook: roster_sheet): the list is not a workbook"
    )
    rows = [("list", "of", "staff"), HEAD, ("jo", None, None)]
    assert people(workbook(Sheet(rows)), header_row=2) == [{"username": "jo"}]
    assert "row 1: there is no column username" in problem(workbook(Sheet(rows)), header_row=1)


def test_a_workbook_with_macros() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook(STAFF))) as archive:
        types = archive.read("[Content_Types].xml").split(b"application/vnd.openxmlformats-officedocument.")
    types[1] = types[1].replace(b"spreadsheetml.sheet.main", b"application/vnd.ms-excel.sheet.macroEnabled.main")
    changed = types[0] + types[1] + b"application/vnd.openxmlformats-officedocument.".join([b"", *types[2:]])
    assert people(workbook(STAFF, parts={"[Content_Types].xml": changed})) == [{"username": "jo"}]


def test_line_breaks_in_texts_are_those_of_xml() -> None:
    rows = [("username", "Vor_x000a_name"), ("jo", "Jo_x000D_\n")]
    assert people(workbook(Sheet(rows))) == [{"username": "jo", "first_name": "Jo"}]
    rows[1] = ("jo", "J_x0007_o")
    assert "control character (U+0007)" in problem(workbook(Sheet(rows)))


def test_a_workbook_from_another_host_comes_in_base64() -> None:
    data = workbook(STAFF)
    assert from_base64(base64.b64encode(data).decode()) == data
    # One without a byte that is a line break.
    archive = b"PK\x03\x04" + b"x" * 60
    assert from_base64(base64.b64encode(archive).decode()) == archive


def test_without_openpyxl_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "load_workbook", None)
    message = problem(workbook(STAFF))
    assert "openpyxl" in message and "pip install openpyxl" in message and "CSV UTF-8" in message
    # What is no workbook is not refused for its want.
    assert "this is an archive" in problem(archive({"people.csv": b"login\njo\n"}))
    assert people("login\njo\n") == [{"username": "jo"}]


def test_more_rows_or_columns_than_a_staff_list_has() -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (number, number) for number in (2, 100_200))
    head = b'<c r="A1" t="inlineStr"><is><t>login</t></is></c>'
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">%s</row>%s'
        b"</sheetData></worksheet>"
    )
    message = problem(workbook(STAFF, parts={"xl/worksheets/sheet1.xml": sheet % (head, rows)}))
    assert message.startswith("row 100200: there are more than 100000 rows")
    wide = b'<row r="2"><c r="A2"><v>1</v></c><c r="XFD2"><v>1</v></c></row>'
    message = problem(workbook(STAFF, parts={"xl/worksheets/sheet1.xml": sheet % (head, wide)}))
    assert message == "row 2: there are more than 1000 columns; this is not a staff list"


_MEASURE: t.Final = """
import resource, sys, time
from ansible_collections.threema.work.plugins.plugin_utils._roster import read
people = read(open(sys.argv[1], "rb").read(), name=sys.argv[1]).people
# Of the processor, because other tests run beside it.
print(len(people), time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def test_ten_thousand_rows(tmp_path: t.Any) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([*HEAD, "last_name", "department", "job_title", "categories", "e-mail", "phone", "room", "cost"])
    for number in range(10_000):
        who = (f"user.{number}", number, f"First {number}", "Müller", "Care", "Nurse", "Bern,Chur")
        sheet.append((*who, f"u{number}@x.example", "+41 31 000 00 00", number % 500, f"cost center {number}"))
    path = tmp_path / "people.xlsx"
    book.save(path)
    # A shell between, because Linux counts the memory of the process that starts another one as that one's.
    command = ["sh", "-c", '"$0" -c "$1" "$2"; exit $?', sys.executable, _MEASURE, str(path)]
    # ansible-test finds collections by a loader of its own, which other processes do not have.
    path_of_python = os.pathsep.join(filter(None, [str(COLLECTIONS), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": path_of_python}
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    count, seconds, megabytes = map(float, run.stdout.split())
    assert count == 10_000
    assert seconds < 20
    assert megabytes < 250
