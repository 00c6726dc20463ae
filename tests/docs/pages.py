# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the pages that people read, and every block of code in them.

What a block needs is said in comments right above it, ``.. word: text`` in reStructuredText and
``<!-- word: text -->`` in Markdown:

============ ==========================================================================================================
``file``     the block is the content of a file of this name, which commands and tasks of the page may use; in
             reStructuredText the caption of the block is that name, so that readers see it
``not run``  the block is checked but not run, for this reason
``playbook`` the block holds variables for this playbook of the collection, as a job template of AWX does
``recipe``   what the block does to the subscription is compared with ``recipes.yml``, under this name
============ ==========================================================================================================

In Markdown an indented block without a language is ``shell``; everywhere else the language has to be said.
"""

from __future__ import annotations

import functools
import re
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.threema.work.tests.generic.utils.collection import ROOT
from antsibull_docutils.rst_code_finder import CodeBlockDirective, find_code_blocks
from markdown_it import MarkdownIt

_PATTERNS: t.Final = ("*.md", "docs/**/*.md", "roles/*/README.md", "docs/docsite/rst/*.rst")
#: Written by antsibull-changelog.
_GENERATED: t.Final = ("CHANGELOG.md",)
_COMMENT: t.Final = {
    ".rst": re.compile(r"\.\. ([a-z ]+): (.+)$"),
    ".md": re.compile(r"<!-- ([a-z ]+): (.+) -->$"),
}
_DIRECTIVE: t.Final = ".. code-block::"
_MAKES_A_BLOCK: t.Final = re.compile(
    r"\s*\.\. (code-block|code|sourcecode|parsed-literal|literalinclude|include|raw|prompt|ansible-output)::"
    # "Text that ends like this::"
    r"|(?!\s*\.\. ).*::$"
)
_WORDS: t.Final = frozenset({"file", "not run", "playbook", "recipe"})


@dataclass(frozen=True)
class Block:
    """One block of code, and where it is."""

    page: str
    line: int
    language: str
    text: str
    file: str
    not_run: str
    playbook: str
    recipe: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def page_names() -> list[str]:
    """Each page, relative to the root of the collection."""
    found = {str(path.relative_to(ROOT)) for pattern in _PATTERNS for path in ROOT.glob(pattern)}
    return sorted(found.difference(_GENERATED))


def text_of(page: str) -> str:
    """What is written on a page."""
    return (ROOT / page).read_text(encoding="utf-8")


def _comments(lines: list[str], above: int, suffix: str) -> dict[str, str]:
    """The comments that end right above a line, counted from 0."""
    found: dict[str, str] = {}
    while above > 0:
        above -= 1
        line = lines[above].strip()
        if comment := _COMMENT[suffix].match(line):
            word, value = comment.groups()
            assert word in _WORDS, f"a comment above a block says one of {sorted(_WORDS)}, not {word!r}: {line}"
            found[word] = value
        elif line:
            break
    return found


def _markdown(text: str) -> t.Iterator[tuple[int, int, str, str, str]]:
    for token in MarkdownIt().parse(text):
        if token.type in ("fence", "code_block") and token.map:
            fenced = token.type == "fence"
            language = token.info.split(" ")[0] if fenced else "shell"
            yield token.map[0], token.map[0] + 1 + fenced, language, token.content, ""


def _restructured(text: str) -> t.Iterator[tuple[int, int, str, str, str]]:
    captions: list[str] = []

    class CodeBlock(CodeBlockDirective):
        """Remembers captions, in the order of the page."""

        def run(self) -> list[t.Any]:
            captions.append(self.options.get("caption", ""))
            return t.cast("list[t.Any]", super().run())

    unknown: list[str] = []

    def remember(line: int | str, _column: int, _source: str, _unknown: bool) -> None:
        unknown.append(f"line {line}")

    found = list(
        find_code_blocks(text, extra_directives={"code-block": CodeBlock}, warn_unknown_block_w_unknown_info=remember)
    )
    assert not unknown, f"blocks without a language, use '.. code-block:: yaml' or the like: {unknown}"
    # What stands in a directive that docutils does not know, or is made by another one, must not be overlooked.
    lines = text.splitlines()
    written = [line for line in lines if _MAKES_A_BLOCK.match(line)]
    assert len(found) == len(captions) == len(written), f"some of these blocks are not found: {written}"
    assert all(line.lstrip().startswith(_DIRECTIVE) for line in written), f"write them with {_DIRECTIVE}: {written}"
    for block, caption in zip(found, captions, strict=True):
        start = block.row_offset
        while not lines[start].lstrip().startswith(_DIRECTIVE):
            start -= 1
        yield start, block.row_offset + 1, block.language or "", block.content, caption


@functools.cache
def blocks_of(page: str) -> list[Block]:
    """Every block of a page."""
    return blocks_in(text_of(page), page)


def blocks_in(text: str, page: str) -> list[Block]:
    """Every block of a text; the name of its page says in which format it is."""
    suffix = Path(page).suffix
    lines = text.splitlines()
    found = []
    for start, line, language, content, caption in (_markdown if suffix == ".md" else _restructured)(text):
        comments = _comments(lines, start, suffix)
        found.append(
            Block(
                page=page,
                line=line,
                language=language,
                text=content if content.endswith("\n") else f"{content}\n",
                file=caption or comments.get("file", ""),
                not_run=comments.get("not run", ""),
                playbook=comments.get("playbook", ""),
                recipe=comments.get("recipe", ""),
            )
        )
    return found


def all_blocks(*languages: str) -> list[Block]:
    """The blocks of all pages, or those in some languages."""
    return [one for page in page_names() for one in blocks_of(page) if not languages or one.language in languages]
