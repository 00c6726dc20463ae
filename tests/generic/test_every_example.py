# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of each module and plugin run, as they are written, against the simulator."""

from __future__ import annotations

import base64
import json
import re
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .utils.cases import FOLDER, load, prepare
from .utils.collection import MODULES, PLUGINS, Json, examples, module_of
from .utils.playbook import play

_PLUGIN_DATA: t.Final = yaml.safe_load((FOLDER / "plugins.yml").read_text(encoding="utf-8"))


def _data(kind: str, name: str) -> Json:
    if kind == "module":
        data: Json | None = load(name).get("examples")
        where = f"examples to cases/{name}.yml"
    else:
        data = _PLUGIN_DATA.get(kind, {}).get(name)
        where = f"{kind}: {name}: to cases/plugins.yml"
    assert data is not None, f"add {where}: the state, files and variables that the examples need"
    return data


@pytest.mark.parametrize(("kind", "name"), [("module", name) for name in MODULES] + PLUGINS)
def test_examples_run(simulator: Simulator, tmp_path: Path, kind: str, name: str) -> None:
    """
    All examples as one playbook; the connection comes from the environment, what they read is put beside them.

    None is skipped or ignored, so each has to succeed.
    """
    data = _data(kind, name)
    prepare(simulator, data.get("state", {}))
    text = json.dumps(examples(kind, name))
    for file, content in data.get("files", {}).items():
        place = tmp_path / Path(file).name
        encoded = content.removeprefix("=base64:")
        place.write_bytes(content.encode() if encoded == content else base64.b64decode(encoded))
        text = text.replace(file, str(place))
    tasks = json.loads(text)
    run = play(tmp_path, tasks, data.get("variables", {}), **simulator.environment, **data.get("environment", {}))
    output = run.stdout + run.stderr
    assert run.returncode == 0, output
    assert f"ok={len(tasks)} " in run.stdout and "skipped=0" in run.stdout, output
    expected = [re.compile(text) for text in data.get("warnings", [])]
    # Older versions of ansible-core break them into lines.
    found = re.findall(r"\[WARNING\]: .*?(?=\n\[|\n\n|\Z)", run.stderr, re.DOTALL)
    warnings = [" ".join(warning.split()) for warning in found]
    assert [line for line in warnings if not any(text.search(line) for text in expected)] == [], output
    assert all(any(text.search(line) for line in warnings) for text in expected), output
    sent = any(one["operation"] for one in simulator.requests())
    assert sent is any(module_of(task) for task in tasks)
