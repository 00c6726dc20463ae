# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of YAML without running it: options of tasks and roles against their documentation, by Ansible's validator."""

from __future__ import annotations

import functools
import typing as t

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.playbook.block import Block
from ansible.playbook.handler import Handler
from ansible.playbook.play import Play
from ansible.playbook.playbook_include import PlaybookInclude
from ansible.playbook.task import Task
from ansible_collections.threema.work.tests.generic.utils.collection import (
    MODULES,
    NAME,
    ROOT,
    Json,
    connection_options,
    options,
)
from jinja2 import Environment, TemplateSyntaxError, nodes

ROLES: t.Final = sorted(path.name for path in (ROOT / "roles").iterdir())
PLAYBOOKS: t.Final = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))
#: The options that all modules of an action group have.
_GROUPS: t.Final = {
    f"group/{NAME}.all": connection_options(),
    f"group/{NAME}.write": {*connection_options(), "journal"},
}
_ROLE_TASKS: t.Final = ("ansible.builtin.include_role", "ansible.builtin.import_role")
_IMPORT: t.Final = "ansible.builtin.import_playbook"
#: One of the modules of all groups.
_WRITES: t.Final = "credentials"
#: Keywords whose texts are expressions without braces.
_EXPRESSIONS: t.Final = ("that", "when", "until", "changed_when", "failed_when")
_TASK_LISTS: t.Final = ("pre_tasks", "tasks", "post_tasks", "handlers", "block", "rescue", "always")
#: Keywords of tasks, blocks and plays; the one key of a task that is none of them is its module.
_KEYWORDS: t.Final = frozenset({*Task.fattributes, *Handler.fattributes, *Block.fattributes, *Play.fattributes})


class _Loader(yaml.SafeLoader):
    """Knows Ansible's own tags, as what they hold."""


for _tag in ("!vault", "!unsafe"):
    _Loader.add_constructor(_tag, lambda loader, node: loader.construct_scalar(node))


def load_yaml(text: str) -> t.Any:
    """The document that a block holds."""
    return yaml.load(text, _Loader)


@functools.cache
def role_options(role: str) -> dict[str, Json]:
    """The documented variables of a role."""
    specs = yaml.safe_load((ROOT / "roles" / role / "meta/argument_specs.yml").read_text(encoding="utf-8"))
    return t.cast("dict[str, Json]", specs["argument_specs"]["main"]["options"])


def _templated(value: t.Any) -> bool:
    return isinstance(value, str) and ("{{" in value or "{%" in value)


def _literal(args: Json, documented: dict[str, Json]) -> tuple[Json, dict[str, Json]]:
    """Arguments without what is only known when it runs, and the specification without what is given in that way."""
    proper = {alias: name for name, option in documented.items() for alias in (name, *option.get("aliases", ()))}
    spec = {
        name: {key: option[key] for key in ("type", "elements", "choices", "aliases", "required") if key in option}
        for name, option in documented.items()
    }
    kept: Json = {}
    for given, value in args.items():
        name = proper.get(given, given)
        items = value if isinstance(value, list) else [value]
        if any(_templated(item) for item in items):
            spec.get(name, {}).pop("required", None)
            continue
        kept[given] = value
    return kept, spec


def _problems(args: Json, documented: dict[str, Json]) -> list[str]:
    kept, spec = _literal(args, documented)
    nested: list[str] = []
    for name, option in documented.items():
        items = kept.get(name)
        for item in items if isinstance(items, list) else [items]:
            if option.get("suboptions") and isinstance(item, dict):
                nested += [f"{name}: {one}" for one in _problems(item, option["suboptions"])]
    return [*ArgumentSpecValidator(spec).validate(kept).error_messages, *nested]


def module_problems(module: str, args: Json, *, complete: bool = True) -> list[str]:
    """
    What is wrong with the arguments of a module of this collection.

    :param complete: whether required options have to be there; defaults do not need to be complete.
    """
    if module not in MODULES:
        return [f"there is no module {NAME}.{module}"]
    documented = {
        name: {**option, "required": option.get("required", False) and complete and name not in connection_options()}
        for name, option in options(module).items()
    }
    return [f"{NAME}.{module}: {problem}" for problem in _problems(args, documented)]


def role_problems(role: str, variables: Json) -> list[str]:
    """What is wrong with the variables of a role of this collection; others that are needed may come from elsewhere."""
    if role not in ROLES:
        return [f"there is no role {NAME}.{role}"]
    documented = {name: {**option, "required": False} for name, option in role_options(role).items()}
    prefix = f"{role}_"
    own = {name: value for name, value in variables.items() if name.startswith(prefix)}
    return [f"{NAME}.{role}: {problem}" for problem in _problems(own, documented)]


def _defaults_problems(defaults: Json) -> t.Iterator[str]:
    for name, values in defaults.items():
        if name in _GROUPS:
            shared = {key: option for key, option in options(_WRITES).items() if key in _GROUPS[name]}
            documented = {key: {**option, "required": False} for key, option in shared.items()}
            yield from (f"{name}: {problem}" for problem in _problems(values, documented))
        elif name.startswith(f"{NAME}."):
            yield from module_problems(name.removeprefix(f"{NAME}."), values, complete=False)
        elif name.startswith(f"group/{NAME}"):
            yield f"there is no action group {name}"


