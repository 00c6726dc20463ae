# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Properties of the reader of the roster: what is read back, what is never a traceback, what a cut list gives."""

from __future__ import annotations

import csv
import io
import json
import re
import typing as t
import unicodedata

import hypothesis
import hypothesis.strategies as st
from ansible_collections.threema.work.plugins.module_utils._damage import NO_VALUES
from ansible_collections.threema.work.plugins.module_utils._planning.items import twin_key
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import RosterError
from ansible_collections.threema.work.plugins.plugin_utils._roster import read, read_roster
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.workbooks import Sheet, workbook

# Without looking for a shorter example: that takes minutes, and these are short.
SETTINGS = hypothesis.settings(
    max_examples=100,
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.generate],
)
COLUMNS = ("username", "first_name", "threema_password", "note", "cost center")
TAKEN = ("username", "first_name", "password")

PLACED = re.compile(r"(row|rows) [0-9]+|^[a-z_]+: ")
LIKE_A_ROSTER = st.text(
    st.one_of(st.sampled_from(',;\t|"\r\n \xa0\ufeff\0'), st.characters(), st.sampled_from("abc")), max_size=60
)
PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "username",
                "password",
                "th_csi",
                "state",
                '"',
                '""',
                ",",
                ";",
                "|",
                "\t",
                "\n",
                "\r\n",
                "\r",
                "sep=;",
                "yes",
            ]
        ),
        st.text(max_size=4),
    ),
    max_size=25,
).map("".join)
AWKWARD = st.sampled_from(
    [
        '"',
        '""',
        'a"b',
        "a,b",
        "a;b",
        "a\tb",
        "a|b",
        "a\nb",
        "a\r\nb",
        "a\rb",
        ' "a',
        "\r",
        "\n",
        "'",
        "sep=;",
        "=x",
        "#N",
    ]
)
TEXT = st.one_of(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20), AWKWARD)


#: What programs write in place of a text, a number, or a password: see the tests of each.
_DAMAGED = re.compile(r"(.)\1{3,}|\d+[.,]0+|[\[(<{].*[\])>}]|\$.*\$.*|X'.*'|.*&.*;.*", re.DOTALL | re.IGNORECASE)


def _is_sent_as_it_is(cell: str) -> bool:
    """Whether a cell has nothing that a spreadsheet puts into it and that is taken away or refused."""
    if cell.strip().casefold() in {word.casefold() for word in NO_VALUES} or _DAMAGED.fullmatch(cell.strip()):
        return False
    try:
        # Encoded twice, it would be this.
        if cell.encode("cp1252").decode() != cell:
            return False
    except UnicodeError:
        pass
    return not re.match(r"'+[=+\-@]|=\"|#|Err:|--|==|\d.*[Ee]\+|[*.•·●∙‧・⋅⬤∗＊…]+\Z", cell.strip())


def _without_blanks(cell: str) -> str:
    blanks = "".join(chr(n) for n in range(0x3001) if unicodedata.category(chr(n)) == "Zs" or chr(n) in "\t\r\n")
    return cell.strip(blanks)


#: What can be sent: no controls, nothing that cannot be seen, NFC.
LINE = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Cn", "Co"]), max_size=12)
    .map(lambda text: unicodedata.normalize("NFC", text))
    .filter(lambda text: _is_sent_as_it_is(text) and "\ufffd" not in text)
)
USERNAME = LINE.map(_without_blanks).filter(bool)
#: Usernames: no other blanks than spaces, and not two addresses.
NAME = USERNAME.filter(
    lambda text: text.count("@") < 2 and not any(unicodedata.category(one) == "Zs" for one in text.replace(" ", ""))
)
NAMES = st.lists(NAME, min_size=1, max_size=6, unique_by=twin_key)
PEOPLE = NAMES.flatmap(
    lambda names: st.tuples(
        *(
            # A row with nothing but a phrase is a footer.
            st.tuples(
                st.just(name),
                LINE if name.split() == [name] and ":" not in name else USERNAME,
                LINE.filter(lambda text: not text or _without_blanks(text)),
                TEXT,
                TEXT,
            )
            for name in names
        )
    )
)


class Dialect(t.NamedTuple):
    """How Python's csv writes."""

    delimiter: str
    quoting: int
    line_break: str


