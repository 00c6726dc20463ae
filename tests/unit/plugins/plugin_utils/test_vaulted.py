# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values with C(!vault), in a real playbook and in the form in which old ansible-cores hand them over."""

from __future__ import annotations

import typing as t
from collections import UserString

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.threema.work.plugins.filter.from_roster import from_roster
from ansible_collections.threema.work.plugins.filter.people_to_credentials import people_to_credentials
from ansible_collections.threema.work.plugins.plugin_utils._vaulted import plain
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.playbook import evaluate

SECRET: t.Final = VaultSecret(b"secret")


class Vaulted(UserString):
    """A vaulted string as ansible-core 2.16 to 2.18 hand it to a plugin: a sequence of characters, but no string."""

    __ENCRYPTED__ = True


VARIABLES: t.Final = {
    "text": Vaulted("username,first_name\nanna,Änni\n"),
    "path": Vaulted("people.csv"),
    "headings": {"Vorname": Vaulted("first_name")},
    "category": Vaulted("sales"),
    "people": [
        {"username": Vaulted("anna")},
        {
            "username": "beat",
            "password": Vaulted("Sommer {{ 1 + 1 }}"),
            "categories": Vaulted("sales"),
            "th_csi": Vaulted("30"),
            "th_keep_messages_days": Vaulted("30"),
            "locked": Vaulted("yes"),
        },
        {"username": "carl", "categories": [Vaulted("sales"), "Bern"]},
    ],
    "by_name": {"anna": {"username": "anna"}, "beat": {"username": "beat", "categories": ["x"]}},
}
EXPRESSIONS: t.Final = {
    "read": "text | threema.work.from_roster",
    "mapped": "'username,Vorname\nanna,Anna' | threema.work.from_roster(columns=headings)",
    "looked_up": "lookup('threema.work.roster', path, columns=headings)",
    "credentials": "people | threema.work.people_to_credentials",
    "values": "by_name.values() | threema.work.people_to_credentials",
    "keys": "[{'username': 'anna', 'categories': by_name.keys()}] | threema.work.people_to_credentials",
    "no_list": "category | threema.work.people_to_credentials",
}


class Dumper(yaml.SafeDumper):
    """Writes vaulted strings encrypted."""


def encrypted(dumper: Dumper, value: Vaulted) -> yaml.ScalarNode:
    """A vaulted string in YAML."""
    text = VaultLib([("default", SECRET)]).encrypt(str(value), SECRET).decode()
    return dumper.represent_scalar("!vault", text, style="|")


Dumper.add_representer(Vaulted, encrypted)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, t.Any]:
    """The value or the message of each expression."""
    folder = tmp_path_factory.mktemp("vaulted")
    (folder / "group_vars").mkdir()
    (folder / "group_vars" / "all.yml").write_text(yaml.dump(VARIABLES, Dumper=Dumper), encoding="utf-8")
    (folder / "people.csv").write_text("username,Vorname\nanna,Anna\n", encoding="utf-8")
    (folder / "key").write_text("secret", encoding="utf-8")
    return evaluate(folder, EXPRESSIONS, {}, ANSIBLE_VAULT_PASSWORD_FILE="key")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("read", [{"username": "anna", "first_name": "Änni"}]),
        ("mapped", [{"username": "anna", "first_name": "Anna"}]),
        ("looked_up", [{"username": "anna", "first_name": "Anna"}]),
        (
            "credentials",
            [
                {"username": "anna"},
                {
                    "username": "beat",
                    "password": "Sommer {{ 1 + 1 }}",
                    "locked": True,
                    "settings": {"th_category": "sales", "th_csi": "30", "th_keep_messages_days": 30},
                },
                {"username": "carl", "settings": {"th_category": "sales,Bern"}},
            ],
        ),
        ("values", [{"username": "anna"}, {"username": "beat", "settings": {"th_category": "x"}}]),
        ("keys", [{"username": "anna", "settings": {"th_category": "anna,beat"}}]),
    ],
)
def test_a_vaulted_value_is_as_good_as_another(results: dict[str, t.Any], name: str, value: object) -> None:
    assert results[name] == value


def test_a_message_does_not_tell_what_was_encrypted(results: dict[str, t.Any]) -> None:
    message = results["no_list"]["failed"]
    assert "a list of people is needed, but this is of type string" in message
    assert "sales" not in message


def test_old_cores_hand_over_vaulted_values_undecrypted() -> None:
    person = {"username": Vaulted("anna"), "password": Vaulted("Sommer"), "categories": Vaulted("sales")}
    wanted = [{"username": "anna", "password": "Sommer", "settings": {"th_category": "sales"}}]
    assert people_to_credentials([person]) == wanted
    assert people_to_credentials({"anna": person}.values()) == wanted
    assert people_to_credentials([{**person, "categories": [Vaulted("sales")]}]) == wanted
    assert from_roster(
        Vaulted("username,Vorname\nanna,Anna\n"), columns={Vaulted("Vorname"): Vaulted("first_name")}
    ) == [{"username": "anna", "first_name": "Anna"}]


def test_everything_else_stays_as_it_is() -> None:
    assert plain([(Vaulted("a"), b"b"), {"c": None}, 7, True]) == [["a", b"b"], {"c": None}, 7, True]
    assert plain({1}) == {1}
