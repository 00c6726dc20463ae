# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What this collection holds: its modules and plugins, their documentation, and their options as a tree."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import typing as t

import yaml
from ansible_collections.threema.work.tests.support.simulator_process import ROOT

NAME: t.Final = "threema.work"
GALAXY: t.Final = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
USER_AGENT: t.Final = f"{NAME}/{GALAXY['version']}"

Json = t.Dict[str, t.Any]


def _names(kind: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / "plugins" / kind).glob("[a-z]*.py"))


MODULES: t.Final = _names("modules")


def reads_only(module: str) -> bool:
    """Whether a module only reads from the service; some of these write files for people."""
    source = (ROOT / f"plugins/modules/{module}.py").read_text(encoding="utf-8")
    return module.endswith("_info") or "module_utils._saving import" in source


#: Kind and name of each plugin that is documented with examples.
PLUGINS: t.Final = [(kind, name) for kind in ("lookup", "filter") for name in _names(kind)]


@functools.cache
def documentation(kind: str = "module") -> dict[str, Json]:
    """What ansible-doc knows of all modules, or of all plugins of a kind, by short name; fragments are merged."""
    names = MODULES if kind == "module" else [name for of, name in PLUGINS if of == kind]
    documented = _ask(kind, names)
    if documented is None:
        # One that cannot be read must not hide the others.
        documented = {name: entry for one in names for name, entry in (_ask(kind, [one]) or {}).items()}
    return {name.removeprefix(f"{NAME}."): entry for name, entry in documented.items()}


def _ask(kind: str, names: list[str]) -> dict[str, Json] | None:
    command = [sys.executable, "-m", "ansible", "doc", "--json", "-t", kind, *[f"{NAME}.{name}" for name in names]]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return t.cast("dict[str, Json]", json.loads(answer.stdout)) if answer.returncode == 0 else None


def options(module: str) -> dict[str, Json]:
    """The documented options of a module."""
    return t.cast("dict[str, Json]", documentation()[module]["doc"]["options"])


@functools.cache
def connection_options() -> frozenset[str]:
    """The options that say where the service is, the same for all modules: those of the fragment."""
    namespace: Json = {}
    source = (ROOT / "plugins/doc_fragments/_api.py").read_text(encoding="utf-8")
    exec(compile(source, "_api.py", "exec"), namespace)
    return frozenset(yaml.safe_load(namespace["ModuleDocFragment"].DOCUMENTATION)["options"])


def paths(documented: dict[str, Json], where: str = "") -> t.Iterator[str]:
    """The name of each option and, below it, of each suboption, as ``credentials.username``."""
    for name, option in documented.items():
        yield where + name
        yield from paths(option.get("suboptions") or {}, f"{where}{name}.")


def used_paths(args: Json, documented: dict[str, Json], where: str = "") -> t.Iterator[str]:
    """The options that arguments use, by their proper names; ``?`` and the name for what is not documented."""
    proper = {alias: name for name, option in documented.items() for alias in (name, *option.get("aliases", ()))}
    for given, value in args.items():
        if given not in proper:
            yield f"?{where}{given}"
            continue
        name = proper[given]
        yield where + name
        suboptions = documented[name].get("suboptions")
        for item in value if isinstance(value, list) else [value]:
            if suboptions and isinstance(item, dict):
                yield from used_paths(item, suboptions, f"{where}{name}.")


def examples(kind: str, name: str) -> list[Json]:
    """The tasks in the examples of a module or plugin."""
    tasks = yaml.safe_load(documentation(kind)[name]["examples"])
    assert isinstance(tasks, list) and tasks, f"{name}: its examples are no list of tasks"
    return tasks


def module_of(task: Json) -> tuple[str, Json] | None:
    """Name and arguments of the module of this collection that a task runs."""
    for key, args in task.items():
        if key.startswith(f"{NAME}."):
            return key.removeprefix(f"{NAME}."), args or {}
    return None
