# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The items of a task on credentials: their form, checked before any request."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._errors import Refused
from .._plan import Object, find_duplicates, report_problems
from .compare import Settings, coerce_settings
from .items import MAX_LENGTH


@dataclass(frozen=True)
class Wanted:
    """One item. ``label`` is where it stands in the task, ``key`` what people call it; the rest are its options."""

    label: str
    username: str | None = None
    id: str | None = None
    new_username: str | None = None
    password: str | None = field(default=None, repr=False)
    generate: bool = False
    always: bool = False
    locked: bool | None = None
    hashed: bool | None = None
    license_count: int | None = None
    settings: Settings = field(default_factory=dict)
    absent: bool = False

    @property
    def key(self) -> str:
        """The username, or the id where there is none."""
        return self.username or self.id or ""


def check_items(items: t.Sequence[Object], defaults: Object, where: str | None) -> tuple[list[Wanted], list[str]]:
    """Turn a task's items into what is wanted.

    :param defaults: ``state``, ``update_password`` and ``generate_password`` for items that do not say.
    :param where: name of the list option; None for the singular module.
    :returns: the items, and warnings.
    :raises Refused: naming everything that is wrong with their form.
    """
    problems: list[str] = []
    warnings: dict[str, None] = {}
    wanted = []
    for index, item in enumerate(items):
        label = f"{where}[{index}]" if where else "credential"
        if item.get("username"):
            label += f" ({item['username']})"
        problems.extend(f"{label}: {problem}" for problem in _problems(item, defaults))
        settings, wrong, told = coerce_settings(item.get("settings") or {})
        problems.extend(f"{label}: {problem}" for problem in wrong)
        warnings.update(dict.fromkeys(told))
        wanted.append(_wanted(label, item, defaults, settings))
    if where:
        problems.extend(_duplicates(wanted, where))
    report_problems(problems, "some items are wrong")
    return wanted, list(warnings)


def _wanted(label: str, item: Object, defaults: Object, settings: Settings) -> Wanted:
    def own(name: str) -> t.Any:
        return defaults[name] if item.get(name) is None else item[name]

    return Wanted(
        label=label,
        username=item.get("username"),
        id=item.get("id"),
        new_username=item.get("new_username"),
        password=item.get("password"),
        generate=own("generate_password"),
        always=own("update_password") == "always",
        locked=item.get("locked"),
        hashed=item.get("hashed"),
        license_count=item.get("license_count"),
        settings=settings,
        absent=own("state") == "absent",
    )


def _problems(item: Object, defaults: Object) -> t.Iterator[str]:
    if item.get("username") is None and item.get("id") is None:
        yield "one of username and id is required"
    for name in ("username", "new_username", "password", "id"):
        value = item.get(name)
        if value is not None and not 1 <= len(value) <= MAX_LENGTH:
            yield f"{name} has {len(value)} characters; 1 to {MAX_LENGTH} are possible"
    if item.get("license_count") is not None and item["license_count"] < 1:
        yield f"license_count is {item['license_count']}; it must be 1 or more"
    absent = (item.get("state") or defaults["state"]) == "absent"
    if absent and item.get("new_username"):
        yield "new_username makes no sense with state: absent"


def _duplicates(wanted: t.Sequence[Wanted], where: str) -> list[str]:
    names = [
        (index, name)
        for index, item in enumerate(wanted)
        for name in dict.fromkeys((item.username, item.new_username))
        if name
    ]
    ids = [(index, item.id) for index, item in enumerate(wanted) if item.id]
    return find_duplicates(names, "the username", where) + find_duplicates(ids, "the id", where)


def check_prune(wanted: t.Sequence[Wanted]) -> None:
    """:raises Refused: for an empty list, or one that says who shall go: it would remove everybody else."""
    if not wanted:
        raise Refused("prune with an empty list would remove every credential; nothing was written")
    if any(item.absent for item in wanted):
        raise Refused(
            "prune and state: absent exclude each other: prune removes who is not listed; nothing was written"
        )
