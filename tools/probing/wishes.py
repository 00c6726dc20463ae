# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is asked for: all of it comes from the environment, so that no key is ever an argument."""

from __future__ import annotations

import os
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.threema.work.plugins.module_utils._connection import Connection
from ansible_collections.threema.work.plugins.module_utils._errors import Refused

_URL: t.Final = "https://work.threema.ch/api/v1"
_YES: t.Final = frozenset(("yes", "true", "1"))
_NO: t.Final = frozenset(("", "no", "false", "0"))
#: A person's Threema ID; those of gateways begin with an asterisk, and are nobody's own (contract 1).
_THREEMA_ID: t.Final = re.compile(r"[A-Z0-9]{8}")


@dataclass(frozen=True)
class Wishes:
    """How the service is reached, and what may be done there.

    :ivar contact: the tester's own Threema ID, which is no contact yet; empty for none.
    :ivar out: the file for the result; empty for none.
    :ivar force: whether to write although there are more credentials than a test subscription has.
    :ivar expected: id or exact name of the subscription; None where any will do.
    """

    connection: Connection
    write: bool
    contact: str
    out: str
    force: bool
    expected: str | None


def wishes_of(environment: t.Mapping[str, str]) -> Wishes:
    """Read and check the wishes. :raises Refused: for what cannot be meant; nothing was asked then."""
    connection = Connection(
        key=environment.get("THREEMA_WORK_API_KEY", ""),
        url=environment.get("THREEMA_WORK_API_URL", _URL),
        timeout=_seconds(environment.get("THREEMA_WORK_API_TIMEOUT", "")),
    )
    if not connection.key.strip():
        raise Refused("there is no API key; set the environment variable THREEMA_WORK_API_KEY")
    connection.check()
    wishes = Wishes(
        connection=connection,
        write=_flag(environment, "WRITE"),
        contact=environment.get("CONTACT", "").strip(),
        out=environment.get("OUT", ""),
        force=_flag(environment, "FORCE"),
        expected=environment.get("THREEMA_WORK_EXPECT_SUBSCRIPTION"),
    )
    if wishes.expected is not None and not wishes.expected.strip():
        raise Refused("THREEMA_WORK_EXPECT_SUBSCRIPTION is empty; unset it to expect none")
    if wishes.contact and not wishes.write:
        raise Refused("CONTACT is for writing; set WRITE=yes too, or leave CONTACT out")
    if wishes.contact and not _THREEMA_ID.fullmatch(wishes.contact):
        raise Refused("CONTACT is not a Threema ID; it has eight letters A-Z or digits, and should be your own")
    if wishes.out:
        _check_file(wishes.out)
    return wishes


def _flag(environment: t.Mapping[str, str], name: str) -> bool:
    value = environment.get(name, "").strip().lower()
    if value not in _YES | _NO:
        raise Refused(f"{name} is neither yes nor no")
    return value in _YES


def _seconds(value: str) -> float:
    try:
        return float(value or 30)
    except ValueError:
        raise Refused("THREEMA_WORK_API_TIMEOUT is not a number of seconds") from None


def _check_file(path: str) -> None:
    """A result that cannot be written down should not be worked for."""
    folder = os.path.dirname(path) or "."
    writable = os.access(path, os.W_OK) if os.path.exists(path) else os.access(folder, os.W_OK)
    if os.path.isdir(path) or not writable:
        raise Refused("OUT cannot be written; name a file in a folder that exists")
