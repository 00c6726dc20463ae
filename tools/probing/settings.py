# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of a throw-away credential: what is stored, and what is rejected (contract 7)."""

from __future__ import annotations

import secrets
import typing as t

from ansible_collections.threema.work.plugins.module_utils._service.looking import Seen

from .bench import Bench, Throwaway, done, setting

#: A setting that every service takes, and one that is set only later.
PLAIN: t.Final = ("th_csi", "1")
UNSET: t.Final = "th_lastname"
_UNPROCESSABLE: t.Final = 422
_STORED: t.Final = "stored"
_REJECTED: t.Final = "rejected"


def try_values(bench: Bench, one: Throwaway) -> list[tuple[str, t.Any]]:
    """Settings of each kind that may be rejected; returns those that were."""
    tried = {
        "setting-values": [(f"th_probe_{bench.run}", "x"), ("th_disable_calls", "perhaps")],
        "text-settings": [("th_category", "a!b")],
        # One of each kind: with the username of a license, a password, and neither.
        "external-only-settings": [
            ("th_license_username", "probe"),
            ("th_safe_password", secrets.token_hex(8)),
            ("th_id_backup", "x"),
        ],
    }
    plain = bench.send("POST", f"{one.path}/mdm", _payload(PLAIN))
    answers = {
        item: bench.send("POST", f"{one.path}/mdm", _payload(item)) for items in tried.values() for item in items
    }
    stored = bench.settings(one)
    if stored is None or not done(plain) or stored.get(PLAIN[0]) != PLAIN[1]:
        # A service that does not even take that one rejects the others for another reason.
        return []
    fates = {item: _fate(item, seen, stored) for item, seen in answers.items()}
    for switch, items in tried.items():
        found = {fates[item] for item in items}
        bench.findings.tell(switch, _POSITIONS[switch].get(found.pop() or "") if len(found) == 1 else None)
    return [item for item, fate in fates.items() if fate == _REJECTED]


_POSITIONS: t.Final[dict[str, dict[str, str]]] = {
    "setting-values": {_STORED: "anything", _REJECTED: "strict"},
    "text-settings": {_STORED: "any", _REJECTED: "no-exclamation"},
    "external-only-settings": {_STORED: "accept", _REJECTED: "refuse"},
}


def _fate(item: tuple[str, t.Any], seen: Seen, stored: t.Mapping[str, t.Any]) -> str | None:
    name, value = item
    if done(seen) and stored.get(name) == value:
        return _STORED
    return _REJECTED if seen.status == _UNPROCESSABLE and name not in stored else None


def _payload(item: tuple[str, t.Any]) -> dict[str, t.Any]:
    return {"property": item[0], "value": item[1]}


def remove_unset(bench: Bench, one: Throwaway) -> None:
    """Remove a setting that is not there."""
    seen = bench.send("DELETE", setting(one, UNSET))
    bench.findings.tell("second-delete", {404: "404", 204: "204"}.get(seen.status or 0))
