# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every option has a test, every example uses options that exist, and the action group holds every module."""

from __future__ import annotations

import pytest
import yaml

from .utils.cases import cases_of, load
from .utils.collection import (
    MODULES,
    NAME,
    PLUGINS,
    ROOT,
    Json,
    connection_options,
    examples,
    module_of,
    options,
    paths,
    reads_only,
    used_paths,
)

_EXAMPLES = [("module", name) for name in MODULES] + PLUGINS


@pytest.mark.parametrize("module", MODULES)
def test_every_option_has_a_case(module: str) -> None:
    """There is no option without a case that gives it, and no case with an option that does not exist."""
    documented = options(module)
    used = {path for case in cases_of(module) for path in used_paths(case.get("args"), documented)}
    assert not sorted(path for path in used if path.startswith("?"))
    # What the journal does is in test_every_journal, for all modules.
    missing = set(paths(documented)) - used - connection_options() - {"journal"}
    assert not missing, f"add a case to cases/{module}.yml for: {', '.join(sorted(missing))}"


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_the_connection_options(module: str) -> None:
    """The fragment is complete and each module has it; what they do is in test_every_refusal and test_every_place."""
    reaching = {"api_key", "api_url", "api_timeout", "api_retries", "validate_certs", "ca_path"}
    assert connection_options() == {*reaching, "expect_subscription"}
    assert connection_options() <= set(options(module))


@pytest.mark.parametrize("module", [name for name in MODULES if name.endswith("_info")])
def test_every_info_module_says_how_it_pages(module: str) -> None:
    """A module that reads lists has data for the test of paging, or the reason why it needs none."""
    assert load(module).get("paging"), f"add paging to cases/{module}.yml, or paging: {{none: the reason}}"


@pytest.mark.parametrize(("kind", "name"), _EXAMPLES)
def test_examples_use_options_that_exist(kind: str, name: str) -> None:
    """Each option and suboption of each example is documented, by that name or as an alias."""
    used = [found for task in examples(kind, name) if (found := module_of(task))]
    assert {module for module, _args in used} <= set(MODULES)
    assert kind != "module" or name in {module for module, _args in used}
    wrong = {path for module, args in used for path in used_paths(args, options(module)) if path.startswith("?")}
    assert not wrong


def test_an_option_that_does_not_exist_is_found() -> None:
    """The test above can fail, for an option and for a suboption."""
    args: Json = {"pasword": 1, "credentials": [{"usernam": 1, "lock": True}], "state": "present"}
    used = set(used_paths(args, options("credentials")))
    assert used == {"?pasword", "credentials", "?credentials.usernam", "credentials.locked", "state"}


def test_the_action_groups_hold_every_module() -> None:
    """`group/threema.work.all` sets options for all modules, `group/threema.work.write` for those with a journal."""
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
    writing = [name for name in MODULES if "journal" in options(name)]
    assert runtime["action_groups"] == {"all": MODULES, "write": writing}
    assert NAME == "threema.work"


@pytest.mark.parametrize("module", MODULES)
def test_every_module_that_writes_has_a_journal(module: str) -> None:
    """And no other."""
    assert ("journal" in options(module)) is not reads_only(module)
