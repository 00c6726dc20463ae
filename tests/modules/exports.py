# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exports: reading the files as those do who apply them, and applying them with the modules."""

from __future__ import annotations

import typing as t
from pathlib import Path

import yaml
from ansible_collections.threema.work.plugins.plugin_utils._description import check_description
from ansible_collections.threema.work.plugins.plugin_utils._people import to_credentials
from ansible_collections.threema.work.plugins.plugin_utils._roster import read
from ansible_collections.threema.work.tests.support.modules import Modules, Result


class Loader(yaml.SafeLoader):
    """YAML as Ansible reads it: with C(!unsafe)."""


class Unsafe(str):
    """A text that was marked, so that it is no template."""


Loader.add_constructor("!unsafe", lambda loader, node: Unsafe(loader.construct_scalar(node)))


def load(path: Path) -> t.Any:
    """The content of a file; nothing in it is a template that is not marked."""
    loaded = yaml.load(path.read_bytes(), Loader)
    assert not [text for text in texts(loaded) if is_template(text) and not isinstance(text, Unsafe)]
    return loaded


def is_template(text: str) -> bool:
    """Whether Ansible would look into it."""
    return any(mark in text for mark in ("{{", "{%", "{#"))


def texts(value: t.Any) -> t.Iterator[str]:
    """All texts in something."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from texts(key)
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def content(folder: Path) -> dict[str, bytes]:
    """The files in a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def tasks_of(folder: Path) -> t.Iterator[tuple[str, Result]]:
    """The modules with their options that apply the files, as the playbooks and the guide do."""
    files = content(folder)
    if "secrets.yml" in files:
        secrets = load(folder / "secrets.yml")
        if "credentials" in secrets:
            # A password that was stored hashed is not in the file.
            yield "credentials", {"credentials": secrets["credentials"], "generate_password": True}
        if "subscription_settings" in secrets:
            yield "mdm_settings", {"settings": secrets["subscription_settings"]}
    if "people.csv" in files:
        people = read(files["people.csv"], source="people.csv").people
        yield "credentials", {"credentials": to_credentials(people), "generate_password": True}
    if "settings.yml" in files:
        yield "mdm_settings", load(folder / "settings.yml")
    if "contacts.csv" in files:
        yield "contacts", {"contacts": read(files["contacts.csv"], kind="contacts").people}
    described = load(folder / "subscription.yml")
    found = check_description(described, lambda name: (str(folder / name), []), ignore_empty=True)
    assert found["problems"] == []
    if found["settings"]:
        yield "mdm_settings", {"settings": found["settings"]}
    for name, logo in found["logos"].items():
        yield "logo", {"variant": name.rpartition("_")[2], "content": logo}
    if found["name"]:
        yield "subscription", {"name": found["name"]}


def apply(run: Modules, folder: Path, *, check: bool) -> list[tuple[str, Result]]:
    """Run these tasks, and return each module with its result."""
    return [(module, run.good(module, check=check, **options)) for module, options in tasks_of(folder)]


def changed(done: t.Iterable[tuple[str, Result]]) -> list[tuple[str, Result]]:
    """The tasks that changed something, or would."""
    return [(module, result) for module, result in done if result["changed"]]
