# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MDM settings: one, many, and looking them up."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.support.modules import (
    Modules,
    Result,
    add,
    bodies,
    calls,
    credentials_of,
    summary,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator


def test_global_setting(run: Modules, simulator: Simulator) -> None:
    options = {"name": "th_keep_messages_days", "value": "30"}
    predicted = run.good("mdm_setting", check=True, diff=True, **options)
    done = run.good("mdm_setting", diff=True, **options)
    shown = {"name": "th_keep_messages_days", "value": 30, "scope": "global", "credential_id": None}
    assert (predicted["setting"], predicted["diff"]) == (done["setting"], done["diff"])
    assert done["setting"] == shown
    assert (predicted["api_requests"], done["api_requests"]) == (1, 2)
    assert [call for call in calls(simulator) if not call.startswith("GET")] == ["POST /mdm"]
    again = run.good("mdm_setting", **options)
    assert (again["changed"], again["api_requests"]) == (False, 1)
    updated = run.good("mdm_setting", name="th_keep_messages_days", value=60, diff=True)
    assert [(one["before"], one["after"]) for one in updated["diff"]] == [
        ("th_keep_messages_days: 30\n", "th_keep_messages_days: 60\n")
    ]
    gone = {"name": "th_keep_messages_days", "state": "absent"}
    assert run.good("mdm_setting", check=True, **gone)["changed"]
    assert run.good("mdm_setting", **gone)["changed"]
    assert not run.good("mdm_setting", **gone)["changed"]
    assert simulator.state()["settings"] == {}


def test_setting_of_a_credential(run: Modules, simulator: Simulator) -> None:
    ids = add(simulator, "jane", "john")
    by_name = run.good("mdm_setting", name="th_csi", value="7", username="jane")
    assert by_name["changed"]
    assert by_name["setting"]["credential_id"] == ids["jane"]
    assert by_name["setting"]["scope"] == "credential"
    by_id = run.good("mdm_setting", name="th_csi", value="7", credential_id=ids["jane"])
    assert (by_id["changed"], by_id["api_requests"]) == (False, 1)
    assert bodies(simulator, "PUT") == []
    assert run.good("mdm_setting", name="th_csi", state="absent", username="jane")["changed"]
    assert [one["settings"] for one in credentials_of(simulator).values()] == [{}, {}]
    assert simulator.state()["settings"] == {}


@pytest.mark.parametrize("check", [False, True])
def test_absent_where_there_is_no_credential_says_so(run: Modules, simulator: Simulator, check: bool) -> None:
    """Otherwise a misspelled username looks like a setting that is gone, or even like the global one."""
    add(simulator, "jane")
    one = run.good("mdm_setting", check=check, name="th_csi", username="jnae", state="absent")
    assert one["setting"] == {"name": "th_csi", "value": None, "scope": "credential", "credential_id": None}
    names = [f"nobody{number:02}" for number in range(12)]
    items = [{"username": name, "settings": {"th_csi": "7"}} for name in [*names, "jane"]]
    many = run.good("mdm_settings", check=check, credentials=items, state="absent")
    assert (one["changed"], many["changed"]) == (False, False)
    (told,) = one["warnings"]
    assert told == "there is no credential with the username jnae; therefore no setting was removed there"
    (told,) = many["warnings"]
    assert told.count("there is no credential with the username nobody") == 10
    assert told.endswith("; and 2 more; therefore no setting was removed there")
    assert "jane" not in told
    assert bodies(simulator, "DELETE") == []
    # What is to be present fails, and says so once.
    refused = run.bad("mdm_setting", "not_found", check=check, name="th_csi", value="7", username="jnae")
    assert refused["warnings"] == [] and "no credential with the username jnae" in refused["msg"]