DIALECTS = st.builds(
    Dialect,
    st.sampled_from(",;\t|"),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
ENCODINGS = st.sampled_from(["", "utf-8", "utf-8-sig", "utf-16", "utf-32"])


def written(rows: t.Iterable[t.Sequence[str]], dialect: Dialect) -> str:
    """The rows as Python's csv writes them."""
    file = io.StringIO(newline="")
    csv.writer(
        file, delimiter=dialect.delimiter, quoting=t.cast(t.Any, dialect.quoting), lineterminator=dialect.line_break
    ).writerows(rows)
    return file.getvalue()


def expected(people: t.Iterable[t.Sequence[str]]) -> list[dict[str, str]]:
    """What the reader makes of people."""
    result = []
    for person in people:
        cells = dict(zip((*TAKEN, *COLUMNS[3:]), person))
        cells = {name: cell if name == "password" else _without_blanks(cell) for name, cell in cells.items()}
        result.append({name: cell for name, cell in cells.items() if cell or name not in TAKEN})
    return result


def one_password_for_everybody(people: t.Sequence[t.Sequence[str]]) -> bool:
    """Whether the list is refused for its passwords."""
    passwords = [person[2] for person in people if person[2]]
    return len(passwords) > 1 and len(set(passwords)) == 1


def assert_read_or_refused(data: str | bytes) -> None:
    try:
        people = read_roster(data)
    except RosterError as error:
        assert error.problems
        assert all(PLACED.search(problem) for problem in error.problems)
        assert str(error)
    else:
        assert people
        assert len({twin_key(person["username"]) for person in people}) == len(people)


@SETTINGS
@hypothesis.given(st.one_of(LIKE_A_ROSTER, PIECES, PIECES.map("username,password;x\n{}".format)))
def test_any_text_is_read_or_refused_with_its_row(text: str) -> None:
    assert_read_or_refused(text)


@SETTINGS
@hypothesis.given(st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(b"username;a\n".__add__)))
def test_any_bytes_are_read_or_refused_with_their_row(data: bytes) -> None:
    assert_read_or_refused(data)


@SETTINGS
@hypothesis.given(PEOPLE, st.permutations(range(len(COLUMNS))), DIALECTS, ENCODINGS)
def test_what_csv_writes_is_read_back(
    people: list[tuple[str, ...]], order: list[int], dialect: Dialect, encoding: str
) -> None:
    hypothesis.assume(not one_password_for_everybody(people))
    # What stays with the person is also without what a spreadsheet puts around it.
    hypothesis.assume(all(_is_sent_as_it_is(cell) for person in people for cell in person[3:]))
    rows = [[COLUMNS[place] for place in order], *([person[place] for place in order] for person in people)]
    # Before Python 3.13, csv writes the line break of a Macintosh and a line feed as it writes that of Windows.
    hypothesis.assume(dialect.line_break != "\r" or not rows[1][0].startswith("\n"))
    text = written(rows, dialect)
    assert read_roster(text.encode(encoding) if encoding else text) == expected(people)


@SETTINGS
@hypothesis.given(NAMES, DIALECTS)
def test_one_column_that_csv_writes_is_read_back(usernames: list[str], dialect: Dialect) -> None:
    # In a file of one column a delimiter must be quoted, whichever it is.
    hypothesis.assume(dialect.quoting == csv.QUOTE_ALL or not any(set(",;\t|") & set(name) for name in usernames))
    hypothesis.assume("username" not in map(str.casefold, usernames))
    assert read_roster(written([["username"], *([name] for name in usernames)], dialect)) == [
        {"username": name} for name in usernames
    ]


@SETTINGS
@hypothesis.given(PEOPLE, DIALECTS, ENCODINGS.filter(bool), st.data())
def test_a_list_that_was_cut_is_refused_or_whole_rows(
    people: list[tuple[str, ...]], dialect: Dialect, encoding: str, data: st.DataObject
) -> None:
    hypothesis.assume(all(_is_sent_as_it_is(cell) for person in people for cell in person[3:]))
    whole = written([COLUMNS, *people], dialect).encode(encoding)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        found = read_roster(cut)
    except RosterError:
        return
    *rows, last = expected(people)[: len(found)]
    assert found[:-1] == rows
    # Where a list ends inside the last cell of a row, and this is not quoted, that cannot be told.
    end = found[-1].pop(COLUMNS[-1])
    cell = last.pop(COLUMNS[-1])
    assert found[-1] == last
    assert cell.startswith(end) if not cut.decode(encoding, "ignore").endswith('"') else end == cell


@SETTINGS
@hypothesis.given(
    st.lists(
        st.sampled_from(["Müller", "Zoë", "Anna", "Großmann", "François", "O\u2019Brien", "Jäger"]),
        min_size=1,
        max_size=6,
    ),
    DIALECTS,
)
def test_western_european_names_are_read_back_from_windows_1252(names: list[str], dialect: Dialect) -> None:
    rows = [["username", "first_name"], *([f"p{number}", name] for number, name in enumerate(names))]
    found = read(written(rows, dialect).encode("cp1252"))
    assert [person["first_name"] for person in found.people] == names


CELLS = st.lists(
    st.tuples(*[st.text(st.sampled_from("aÄ ,;'=-#0.é日"), max_size=6)] * 2),
    min_size=1,
    max_size=4,
)


@hypothesis.given(CELLS)
@SETTINGS
def test_a_list_is_the_same_people_in_every_form(cells: list[tuple[str, str]]) -> None:
    """CSV, JSON, a variable, and a workbook."""
    head = ("first_name", "note")
    rows = [(f"u{number}", *row) for number, row in enumerate(cells)]
    text = io.StringIO()
    csv.writer(text).writerows([("username", *head), *rows])
    listed = [dict(zip(("username", *head), row)) for row in rows]
    forms: list[t.Any] = [text.getvalue(), listed, json.dumps(listed), workbook(Sheet([("username", *head), *rows]))]
    assert len({outcome(form) for form in forms}) == 1


def outcome(form: t.Any) -> str:
    """The people of a list, or for how many reasons it is refused."""
    try:
        return str(read_roster(form))
    except RosterError as exc:
        return str(len(exc.problems))