def _task_problems(task: Json) -> t.Iterator[str]:
    if not isinstance(task, dict):
        yield f"this is no task: {task!r}"
        return
    modules = [key for key in task if key not in _KEYWORDS and not key.startswith("with_")]
    is_block = "block" in task
    if len(modules) != (0 if is_block else 1):
        yield f"a task has one module, and keywords that exist; this one has {modules}"
        return
    if not task.get("name"):
        yield f"a task has a name: {modules}"
    for module in modules:
        args = task[module] or {}
        if module.count(".") < 2:
            yield f"a module is written with its whole name, not {module}"
        elif module in _ROLE_TASKS:
            yield from _role_problems(str(args.get("name", "")), task.get("vars") or {})
        elif module.startswith(f"{NAME}."):
            yield from module_problems(module.removeprefix(f"{NAME}."), args)


def _role_problems(name: str, variables: Json) -> list[str]:
    return role_problems(name.removeprefix(f"{NAME}."), variables) if name.startswith(f"{NAME}.") else []


def tasks_problems(tasks: t.Any) -> t.Iterator[str]:
    """What is wrong with a list of tasks."""
    for task in tasks:
        yield from _task_problems(task)
        if isinstance(task, dict):
            yield from _inner_problems(task)


def _inner_problems(holder: Json) -> t.Iterator[str]:
    yield from _defaults_problems(holder.get("module_defaults") or {})
    for name in _TASK_LISTS:
        yield from tasks_problems(holder.get(name) or [])


def play_problems(play: Json) -> t.Iterator[str]:
    """What is wrong with a play."""
    imports = _IMPORT in play
    keywords = {_IMPORT, *PlaybookInclude.fattributes} if imports else _KEYWORDS
    if unknown := [key for key in play if key not in keywords]:
        yield f"a play has no {unknown}"
    if imports:
        yield from playbook_problems(str(play[_IMPORT]), play.get("vars") or ())
    yield from _inner_problems(play)
    for role in play.get("roles") or []:
        given = {"role": role} if isinstance(role, str) else role
        yield from _role_problems(str(given.get("role") or given.get("name")), {**given, **given.get("vars", {})})


def playbook_problems(playbook: str, variables: t.Iterable[str]) -> t.Iterator[str]:
    """What is wrong with calling a playbook of this collection with these variables."""
    name = playbook.removeprefix(f"{NAME}.")
    if name not in PLAYBOOKS or name == playbook:
        yield f"there is no playbook {playbook}"
        return
    known = playbook_variables(name)
    yield from (f"the playbook {playbook} has no variable {one}" for one in variables if one not in known)


@functools.cache
def playbook_variables(name: str) -> frozenset[str]:
    """The variables that a playbook of this collection looks at, and those of its roles."""
    text = (ROOT / "playbooks" / f"{name}.yml").read_text(encoding="utf-8")
    plays = load_yaml(text)
    parser = Environment(autoescape=True)
    used = {name.name for one in templates(plays) for name in parser.parse(one).find_all(nodes.Name)}
    of_roles = {option for role in ROLES if f"{NAME}.{role}" in text for option in role_options(role)}
    return frozenset(used | of_roles)


def templates(value: t.Any) -> t.Iterator[str]:
    """Every text in a document, expressions with their braces."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key in _EXPRESSIONS:
            yield from ("{{ " + text + " }}" for text in texts([item]))
        elif isinstance(item, str):
            yield item
        else:
            yield from templates(item)


def texts(value: t.Any) -> t.Iterator[str]:
    """Every text in a document."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


def template_problems(document: t.Any) -> t.Iterator[str]:
    """Templates that Jinja cannot read."""
    for text in texts(document):
        try:
            Environment(autoescape=True).parse(text)
        except TemplateSyntaxError as exc:
            yield f"{exc.message}: {text}"


def form_of(document: t.Any) -> str:
    """
    What a YAML document is; empty for anything else.

    ``playbook``, ``tasks``, ``requirements``, ``variables``, or a part of a file of the collection: ``execution
    environment`` or ``credential type``.
    """
    if isinstance(document, list) and document and all(isinstance(one, dict) for one in document):
        is_play = ["hosts" in one or _IMPORT in one for one in document]
        return "playbook" if all(is_play) else "" if any(is_play) else "tasks"
    if isinstance(document, dict):
        forms = {
            "requirements": set(document) <= {"collections", "roles"},
            "credential type": set(document) <= {"fields", "required"} or set(document) == {"env"},
            "execution environment": "dependencies" in document,
        }
        return next((form for form, fits in forms.items() if fits), "variables")
    return ""


def _part_of(part: t.Any, whole: t.Any) -> bool:
    """Whether a document leaves things out of another one, and adds none."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and _part_of(value, whole[key]) for key, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return bool(part) and all(any(_part_of(one, other) for other in whole) for one in part)
    return bool(part == whole)


def _shown_problems(form: str, document: Json) -> t.Iterator[str]:
    """What a page shows of a file of the collection is in that file."""
    if form == "execution environment":
        whole = load_yaml((ROOT / "execution-environment.yml").read_text(encoding="utf-8"))
        if not _part_of(document, whole):
            yield f"this is no part of execution-environment.yml, which is {whole}"
    if form == "credential type":
        made = load_yaml((ROOT / "playbooks/vars/awx_credential_type.yml").read_text(encoding="utf-8"))
        forms = [made["awx_setup_credential_type"][name] for name in ("inputs", "injectors")]
        if document not in forms:
            yield f"awx_credential_type.yml has other inputs and injectors: {forms}"


def yaml_problems(document: t.Any) -> list[str]:
    """What is wrong with a YAML document of any form that the pages may have."""
    form = form_of(document)
    found = list(template_problems(document))
    if form == "playbook":
        found += [problem for play in document for problem in play_problems(play)]
    elif form == "tasks":
        found += tasks_problems(document)
    elif form == "variables":
        found += [problem for role in ROLES for problem in role_problems(role, document)]
    elif form:
        found += _shown_problems(form, document)
    else:
        found.append("this is neither a playbook, nor tasks, nor variables")
    return found
