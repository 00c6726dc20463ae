# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Has every module, plugin, role and playbook all its parts? CONTRIBUTING.md, "Adding a module", has the same list.

It only reads files, and prints a sentence for each part that is missing: which file, and what to add to it. The tests
would fail as well, but not with a sentence.
"""

from __future__ import annotations

import ast
import functools
import re
import sys
import typing as t
from pathlib import Path

import yaml

_FRAGMENTS: t.Final = ("threema.work._api", "threema.work._attributes")
_JOURNAL: t.Final = "threema.work._api.journal"
#: The fragments that document the options of these names in _options.py.
_DOCUMENTED: t.Final = {
    name: f"threema.work._api.{name.lower()}" for name in ("PLURAL", "CREATIONS", "PRUNE", "IDENTITY")
}
_RESOURCES: t.Final = "tests/generic/resources.yml"
_OPENAPI: t.Final = "tests/simulator/openapi.yaml"
_CONTRACT: t.Final = "docs/docsite/rst/contract.rst"
_SIMULATED: t.Final = "tests/simulator/threema_simulator/resources"
_PACKAGE: t.Final = "ansible_collections.threema.work."
#: The one in C where it is installed, which is ten times as fast.
_LOADER: t.Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_METHODS: t.Final = ("get", "post", "put", "delete")


def main(root: Path) -> int:
    """Print what is missing in a checkout; 1 if anything is."""
    found = [
        *_of_service(root),
        *_of_imports(root),
        *_of_modules(root),
        *_of_plugins(root),
        *_of_roles(root),
        *_of_playbooks(root),
        *_of_tests(root),
    ]
    for sentence in found:
        print(sentence)
    return 1 if found else 0


def _names(folder: Path, pattern: str) -> list[str]:
    return sorted(path.stem for path in folder.glob(pattern) if not path.stem.startswith("_"))


@functools.cache
def _read(root: Path, path: str) -> t.Any:
    return yaml.load((root / path).read_text(encoding="utf-8"), Loader=_LOADER)


def _of_service(root: Path) -> t.Iterator[str]:
    contract = (root / _CONTRACT).read_text(encoding="utf-8")
    tests = "".join(path.read_text(encoding="utf-8") for path in (root / "tests/simulator/tests").glob("test_*.py"))
    paths = _read(root, _OPENAPI)["paths"]
    for first in sorted({path.split("/")[1] for path in paths} - {""}):
        if f"``/{first}" not in contract:
            yield f"{_CONTRACT}: nothing on /{first}; add a section at the end."
        if f'"/{first}' not in tests:
            yield f"tests/simulator/tests: nothing calls /{first}; what the simulator does with it."
    yield from _of_operations(contract, paths)
    readme = (root / "tests/simulator/README.md").read_text(encoding="utf-8")
    for path in sorted((root / "tests/simulator/threema_simulator/resources").glob("*.py")):
        for name in re.findall(r'Number\("(\w+)"', path.read_text(encoding="utf-8")):
            if f"`--{name} N`" not in readme:
                yield f"tests/simulator/README.md: the table of options lacks `--{name} N` of {path.name}."


def _of_imports(root: Path) -> t.Iterator[str]:
    """What is imported of plugins and simulator, and is not there; the simulator names the files of its resources."""
    for path in sorted([*(root / "plugins").glob("**/*.py"), *(root / "tests/simulator").glob("*/**/*.py")]):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            for target in _imported(root, path, node) if isinstance(node, ast.ImportFrom) else ():
                if not target.is_dir() and not target.with_suffix(".py").is_file():
                    wanted = target.with_suffix(".py").relative_to(root)
                    yield f"{wanted}: missing; {path.relative_to(root)} imports it."
    files = root / _SIMULATED
    named = re.search(r"_FILES = \(([^)]*)", (files / "__init__.py").read_text(encoding="utf-8"))
    for name in sorted({*_names(files, "*.py"), *re.findall(r'"(\w+)"', named[1] if named else "")}):
        if not (files / f"{name}.py").is_file():
            yield f"{_SIMULATED}/{name}.py: missing; _FILES in __init__.py names it."
        if not named or f'"{name}"' not in named[1]:
            yield f"{_SIMULATED}/__init__.py: _FILES lacks {name}."


def _imported(root: Path, path: Path, node: ast.ImportFrom) -> list[Path]:
    """The files or folders of the checkout that are imported, without their suffix; none where they are of others."""
    module = node.module or ""
    if not node.level and not module.startswith(_PACKAGE):
        return []
    parts = module.removeprefix(_PACKAGE).split(".") if module else []
    target = (path.parents[node.level - 1] if node.level else root).joinpath(*parts)
    if not target.is_dir():
        return [target]
    package = target / "__init__.py"
    here = package.read_text(encoding="utf-8") if package.is_file() else ""
    return [target / one.name for one in node.names if not re.search(rf"\b{one.name}\b", here)]


def _of_operations(contract: str, paths: dict[str, t.Any]) -> t.Iterator[str]:
    """What the sections 1.1 and 2 of the contract lack of the operations; parameters may have other names there."""
    contract = re.sub(r"\{\w+\}", "{}", contract)
    paging, operations = (_section(contract, number) for number in ("1.1", "2"))
    for path, there in paths.items():
        known = re.sub(r"\{\w+\}", "{}", path)
        for method in [name.upper() for name in _METHODS if name in there]:
            # Of one, nobody knows the method.
            if not re.search(rf"({method}|\*update\*) ``{re.escape(known)}``", operations):
                yield f"{_CONTRACT}: the table of section 2 lacks {method} {path}."
        parameters = [one.get("$ref", "") for one in there.get("get", {}).get("parameters", [])]
        if any(one.endswith("/page") for one in parameters) and not re.search(rf"``(GET )?{known}``", paging):
            yield f"{_CONTRACT}: section 1.1 lacks {path}, which is read in pages."


def _section(contract: str, number: str) -> str:
    """The text of a section, without those below it."""
    found = re.search(rf"^{re.escape(number)}\.? .*\n[-~]+\n((?:.*\n)*?)(?=\.\. _ansible|\Z)", contract, re.MULTILINE)
    return found[1] if found else ""


def _of_modules(root: Path) -> t.Iterator[str]:
    groups = _read(root, "meta/runtime.yml")["action_groups"]
    resources = _read(root, _RESOURCES).values()
    written = {name for one in resources for name in one.get("modules", ())}
    lists = {f"{one['modules'][0]}_info" for one in resources if one.keys() >= {"listed", "modules"}}
    routed = _read(root, "meta/runtime.yml")["plugin_routing"]["modules"]
    readme = (root / "README.md").read_text(encoding="utf-8")
    yield from _of_resources(root)
    yield from _of_targets(root)
    modules = _names(root / "plugins/modules", "*.py")
    for name in modules:
        writes = not _reads_only(root, name)
        yield from _of_documentation(root, name, writes)
        for group in ("all", "write") if writes else ("all",):
            if name not in groups[group]:
                yield f"meta/runtime.yml: the action group {group} lacks {name}."
        if (name.endswith("s") or name in lists) and name not in routed:
            yield f"meta/runtime.yml: plugin_routing lacks {name}; it may take long, and shows how far it is."
        if writes and name not in written:
            yield f"tests/generic/resources.yml: no kind of object names {name} in its modules; its head says how."
        if f"`threema.work.{name}`" not in readme:
            yield f"README.md: the table of modules lacks `threema.work.{name}`."
        yield from _tests_of(root, name, writes)
    for group, members in groups.items():
        for name in members:
            if name not in modules:
                yield f"meta/runtime.yml: the action group {group} names {name}, which is no module."


def _reads_only(root: Path, name: str) -> bool:
    """Whether a module only reads from the service; some of these write files for people."""
    source = (root / f"plugins/modules/{name}.py").read_text(encoding="utf-8")
    return name.endswith("_info") or "module_utils._saving import" in source


def _of_resources(root: Path) -> t.Iterator[str]:
    openapi = _read(root, _OPENAPI)
    at_once = "tests/faults/test_two_at_once.py"
    tried = (root / at_once).read_text(encoding="utf-8")
    for name, one in _read(root, _RESOURCES).items():
        required = ["modules", "journal"]
        if {"listed", "key", "api_names", "plain"} & one.keys():
            required += ["states", "listed", "key", "api_names"]
        if one.get("plain"):
            required.append("text")
        for key in required:
            if key not in one:
                yield f"{_RESOURCES}: {name} lacks {key}; the head of the file says what it is."
        if "listed" not in one:
            continue
        for flag in _flags(openapi, one["listed"]):
            if flag not in one.get("api_flags", ()):
                yield f"{_RESOURCES}: api_flags of {name} lacks {flag}, which is a boolean in openapi.yaml."
        if not one.get("plain") and f"def test_{one['listed']}" not in tried:
            yield f"{_RESOURCES}: {name} is not plain; say so there if it is, or add test_{one['listed']} to {at_once}."


def _flags(openapi: dict[str, t.Any], listed: str) -> t.Iterator[str]:
    """The booleans of the response that is one object of a list."""
    for path, there in openapi["paths"].items():
        if re.fullmatch(rf"/{listed}/\{{\w+\}}", path) and "get" in there:
            content = _followed(openapi, there["get"]["responses"]["200"])["content"]
            for name, one in _followed(openapi, content["application/json"]["schema"])["properties"].items():
                if _followed(openapi, one).get("type") == "boolean":
                    yield name


def _followed(openapi: dict[str, t.Any], one: dict[str, t.Any]) -> dict[str, t.Any]:
    """What a reference leads to; everything else is itself."""
    while "$ref" in one:
        place, one = one["$ref"], openapi
        for part in place.removeprefix("#/").split("/"):
            one = one[part]
    return one


def _of_documentation(root: Path, name: str, writes: bool) -> t.Iterator[str]:
    module = f"plugins/modules/{name}.py"
    documented = _documentation(root / module)
    fragments = documented.get("extends_documentation_fragment", [])
    group = "writing_group" if writes else "action_group"
    source = (root / module).read_text(encoding="utf-8")
    # One of another meaning is documented by the module itself.
    own = {one.upper() for one in documented.get("options", {})}
    given = [fragment for one, fragment in _DOCUMENTED.items() if re.search(rf"\b{one}\b", source) and one not in own]
    for fragment in (*_FRAGMENTS, f"threema.work._attributes.{group}", *given):
        if fragment not in fragments:
            yield f"{module}: extends_documentation_fragment lacks {fragment}."
    if writes is not (_JOURNAL in fragments):
        yield f"{module}: modules that write extend {_JOURNAL}, and no others."
    for key in ("version_added", "seealso"):
        if key not in documented:
            yield f"{module}: DOCUMENTATION lacks {key}."
    seen = {one.get("module") for one in documented.get("seealso", ())}
    for other in _beside(root, name):
        if f"threema.work.{other}" not in seen:
            yield f"{module}: seealso lacks threema.work.{other}."


def _beside(root: Path, name: str) -> list[str]:
    """The other modules of a resource, in all directions: for one, for many, and the one that only reads."""
    one = name.removesuffix("_info")
    found = next((it.get("modules", []) for it in _read(root, _RESOURCES).values() if one in it.get("modules", ())), [])
    return [it for it in (*found, *(f"{it}_info" for it in found[:1])) if it != name and _is_module(root, it)]


def _is_module(root: Path, name: str) -> bool:
    return (root / f"plugins/modules/{name}.py").is_file()


def _tests_of(root: Path, name: str, writes: bool) -> t.Iterator[str]:
    if not (root / f"tests/generic/cases/{name}.yml").is_file():
        how = "see tests/generic/utils/cases.py"
        yield f"tests/generic/cases/{name}.yml: missing; at least one case for each option of {name}, {how}."
    if f"threema.work.{name}:" not in _targets(root):
        yield f"tests/integration/targets: no target runs threema.work.{name}; a few tasks, as Ansible runs it."
    if not name.endswith("_info") and not any(name in path.stem for path in (root / "tests/modules").glob("test_*.py")):
        yield f"tests/modules/test_{name}.py: missing; what only {name} does."


def _of_targets(root: Path) -> t.Iterator[str]:
    for target in sorted((root / "tests/integration/targets").glob("[!.]*")):
        for path in ("aliases", "meta/main.yml", "tasks/main.yml"):
            # What the others depend on depends on nothing.
            if not (target / path).is_file() and not (path == "meta/main.yml" and target.name.startswith("setup_")):
                yield f"tests/integration/targets/{target.name}/{path}: missing; as the others have it."


def _targets(root: Path) -> str:
    """The tasks of all integration targets."""
    found = sorted((root / "tests/integration/targets").glob("*/tasks/main.yml"))
    return "".join(path.read_text(encoding="utf-8") for path in found)


def _documentation(module: Path) -> dict[str, t.Any]:
    """What a module documents; nothing where it has none."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == "DOCUMENTATION"
        ):
            return t.cast("dict[str, t.Any]", yaml.safe_load(ast.literal_eval(node.value)))
    return {}


