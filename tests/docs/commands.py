# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of shell commands without running them: playbooks, modules, variables and make targets exist."""

from __future__ import annotations

import argparse
import re
import shlex
import typing as t

import yaml
from ansible.parsing.splitter import parse_kv
from ansible_builder import cli as ansible_builder
from ansible_collections.awx.awx.plugins.module_utils.controller_api import ControllerModule
from ansible_collections.threema.work.tests.generic.utils.collection import MODULES, NAME, PLUGINS, ROOT

from .checks import ROLES, module_problems, playbook_problems
from .pages import Block

#: What a block may hold for the reader to put something in its place.
BLANK: t.Final = "…"
_ASSIGNMENT: t.Final = re.compile(r"([A-Z_][A-Z0-9_]*)=(.*)$", re.DOTALL)
_MAKEFILE: t.Final = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS: t.Final = frozenset(re.findall(r"^([a-z-]+):", _MAKEFILE, re.MULTILINE))
_MAKE_VARIABLES: t.Final = frozenset(re.findall(r"^([A-Z]+) \?=", _MAKEFILE, re.MULTILINE))
#: The environment variables that the documentation of the options names, and those of the modules of awx.awx.
_ENVIRONMENT: t.Final = frozenset(
    re.findall(r"E\(([A-Z_]+)\)", (ROOT / "plugins/doc_fragments/_api.py").read_text(encoding="utf-8"))
) | {name for option in ControllerModule.AUTH_ARGSPEC.values() for name in option.get("fallback", ((), ()))[1]}


def commands_of(text: str) -> list[str]:
    """The commands of a block, with continued lines put together, lists taken apart, and comments left out."""
    lines = text.replace("\\\n", " ").splitlines()
    commands = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return [command.strip() for line in commands for command in line.split(" && ")]


def words_of(command: str) -> list[str]:
    """The words of a command as the shell sees them."""
    return shlex.split(command, comments=True)


