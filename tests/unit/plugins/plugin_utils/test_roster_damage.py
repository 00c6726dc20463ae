# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What programs make of texts, numbers, days, and passwords on their way into a list, and what only looks like that."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import details, people, problem
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.workbooks import Cell, Sheet, workbook

TEXTS: t.Final = ("username", "employee_number", "first_name", "department", "th_newer")
SECRETS: t.Final = ("threema_password", "th_safe_password")


def cells(text: str, *more: str) -> tuple[str, ...]:
    """Cells without blanks, and others."""
    return (*text.split(), *more)


def listed(column: str, cell: object) -> list[dict[str, t.Any]]:
    """A list whose row 1 has a value in a column; its row 2 is right."""
    others = {} if column == "username" else {"username": "jo"}
    return [{**others, column: cell, "x": "1"}, {"username": "li"}]


def refusal(column: str, cell: object) -> str:
    """Why a cell is refused; nobody else is, and the person is protected unless this is the username."""
    found = problem(listed(column, cell))
    place, _colon, reason = found.partition(": ")
    assert place.startswith("row 1, column ") and place.endswith(repr(column))
    skipped = details(listed(column, cell), bad_rows="skip")
    assert [one["username"] for one in skipped["people"]] == ["li"]
    assert skipped["skipped"][0]["username"] == (None if column == "username" else "jo")
    return reason


def value(column: str, cell: object) -> t.Any:
    """What a cell is as a column of a person."""
    return people(listed(column, cell))[0].get(column.removeprefix("threema_"))


@pytest.mark.parametrize("column", ["valid_from", "valid_until"])
@pytest.mark.parametrize(
    "day",
    cells(
        "1900-01-01 1601-01-01 0001-01-01 30.12.1899 31.12.0026 31.12.1949 00.00.0000 0000-00-00",
        "0000-00-00 00:00:00",
        "1601-01-01T00:00:00",
    ),
)
def test_days_that_stand_for_none(column: str, day: str) -> None:
    assert refusal(column, day) == (
        "this day is before 1950; systems write such days if there is none: leave the cell empty, or correct it"
    )


def test_the_first_day_that_is_one() -> None:
    assert value("valid_from", "01.01.1950") == "1950-01-01"


@pytest.mark.parametrize("number", ["1", "367", "18263"])
def test_days_of_a_workbook_that_stand_for_none(number: str) -> None:
    rows = [("username", "valid_until"), ("jo", Cell(number, format="dd.mm.yyyy"))]
    assert "row 2, column 2 'valid_until': this day is before 1950" in problem(workbook(Sheet(rows)))
    rows[1] = ("jo", Cell("0", format="dd.mm.yyyy"))
    assert "cell B2: there is no such date; if there is none, leave the cell empty" in problem(workbook(Sheet(rows)))


@pytest.mark.parametrize("column", SECRETS)
@pytest.mark.parametrize(
    "cell",
    cells(
        "NULL null None NONE n/a N/A Nil (null) <NA> [NULL] - -- ? undefined xxxxxxxx 00000000 •••• ░░░░ aaaa",
        "[REDACTED]",
        "(hidden)",
        "<secret>",
        "[not shown]",
        "{masked}",
        "<<redacted>>",
        " [Redacted] ",
        "[KEIN_PASSWORT]",
        "( Versteckt )",
        "<Mot de passe>",
        "[masque\u0301]",
        "$2y$10$N9qo8uLOickgx2ZMRZoMye",
        "$6$rounds=5000$salt$hash",
        "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/",
        "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G3",
        "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA",
        "pbkdf2_sha256$260000$c2FsdA$aGFzaGhhc2g=",
        "{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3",
        "{SHA-256}aGFzaGhhc2hoYXNoaGFzaA==",
        "{crypt}$6$saltsalt$hashhashhash",
    ),
)
def test_what_is_shown_instead_of_a_password(column: str, cell: str) -> None:
    said = refusal(column, cell)
    assert "password" in said or "no value" in said
    assert len(cell) < 5 or cell.strip() not in said
    both = [{"username": "jo", column: cell, "x": "1"}, {"username": "li"}]
    skipped = details(both, bad_rows="skip", columns={column: [column.removeprefix("threema_"), "nickname"]})
    assert not [one for one in skipped["source"]["warnings"] if f" {cell}," in one]


