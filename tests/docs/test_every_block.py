# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every block of code on every page is read and checked, and run where it can be; see `pages.py` and `stage.py`."""

from __future__ import annotations

import configparser
import csv
import json
import re
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.threema.work.tests.generic.utils.collection import NAME
from jinja2 import Environment

from .checks import form_of, load_yaml, playbook_problems, yaml_problems
from .commands import command_problems, commands_of, words_of
from .pages import Block, all_blocks, blocks_of
from .stage import Stage, script_of, unexpected

_RECIPES: t.Final = yaml.safe_load(Path(__file__).with_name("recipes.yml").read_text(encoding="utf-8"))
_BLOCKS: t.Final = all_blocks()


def _needs(block: Block) -> tuple[t.Any, ...]:
    """What decides how it runs: its text, and the files of the page that it names."""
    files = {other.file: other.text for other in blocks_of(block.page) if other.file and other.file in block.text}
    return block.text, block.recipe, tuple(sorted(files.items()))


def _run_by_another(block: Block) -> bool:
    """Whether commands of its page play the file that it is, with nothing in their way."""
    commands = [one for other in blocks_of(block.page) if not other.not_run for one in commands_of(other.text)]
    return bool(block.file) and f"ansible-playbook {block.file}" in commands


def _is_run(block: Block) -> bool:
    return bool(script_of(block)) and not block.not_run and not _run_by_another(block)


#: What two pages show alike is run once.
_RUN: t.Final = list({_needs(one): one for one in _BLOCKS if _is_run(one)}.values())
#: Forms of YAML that no command of a page takes.
_COMPARED: t.Final = ("requirements", "credential type", "execution environment")
_SENDS: t.Final = re.compile(r"ansible-playbook|ansible localhost")


def _check_yaml(block: Block) -> list[str]:
    document = load_yaml(block.text)
    called = playbook_problems(f"{NAME}.{block.playbook}", document) if block.playbook else ()
    return [*yaml_problems(document), *called]


def _check_shell(block: Block) -> list[str]:
    commands = commands_of(block.text)
    return [problem for one in commands for problem in command_problems(one, block)] if commands else ["it is empty"]


def _check_csv(block: Block) -> list[str]:
    rows = list(csv.reader(block.text.splitlines(), csv.Sniffer().sniff(block.text.splitlines()[0], ",;\t")))
    return [f"row {number} has {len(row)} cells" for number, row in enumerate(rows, 1) if len(row) != len(rows[0])]


def _check_json(block: Block) -> list[str]:
    json.loads(block.text)
    return []


def _check_lines(block: Block) -> list[str]:
    """A journal is a document of JSON in each line, which is no JSON as a whole."""
    for document in block.text.splitlines():
        json.loads(document)
    return []


def _check_ini(block: Block) -> list[str]:
    configparser.ConfigParser(interpolation=None).read_string(block.text)
    return []


def _check_template(block: Block) -> list[str]:
    """A template for sheets; a command of the page renders it."""
    Environment(autoescape=True).parse(block.text)
    return []


#: What checks a block of each language. There is no language without a check.
_CHECKS: t.Final[dict[str, t.Callable[[Block], list[str]]]] = {
    "csv": _check_csv,
    "html+jinja": _check_template,
    "ini": _check_ini,
    "json": _check_json,
    "shell": _check_shell,
    "text": _check_lines,
    "yaml": _check_yaml,
}


@pytest.mark.parametrize("block", _BLOCKS, ids=str)
def test_block_is_right(block: Block) -> None:
    """It can be read, and what it names exists and takes what it is given."""
    check = _CHECKS.get(block.language)
    assert check, f"{block}: nobody checks {block.language!r}; use one of {sorted(_CHECKS)}, or add a check here"
    assert not check(block), f"{block}\n{block.text}"


@pytest.mark.parametrize("block", [one for one in _BLOCKS if not script_of(one) and one.language != "shell"], ids=str)
def test_what_is_not_run_is_used(block: Block) -> None:
    """Variables, staff lists and the like are files that another block of the page uses, so that they are run too."""
    if block.language == "ini" or block.playbook:
        return
    if block.language == "json" and block.not_run:
        assert json.loads(block.text)
        return
    if block.language == "yaml" and form_of(load_yaml(block.text)) in _COMPARED:
        return
    assert block.file, f"{block}: say the name of the file, and use it in a command or a task of the page"
    others = [other for other in blocks_of(block.page) if other.file != block.file]
    assert any(block.file in other.text for other in others), f"{block}: nothing on the page uses {block.file}"


@pytest.mark.parametrize("block", _RUN, ids=str)
def test_block_runs(stage: Stage, block: Block) -> None:
    """It runs as it is written, without a failure or a warning, and prints no secret."""
    recipe = _RECIPES[block.recipe] if block.recipe else {}
    if "before" in recipe:
        stage.set_global_settings(recipe["before"])
    stage.add_own_settings(recipe.get("own before", {}))
    script = script_of(block)
    shown = stage.run_block(block)
    assert shown.code == 0, f"{block}\n{shown.output}"
    assert not unexpected(shown), f"{block}\n{shown.output}"
    if _SENDS.search(script):
        assert shown.requests, f"{block}: nothing was sent\n{shown.output}"
    commands = [words_of(one) for one in commands_of(script) if one.startswith("ansible")]
    if commands and all("--check" in words for words in commands):
        assert {one["method"] for one in shown.requests} <= {"GET"}, f"{block}: check mode wrote\n{shown.output}"
    found = stage.found()
    assert {name: found[name] for name in recipe.get("after", {})} == recipe.get("after", {}), shown.output


def test_every_recipe_is_on_a_page() -> None:
    """No recipe is left over, and none is told of twice."""
    assert sorted(block.recipe for block in _RUN if block.recipe) == sorted(_RECIPES)
