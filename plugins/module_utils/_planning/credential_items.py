# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The items of a task on credentials: their form, checked before any request."""

from __future__ import annotations

import typing as t

from .._errors import Refused
from .._types import Object, Settings
from .compare import coerce_settings
from .items import duplicates, labels, length_problems, report_problems, selector_problem, threema_id_problem


class Wanted(t.NamedTuple):
    """One item. ``label`` is its position in the task, ``key`` is its name; the rest are its options.

    ``problem`` is why nothing can be done for it in this subscription. A tuple, because there are thousands of them.
    """

    label: str
    username: str | None
    id: str | None
    new_username: str | None
    password: str | None
    generate: bool
    always: bool
    locked: bool | None
    hashed: bool | None
    license_count: int | None
    settings: Settings
    absent: bool
    problem: str | None = None

    def __repr__(self) -> str:
        return f"Wanted({self.label})"

    @property
    def names(self) -> list[str]:
        """The usernames in it, the current one and a new one."""
        names = (self.username, self.new_username) if self.new_username != self.username else (self.username,)
        return [name for name in names if name]

    @property
    def key(self) -> str:
        """The username, or the id where there is none."""
        return self.username or self.id or ""


def check_items(items: t.Sequence[Object], defaults: Object, where: str | None) -> tuple[list[Wanted], list[str]]:
    """Convert a task's items to wanted credentials.

    :param defaults: ``state``, ``update_password`` and ``generate_password`` for items that do not set them.
    :param where: name of the list option; None for the singular module.
    :returns: the items, and warnings.
    :raises Refused: with everything that is wrong with their form.
    """
    problems: list[str] = []
    warnings: dict[str, None] = {}
    wanted = []
    for item, label in zip(items, labels(items, where, "username", "id")):
        settings, wrong, told = coerce_settings(item.get("settings") or {})
        problems.extend(f"{label}: {problem}" for problem in (*_problems(item, defaults), *wrong))
        warnings.update(dict.fromkeys(told))
        wanted.append(_wanted(label, item, defaults, settings))
    problems += duplicates(items, where, "username new_username", "id")
    report_problems(problems, "some items are wrong")
    return wanted, list(warnings)


def check_ids(threema_ids: t.Sequence[str], identity: str) -> list[str]:
    """The Threema IDs from ``threema_ids``, each once.

    :raises Refused: if one is not a Threema ID, or if they would be kept.
    """
    if threema_ids and identity == "keep":
        raise Refused(
            "threema_ids cannot be combined with identity: keep; choose detach or revoke. Nothing was written"
        )
    wrong = [problem for problem in map(threema_id_problem, threema_ids) if problem]
    report_problems(wrong, "some threema_ids are wrong")
    return list(dict.fromkeys(threema_ids))


def _wanted(label: str, item: Object, defaults: Object, settings: Settings) -> Wanted:
    given = item.get
    generate = given("generate_password")
    return Wanted(
        label=label,
        username=given("username"),
        id=given("id"),
        new_username=given("new_username"),
        password=given("password"),
        generate=defaults["generate_password"] if generate is None else generate,
        always=(given("update_password") or defaults["update_password"]) == "always",
        locked=given("locked"),
        hashed=given("hashed"),
        license_count=given("license_count"),
        settings=settings,
        absent=(given("state") or defaults["state"]) == "absent",
    )


def _problems(item: Object, defaults: Object) -> t.Iterator[str]:
    yield from selector_problem(item, "username", "id")
    yield from length_problems(item, "username", "new_username", "password", "id")
    if item.get("license_count") is not None and item["license_count"] < 1:
        yield f"license_count is {item['license_count']}; it must be 1 or more"
    absent = (item.get("state") or defaults["state"]) == "absent"
    if absent and item.get("new_username"):
        yield "new_username cannot be combined with state: absent"
