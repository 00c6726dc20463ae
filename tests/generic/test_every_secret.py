# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret is in what a module returns, prints or logs; and usernames that contain a password stay as they are."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.release import __version__
from ansible_collections.threema.work.plugins.module_utils._live_progress import OPTION, PREFIX, WORDS
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .utils.cases import Case, all_cases, failing_modules, playbook_cases
from .utils.checks import ready, run_case
from .utils.collection import MODULES, ROOT, Json, options, reads_only
from .utils.driver import Driver, Run
from .utils.leaks import Watch, names_in, without_revealed
from .utils.mirror import Mirror

_WORDS: t.Final = ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "********")
#: The modules whose progress is shown.
_RUNTIME: t.Final = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
_FOLLOWED: t.Final = _RUNTIME["plugin_routing"]["modules"]
_SECRET: t.Final = "UnKnown/99+z="


def watch_for(simulator: Simulator, *values: t.Any) -> Watch:
    """What the simulator holds, what it was sent, and more."""
    watch = Watch()
    watch.learn({"api_key": simulator.key}, simulator.state(), simulator.requests(), *values)
    return watch


def assert_silent(watch: Watch, run: Run, *, reveals: bool = False) -> None:
    """The log was written and holds no secret, nor does the output."""
    # What Ansible refuses it does not log, nor what has no_log.
    assert "Invoked with" in run.log or reveals or (run.failed and "failure" not in run.result)
    assert not watch.found_in(run.log)
    assert not watch.found_in(run.stderr)
    shown = json.dumps(without_revealed(run.result) if reveals else run.result)
    assert not watch.found_in(shown), shown


def assert_names_are_true(result: Json, *known: t.Any) -> None:
    """Each username and id in a result is one that exists, or was given, and not one with a part of it masked."""
    shown = {name: value for name, value in result.items() if name not in ("invocation", "diff")}
    assert names_in(shown) <= names_in(list(known))
    assert not any(word in json.dumps(shown) for word in _WORDS)


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: f"{case.module}-{case.name}")
def test_results_and_logs_of_every_case(simulator: Simulator, driver: Driver, case: Case, tmp_path: Path) -> None:
    """In check mode and out of it, of success and of failure; also what goes to the system's log, and of progress."""
    args = ready(simulator, case)
    watch = watch_for(simulator, args)
    reveals = bool(case.get("reveals"))
    # What Ansible can log to is journald, where its module is there, or syslog: the one in check mode, the other out of
    # it. It logs before the module looks which of these it is.
    run = driver.run(case.module, args, check=True, no_log=reveals, journal=True)
    assert_silent(watch, run, reveals=reveals)
    # Who knows the username could read the password off a masked part of it.
    assert _WORDS[1] not in run.log
    before = simulator.state()
    assert_names_are_true(run.result, args, before)
    progress = tmp_path / f"{PREFIX}1"
    progress.touch()
    followed = {OPTION: str(progress)} if case.module in _FOLLOWED else {}
    run, _methods = run_case(simulator, driver, case, {**args, **followed}, check=False)
    assert progress.name not in run.text and progress.name not in run.log
    record = json.loads(progress.read_text() or '["", 0]')
    assert record[0] in {*WORDS, ""} and not any(isinstance(one, (str, dict)) for one in record[1:]), record
    watch.learn(simulator.state(), simulator.requests())
    assert_silent(watch, run, reveals=reveals)
    assert _WORDS[1] not in run.log
    assert_names_are_true(run.result, args, before, simulator.state())


@pytest.mark.parametrize("how", ["400-writes", "403-writes", "500-writes", "400-all", "500-all"])
@pytest.mark.parametrize("module", failing_modules())
def test_errors_that_repeat_what_was_sent(
    simulator: Simulator, driver: Driver, mirror: Mirror, module: str, how: str
) -> None:
    """A service that quotes headers and bodies in its errors makes no module print a secret."""
    failures = 0
    for case in playbook_cases(module):
        args = {**ready(simulator, case), "api_url": mirror.url(how)}
        watch = watch_for(simulator, args)
        run = driver.run(module, args)
        assert "Traceback" not in run.text, run.text
        watch.learn(simulator.requests())
        assert_silent(watch, run, reveals=bool(case.get("reveals")) and not run.failed)
        failures += run.failed and "failure" in run.result
    # Nothing found is no failure, and for a single object a service may say that with 400.
    assert failures or (reads_only(module) and how != "500-all")


@pytest.mark.parametrize("module", MODULES)
def test_options_that_are_wrong(simulator: Simulator, driver: Driver, module: str) -> None:
    """What Ansible refuses itself - unknown options, wrong types, text in place of a structure - shows no secret."""
    checked = 0
    for case in playbook_cases(module):
        args = ready(simulator, case)
        for wrong in _wrong_options(args, options(module)):
            run = driver.run(module, wrong)
            watch = watch_for(simulator, args, {"password": _SECRET})
            if _is_fault_of_old_ansible(run):
                assert not watch.found_in(run.text), run.text
                continue
            assert "Traceback" not in run.text, run.text
            assert_silent(watch, run, reveals=bool(case.get("reveals")))
            # Who knows the username could read the password off a masked part of it.
            assert _WORDS[1] not in json.dumps(run.result.get("invocation"))
            checked += run.failed
    assert checked


def _is_fault_of_old_ansible(run: Run) -> bool:
    """Whether ansible-core 2.16 or 2.17 itself has ended the module, as it does for a text in place of an item."""
    return __version__.startswith(("2.16.", "2.17.")) and "in check_type_dict\n" in run.stderr and not run.stdout


def _wrong_options(args: Json, documented: dict[str, Json]) -> t.Iterator[Json]:
    yield {**args, "pasword": _SECRET}
    for name, option in documented.items():
        if option["type"] in ("bool", "int", "float", "list", "dict"):
            yield {**args, name: [["a list"]]}
        given = args.get(name)
        if isinstance(given, (list, dict)) and given:
            # A text that is JSON, one that is not, and one that ends too early.
            text = json.dumps(given)
            yield from ({**args, name: wrong} for wrong in (text, str(given), text[:-2]))
        suboptions = option.get("suboptions")
        if suboptions and isinstance(given, list) and given:
            first = given[0]
            for wrong in _wrong_options(first, suboptions):
                yield {**args, name: [wrong, *given[1:]]}


@pytest.mark.parametrize("word", ["sommer", "Qm9000/x+=", 'quo"te\\d', "\u00fcml\u00e4ut9"])
@pytest.mark.parametrize("shape", ["plain {}", '{{"password": "{}"}}', "https://example/{}?x"])
def test_a_secret_is_found(word: str, shape: str) -> None:
    """The search can fail: it finds a secret, but not the username that it is a part of."""
    watch = Watch()
    watch.learn([{"username": f"{word}.anna", "password": word}])
    for text in (shape.format(word), json.dumps({"a": shape.format(word)}), json.dumps(json.dumps([word]))):
        assert watch.found_in(text) == {word}
    assert watch.found_in(f"the user {word}.anna and {word}.anna again") == set()
    assert watch.found_in(f"the user {word}.anna with {word}") == {word}