@pytest.mark.parametrize(
    "cell",
    cells(
        "nullable Null-2026 xxx 000 aaab [a1] (hidden)7 <x>y $Ecke$ $Sommer$2026 {Sommer}26 {sha1} a$6$b N/A-1 1234.0",
        "Sommer &uuml; 2026",
        "JÃ¼rgen-2026",
        "System.Object[]",
        "[Wort",
        "a@b@c-2026",
        "(correct horse)",
        "[drei kleine schweine]",
        "[Sommer]",
        "<hidden fox>",
        "(secret)x",
        "$6$pack",
        "$5$ for lunch",
        "$1$ for each of us and more of it",
        "$6$" + 19 * "a",
        "{SSHA}nicht-so-lange",
        "{md5} mit Salz und Pfeffer",
    ),
)
def test_passwords_that_only_look_like_that(cell: str) -> None:
    assert value("threema_password", cell) == cell


@pytest.mark.parametrize("column", SECRETS)
@pytest.mark.parametrize("number", [Cell("12345678"), Cell("12345678", format="00000000"), Cell("1.5", format="@")])
def test_a_number_in_a_workbook_is_no_password(column: str, number: Cell) -> None:
    said = problem(workbook(Sheet([("username", column), ("jo", number)])))
    assert said.startswith(f"row 2, column 2 {column!r}: ")
    assert said.endswith("; format the column as text, and enter the values again") and "12345678" not in said
    (jo,) = people(workbook(Sheet([("username", column), ("jo", "12345678")])))
    assert jo[column.removeprefix("threema_")] == "12345678"


@pytest.mark.parametrize("column", ["username", "employee_number", "th_csi"])
@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        *((cell, "a program has probably added decimals") for cell in ("1234.0", "42,00", "7.0", "7,0", "7.00")),
        *((cell, "a spreadsheet has rounded this number") for cell in ("1e+05", "2E+05", "1.2e+5", "1,2E+05")),
        *((cell, f"{cell} is what programs write") for cell in cells("(NULL) [NULL] <NULL> <NA> NaT NaN k.A.")),
        *((cell, f"{cell} is what programs write") for cell in ("-", "--", "?", "NULL")),
    ],
)
def test_numbers_and_words_that_identify_nobody(column: str, cell: str, reason: str) -> None:
    said = refusal(column, cell)
    assert said.startswith(reason)
    if "programs write" in reason:
        # Nobody has an empty username.
        advice = "correct it, or remove the row" if column == "username" else "leave the cell empty, or correct it"
        assert f"; {advice}" in said


@pytest.mark.parametrize(
    "cell", cells("1.2.0 10.5 1.0a v1.0 1e05 e+05 2E-11 Nil nil Nat NIL ?? --x a- 0 12.000 1,0000 12.0.0")
)
def test_numbers_that_only_look_like_that(cell: str) -> None:
    assert value("username", cell) == value("employee_number", cell) == cell


@pytest.mark.parametrize("cell", cells("(NULL) [NULL] <NULL> <NA> NaT nil -- k.A."))
def test_in_names_they_bring_a_warning(cell: str) -> None:
    found = details(listed("last_name", cell))
    assert found["people"][0]["last_name"] == cell
    assert f"1 times {cell}, which programs write" in found["source"]["warnings"][0]
    (warning,) = details(listed("username", "nil"))["source"]["warnings"]
    assert "1 times nil, which programs write" in warning
    found = details(listed("last_name", "Null"))
    assert (found["people"][0]["last_name"], found["source"]["warnings"]) == ("Null", [])
    assert value("department", "7.0") == "7.0"


