# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Has every module, plugin, role and playbook all its parts? CONTRIBUTING.md, "Adding a module", has the same list.

It only reads files, and prints a sentence for each part that is missing: which file, and what to add to it. The tests
would fail as well, but not with a sentence.
"""

from __future__ import annotations

import ast
import sys
import typing as t
from pathlib import Path

import yaml

_FRAGMENTS: t.Final = ("threema.work._api", "threema.work._attributes")
_JOURNAL: t.Final = "threema.work._api.journal"


def main(root: Path) -> int:
    """Print what is missing in a checkout; 1 if anything is."""
    found = [
        *_of_service(root),
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


def _read(root: Path, path: str) -> t.Any:
    return yaml.safe_load((root / path).read_text(encoding="utf-8"))


def _of_service(root: Path) -> t.Iterator[str]:
    contract = (root / "docs/docsite/rst/contract.rst").read_text(encoding="utf-8")
    tests = "".join(path.read_text(encoding="utf-8") for path in (root / "tests/simulator/tests").glob("test_*.py"))
    paths = _read(root, "tests/simulator/openapi.yaml")["paths"]
    for first in sorted({path.split("/")[1] for path in paths} - {""}):
        if f"``/{first}" not in contract:
            yield f"docs/docsite/rst/contract.rst: nothing on /{first}; what is known of it, and in section 1.1."
        if f'"/{first}' not in tests:
            yield f"tests/simulator/tests: nothing calls /{first}; what the simulator does with it."


def _of_modules(root: Path) -> t.Iterator[str]:
    groups = _read(root, "meta/runtime.yml")["action_groups"]
    resources = _read(root, "tests/generic/resources.yml").values()
    written = {name for one in resources for name in one["modules"]}
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
    for name, one in _read(root, "tests/generic/resources.yml").items():
        required = ("modules", "journal", *(("key", "states", "api_names") if "listed" in one else ()))
        for key in required:
            if key not in one:
                yield f"tests/generic/resources.yml: {name} lacks {key}; the head of the file says what it is."


def _of_documentation(root: Path, name: str, writes: bool) -> t.Iterator[str]:
    fragments = _fragments(root / f"plugins/modules/{name}.py")
    for fragment in _FRAGMENTS:
        if fragment not in fragments:
            yield f"plugins/modules/{name}.py: extends_documentation_fragment lacks {fragment}."
    if writes is not (_JOURNAL in fragments):
        yield f"plugins/modules/{name}.py: modules that write extend {_JOURNAL}, and no others."


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


def _fragments(module: Path) -> list[str]:
    """What the documentation of a module extends; nothing where it has none."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == "DOCUMENTATION"
        ):
            documented = yaml.safe_load(ast.literal_eval(node.value))
            return t.cast("list[str]", documented.get("extends_documentation_fragment", []))
    return []


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
