# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows that two stray quotation marks join into one, and cells with line breaks that are in order."""

from __future__ import annotations

import pytest
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import people, problem, problems

SENTENCE = "the quotation marks of this cell begin in line "
IN_THE_LAST_COLUMN = (
    "username;first_name;Status;Bemerkung\n"
    'a;Anna;Aktiv;"Monitor 24 Zoll\nb;Bea;Aktiv;y\nc;Cora;Aktiv;Monitor 27"\nd;Dora;Aktiv;z\n'
)


@pytest.mark.parametrize(
    ("text", "place", "first", "last"),
    [
        (IN_THE_LAST_COLUMN, "row 2, column 4", 2, 4),
        ('username;Bemerkung;first_name\na;"Zimmer 5;Anna\nb;Zimmer 6";Bea\n', "row 2, column 2", 2, 3),
        ('username;note\n"a;x\nb";y\nc;z\n', "row 2, column 1", 2, 3),
        # Blank lines, also those of delimiters, are ignored between rows; empty cells too many at their ends as well.
        ('username;note\na;"24 Zoll\n\nb;y;;\n;\nc;27"\n', "row 2, column 2", 2, 6),
        # Other cells in quotation marks, with delimiters and line breaks.
        ('Name,username,note\n"Muster, A.",a,"24 Zoll\nBea,b,27"\n', "row 2, column 3", 2, 3),
        ('\nx;username;note\n"3011\nBern";a;"24 Zoll\nx;b;27"\n', "row 3, column 3", 4, 5),
        # A space after each delimiter of the list.
        ('username, first_name, note\na, Anna, "24 Zoll\nb, Bea, 27"\n', "row 2, column 3", 2, 3),
        ('username,note\na, "24 Zoll\nb, 27"\n', "row 2, column 2", 2, 3),
        ('username,note,x\na,"Zimmer 5, x\nb,Zimmer 6",y\n', "row 2, column 2", 2, 3),
        # Any other number of cells of the row: which people are in it cannot be told.
        ('username;note;x\na;Anna;"24 Zoll\nb;27";Bea\nc;y;\n', "row 2, column 3", 2, 3),
        # The header row itself.
        ('username;first_name;"note\na;Anna;x\nb;Bea;y"\nc;Cora;z\n', "row 1, column 3", 1, 3),
        ('username;note;;\na;"24 Zoll\nb;27"\n', "row 2, column 2", 2, 3),
        # One column: no cell of it may contain a line break anyway.
        ('username\n"anna\nbea"\ncora\n', "row 2, column 1", 2, 3),
    ],
)
@pytest.mark.parametrize("bad_rows", ["refuse", "skip"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_rows_that_are_joined(text: str, place: str, first: int, last: int, bad_rows: str, line_break: str) -> None:
    assert problem(text.replace("\n", line_break), bad_rows=bad_rows) == (
        f"{place}: {SENTENCE}{first} of the file and end in line {last}, and each line has as many cells as the header "
        "row, so these are several rows; look for a quotation mark that opens or closes by mistake in the lines "
        f"{first} and {last}. If it really is one cell, replace the line breaks in it with spaces"
    )


def test_rows_that_are_joined_in_any_list() -> None:
    """Whether the column or the row is used or not."""
    text = 'threema_id;Ort;x\nECHOECHO;"5;x\nABCDEFGH;6";y\nBCDEFGHI;z;\n'
    for options in ({}, {"where": {"x": "z"}}, {"columns": {"Ort": None}}):
        assert SENTENCE in problem(text, kind="contacts", **options)
    assert SENTENCE in problem(IN_THE_LAST_COLUMN, where={"Status": "Inaktiv"})
    assert SENTENCE in problem(IN_THE_LAST_COLUMN.replace(";", "^"), delimiter="^")
    assert "row 3, column 4" in problem("sep=;\n" + IN_THE_LAST_COLUMN)
    rows = "first_name;last_name;x\n" + 'Anna;Muster;"24\nBea;Muster;27"\n'
    assert SENTENCE in problem(rows, username_from="{first_name}")


def test_each_of_many_rows_that_are_joined_is_named() -> None:
    found = problems("username;note\n" + 'a;"24\nb;27"\n' * 300)
    assert len(found) == 300
    for number in (0, 1, 299):
        begin = f"row {number + 2}, column 2: {SENTENCE}{2 * number + 2} of the file and end in line {2 * number + 3},"
        assert found[number].startswith(begin)


def test_line_ends_that_differ_do_not_hide_rows_that_are_joined() -> None:
    assert SENTENCE in problem('username;note\r\na;"24 Zoll\nb;27"\nc;y\r\n')


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        # In a list with commas, addresses have commas, and those of three columns may have as many as a row.
        ('a,"Gasse 1, Postfach\n3011 Bern, Schweiz",Anna', "Gasse 1, Postfach\n3011 Bern, Schweiz"),
        ('a,"Gasse 1,\n3011 Bern, Schweiz",Anna', "Gasse 1,\n3011 Bern, Schweiz"),
        ('a,"Gasse 1\n3011 Bern",Anna', "Gasse 1\n3011 Bern"),
        ('a,"Gasse 1\n3011 Bern,Schweiz,Europa\n",Anna', "Gasse 1\n3011 Bern,Schweiz,Europa"),
        ('a,"5,6,7\n8,9",Anna', "5,6,7\n8,9"),
        ('a,"\n\n,Bern\n",Anna', ",Bern"),
        ('a,"Zimmer ""5"",x\n\n",Anna', 'Zimmer "5",x'),
    ],
)
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_cells_with_line_breaks_and_delimiters(row: str, cell: str, line_break: str) -> None:
    text = f"username,Adresse,first_name\n{row}\nb,x,Bea\n".replace("\n", line_break)
    assert people(text) == [
        {"username": "a", "first_name": "Anna", "Adresse": cell.replace("\n", line_break)},
        {"username": "b", "first_name": "Bea", "Adresse": "x"},
    ]


def test_a_line_feed_alone_is_a_line_break_of_a_cell_where_rows_end_as_on_windows() -> None:
    """Excel writes it so."""
    text = 'username,note\r\na,"Gasse 1\n3011,Bern"\r\nb,x\r\n'
    assert [one["note"] for one in people(text)] == ["Gasse 1\n3011,Bern", "x"]
    assert SENTENCE in problem(text.replace("\r\n", "\n"))


def test_headings_and_usernames_with_line_breaks() -> None:
    assert people('"Benutzer\nname"\nanna\n') == [{"username": "anna"}]
    assert people('username;"first\nname"\nanna;Anna\n') == [{"username": "anna", "first_name": "Anna"}]
    assert people('username\n"anna\n"\n') == [{"username": "anna"}]