@pytest.mark.parametrize("column", TEXTS)
@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        *(
            (cell, "the type or the bytes")
            for cell in (
                *("System.Object[]", "System.String[]", "System.Byte[]", "System.Object[,]", "System.Int64"),
                *("System.DateTime", "System.__ComObject", "System.Guid[]", "Selected.System.String"),
                *("System.Management.Automation.PSObject", "Microsoft.Graph.PowerShell.Models.MicrosoftGraphUser"),
                *("Microsoft.PowerShell.Commands.MemberDefinition", "Microsoft.Exchange.Data.ProxyAddress[]"),
                *("System.Collections.Hashtable", "System.Collections.Generic.List`1[System.String]"),
                "Microsoft.ActiveDirectory.Management.ADPropertyValueCollection",
                "Selected.Microsoft.ActiveDirectory.Management.ADUser",
                *("X'6dc3bc6c6c6572'", "x'6DC3BC'", "[object Object]", "@{Name=Anna; Age=3}"),
            )
        ),
        *(
            (cell, "a character reference of HTML")
            for cell in (
                "M&uuml;ller",
                "D&#39;Angelo",
                "D&#x27;A",
                "R&amp;D",
                "Ren&eacute;e",
                "A&nbsp;B",
                "&AElig;sop",
                "&aring;",
                "&Uring;",
            )
        ),
        *((cell, "in the header of an email") for cell in ("=?utf-8?Q?M=C3=BCller?=", "=?ISO-8859-1?b?TfxsbGVy?= x")),
    ],
)
def test_what_a_program_wrote_instead_of_a_text(column: str, cell: str, reason: str) -> None:
    said = refusal(column, cell)
    assert reason in said and "correct the export" in said and cell not in said


@pytest.mark.parametrize(
    "cell",
    cells(
        "System.Engineering.Network System.Admin.Bern System.Stringer System.Object@x.ch System.Collections.a@x.ch",
        *cells(
            "Microsoft.Dynamics.NAV Microsoft.Graph.Team Microsoft.ActiveDirectory.a@x.ch Microsoft.ActiveDirectory"
        ),
        *cells("Microsoft.ActiveDirectory Systems.A[] System.A[1]"),
    ),
)
def test_usernames_that_look_like_types(cell: str) -> None:
    assert value("username", cell) == value("department", cell) == cell


@pytest.mark.parametrize(
    "cell",
    cells(
        "System.Admin System Microsoft Microsoft.Team &co; X'mas X'0' [object] =? a=?b?= Q&A; & @anna",
        "R&D; Sales",
        "M&Bring; x",
    ),
)
def test_texts_that_only_look_like_that(cell: str) -> None:
    assert value("department", cell) == cell


@pytest.mark.parametrize("column", TEXTS)
@pytest.mark.parametrize(
    "name",
    cells(
        "Jürgen Zoë città Müller Łukasz Анна Ağca O\u2019Neil Ægir Ýmir Kovač Iași Țepeș Kępa Иван Ελένη 日本語 ひろ子",
        *("5€", "Noël Müller", "Иван 2", "Ö – Ü", "Šárka"),
    ),
)
def test_texts_that_were_encoded_twice(column: str, name: str) -> None:
    # Windows-1252 leaves bytes undefined, which programs take as they are.
    twice = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in name.encode())
    said = refusal(column, twice)
    assert said.startswith("this text was encoded twice") and "export the list again as UTF-8" in said
    assert said.endswith("or replace no-break spaces and dashes in this cell")
    assert value("first_name", name) == name
    assert value("username", name) == name


@pytest.mark.parametrize(
    "name",
    cells(
        "JOÃO CORAÇÃO Ã Weiß™ CAFÉ–BAR «É» MENÜ® Ârea £5 Ñandú Â ÜÜ LULEÅ–KIRUNA LULEÅ—KIRUNA CAFFÈ–BAR CAFFÈ® CAFFÈ™",
        *("São Paulo", "Ó\xa0Briain", "LULEÅ\xa0NORD", "Santé\xa0– Social", "Ð\xa0Ð\xb0."),
    ),
)
def test_texts_that_were_encoded_once(name: str) -> None:
    assert value("department", name) == name


@pytest.mark.parametrize("name", ["NICOLÒ\xa0", "ZOË\xa0", "NOÈ\xa0", "René\xa0\xa0", "LULEÅ\xa0", "\xa0JOSÉ\xa0"])
def test_blanks_after_a_letter(name: str) -> None:
    assert value("first_name", name) == name.strip()
    assert "an invisible character (U+00AD)" in refusal("first_name", "UMEÅ\xadNORD")


def test_an_encoding_that_is_wrong() -> None:
    """Nobody notices otherwise that the list is in UTF-8."""
    text = "username;first_name\nju;Jürgen\nli;Anna\n".encode()
    assert "row 2, column 2 'first_name': this text was encoded twice" in problem(text, encoding="windows-1252")