@pytest.mark.parametrize("manner", ["404", "empty"])
def test_unknown_credential(run: Modules, simulator: Simulator, manner: str) -> None:
    simulator.reset(switches={"unknown-credential-settings": manner})
    for who in ({"username": "nobody"}, {"credential_id": "nobody/0815"}):
        failed = run.bad("mdm_setting", "not_found", name="th_csi", value="1", **who)
        assert next(iter(who.values())) in failed["msg"]
        gone = run.good("mdm_setting", name="th_csi", state="absent", **who)
        assert not gone["changed"]
        assert run.good("mdm_setting_info", **who)["settings"] == []
    many: list[dict[str, t.Any]] = [{"username": "nobody"}, {"id": "nobody/0815"}]
    items = [{**one, "settings": {"th_csi": "1", "th_nickname": "x"}} for one in many]
    failed = run.bad("mdm_settings", "not_found", credentials=items, settings={"th_csi": "1"})
    assert failed["summary"] == summary(failed=4, created=1)
    assert failed["changed"]
    assert [(one["username"], one["id"]) for one in failed["credentials"]] == [("nobody", None), (None, "nobody/0815")]
    gone = run.good("mdm_settings", credentials=items, state="absent")
    assert gone["summary"] == summary(unchanged=4)


TYPED: t.Final[list[tuple[str, t.Any, t.Any]]] = [
    ("th_safe_enable", "yes", True),
    ("th_safe_enable", "False", False),
    ("th_safe_enable", 1, True),
    ("th_safe_enable", "off", False),
    ("th_keep_messages_days", "30", 30),
    ("th_keep_messages_days", 0, 0),
    ("th_csi", 123, "123"),
    ("th_csi", "yes", "yes"),
    ("th_firstname", "Zoë 🦊", "Zoë 🦊"),
]


@pytest.mark.parametrize(("name", "value", "typed"), TYPED)
def test_values_get_the_type_of_their_parameter(
    run: Modules, simulator: Simulator, name: str, value: t.Any, typed: t.Any
) -> None:
    assert run.good("mdm_setting", name=name, value=value)["warnings"] == []
    stored = simulator.state()["settings"][name]
    assert (type(stored), stored) == (type(typed), typed)
    assert not run.good("mdm_settings", settings={name: value})["changed"]


