# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""From a subscription to the files of an export, and which files of an earlier one have to go."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .. import _png
from .._errors import Refused
from .._folder import FileChange, Folder
from .._parameters import is_secret
from .._plan import UPDATED, name_some
from .._planning.items import MAX_LENGTH
from .._text import shown, spelled
from .._types import Object, Settings
from .reading import Whole
from .sorting import LeftOut, contacts_csv, problem_of, sort_contacts, sort_people
from .text import yaml_document

_PEOPLE: t.Final = "people.csv"
_SETTINGS: t.Final = "settings.yml"
_CONTACTS: t.Final = "contacts.csv"
_SECRETS: t.Final = "secrets.yml"
_IGNORE: t.Final = ".gitignore"
#: Written first: it names the files of its export, so that the next one knows which of them it may replace or remove.
_SUBSCRIPTION: t.Final = "subscription.yml"
_NAMES: t.Final = frozenset(
    (_PEOPLE, _SETTINGS, _CONTACTS, _SECRETS, _IGNORE, _SUBSCRIPTION, "logo_light.png", "logo_dark.png")
)
_MARK: t.Final = "Written by threema.work.subscription_export; the next export overwrites changes."
_FILES: t.Final = "Files of this export: "
_BEGINNING: t.Final = f"---\n# {_MARK}\n".encode()
_ENCRYPTED: t.Final = b"$ANSIBLE_VAULT;"
#: Secrets, and what an export leaves behind that was interrupted while it wrote one.
_IGNORED: t.Final = (_SECRETS, ".threema-work-*")
#: A file that says what Git ignores is not larger.
_MAX_IGNORE: t.Final = 1_000_000
#: The largest logo that the role subscription reads, in bytes.
_MAX_LOGO: t.Final = 10_000_000


@dataclass(frozen=True)
class Export:
    """What is to be written, and what a module returns about it.

    :ivar files: by name, in the order in which they are written.
    :ivar left_out: what is in none of them, and why.
    :ivar summary: how many people, contacts, and settings there are in them.
    """

    files: dict[str, bytes]
    left_out: list[Object]
    summary: dict[str, int]
    warnings: list[str] = field(default_factory=list)


def check_encrypted(folder: Folder, *, secrets: bool) -> None:
    """:raises Refused: if plain text would replace a file that was encrypted."""
    names = sorted(_NAMES if secrets else _NAMES - {_SECRETS}) if folder.check() else []
    encrypted = [name for name in names if folder.beginning(name, len(_ENCRYPTED)) == _ENCRYPTED]
    if encrypted:
        verb, it = ("is", "it") if len(encrypted) == 1 else ("are", "them")
        raise Refused(
            f"dest: {name_some(encrypted)} {verb} encrypted with ansible-vault, and {verb} not replaced by plain text; "
            f"give {it} another name, or remove {it}. Nothing was written"
        )


def make_export(whole: Whole, folder: Folder, *, secrets: bool) -> Export:
    """The files for a subscription.

    :param folder: where they will be; some depend on what is there.
    :param secrets: whether passwords and secret settings are to be written, too.
    :raises Refused: if a file in the folder cannot be read.
    """
    left_out = LeftOut()
    people = sort_people(whole.credentials, whole.settings, left_out, secrets=secrets)
    contacts = sort_contacts(whole.contacts, left_out)
    described, secret, logos = _describe(whole, left_out)
    hidden: dict[str, t.Any] = {"subscription_settings": secret} if secret and secrets else {}
    if people.secrets:
        hidden["credentials"] = people.secrets
    files = {
        _IGNORE: _ignore(folder) if hidden else None,
        _SECRETS: yaml_document(_ABOUT_SECRETS, hidden) if hidden else None,
        _PEOPLE: people.csv(),
        _SETTINGS: yaml_document(_ABOUT_SETTINGS, {"credentials": people.settings}) if people.settings else None,
        _CONTACTS: contacts_csv(contacts),
        **logos,
    }
    written = {name: content for name, content in files.items() if content is not None}
    named = _FILES + ", ".join(sorted([*written, _SUBSCRIPTION]))
    written = {_SUBSCRIPTION: yaml_document([*_ABOUT_SUBSCRIPTION, named], described), **written}
    count = people.total + len(described.get("subscription_settings", {}))
    count += sum(len(one.get("settings", {})) for one in people.secrets) + (len(secret) if secrets else 0)
    summary = {"people": len(people.rows), "contacts": len(contacts), "settings": count}
    hushed = 0 if secrets else people.secret + len(secret)
    return Export(written, left_out.entries, summary, [*_warn_of_left_out(left_out), *_warn_of_secrets(hushed)])


_ABOUT_SUBSCRIPTION: t.Final = (
    _MARK,
    "In this folder, ansible-playbook threema.work.configure -e @subscription.yml applies it.",
)
_ABOUT_SETTINGS: t.Final = (
    _MARK,
    "Settings that no cell of people.csv can carry; the option credentials of threema.work.mdm_settings takes them.",
)
_ABOUT_SECRETS: t.Final = (
    _MARK,
    "Passwords in plain text: encrypt this file with ansible-vault, under another name, and remove this one.",
)


