# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Properties of the reader of the roster."""

from __future__ import annotations

import csv
import io
import re

import hypothesis
import hypothesis.strategies as st
from ansible_collections.threema.work.plugins.plugin_utils._roster import RosterError, read_roster

SETTINGS = hypothesis.settings(
    max_examples=300, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
)
COLUMNS = ("username", "first_name", "password", "note", "cost centre")

PLACED = re.compile(r"(row|rows|line) [0-9]+")
LIKE_A_ROSTER = st.text(
    st.one_of(st.sampled_from(',;\t"\r\n \xa0\ufeff\0'), st.characters(), st.sampled_from("abc")), max_size=60
)
PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ["username", "password", "th_csi", "locked", '"', '""', ",", ";", "\t", "\n", "\r\n", "\r", "sep=;", "yes"]
        ),
        st.text(max_size=4),
    ),
    max_size=25,
).map("".join)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=12)
AWKWARD = st.sampled_from(
    ['"', '""', 'a"b', "a,b", "a;b", "a\tb", "a\nb", "a\r\nb", "a\rb", ' "a', "\r", "\n", "'", "sep=;"]
)
DIALECTS = st.tuples(st.sampled_from(",;\t"), st.booleans(), st.sampled_from(["\n", "\r\n"]))


def written(rows: list[list[str]], dialect: tuple[str, bool, str]) -> str:
    """The rows as Python's csv writes them."""
    delimiter, quote_all, line_break = dialect
    file = io.StringIO(newline="")
    csv.writer(
        file,
        delimiter=delimiter,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
        lineterminator=line_break,
    ).writerows(rows)
    return file.getvalue()


def assert_read_or_refused(data: str | bytes) -> None:
    try:
        people = read_roster(data)
    except RosterError as error:
        assert error.problems
        assert all(PLACED.search(problem) for problem in error.problems)
        assert str(error)
    else:
        assert len({person["username"] for person in people}) == len(people)


@SETTINGS
@hypothesis.given(st.one_of(LIKE_A_ROSTER, PIECES, PIECES.map("username,password;x\n{}".format)))
def test_any_text_is_read_or_refused_with_its_row(text: str) -> None:
    assert_read_or_refused(text)


@SETTINGS
@hypothesis.given(st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(b"username;a\n".__add__)))
def test_any_bytes_are_read_or_refused_with_their_row(data: bytes) -> None:
    assert_read_or_refused(data)


@SETTINGS
@hypothesis.given(
    people=st.lists(
        st.tuples(
            LINE.map(str.strip).filter(bool),
            st.one_of(TEXT, AWKWARD),
            st.one_of(st.just(""), LINE.filter(str.strip)),
            st.one_of(TEXT, AWKWARD),
            st.one_of(TEXT, AWKWARD),
        ),
        max_size=6,
        unique_by=lambda person: person[0],
    ),
    order=st.permutations(range(len(COLUMNS))),
    dialect=DIALECTS,
    encoding=st.sampled_from(["", "utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_csv_writes_is_read_back(
    people: list[tuple[str, ...]], order: list[int], dialect: tuple[str, bool, str], encoding: str
) -> None:
    rows = [[COLUMNS[place] for place in order], *([person[place] for place in order] for person in people)]
    text = written(rows, dialect)
    expected = []
    for person in people:
        cells = {name: cell if name == "password" else cell.strip() for name, cell in zip(COLUMNS, person)}
        expected.append({name: cell for name, cell in cells.items() if cell or name in COLUMNS[3:]})
    assert read_roster(text.encode(encoding) if encoding else text) == expected


@SETTINGS
@hypothesis.given(usernames=st.lists(LINE.map(str.strip).filter(bool), unique=True, max_size=6), dialect=DIALECTS)
def test_one_column_that_csv_writes_is_read_back(usernames: list[str], dialect: tuple[str, bool, str]) -> None:
    # In a file of one column a delimiter must be quoted, whichever it is.
    hypothesis.assume(dialect[1] or not any(set(",;\t") & set(name) for name in usernames))
    assert read_roster(written([["username"], *([name] for name in usernames)], dialect)) == [
        {"username": name} for name in usernames
    ]