@pytest.mark.parametrize(
    "cell",
    cells(
        "mailto:a@x.ch MAILTO:a@x.ch SMTP:a@x.ch <b@x.ch> a@x@ch mailto:anna",
        *("a@x.ch, b@x.ch", "a@x.ch; b@x.ch", "a@x.ch b@x.ch", "Anna <c@x.ch>"),
    ),
)
def test_more_than_an_address_is_no_username(cell: str) -> None:
    said = refusal("username", cell)
    assert said == "this is more than one address, or more than an address; keep only the address"
    assert value("department", cell) == cell


@pytest.mark.parametrize("blank", ["\u00a0", "\u2009", "\u202f", "\u3000", "\u2003"])
def test_blanks_within_a_username(blank: str) -> None:
    said = refusal("username", f"anna{blank}muster")
    assert said == f"there is a blank that is not a space (U+{ord(blank):04X}); replace it"
    assert value("first_name", f"Anna{blank}Maria") == f"Anna{blank}Maria"
    # At the ends they are taken away.
    assert value("username", f"anna muster{blank}") == "anna muster"


@pytest.mark.parametrize("cell", ["a@x.ch", "a<b", "<anna>", "anna>@x.ch", "mail to", "a,b", "@anna"])
def test_usernames_that_only_look_like_that(cell: str) -> None:
    assert value("username", cell) == cell


@pytest.mark.parametrize("number_format", cells(r'@"@firma.ch" "P-"@ @\@firma\.ch ;;; 0;0;0;"x" 0;"x"@ @@'))
@pytest.mark.parametrize("formula", [None, '"an"&"na"'])
def test_formats_that_show_another_text(number_format: str, formula: str | None) -> None:
    cell = Cell("anna", "str", formula, number_format)
    said = problem(workbook(Sheet([("x", "username"), ("a", cell)])))
    assert said.startswith("row 2, column 2 'username', cell B2: the format ")
    assert said.endswith(
        "shows something else than the text in this cell; format the column as text, and enter its values again"
    )
    # What nobody uses refuses no list.
    assert people(workbook(Sheet([("x", "username"), (cell, "jo")])))[0]["username"] == "jo"
    error = Cell("#N/A", type="e", format=number_format)
    assert "this is what a spreadsheet writes" in problem(workbook(Sheet([("x", "username"), ("a", error)])))


@pytest.mark.parametrize(
    "number_format",
    cells(
        'General @ 0.00 dd.mm.yyyy;@ 0;@ [Red]@ [$-407]@ #,##0 "P-"0 ;; @"" 0;0;0;General',
        *(" @ ", '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-', '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)'),
    ),
)
def test_formats_that_show_the_text(number_format: str) -> None:
    rows = [("username", "x"), (Cell("anna", type="str", format=number_format), "a")]
    assert people(workbook(Sheet(rows)))[0]["username"] == "anna"


@pytest.mark.parametrize(
    ("cell", "advice"),
    [
        (Cell("46022", format="dd.mm.yyyy hh:mm"), "a date without time"),
        (Cell("2025-12-31T00:00:00", type="d", format="yyyy-mm-dd h:mm:ss"), "a date without time"),
        (Cell("46022.75", format="dd.mm.yyyy hh:mm"), "text"),
        (Cell("46022", format="hh:mm"), "text"),
        (Cell("46022", format="mmm yyyy"), "text"),
    ],
)
def test_what_to_do_about_a_day_with_a_time(cell: Cell, advice: str) -> None:
    said = problem(workbook(Sheet([("username", "valid_until"), ("jo", cell)])))
    assert "cell B2: numbers of the format" in said and f"; format the column as {advice}, " in said


@pytest.mark.parametrize("heading", ["Passcode", "Initial Passcode", "Start PW", "Start-PW", "PW neu"])
def test_headings_of_secrets(heading: str) -> None:
    found = details([{"username": "jo", heading: "geheim-1"}])
    assert (found["people"], found["source"]["ignored"]) == ([{"username": "jo"}], [heading])


def test_a_heading_of_a_status() -> None:
    rows = [{"username": "jo", "AccountExpirationDate": "2020-01-01"}, {"username": "li", "AccountExpirationDate": ""}]
    (warning,) = details(rows)["source"]["warnings"]
    assert "'AccountExpirationDate' looks like a status and was not used" in warning