def _describe(whole: Whole, left_out: LeftOut) -> tuple[dict[str, t.Any], Settings, dict[str, bytes]]:
    """The variables of the role subscription, the secret settings, and the logos by the names of their files."""
    described: dict[str, t.Any] = {}
    if 1 <= len(whole.name) <= MAX_LENGTH and whole.name.strip():
        described["subscription_name"] = whole.name
    else:
        left_out.add(None, f"the name of the subscription is blank, or longer than {MAX_LENGTH} characters")
    logos: dict[str, bytes] = {}
    for variant, content in whole.logos.items():
        problem = _logo_problem(content)
        if problem:
            left_out.add(None, f"the logo {variant}: {problem}")
        else:
            logos[f"logo_{variant}.png"] = content
            described[f"subscription_logo_{variant}"] = f"logo_{variant}.png"
    settings: Settings = {}
    secret: Settings = {}
    for name, value in sorted(whole.everywhere.items()):
        reason = problem_of(name, value)
        if reason:
            left_out.add(None, f"global settings: {reason}")
        else:
            (secret if is_secret(name) else settings)[name] = value
    return {**described, **({"subscription_settings": settings} if settings else {})}, secret, logos


def _logo_problem(content: bytes) -> str | None:
    """Why no logo can be set from a file with this content; None if one can."""
    try:
        _png.check_logo(content)
    except ValueError as problem:
        return str(problem)
    return f"it is larger than {_MAX_LOGO:,} bytes" if len(content) > _MAX_LOGO else None


def _ignore(folder: Folder) -> bytes | None:
    """What the file is to contain that keeps secrets out of Git: what it contains, and what it lacks.

    :raises Refused: if it cannot be read, or is too large.
    """
    there = (folder.beginning(_IGNORE, _MAX_IGNORE + 1) if folder.check() else None) or b""
    if len(there) > _MAX_IGNORE:
        raise Refused(
            f"dest: {shown(folder.path)}/{_IGNORE} is larger than {_MAX_IGNORE:,} bytes, the maximum size; is it the "
            "right file?"
        )
    lines = [line.rstrip(" \r") for line in there.decode("utf-8", "surrogateescape").split("\n")]
    # Git takes the last line that fits, and one that begins with an exclamation mark includes files again.
    after = 1 + max((index for index, line in enumerate(lines) if line.startswith("!")), default=-1)
    effective = set(lines[after:])
    lacking = [name for name in _IGNORED if not {name, f"/{name}"} & effective]
    end = b"" if not lacking or not there or there.endswith(b"\n") else b"\n"
    return there + end + _ignored_lines(lacking)


def _ignored_lines(names: t.Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in names).encode()


def written_before(folder: Folder) -> frozenset[str]:
    """The files that an earlier export wrote, as its C(subscription.yml) names them; none if there was no export.

    A file of one of our names that is not among them is somebody else's.

    :raises Refused: if the file cannot be read.
    """
    beginning = (folder.beginning(_SUBSCRIPTION, 4096) if folder.check() else None) or b""
    if not beginning.startswith(_BEGINNING):
        return frozenset()
    lines = beginning.decode("utf-8", "replace").splitlines()
    named = next((line for line in lines if line.startswith(f"# {_FILES}")), "")
    return frozenset(name.strip() for name in named.partition(": ")[2].split(",")) & _NAMES | {_SUBSCRIPTION}


def plan_export(export: Export, folder: Folder) -> list[FileChange]:
    """The changes of the folder: files are written, and those of an earlier export that are not needed any more go.

    :raises Refused: if something could not be carried out, or a file that no export wrote would be replaced: it may be
        the staff list from which somebody onboards.
    """
    before = written_before(folder)
    # Whatever is to be kept out of Git goes before the file that keeps it out.
    going = sorted(before, key=lambda name: (name == _IGNORE, name))
    changes = folder.plan(export.files, [name for name in going if _is_ours(folder, name)])
    foreign = [one.name for one in changes if one.action == UPDATED and one.name not in before and one.name != _IGNORE]
    if foreign:
        raise Refused(
            f"dest: {shown(folder.path)} contains {name_some(foreign)}, which no export has written, and nothing was "
            "written; use another directory, or rename these files"
        )
    return changes


def _is_ours(folder: Folder, name: str) -> bool:
    """Whether a file that an export wrote is still its own: not if it was encrypted, or added to."""
    if name == _SECRETS:
        return (folder.beginning(name, len(_BEGINNING)) or _BEGINNING) == _BEGINNING
    if name == _IGNORE:
        own = _ignored_lines(_IGNORED)
        return folder.beginning(name, len(own) + 1) in (own, None)
    return True


def _warn_of_left_out(left_out: LeftOut) -> t.Iterator[str]:
    entries = left_out.entries
    if entries:
        told = [
            one["reason"] if one["username"] is None else f"{spelled(one['username'])}: {one['reason']}"
            for one in entries
        ]
        yield (
            f"{len(entries)} thing(s) are in no file, so that applying the files neither creates nor keeps them: "
            f"{name_some(told, '; ')}"
        )


def _warn_of_secrets(number: int) -> t.Iterator[str]:
    if number:
        yield f"{number} secret setting(s) were left out; secrets: true writes them to {_SECRETS}"
