# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""
No secret is in the output of `ansible-playbook -vvv --diff`, nor in what ansible-runner keeps of a job.

Secrets come from a file of variables. Two things are Ansible's own and nothing that a module could prevent, so they are
not done here: a secret as a literal value in a task (2.19 and newer show the source of a task that fails), and a loop
over items that hold a secret (Ansible adds the item to the result). Loops go over usernames.
"""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import ansible_runner
import pytest
import yaml
from ansible_collections.threema.work.tests.support import deprecations
from ansible_collections.threema.work.tests.support.interpreter import interpreter
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .utils.cases import failing_modules, modules_with_data, playbook_cases, prepare
from .utils.checks import connection, ready
from .utils.collection import MODULES, NAME, ROOT, Json, reads_only
from .utils.leaks import Watch, names_in, secrets_in
from .utils.mirror import Mirror
from .utils.playbook import SETTINGS, Tasks, play, task_of, write

_WRONG: t.Final = "Key-uNdisclosed-31/8+q"
_MASK: t.Final = "********"
#: The plays of the collection's own playbooks.
_PLAYBOOKS: t.Final[dict[str, list[Json]]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "playbooks").glob("*.yml"))
}
_CONNECTION: t.Final = {
    "api_key": "{{ threema_work_api_key | default(omit, true) }}",
    "api_url": "{{ threema_work_api_url | default(omit, true) }}",
    "expect_subscription": "{{ expect_subscription | default(omit, true) }}",
}
_JOURNAL: t.Final = {
    "journal": "{{ omit if not journal | default('', true) else journal if journal is match('[/~$]') "
    "else journal | realpath }}"
}


def tasks_of(simulator: Simulator, mirror: Mirror, module: str, watch: Watch) -> tuple[Tasks, Json]:
    """Tasks for check mode, success, and failures of all kinds, and their variables."""
    tasks: Tasks = []
    variables: Json = {}
    for number, case in enumerate(playbook_cases(module)):
        args = ready(simulator, case)
        for name in connection(simulator):
            del args[name]
        variable = f"case_{number}"
        variables[variable] = args
        watch.learn(args, simulator.state())
        if number:
            tasks.append(task_of(case, variable, args, check_mode=False))
            continue
        tasks.append(task_of(case, variable, args, check_mode=True))
        how = "400-all" if reads_only(module) else "400-writes"
        service = {"api_key": "{{ service.api_key }}", "api_url": mirror.url(how), "api_retries": 0}
        tasks.append(task_of(case, variable, args, module_defaults={f"group/{NAME}.all": service}))
        defaults = {f"group/{NAME}.all": {"api_key": "{{ wrong_key }}", "api_url": simulator.url}}
        tasks.append(task_of(case, variable, args, module_defaults=defaults))
        misspelled = task_of(case, variable, args)
        misspelled[f"{NAME}.{module}"]["pasword"] = "{{ misspelled }}"
        tasks.append(misspelled)
        tasks.append(task_of(case, variable, args, check_mode=False))
    variables |= {"wrong_key": _WRONG, "misspelled": "Mis-sPelt/66+"}
    watch.learn({"api_key": simulator.key, "password": _WRONG}, {"password": variables["misspelled"]})
    return tasks, variables


@pytest.mark.parametrize("module", MODULES)
def test_output_of_a_playbook(simulator: Simulator, mirror: Mirror, tmp_path: Path, module: str) -> None:
    """Success, check mode and failures of a module: no secret is printed, and no name with a part of it masked."""
    watch = Watch()
    tasks, variables = tasks_of(simulator, mirror, module, watch)
    run = play(tmp_path, tasks, variables, "-vvv", "--diff", connection=connection(simulator))
    watch.learn(simulator.state(), simulator.requests())
    output = run.stdout + run.stderr
    assert run.returncode == 0, output
    assert "Traceback" not in output and "MODULE FAILURE" not in output
    assert output.count("TASK [") == len(tasks)
    # A wrong key, and an option that does not exist.
    fails = 2 if module in failing_modules() else 1
    assert output.count("...ignoring") >= fails and output.count('"api_requests": ') >= 3, output
    succeeded = "ok: [localhost]" if module.endswith("_info") else "changed: [localhost]"
    assert output.count(succeeded) >= 2, output
    assert not watch.found_in(output), output
    banners = ("PLAYBOOK: ", "PLAY ", "TASK [")
    shown = [line for line in output.splitlines() if not line.startswith(banners)]
    assert not [line for line in shown if _MASK in line]


def test_a_loop_over_usernames(simulator: Simulator, tmp_path: Path) -> None:
    """A loop whose items are no secrets, with passwords looked up in a variable, prints none."""
    prepare(simulator, {"credentials": [{"username": "sommer.anna", "password": "sommer"}]})
    passwords = {"sommer.anna": "sommer", "winter.beat": "winter", "berta": "Ber-Ta/4471+"}
    people = [{"username": name, "password": password} for name, password in passwords.items()]
    args = {
        "username": "{{ item }}",
        "password": "{{ passwords[item] }}",
        "update_password": "always",
        "settings": {"th_safe_password": "{{ passwords[item] }}-12345678"},
    }
    tasks: Tasks = [
        {
            "name": "Give each a password",
            f"{NAME}.credential": args,
            "loop": "{{ passwords | list }}",
            "loop_control": {"label": "somebody"},
            "check_mode": check_mode,
        }
        for check_mode in (True, False)
    ]
    usernames = tmp_path / "usernames.json"
    tasks[-1]["register"] = "given"
    content = "{{ given.results | map(attribute='credential') | map(attribute='username') | list | to_json }}"
    tasks.append({"ansible.builtin.copy": {"content": content, "dest": str(usernames)}})
    run = play(tmp_path, tasks, {"passwords": passwords}, "-vvv", "--diff", connection=connection(simulator))
    watch = Watch()
    watch.learn(people, simulator.state(), simulator.requests(), {"api_key": simulator.key})
    assert run.returncode == 0, run.stdout
    assert not watch.found_in(run.stdout + run.stderr), run.stdout
    assert json.loads(usernames.read_text(encoding="utf-8")) == list(passwords)


def test_a_secret_that_is_printed_is_found(simulator: Simulator, tmp_path: Path) -> None:
    """The search can fail: what a debug task prints is found, in each form."""
    prepare(simulator, {"credentials": [{"username": "sommer.anna", "password": "sommer"}]})
    secrets = {"plain": "sommer", "coded": "Pq7/+ x="}
    watch = Watch()
    watch.learn([{"password": secret} for secret in secrets.values()], simulator.state())
    for expression, found in (
        ("plain", {"sommer"}),
        ("coded | urlencode", {"Pq7/+ x="}),
        ("coded | b64encode", {"Pq7/+ x="}),
        ("'sommer.anna'", set()),
    ):
        run = play(tmp_path, [{"ansible.builtin.debug": {"msg": "{{ " + expression + " }}"}}], secrets, "-vvv")
        assert run.returncode == 0
        assert watch.found_in(run.stdout) == found, run.stdout


def test_what_ansible_runner_keeps(simulator: Simulator, mirror: Mirror, tmp_path: Path) -> None:
    """Job events and output of one case of each module; of those given passwords, also check mode and failure."""
    watch = Watch()
    tasks: Tasks = []
    variables: Json = {}
    project = tmp_path / "project"
    project.mkdir()
    prepare(simulator, {})
    for module in modules_with_data():
        case = playbook_cases(module)[0]
        args = ready(simulator, case)
        for name in connection(simulator):
            del args[name]
        variables[module] = args
        watch.learn(args, simulator.state())
        tasks.append(task_of(case, module, args))
        if secrets_in(args):
            tasks.insert(-1, task_of(case, module, args, check_mode=True))
            failing = {f"group/{NAME}.all": {"api_key": "{{ service.api_key }}", "api_url": mirror.url("400-all")}}
            tasks.append(task_of(case, module, args, module_defaults=failing))
    prepare(simulator, {"credentials": [{"username": "sommer.anna", "password": "sommer"}]})
    playbook = write(project, tasks, variables, connection(simulator))
    run = ansible_runner.run(
        private_data_dir=str(tmp_path),
        playbook=playbook,
        inventory="localhost,",
        cmdline="-vvv --diff",
        envvars={**SETTINGS, "ANSIBLE_PYTHON_INTERPRETER": interpreter()},
        quiet=True,
    )
    watch.learn(simulator.state(), simulator.requests(), {"api_key": simulator.key})
    kept = [path for path in (tmp_path / "artifacts").rglob("*") if path.is_file()]
    assert run.rc == 0
    assert not deprecations.found_in(run.stdout.read())
    assert len([path for path in kept if path.parent.name == "job_events"]) > 3 * len(tasks)
    leaking = {
        str(path.relative_to(tmp_path)): found
        for path in kept
        if (found := watch.found_in(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert not leaking
    shown: set[str] = set()
    for event in run.events:
        result = event.get("event_data", {}).get("res", {})
        shown |= names_in({name: value for name, value in result.items() if name not in ("invocation", "diff")})
    assert "sommer.anna" in shown
    assert not [name for name in shown if _MASK in name]
    assert json.dumps(sorted(shown)).count("VALUE_SPECIFIED") == 0


@pytest.mark.parametrize("name", _PLAYBOOKS)
def test_a_playbook_becomes_nobody_and_takes_the_key_as_a_variable(name: str) -> None:
    """Whatever is set in ansible.cfg or an inventory; tests/playbooks/test_connection.py runs them so."""
    for one in _PLAYBOOKS[name]:
        assert one["become"] is False and one["vars"]["ansible_become"] is False
        if name != "awx_setup":
            assert one["module_defaults"][f"group/{NAME}.all"] == _CONNECTION
            # Those that only read have none.
            writing = one["module_defaults"].get(f"group/{NAME}.write", _JOURNAL)
            assert writing == _JOURNAL
            # That there is none is a line of the doctor's checklist.
            first = one["tasks"][0].get("ansible.builtin.import_tasks")
            assert name == "doctor" or first == "tasks/check_api_key.yml"
