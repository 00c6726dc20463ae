# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Activation sheets: what is read from the service, and which files come from it."""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import dataclass

from .. import _png
from .._api.credentials import CredentialApi, in_use
from .._api.settings import SettingApi
from .._api.subscription import SubscriptionApi
from .._errors import Refused
from .._files import HOST, read_file
from .._folder import FileChange, Folder
from .._http import Client
from .._parameters import is_secret
from .._plan import REMOVED, UPDATED, name_some
from .._planning.items import report_problems
from .._text import shown, spelled
from .._types import Object
from . import page, qr
from .link import DEFAULT_BASE, check_base
from .names import ALL, MARK, SUFFIX, file_name
from .page import Frame
from .people import Sheet, order, sheet_of, why_not
from .template import SheetTemplate
from .texts import LANGUAGES

#: Each sheet contains the logo, and all of them are in memory at once.
_MAX_LOGO: t.Final = 200_000
_MAX_ORGANIZATION: t.Final = 256


class Draw(t.Protocol):
    """Makes a file of sheets."""

    def __call__(self, sheets: t.Sequence[Sheet], frame: Frame) -> str:
        """The whole file, beginning with the mark."""


@dataclass(frozen=True)
class Wishes:
    """The options of a task, checked; nothing was requested yet.

    :ivar usernames: whom the sheets are for; None for everybody whose credential is not activated.
    :ivar organization: None for the name of the subscription.
    """

    usernames: t.Sequence[str] | None
    language: str
    languages: t.Mapping[str, str]
    organization: str | None
    link_base: str
    logo: bytes | None
    draw: Draw


@dataclass(frozen=True)
class Found:
    """What was read, as far as sheets need it.

    :ivar sheets: in the order of the pages.
    :ivar not_printable: usernames without a sheet, and why.
    :ivar owners: the usernames that each file name belongs to; nearly always one.
    :ivar waiting: the file names of credentials that are not activated, as far as the service reports it.
    :ivar frame: what all sheets share.
    :ivar warnings: sentences.
    """

    sheets: t.Sequence[Sheet]
    not_printable: t.Sequence[Object]
    owners: t.Mapping[str, t.Sequence[str]]
    waiting: t.Collection[str]
    frame: Frame
    warnings: t.Sequence[str]


def check(params: Object) -> Wishes:
    """Check the options, without a request.

    :raises Refused: with a sentence for what is wrong.
    """
    if not qr.HAS_SEGNO:
        raise Refused(f"{qr.MissingLibrary()} {HOST}")
    languages = params["languages"]
    report_problems(
        [
            f"{shown(str(username))} has {shown(str(language))}, not one of {', '.join(LANGUAGES)}"
            for username, language in languages.items()
            if language not in LANGUAGES
        ],
        "languages: some do not exist",
    )
    base = DEFAULT_BASE if params["link_base"] is None else params["link_base"]
    try:
        check_base(base)
    except ValueError as problem:
        raise Refused(f"link_base: {problem}; nothing was written") from None
    organization = params["organization"]
    if organization is not None and len(organization) > _MAX_ORGANIZATION:
        raise Refused(
            f"organization: it has {len(organization)} characters, and at most {_MAX_ORGANIZATION} fit on a sheet"
        )
    return Wishes(
        usernames=params["usernames"],
        language=params["language"],
        languages=languages,
        organization=organization,
        link_base=base,
        logo=_logo(params["logo"]),
        draw=page.document if params["template"] is None else SheetTemplate(params["template"]).document,
    )


def _logo(path: str | None) -> bytes | None:
    if path is None:
        return None
    content = read_file(path, "logo", _MAX_LOGO)
    try:
        _png.check_image(content)
    except ValueError as problem:
        raise Refused(f"logo: {shown(path)}: {problem}; nothing was written") from None
    return content


def read(client: Client, wishes: Wishes) -> Found:
    """Read the credentials, the settings of those that get a sheet, and the subscription if its name is needed.

    :raises Refused: if usernames do not exist, with all of them, or two people would have one file.
    :raises ThreemaError: if a request fails, or a response cannot be used.
    """
    api = CredentialApi(client, keep_passwords=True)
    fetched = api.fetch(everything=True)
    credentials = fetched.by("username")
    chosen = _chosen(credentials, wishes.usernames)
    reasons = {one["username"]: reason for one in chosen if (reason := why_not(one))}
    printed = [one for one in chosen if one["username"] not in reasons]
    owners = _owners(credentials)
    _check_files([one["username"] for one in printed], owners)
    settings = SettingApi(client, api).fetch([one["id"] for one in printed], fetched.total)
    organization = wishes.organization
    if organization is None and printed:
        organization = SubscriptionApi(client).get()["name"]
    sheets = [
        sheet_of(
            one,
            {name: value for name, value in settings.get(one["id"], {}).items() if not is_secret(name)},
            wishes.languages.get(one["username"], wishes.language),
            wishes.link_base,
        )
        for one in printed
    ]
    return Found(
        sheets=sorted(sheets, key=order) if wishes.usernames is None else sheets,
        not_printable=[{"username": username, "reason": reason} for username, reason in reasons.items()],
        owners=owners,
        waiting=[name for name, own in owners.items() if not all(credentials[one]["usage"] for one in own)],
        frame=Frame((organization or "").strip(), wishes.language, wishes.logo),
        warnings=_of_languages(wishes.languages, credentials),
    )