def _of_plugins(root: Path) -> t.Iterator[str]:
    readme = (root / "README.md").read_text(encoding="utf-8")
    cases = _read(root, "tests/generic/cases/plugins.yml")
    for kind in ("lookup", "filter"):
        for name in _names(root / "plugins" / kind, "*.py"):
            if f"`threema.work.{name}`" not in readme:
                yield f"README.md: the section on modules lacks the {kind} `threema.work.{name}`."
            if name not in cases.get(kind, {}):
                yield f"tests/generic/cases/plugins.yml: {kind} lacks {name}: state and files of its examples."


def _of_roles(root: Path) -> t.Iterator[str]:
    readme = (root / "README.md").read_text(encoding="utf-8")
    for path in sorted((root / "roles").iterdir()):
        for part in ("README.md", "meta/argument_specs.yml", "meta/main.yml"):
            if not (path / part).is_file():
                yield f"roles/{path.name}/{part}: missing."
        if f"roles/{path.name}/README.md" not in readme:
            yield f"README.md: the table of roles lacks roles/{path.name}/README.md."
        if not (root / f"extensions/molecule/{path.name}/molecule.yml").is_file():
            yield f"extensions/molecule/{path.name}: missing; a scenario that runs the role."


def _of_playbooks(root: Path) -> t.Iterator[str]:
    readme = (root / "README.md").read_text(encoding="utf-8")
    tests = "".join(path.read_text(encoding="utf-8") for path in (root / "tests").glob("**/*.py"))
    for name in _names(root / "playbooks", "*.yml"):
        if f"`threema.work.{name}`" not in readme:
            yield f"README.md: the table of roles and playbooks lacks `threema.work.{name}`."
        if f"threema.work.{name}" not in tests and f'"{name}"' not in tests:
            yield f"tests/playbooks: no test runs threema.work.{name}."


def _of_tests(root: Path) -> t.Iterator[str]:
    """Files of one name in folders that are no packages: pytest mistakes one for the other where both are run."""
    found: dict[str, Path] = {}
    for path in sorted((root / "tests").glob("**/test_*.py")):
        place = path.relative_to(root)
        if (path.parent / "__init__.py").exists() or place.parts[1] == "simulator":
            continue
        if path.name in found:
            yield f"{place}: {found[path.name]} has the same name; give it another one."
        found.setdefault(path.name, place)


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[1]))
