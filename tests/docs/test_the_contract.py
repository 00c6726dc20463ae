# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page that says what is known of the service: what is cited is there, and each unknown has its switch."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

from ansible_collections.threema.work.tests.docs.pages import ROOT

_PAGE: t.Final = ROOT / "docs/docsite/rst/contract.rst"
_CITED_IN: t.Final = ("plugins", "roles", "playbooks", "tests", "docs")
_SUFFIXES: t.Final = (".py", ".yml", ".yaml", ".md", ".rst", ".j2")
_SECTION: t.Final = re.compile(r"^([0-9]+(?:\.[0-9]+)?)\.? .*\n[-~]+$", re.MULTILINE)
_NUMBER: t.Final = r"[0-9]+(?:\.[0-9]+)?"
_CITATION: t.Final = re.compile(rf"[Cc]ontract(?:,)?(?: section)? ({_NUMBER}(?:(?:, | and | to ){_NUMBER})*)")
_LEAST: t.Final = 100


def sections() -> dict[str, str]:
    """The text of each section by its number."""
    parts = _SECTION.split(_PAGE.read_text(encoding="utf-8"))
    return dict(zip(parts[1::2], parts[2::2]))


def citations() -> t.Iterator[tuple[Path, str]]:
    """The files that cite sections, and the numbers."""
    for folder in _CITED_IN:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in _SUFFIXES and path != _PAGE:
                # A citation may go over the end of a line of a comment.
                text = re.sub(r"\s*\n\s*#?\s*", " ", path.read_text(encoding="utf-8"))
                for found in _CITATION.finditer(text):
                    yield from ((path, number) for number in re.findall(_NUMBER, found[1]))


def test_what_is_cited_is_there() -> None:
    known = sections()
    found = list(citations())
    assert len(found) > _LEAST
    dead = [f"{path.relative_to(ROOT)}: contract {number}" for path, number in found if number not in known]
    assert not dead, "no such section in docs/docsite/rst/contract.rst; correct the number, or write the section"


def test_each_unknown_has_its_switch() -> None:
    """The table of unknowns names all switches of the simulator, and no others."""
    source = (ROOT / "tests/simulator/threema_simulator/switches.py").read_text(encoding="utf-8")
    table = source[source.index("_TABLE") : source.index("SWITCHES:")]
    switches = set(re.findall(r'^    \("([a-z-]+)", "', table, re.MULTILINE))
    rows = sections()["9"].split("    * - ")[2:]
    named = {name for row in rows for name in re.findall(r"``([a-z-]+)``", row.split("      - ")[-1])}
    assert len(switches) > len(rows) / 2
    assert named == switches
