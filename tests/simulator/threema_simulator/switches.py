# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches: one for each thing that nobody outside Threema knows (contract section 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ANY_NUMBER = "N"


@dataclass(frozen=True)
class Switch:
    """One unknown, its possible values (the first is the default) and what it decides."""

    name: str
    values: tuple[str, ...]
    meaning: str

    @property
    def default(self) -> str:
        """The choice the contract suggests."""
        return self.values[0]

    def accepts(self, value: str) -> bool:
        """Whether the value is one of the listed ones, or a positive number where a number is allowed."""
        if value in self.values and value != ANY_NUMBER:
            return True
        return ANY_NUMBER in self.values and value.isascii() and value.isdigit() and int(value) > 0


class SwitchError(ValueError):
    """An unknown switch or value; the message lists the known ones."""


_TABLE: tuple[tuple[str, str, str], ...] = (
    ("page-base", "zero one offset", "page counts pages from 0, pages from 1 (0 is the first too), or records to skip"),
    ("paging-count", "records page-size", "what paging.count holds"),
    ("page-size-out-of-range", "400 clamp", "a pageSize outside 1..5000 (settings in bulk: 1..500) or not a number"),
    ("max-page-size", "none N", "serve quietly at most N items a page, whatever was asked for"),
    ("sort-order", "creation reversed random username", "order of lists; random is the same at each request"),
    ("link-key", "mixed ref rel", "key in _links: rel on users and bulk and ref elsewhere, or one everywhere"),
    ("contact-list-key", "id threemaId both", "key of the Threema ID in the list of contacts"),
    ("global-setting-key", "mixed name id swapped", "key of a global setting; mixed: name in lists, id in the detail"),
    ("directory-enabled", "required optional", "whether PUT contact demands directory_enabled"),
    ("filter-username", "exact substring ignored", "filterUsername on credentials and users; substring ignores case"),
    ("username-case", "sensitive insensitive", "whether usernames differing only in case are different"),
    ("duplicate-username-on-update", "400 409", "status of a PUT credential with a username in use"),
    ("lock-omitted-on-create", "false true", "lock of a POST credential without lock"),
    ("lock-omitted-on-update", "keep false true", "lock of a PUT credential without lock"),
    ("hash-omitted-on-update", "plain keep", "what a PUT credential without hash does to a hashed one"),
    ("unknown-credential-settings", "404 empty", "list and POST of .../mdm for an unknown id: 404, or [] and 204"),
    ("setting-values", "strict anything", "unknown setting names and wrong types: 422, or stored"),
    ("text-settings", "any no-exclamation", "texts with an exclamation mark: as any other, or refused with 422"),
    ("external-only-settings", "accept refuse", "the five settings that apps take from an external MDM only"),
    ("bulk-errors", "atomic partial partial-settings partial-silent", "a bulk write with a refused item: nothing "
     "applied, or the other credentials or all other settings applied and the error answered, or the former and 204"),
    ("bulk-unset", "listed left-out left-out-counted left-out-of-pages", "credentials without any setting in GET "
     "mdm-bulk: listed; left out; left out but counted in the total; or taken out of each page and counted too"),
    ("second-delete", "404 204", "deleting, revoking or detaching what is gone already"),
    ("categories-without-directory", "404 403 401 empty", "the category calls without the Directory feature"),
    ("quota-retry-after", "absent seconds http-date", "header Retry-After of the quota's 429"),
    ("logo-method", "PUT POST", "method of the logo upload"),
    ("logo-status", "204 200 201", "status of the logo upload"),
    ("logo-reencode", "off on", "whether the server stores other bytes than it was sent"),
    ("error-key", "error message", "key of the text in error bodies"),
    ("orphan-link", "missing dangling", "credential link of a user whose credential was deleted"),
    ("credential-link", "right detail twice-encoded fragment other-case missing", "credential link of a user whose "
     "credential exists: right, with /detail or #y behind it, encoded twice, the id in the other case, or none"),
    ("usage-count", "linked lagging", "usage of a credential: the users linked to it, or one more once an ID of it was "
     "detached or revoked (a count that lags)"),
    ("gateway-ids", "off on", "two contacts with gateway IDs (beginning with *) in the list of contacts"),
    ("unset-user-fields", "empty null missing", "fields of a user that have no value"),
    ("root-path", "both slash no-slash", "whether /api/v1/ and /api/v1 both answer"),
    ("future-fields", "off on", "unknown fields in every object, as a newer version would send"),
)  # fmt: skip

SWITCHES: dict[str, Switch] = {name: Switch(name, tuple(values.split()), meaning) for name, values, meaning in _TABLE}


class Switches:
    """The present position of every switch."""

    def __init__(self, changes: Mapping[str, str] | None = None) -> None:
        self._values = {name: switch.default for name, switch in SWITCHES.items()}
        self.update(changes or {})

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def update(self, changes: Mapping[str, object]) -> None:
        """Take over all changes, or none when one is unknown."""
        checked: dict[str, str] = {}
        for name, raw in changes.items():
            switch = SWITCHES.get(name)
            if switch is None:
                raise SwitchError(f"unknown switch {name!r}; known are: {', '.join(sorted(SWITCHES))}")
            value = str(raw)
            if not switch.accepts(value):
                raise SwitchError(f"switch {name} cannot be {value!r}; known are: {', '.join(switch.values)}")
            checked[name] = value
        self._values.update(checked)

    def as_dict(self) -> dict[str, str]:
        """All positions, for the control endpoints."""
        return dict(self._values)


def parse_assignments(assignments: list[str]) -> dict[str, str]:
    """NAME=VALUE texts of the command line."""
    changes: dict[str, str] = {}
    for assignment in assignments:
        name, separator, value = assignment.partition("=")
        if not separator:
            raise SwitchError(f"{assignment!r} is not NAME=VALUE")
        changes[name.strip()] = value.strip()
    Switches(changes)
    return changes
