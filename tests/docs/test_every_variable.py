# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of all variables: a row for each that a playbook takes, no others, with the defaults of the roles."""

from __future__ import annotations

import functools
import re
import typing as t

from ansible_collections.threema.work.tests.generic.utils.collection import NAME, ROOT, Json
from jinja2 import Environment, meta, nodes

from .checks import PLAYBOOKS, ROLES, load_yaml, role_options, templates
from .pages import text_of

_PAGE: t.Final = "docs/docsite/rst/guide_variables.rst"
_FOLDER: t.Final = ROOT / "playbooks"
#: What Ansible itself sets.
_MAGIC: t.Final = re.compile(r"ansible_.*|omit|item|lookup|now|awx_job_id|playbook_dir")
_IMPORT: t.Final = ("ansible.builtin.import_tasks", "ansible.builtin.include_tasks")
_INCLUDE: t.Final = ("ansible.builtin.include_role", "ansible.builtin.import_role")


class Row(t.NamedTuple):
    """A row of the table, for one playbook; the name and the default without the signs of literals."""

    variable: str
    playbook: str
    default: str
    description: str


def _row(cells: list[str]) -> t.Iterator[Row]:
    variable, playbooks, default, description = cells
    named = re.findall(r"``(\w+)``", playbooks)
    if playbooks.startswith("all"):
        assert playbooks == "all" or playbooks.startswith("all except "), playbooks
        named = [one for one in PLAYBOOKS if one not in named]
    for playbook in named:
        yield Row(variable.strip("`"), playbook, default.strip("`"), description)


@functools.cache
def _rows() -> list[Row]:
    table = text_of(_PAGE).partition(".. list-table::")[2].partition("\nTroubleshooting\n")[0]
    rows = [re.split(r"\n    - ", row) for row in re.split(r"\n  \* - ", table)[2:]]
    return [one for row in rows for one in _row([" ".join(cell.split()) for cell in row])]


def _tasks(playbook: str) -> t.Iterator[Json]:
    """Every task and block of a playbook, also those of the files that it imports."""
    (play,) = load_yaml((_FOLDER / f"{playbook}.yml").read_text(encoding="utf-8"))
    todo = list(play["tasks"])
    while todo:
        task = todo.pop(0)
        yield task
        for key in ("block", "rescue", "always"):
            todo += task.get(key, [])
        for key in _IMPORT:
            if key in task:
                todo += load_yaml((_FOLDER / task[key]).read_text(encoding="utf-8"))


def _undeclared(document: t.Any) -> set[str]:
    """The variables that templates take from outside, but for those of Ansible."""
    environment = Environment(autoescape=True)
    found: set[str] = set()
    for text in templates([document]):
        parsed = environment.parse(text)
        # Those of Ansible and of collections only have to be known.
        environment.filters.update((one.name, str) for one in parsed.find_all(nodes.Filter))
        environment.tests.update((one.name, bool) for one in parsed.find_all(nodes.Test))
        found |= meta.find_undeclared_variables(parsed)
    return {name for name in found if not _MAGIC.fullmatch(name)}


class Playbook:
    """What a playbook takes.

    :ivar defaults: its variables that have a default in the play itself.
    :ivar passed: for each role, the options that it sets, with the one variable behind each, if it is one.
    """

    def __init__(self, name: str) -> None:
        (play,) = load_yaml((_FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
        own = dict(play.get("vars", {}))
        for file in play.get("vars_files", []):
            own |= load_yaml((_FOLDER / file).read_text(encoding="utf-8"))
        tasks = list(_tasks(name))
        set_here = {key for task in tasks for key in task.get("ansible.builtin.set_fact", {})} | set(own)
        set_here |= {task["register"] for task in tasks if "register" in task}
        set_here |= {key for task in tasks for key in task.get("vars", {})}
        self.defaults = {
            key: value
            for key, value in play.get("vars", {}).items()
            if isinstance(value, str) and "{{" not in value and not _MAGIC.fullmatch(key)
        }
        self.passed: dict[str, dict[str, str | None]] = {}
        for task in tasks:
            for key in _INCLUDE:
                if key in task:
                    role = task[key]["name"].removeprefix(f"{NAME}.")
                    self.passed[role] = {
                        option: names.pop() if len(names := _undeclared(value) - set_here) == 1 else None
                        for option, value in task.get("vars", {}).items()
                    }
        of_roles = {option for role, passed in self.passed.items() for option in set(role_options(role)) - set(passed)}
        self.variables = (_undeclared(play) | _undeclared(tasks)) - set_here | of_roles | set(self.defaults)

    def option(self, variable: str) -> Json | None:
        """The option of a role that is behind a variable."""
        for role, passed in self.passed.items():
            options = role_options(role)
            for option, behind in passed.items():
                if behind == variable and option in options:
                    return options[option]
            if variable in options and variable not in passed:
                return options[variable]
        return None


def _written(option: Json) -> str:
    """How the table writes the default of an option of a role."""
    default = option.get("default")
    if default in (None, [], {}, ""):
        return "required" if option.get("required") else "none"
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_each_variable_has_a_row() -> None:
    """In each playbook that takes it, also if a role takes it through the playbook."""
    rows = {(row.playbook, row.variable) for row in _rows()}
    taken = {(playbook, variable) for playbook in PLAYBOOKS for variable in Playbook(playbook).variables}
    problems = [
        f"the playbook {playbook} takes the variable {variable}, but no row of {_PAGE} says so: add the row, or the "
        "playbook to the row"
        for playbook, variable in sorted(taken - rows)
    ] + [
        f"{_PAGE} says that the playbook {playbook} takes the variable {variable}, which it does not: correct the row"
        for playbook, variable in sorted(rows - taken)
    ]
    assert not problems, "\n".join(problems)


def test_each_row_has_the_default_and_the_choices() -> None:
    """Of the role's option behind it, or of the play."""
    problems = []
    for row in _rows():
        playbook = Playbook(row.playbook)
        option = playbook.option(row.variable)
        default = playbook.defaults.get(row.variable)
        if option is not None or default is not None:
            expected = _written(option if option is not None else {"default": default})
            if row.default != expected:
                problems.append(f"{row.playbook}: {row.variable} has the default {expected}, not {row.default}")
        choices = (option or {}).get("choices", [])
        if missing := [choice for choice in choices if f"``{choice}``" not in row.description]:
            problems.append(f"{row.playbook}: the row of {row.variable} does not name {missing}")
    assert not problems, f"{_PAGE}\n" + "\n".join(problems)


def test_the_roles_are_those_of_the_playbooks() -> None:
    """A role without a playbook would have variables in no row; and the two tests above look at something."""
    assert {role for playbook in PLAYBOOKS for role in Playbook(playbook).passed} == set(ROLES)
    assert sum(Playbook(row.playbook).option(row.variable) is not None for row in _rows()) > 25