WRONG: t.Final[list[tuple[str, t.Any]]] = [
    ("th_safe_enable", "perhaps"),
    ("th_safe_enable", 2),
    ("th_keep_messages_days", "30 days"),
    ("th_keep_messages_days", True),
    ("th_keep_messages_days", 3651),
    ("th_keep_messages_days", -1),
    ("th_nickname", "x" * 33),
    ("th_safe_password", "short"),
    ("th_safe_restore_id", "ABC"),
    ("th_firstname", True),
    ("th_firstname", ["Jane"]),
    ("th_firstname", {"a": 1}),
    ("th_firstname", 1.5),
    ("firstname", "Jane"),
    ("th_", "Jane"),
    ("th_First", "Jane"),
    ("th_a-b", "Jane"),
    ("th_" + "x" * 254, "Jane"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_what_cannot_be_right_is_refused_before_any_request(
    run: Modules, simulator: Simulator, name: str, value: t.Any
) -> None:
    results = [
        run.bad("mdm_setting", "refused", name=name, value=value),
        run.bad("mdm_settings", "refused", settings={name: value}),
        run.bad("mdm_settings", "refused", credentials=[{"username": "x", "settings": {name: value}}]),
        run.bad("credential", "refused", username="x", password="x", settings={name: value}),
    ]
    assert all(name in one["msg"] and one["api_requests"] == 0 for one in results)
    assert calls(simulator) == []


def test_value_is_required(run: Modules) -> None:
    refused = run("mdm_setting", name="th_csi")
    assert refused["failed"]
    assert "value" in refused["msg"]


def test_warnings_of_names(run: Modules, simulator: Simulator) -> None:
    simulator.reset(switches={"setting-values": "anything"})
    (warning,) = run.good("mdm_setting", name="th_safe_enabled", value="yes")["warnings"]
    assert "th_safe_enable?" in warning
    assert simulator.state()["settings"] == {"th_safe_enabled": "yes"}
    for name in ("th_id_backup", "th_license_username"):
        (warning,) = run.good("mdm_setting", name=name, value="ABCD")["warnings"]
        assert name in warning
        assert run.good("mdm_setting", name=name, state="absent")["warnings"] == []


def test_refused_by_the_service(run: Modules, simulator: Simulator) -> None:
    failed = run.bad("mdm_setting", "invalid", name="th_new_one", value="x")
    assert (failed["failure"]["status"], failed["changed"]) == (422, False)
    failed = run.bad("mdm_settings", "invalid", settings={"th_new_one": "x", "th_csi": "1"})
    assert failed["summary"] == summary(created=1, failed=1)
    assert "th_new_one" in failed["msg"]


def test_many(run: Modules, simulator: Simulator) -> None:
    ids = add(simulator, "anna", "bert", "carl")
    add(simulator, "dora", settings={"th_csi": "1"})
    options = {
        "settings": {"th_disable_export": "yes", "th_csi": 1},
        "credentials": [
            {"username": "anna", "settings": {"th_firstname": "Anna", "th_csi": "2"}},
            {"id": ids["bert"], "settings": {"th_firstname": "Bert"}},
            {"username": "dora", "settings": {"th_csi": "1"}},
        ],
    }
    predicted = run.good("mdm_settings", check=True, diff=True, **options)
    done = run.good("mdm_settings", diff=True, **options)
    assert done["summary"] == predicted["summary"] == summary(created=5, unchanged=1)
    assert done["diff"] == predicted["diff"]
    assert [(one["id"], one["action"], one["settings"]) for one in done["credentials"]] == [
        (ids["anna"], "updated", ["th_firstname", "th_csi"]),
        (ids["bert"], "updated", ["th_firstname"]),
    ]
    assert [(one["name"], one["action"]) for one in done["settings"]] == [
        ("th_disable_export", "created"),
        ("th_csi", "created"),
    ]
    again = run.good("mdm_settings", **options, return_objects="all")
    assert again["summary"] == summary(unchanged=6)
    assert [one["action"] for one in again["credentials"] + again["settings"]] == ["unchanged"] * 5
    # The whole list of credentials, their settings in bulk, the global ones.
    assert again["api_requests"] == 3
    none = run.good("mdm_settings", settings={"th_csi": "2"}, return_objects="none")
    assert (none["settings"], none["credentials"], none["summary"]) == ([], [], summary(updated=1))


def test_global_settings_are_read_only_where_they_are_managed(run: Modules, simulator: Simulator) -> None:
    add(simulator, "anna")
    run.good("mdm_settings", credentials=[{"username": "anna", "settings": {"th_csi": "1"}}])
    done = run.good("mdm_settings", credentials=[{"username": "anna", "settings": {"th_csi": "1"}}], prune=True)
    assert not done["changed"]
    paths = [call.split()[1] for call in calls(simulator)]
    assert not any(path == "/mdm" or path.startswith("/mdm/") for path in paths)
    assert simulator.state()["settings"] == {}


def test_bulk_settings_take_one_request(run: Modules, simulator: Simulator) -> None:
    simulator.reset(credentials=30)
    names = list(credentials_of(simulator))
    items = [{"username": name, "settings": {"th_csi": name, "th_department": "x"}} for name in names]
    done = run.good("mdm_settings", credentials=items)
    assert done["summary"] == summary(created=60)
    assert done["api_requests"] == 3


def test_duplicates(run: Modules, simulator: Simulator) -> None:
    ids = add(simulator, "anna")
    settings = {"settings": {"th_csi": "1"}}
    twice = run.bad("mdm_settings", "refused", credentials=[{"username": "anna", **settings}] * 2)
    assert "credentials[0]" in twice["msg"]
    assert "credentials[1]" in twice["msg"]
    assert twice["api_requests"] == 0
    both = [{"username": "anna", **settings}, {"id": ids["anna"], **settings}]
    run.bad("mdm_settings", "refused", credentials=both)
    run.bad("mdm_settings", "refused", credentials=[{"username": "anna", "id": "other/id", **settings}] * 2)
    run.bad("mdm_settings", "refused", credentials=[settings])
    assert credentials_of(simulator)["anna"]["settings"] == {}


def test_username_and_id_of_different_credentials(run: Modules, simulator: Simulator) -> None:
    ids = add(simulator, "anna", "bert")
    item = {"username": "anna", "id": ids["bert"], "settings": {"th_csi": "1"}}
    assert "bert" in run.bad("mdm_settings", "refused", credentials=[item])["msg"]


def test_prune(run: Modules, simulator: Simulator) -> None:
    simulator.reset(credentials=1, settings=3)
    add(simulator, "anna", "bert", settings={"th_csi": "1", "th_nickname": "x", "th_safe_enable": True})
    run.good("mdm_settings", settings={"th_csi": "1", "th_department": "x", "th_safe_enable": True})
    anna = [{"username": "anna", "settings": {"th_csi": "1"}}]
    before = simulator.state()
    refused = run.bad("mdm_settings", "refused", credentials=anna, prune=True, max_removals=1)
    assert "2" in refused["msg"]
    done = run.good("mdm_settings", credentials=anna, prune=True, prune_ignore=["th_safe_*"])
    assert done["summary"] == summary(removed=1, unchanged=1)
    after = simulator.state()
    assert after["settings"] == before["settings"]
    assert [one["settings"] for one in after["credentials"][2:]] == [before["credentials"][2]["settings"]]
    assert after["credentials"][1]["settings"] == {"th_csi": "1", "th_safe_enable": True}
    done = run.good("mdm_settings", settings={"th_csi": "2"}, prune=True, max_removals=2)
    assert done["summary"] == summary(removed=2, updated=1)
    assert simulator.state()["settings"] == {"th_csi": "2"}
    assert not run.good("mdm_settings", settings={"th_csi": "2"}, prune=True)["changed"]


@pytest.mark.parametrize(
    "options",
    [
        {"settings": {}},
        {"settings": {"th_csi": "1"}, "state": "absent"},
        {"credentials": [{"username": "anna", "settings": {}}]},
        {"credentials": [{"username": "anna", "settings": {"th_csi": "1"}, "state": "absent"}]},
        {},
        {"credentials": []},
        {"credentials": [], "state": "absent"},
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_prune_that_would_remove_everything_is_refused(run: Modules, options: dict[str, t.Any], check: bool) -> None:
    refused = run.bad("mdm_settings", "refused", prune=True, check=check, **options)
    assert (refused["api_requests"], refused["changed"]) == (0, False)
    assert "prune" in refused["msg"]


def test_absent_and_its_limit(run: Modules, simulator: Simulator) -> None:
    settings = {f"th_disable_{name}": True for name in ("export", "calls", "web", "backups")}
    add(simulator, "anna", "bert", "carl", settings=settings)
    everybody = [{"username": name, "settings": settings} for name in ("anna", "bert", "carl")]
    refused = run.bad("mdm_settings", "refused", credentials=everybody, state="absent")
    assert "12" in refused["msg"]
    assert refused["summary"] == summary(pending=12)
    names = dict.fromkeys(settings)
    items = [{"username": "anna", "settings": names}, {"username": "bert", "settings": names, "state": "present"}]
    run.bad("mdm_settings", "refused", credentials=items, state="absent")
    items[1]["settings"] = {"th_csi": "1"}
    done = run.good("mdm_settings", credentials=items, state="absent")
    assert done["summary"] == summary(removed=4, created=1)
    assert run.good("mdm_settings", credentials=items, state="absent")["summary"] == summary(unchanged=5)


def test_info(run: Modules, simulator: Simulator) -> None:
    add(simulator, "none")
    ids = add(simulator, "anna", settings={"th_csi": "1", "th_safe_enable": False})
    run.good("mdm_setting", name="th_csi", value="global")
    everything = run.good("mdm_setting_info")
    assert everything["settings"] == [
        {"name": "th_csi", "value": "global", "scope": "global", "credential_id": None},
        {"name": "th_csi", "value": "1", "scope": "credential", "credential_id": ids["anna"]},
        {"name": "th_safe_enable", "value": False, "scope": "credential", "credential_id": ids["anna"]},
    ]
    assert everything["api_requests"] == 2
    for options, expected, requests in (
        ({"scope": "global"}, everything["settings"][:1], 1),
        ({"scope": "credential"}, everything["settings"][1:], 1),
        ({"credential_id": ids["anna"]}, everything["settings"][1:], 1),
        ({"username": "anna"}, everything["settings"][1:], 2),
        ({"username": "Anna"}, [], 1),
        ({"name": "th_csi"}, everything["settings"][:2], 2),
        ({"name": "th_csi", "username": "anna"}, everything["settings"][1:2], 2),
        ({"name": "th_nickname"}, [], 2),
    ):
        found = run.good("mdm_setting_info", **options)
        assert (found["settings"], found["api_requests"], found["changed"]) == (expected, requests, False), options
    assert run("mdm_setting_info", username="a", credential_id="b")["failed"]


@pytest.mark.parametrize("option", ["username", "credential_id"])
def test_a_global_scope_and_a_credential_contradict_each_other(run: Modules, simulator: Simulator, option: str) -> None:
    """For reading as for writing."""
    ids = add(simulator, "anna", settings={"th_csi": "1"})
    run.good("mdm_setting", name="th_csi", value="global")
    simulator.forget_requests()
    given = {"username": "anna"} if option == "username" else {"credential_id": ids["anna"]}
    for module, more in (("mdm_setting_info", {}), ("mdm_setting", {"name": "th_csi", "value": "2"})):
        refused = run.bad(module, "refused", scope="global", **given, **more)
        assert all(one in refused["msg"] for one in ("scope is global", option))
        assert refused["api_requests"] == 0
    assert calls(simulator) == []


@pytest.mark.parametrize(
    "switches",
    [
        {"global-setting-key": "id"},
        {"global-setting-key": "swapped"},
        {"link-key": "rel"},
        {"link-key": "ref", "bulk-unset": "left-out"},
        {"unknown-credential-settings": "empty"},
        {"setting-values": "anything", "future-fields": "on"},
        {"second-delete": "204", "error-key": "message"},
        {"bulk-errors": "partial"},
    ],
    ids=str,
)
def test_switches_do_not_matter(run: Modules, simulator: Simulator, switches: dict[str, str]) -> None:
    simulator.reset(switches=switches)
    ids = add(simulator, "anna", "bert")
    options = {
        "settings": {"th_csi": "1", "th_keep_messages_days": 7},
        "credentials": [
            {"id": ids["anna"], "settings": {"th_csi": "2"}},
            {"username": "bert", "settings": {"th_safe_enable": False}},
        ],
    }
    assert run.good("mdm_settings", **options)["summary"] == summary(created=4)
    assert run.good("mdm_settings", **options)["summary"] == summary(unchanged=4)
    assert len(run.good("mdm_setting_info")["settings"]) == 4
    assert run.good("mdm_setting", name="th_csi", value="3", credential_id=ids["anna"])["changed"]
    assert run.good("mdm_settings", **options, state="absent")["summary"] == summary(removed=4)
    assert run.good("mdm_settings", **options, state="absent")["summary"] == summary(unchanged=4)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "empty", "not_json"])
def test_lost_answers(run: Modules, simulator: Simulator, method: str, kind: str) -> None:
    run.good("mdm_setting", name="th_csi", value="1")
    simulator.fault(method=method, kind=kind)
    wanted = {"value": "2"} if method == "POST" else {"state": "absent"}
    assert run.good("mdm_setting", name="th_csi", **wanted)["changed"]
    assert simulator.state()["settings"] == ({"th_csi": "2"} if method == "POST" else {})


def test_quota_and_budget(run: Modules, simulator: Simulator) -> None:
    add(simulator, "anna")
    options = {
        "settings": {"th_csi": "1", "th_department": "x", "th_nickname": "y"},
        "credentials": [{"username": "anna", "settings": {"th_csi": "2"}}],
        "concurrency": 1,
    }
    failed = run.bad("mdm_settings", "budget", **options, max_requests=5)
    assert failed["api_requests"] == 5
    assert failed["summary"] == summary(created=2, pending=2)
    assert credentials_of(simulator)["anna"]["settings"] == {"th_csi": "2"}
    simulator.control("PUT", "settings", {"quota": 4, "quota_used": 0})
    failed = run.bad("mdm_settings", "quota", **options)
    assert failed["summary"]["pending"] == 1
    simulator.control("PUT", "settings", {"quota": 0})
    assert run.good("mdm_settings", **options)["summary"]["failed"] == 0


def test_what_was_there_is_named_too(run: Modules, simulator: Simulator) -> None:
    add(simulator, "anna")
    options = {
        "settings": {"th_csi": "1", "th_nickname": "x"},
        "credentials": [{"username": "anna", "settings": {"th_csi": "2"}}],
        "return_objects": "all",
    }
    for action in ("created", "unchanged"):
        done = run.good("mdm_settings", **options)
        assert [(one["name"], one["action"]) for one in done["settings"]] == [
            ("th_csi", action),
            ("th_nickname", action),
        ]
        assert done["credentials"][0]["username"] == "anna"


def test_a_refused_task_counts_all_that_it_would_have_looked_at(run: Modules) -> None:
    items = [{"username": "anna", "settings": {"th_csi": "2"}}]
    refused = run.bad(
        "mdm_settings", "refused", credentials=items, settings={"th_csi": "1", "th_x": "y"}, concurrency=0
    )
    assert refused["summary"] == summary(pending=3)


def test_many_credentials_by_id_take_few_requests(run: Modules, simulator: Simulator) -> None:
    simulator.reset(credentials=600)
    items = [{"id": one["id"], "settings": {"th_csi": "1"}} for one in simulator.state()["credentials"]]
    # Two pages of settings, and one bulk write.
    assert run.good("mdm_settings", credentials=items)["api_requests"] == 3
    assert run.good("mdm_settings", credentials=items)["api_requests"] == 2


@pytest.mark.parametrize("options", [{}, {"username": "anna"}, {"scope": "credential"}, {"name": "th_csi"}], ids=str)
def test_settings_with_usernames(run: Modules, simulator: Simulator, options: Result) -> None:
    ids = add(simulator, "anna", settings={"th_csi": "1"})
    run.good("mdm_setting", name="th_disable_export", value=True)
    before = run.good("mdm_setting_info", **options)
    found = run.good("mdm_setting_info", **options, include_usernames=True)
    names = {None: None, ids["anna"]: "anna"}
    assert found["settings"] == [{**one, "username": names[one["credential_id"]]} for one in before["settings"]]
    assert found["api_requests"] == before["api_requests"] + 1


@pytest.mark.parametrize("module", ["credential_info", "user_info", "contact_info", "mdm_setting_info"])
def test_a_list_that_is_not_there(run: Modules, simulator: Simulator, module: str) -> None:
    """Each subscription has it: the address is wrong."""
    simulator.fault(method="GET", status=404, times=None)
    host = simulator.url.split("/")[2]
    assert f"{host} has no such list, so api_url is probably wrong" in run.bad(module, "not_found")["msg"]


@pytest.mark.parametrize("check", [True, False])
def test_what_is_kept_of_a_task_that_fails(run: Modules, simulator: Simulator, check: bool) -> None:
    """In check mode, nothing is."""
    items = [{"username": "nobody", "settings": {"th_csi": "1"}}]
    failed = run("mdm_settings", check=check, settings={"th_disable_export": True}, credentials=items)
    assert failed["failed"] and "nobody" in failed["msg"]
    assert failed["msg"].endswith("Nothing was written in check mode") is check
    assert ("Completed changes are kept" in failed["msg"]) is not check
    assert simulator.state()["settings"] == ({} if check else {"th_disable_export": True})
