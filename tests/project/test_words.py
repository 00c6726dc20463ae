# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The phrases in ``words.yml`` do not come back to what people read: pages, options, messages, surveys, comments."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.threema.work.tests.support.simulator_process import ROOT

_FOLDERS: t.Final = (".github", "changelogs/fragments", "docs", "extensions", "meta", "playbooks", "plugins", "roles")
#: What only contributors read; texts that are data are not read.
_FOLDERS_OF_CODE: t.Final = ("tests", "tools")
_DATA: t.Final = ("test_words.py", "words.yml", "test_report_page.py", "test_roster_workbook.py")
_FILES: t.Final = ("*.md", "*.yml", "*.toml", "Makefile", "tests/simulator/README.md")
_SUFFIXES: t.Final = (".cfg", ".csv", ".md", ".py", ".rst", ".txt", ".yaml", ".yml")
#: Written by antsibull-changelog.
_GENERATED: t.Final = "CHANGELOG.md"
#: The table of the words that are replaced.
_TABLE: t.Final = re.compile(r"(?<=\n## Words\n)\n.*?(?=\n## |\Z)", re.DOTALL)
#: Between two words: blanks, and a line break with the sign of a comment.
_SPACE: t.Final = r"[ \t]*(?:[ \t]|\n[ \t]*(?:# )?)"
_LEAST: t.Final = 350


class Rule(t.NamedTuple):
    """A phrase that is not written; what is written in its place; and a text in which it is found."""

    pattern: re.Pattern[str]
    write: str
    example: str


def rule(entry: dict[str, t.Any]) -> Rule:
    """An entry of ``words.yml``."""
    flags = re.NOFLAG if entry.get("case") else re.IGNORECASE
    return Rule(
        re.compile(entry["find"].replace(" ", _SPACE), flags), entry["write"], entry.get("example", entry["find"])
    )


RULES: t.Final = [
    rule(entry) for entry in yaml.safe_load(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))
]


def texts() -> dict[str, str]:
    """The files that people read, by their names, without the table of words."""
    found = [path for pattern in _FILES for path in ROOT.glob(pattern) if path.name != _GENERATED]
    found += [path for folder in _FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in _SUFFIXES]
    code = [path for folder in _FOLDERS_OF_CODE for path in (ROOT / folder).rglob("*") if path.suffix in _SUFFIXES]
    found += [path for path in code if path.name not in _DATA and "output" not in path.relative_to(ROOT).parts]
    return {
        str(path.relative_to(ROOT)): _TABLE.sub(
            lambda table: "\n" * table[0].count("\n"), path.read_text(encoding="utf-8")
        )
        for path in found
    }


def problems(name: str, text: str) -> list[str]:
    """Where phrases are that are not written, with what to write."""
    return [
        f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {' '.join(found[0].split())!r}; write: {one.write}"
        for one in RULES
        for found in one.pattern.finditer(text)
    ]


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.example)
def test_a_phrase_is_found(one: Rule) -> None:
    """In one line, at the end of a line of a comment, and not in what is to be written."""
    broken = one.example.replace(" ", "\n    # ", 1)
    for text in (one.example, broken):
        assert one.pattern.search(f"some {text} there"), text
    assert not one.pattern.search(one.write)


def test_the_line_is_named() -> None:
    assert problems("a.rst", "One.\n\nIt is on\nno list.\n") == ["a.rst:3: 'on no list'; write: not on the list"]


def test_the_words_are_those_of_the_table() -> None:
    read = texts()
    assert len(read) > _LEAST
    assert "Automation Controller" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = [problem for name in sorted(read) for problem in problems(name, read[name])]
    assert not found, "\n".join(["see the section Words of CONTRIBUTING.md", *found])