def _chosen(credentials: t.Mapping[str, Object], usernames: t.Sequence[str] | None) -> list[Object]:
    if usernames is None:
        return [one for one in credentials.values() if not in_use(one)]
    missing = [shown(name) for name in dict.fromkeys(usernames) if name not in credentials]
    if missing:
        raise Refused(
            f"usernames: {len(missing)} do not exist; nothing was written: {name_some(missing)}. Case matters"
        )
    return [credentials[name] for name in dict.fromkeys(usernames)]


def _owners(usernames: t.Iterable[str]) -> dict[str, list[str]]:
    owners: dict[str, list[str]] = {}
    for username in usernames:
        with contextlib.suppress(UnicodeEncodeError):
            owners.setdefault(file_name(username), []).append(username)
    return owners


def _check_files(usernames: t.Iterable[str], owners: t.Mapping[str, t.Sequence[str]]) -> None:
    """:raises Refused: if somebody's sheet would replace that of somebody else, whether or not that is written now."""
    shared = {name: owners[name] for name in map(file_name, usernames) if len(owners[name]) > 1}
    report_problems(
        [f"{' and '.join(map(spelled, own))} would share {name}; rename one of them" for name, own in shared.items()],
        "usernames: some have the same file name",
    )


def _of_languages(languages: t.Mapping[str, str], credentials: t.Container[str]) -> list[str]:
    unknown = [shown(str(name)) for name in languages if name not in credentials]
    if not unknown:
        return []
    return [f"languages has {len(unknown)} usernames that do not exist: {name_some(unknown)}"]


class Planned(t.NamedTuple):
    """What is to happen in the folder.

    :ivar owners: the username of each file, None where nobody is left who could tell.
    :ivar obsolete: how many sheets stay although their person has activated the app, or is gone.
    """

    changes: t.Sequence[FileChange]
    owners: t.Mapping[str, str | None]
    obsolete: int

    def warnings(self) -> list[str]:
        """A sentence, if sheets stay that nobody needs any more."""
        if not self.obsolete:
            return []
        return [
            f"dest contains {self.obsolete} sheets of people who have activated the app or are gone, with "
            "their passwords; prune: true removes them"
        ]


def plan(folder: Folder, found: Found, draw: Draw, *, prune: bool) -> Planned:
    """Draw all sheets, and compare them with what is in the folder; nothing is written.

    :param prune: whether sheets are removed whose person has activated the app or is gone.
    :raises Refused: for an error in a template, or if a file could not be written.
    """
    contents = {file_name(sheet.username): _bytes(draw([sheet], found.frame)) for sheet in found.sheets}
    owners: dict[str, str | None] = {file_name(sheet.username): sheet.username for sheet in found.sheets}
    present = folder.names()
    stale = [] if found.sheets else [name for name in present if name == ALL]
    if found.sheets:
        contents[ALL] = _bytes(draw(found.sheets, found.frame))
    keep = {*contents, *found.waiting, ALL}
    obsolete = [name for name in present if name.endswith(SUFFIX) and name not in keep and _is_ours(folder, name)]
    if prune:
        stale += obsolete
        owners.update({name: _only_one(found.owners.get(name, ())) for name in obsolete})
    changes = folder.plan(contents, stale)
    _check_foreign(folder, changes)
    return Planned(changes, owners, 0 if prune else len(obsolete))


def _only_one(usernames: t.Sequence[str]) -> str | None:
    return usernames[0] if len(usernames) == 1 else None


def _check_foreign(folder: Folder, changes: t.Iterable[FileChange]) -> None:
    """:raises Refused: if a file that another program or person wrote would be replaced or removed."""
    foreign = [one.name for one in changes if one.action in (UPDATED, REMOVED) and not _is_ours(folder, one.name)]
    if foreign:
        raise Refused(
            f"dest: {shown(folder.path)} contains {name_some(foreign)}, which this module did not write, and nothing "
            "was written; use another directory"
        )


def _bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Refused(
            "template: it wrote half of a character, which no file can contain; nothing was written"
        ) from None


def _is_ours(folder: Folder, name: str) -> bool:
    mark = MARK.encode()
    return folder.beginning(name, len(mark)) == mark