def _parser(*value_options: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(exit_on_error=False, add_help=False, allow_abbrev=False)
    parser.add_argument("--check", "-C", action="store_true")
    parser.add_argument("--diff", "-D", action="store_true")
    parser.add_argument("-v", action="count")
    parser.add_argument("--extra-vars", "-e", action="append", default=[])
    parser.add_argument("--inventory", "-i")
    parser.add_argument("--limit", "-l")
    parser.add_argument("--vault-password-file")
    parser.add_argument("--ask-vault-pass", "-J", action="store_true")
    parser.add_argument("--tree", "-t")
    for option in value_options:
        parser.add_argument(option)
    return parser


def _parse(parser: argparse.ArgumentParser, words: list[str]) -> argparse.Namespace:
    args, unknown = parser.parse_known_args(words[1:])
    if unknown:
        raise argparse.ArgumentError(None, f"{words[0]} has no {' '.join(unknown)}")
    return args


def _export(words: list[str], _block: Block) -> t.Iterator[str]:
    for word in words[1:]:
        name = word.partition("=")[0]
        if name not in _ENVIRONMENT and not name.startswith("ANSIBLE_"):
            yield f"nothing reads the environment variable {name}"


def _read(words: list[str], block: Block) -> t.Iterator[str]:
    """What is typed is a secret: backslashes are part of it, it is not shown, and it gets into the environment."""
    if words[1] != "-rs":
        yield f"a secret is read with read -rs: {words}"
    for name in words[2:]:
        if f"export {name}" not in commands_of(block.text):
            yield f"{name} is read, but not exported"


def _ansible_builder(words: list[str], _block: Block) -> t.Iterator[str]:
    try:
        ansible_builder.parse_args(words[1:])
    except SystemExit:
        yield f"ansible-builder does not take {words[1:]}"


def _podman(words: list[str], block: Block) -> t.Iterator[str]:
    if words[1] != "push" or f"ansible-builder build --tag {words[2]}" not in commands_of(block.text):
        yield f"only an image that was built in the same block is pushed: {words}"


def _ansible(words: list[str], _block: Block) -> t.Iterator[str]:
    parser = _parser("-m", "-a")
    parser.add_argument("pattern")
    args = _parse(parser, words)
    if not (args.m or "").startswith(f"{NAME}."):
        yield f"the module is written with its whole name, not {args.m}"
        return
    given = parse_kv(args.a or "")
    if "_raw_params" in given:
        yield f"these are no options: {given.pop('_raw_params')}"
    yield from module_problems(args.m.removeprefix(f"{NAME}."), given)


def _extra_variables(given: str) -> list[str]:
    if given.startswith("@"):
        return []
    return list(yaml.safe_load(given) if given.startswith("{") else parse_kv(given))


def _ansible_playbook(words: list[str], _block: Block) -> t.Iterator[str]:
    parser = _parser()
    parser.add_argument("playbook")
    args = _parse(parser, words)
    if args.playbook.startswith(f"{NAME}."):
        variables = [one for given in args.extra_vars for one in _extra_variables(given)]
        yield from playbook_problems(args.playbook, variables)


def _ansible_doc(words: list[str], _block: Block) -> t.Iterator[str]:
    parser = argparse.ArgumentParser(exit_on_error=False, add_help=False, allow_abbrev=False)
    parser.add_argument("-t", "--type", default="module")
    parser.add_argument("-l", "--list", action="store_true")
    parser.add_argument("names", nargs="+")
    args = _parse(parser, words)
    known: dict[str, list[str]] = {"module": MODULES, "role": ROLES}
    for kind, name in PLUGINS:
        known.setdefault(kind, []).append(name)
    for name in args.names:
        if name != NAME and name.removeprefix(f"{NAME}.") not in known[args.type]:
            yield f"there is no {args.type} {name}"


def _make(words: list[str], _block: Block) -> t.Iterator[str]:
    for word in words[1:]:
        if found := _ASSIGNMENT.match(word):
            if found[1] not in _MAKE_VARIABLES:
                yield f"the Makefile has no variable {found[1]}"
        elif word not in TARGETS:
            yield f"the Makefile has no target {word}"


def _galaxy(words: list[str], _block: Block) -> t.Iterator[str]:
    if words[1:3] != ["collection", "install"]:
        yield f"only collections are installed here: {words}"


def _paths(words: list[str], _block: Block) -> t.Iterator[str]:
    """The tests that a command names exist, in the checkout or among the simulator's."""
    for word in words:
        if word.startswith("tests/") and not any(
            (folder / word).exists() for folder in (ROOT, ROOT / "tests/simulator")
        ):
            yield f"there is no {word}"


def _nothing(_words: list[str], _block: Block) -> t.Iterator[str]:
    yield from ()


#: How each program is checked, and whether it is run.
PROGRAMS: t.Final[dict[str, tuple[t.Callable[[list[str], Block], t.Iterator[str]], bool]]] = {
    "ansible": (_ansible, True),
    "ansible-builder": (_ansible_builder, False),
    "ansible-doc": (_ansible_doc, True),
    ".": (_nothing, False),
    "ansible-galaxy": (_galaxy, False),
    "ansible-playbook": (_ansible_playbook, True),
    "ansible-test": (_paths, False),
    "ansible-vault": (_nothing, False),
    "cd": (_nothing, False),
    "command": (_nothing, False),
    "curl": (_nothing, True),
    "export": (_export, False),
    "git": (_nothing, False),
    "grep": (_nothing, True),
    "make": (_make, False),
    "mkdir": (_nothing, True),
    "podman": (_podman, False),
    "python": (_paths, False),
    "python3": (_paths, False),
    "read": (_read, False),
    "shred": (_nothing, False),
    "systemctl": (_nothing, False),
}


def program_of(command: str) -> str:
    """The name of the program that a command runs; empty for an assignment."""
    words = words_of(command)
    while words and _ASSIGNMENT.match(words[0]):
        words = words[1:]
    return words[0].rpartition("/")[2] if words else ""


def runs(command: str) -> bool:
    """Whether a command is run by the tests: it is no blank to fill in, and its program needs nothing from outside."""
    program = program_of(command)
    return BLANK not in command and (not program or PROGRAMS[program][1])


def command_problems(command: str, block: Block) -> list[str]:
    """What is wrong with a command."""
    program = program_of(command)
    if not program:
        return []
    if program not in PROGRAMS:
        return [f"nobody checks the program {program}; add it to PROGRAMS in tests/docs/commands.py"]
    words = words_of(command)
    words = words[next(number for number, word in enumerate(words) if not _ASSIGNMENT.match(word)) :]
    try:
        return list(PROGRAMS[program][0](words, block))
    except argparse.ArgumentError as exc:
        return [str(exc)]


def exports_of(blocks: t.Iterable[Block]) -> dict[str, str]:
    """The environment that the blocks set, without what the reader has to fill in."""
    found: dict[str, str] = {}
    for block in blocks:
        for command in commands_of(block.text) if block.language == "shell" else ():
            for word in words_of(command)[1:] if program_of(command) == "export" else ():
                if (assignment := _ASSIGNMENT.match(word)) and BLANK not in word:
                    found[assignment[1]] = assignment[2]
    return found
