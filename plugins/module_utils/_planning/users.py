# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The plan for users, and what may be concluded about whose they are. Pure."""

from __future__ import annotations

import collections
import typing as t
from dataclasses import dataclass

from .._errors import PROTOCOL, Refused, ThreemaError
from .._plan import FAILED, REMOVED, UNCHANGED, Change, Plan, name_some
from .._types import Object
from .items import duplicates, labels, report_problems, selector_problem, states, threema_id_problem

_KEYS: t.Final = ("threema_id", "username", "credential_id")
DETACHED: t.Final = "detached"
REVOKED: t.Final = "revoked"

Credentials = t.Mapping[str, Object]


@dataclass(frozen=True, eq=False)
class UserChange(Change):
    """``state`` is the new state of the ID: ``detached`` or ``revoked``."""

    state: str = ""

    @property
    def removes_object(self) -> bool:
        """An ID that is removed with a credential, or besides credentials, is not itself a credential."""
        return False

    @property
    def entry(self) -> Object:
        username = (self.before or {}).get("username")
        return {"threema_id": self.key, "state": self.state, **({"username": username} if username else {})}


def end(user: Object, state: str, username: str | None = None) -> UserChange:
    """The change that detaches or revokes a Threema ID; ``username`` is that of its credential, where it is known."""
    whose = {"username": username} if username else {"credential_id": user["credential_id"]}
    return UserChange(
        key=user["threema_id"],
        action=REMOVED,
        before={"threema_id": user["threema_id"], "nickname": user.get("nickname"), **whose},
        after={"state": state},
        result={**user, "state": state},
        removes=1,
        state=state,
    )


def revocation_warnings(ids: t.Sequence[str], *, dry: bool) -> list[str]:
    """A warning that names revocations, which cannot be undone, if there are any; ``dry`` if they were not made."""
    are = "would be" if dry else "are"
    return [f"{len(ids)} Threema ID(s) {are} revoked, for good: {name_some(ids)}"] if ids else []


def gone_warnings(ids: t.Sequence[str]) -> list[str]:
    """A warning that names IDs that are still listed although they do not exist any more, if there are any."""
    told = f"{len(ids)} Threema ID(s) are listed, but were already detached or revoked, perhaps by an earlier run: "
    return [told + name_some(ids)] if ids else []


def check_users(items: t.Sequence[Object], state: str, where: str | None, *, unbound: bool = False) -> list[Object]:
    """The items with their label and state filled in.

    :param unbound: whether only IDs without a credential may be detached (``credential_exists: refuse``).
    :raises Refused: with everything that is wrong with their form.
    """
    problems = []
    checked = []
    for item, label, own in zip(items, labels(items, where, *_KEYS), states(items, state)):
        wrong = selector_problem(item, *_KEYS)
        if item.get("threema_id") and (problem := threema_id_problem(item["threema_id"])):
            wrong.append(problem)
        if unbound and own == DETACHED and not wrong and name_of(item) != "threema_id":
            wrong.append("with credential_exists: refuse, users to detach can only be selected by threema_id")
        problems += [f"{label}: {problem}" for problem in wrong]
        checked.append({**item, "label": label, "state": own})
    for name in _KEYS:
        # An object of user_info also contains its credential, and several users may have the same one.
        problems += duplicates([item if name == name_of(item) else {} for item in items], where, name)
    report_problems(problems, "some users are wrong")
    return checked


def name_of(item: Object) -> str:
    """The field by which an item selects its users; the Threema ID is the most specific."""
    return next((name for name in _KEYS if item.get(name)), _KEYS[0])


def plan_users(
    items: t.Sequence[Object],
    users: t.Mapping[str, Object],
    credentials: Credentials,
    *,
    one_each: bool,
    whole: bool = False,
) -> Plan[UserChange]:
    """The plan for all items.

    :param users: by Threema ID; all users that the items may select.
    :param credentials: by id; those that the items select.
    :param one_each: refuse a credential with several users, instead of selecting all of them.
    :param whole: whether ``users`` are all of the subscription.
    :raises Refused: if two items select the same user, or one item selects different people.
    """
    ids = {one["username"]: id_ for id_, one in credentials.items()}
    changes: list[UserChange] = []
    problems: list[str] = []
    seen: dict[str, str] = {}
    for item in items:
        credential_id = item.get("credential_id") or ids.get(item.get("username") or "")
        problems += _mismatches(item, users.get(item.get("threema_id") or ""), credentials, ids)
        if name_of(item) == "threema_id":
            meant = [users[item["threema_id"]]] if item["threema_id"] in users else []
            error = None
        else:
            meant = linked(users.values(), credential_id)
            error = contradiction(credentials.get(credential_id or ""), len(meant), "name each by its threema_id")
        if one_each and len(meant) > 1:
            found = ", ".join(sorted(user["threema_id"] for user in meant))
            problems.append(
                f"the credential of {item['label']} has {len(meant)} users: {found}; name one in threema_id, "
                "or use threema.work.users for all of them"
            )
        problems += [
            f"{other} and {item['label']} both mean the user {user['threema_id']}"
            for user in meant
            if (other := seen.setdefault(user["threema_id"], item["label"])) != item["label"]
        ]
        changes += _changes(item, meant, error, credentials)
    report_problems(problems, "the items do not match the subscription")
    gone = [change.key for change in changes if change.action == UNCHANGED]
    missed = f"{len(gone)} of the given user(s) do not exist (typing errors, or already removed): {name_some(gone)}"
    return Plan(changes, [missed] if gone else [], len(users) if whole else None)


def _mismatches(
    item: Object, user: Object | None, credentials: Credentials, ids: t.Mapping[str, str]
) -> t.Iterator[str]:
    """The problems of an item whose fields belong to different people."""
    username, credential_id = item.get("username"), item.get("credential_id")
    named = ids.get(username) if username else None
    whose = credentials.get(credential_id or "", {}).get("username")
    if username and credential_id and (named or whose) and named != credential_id:
        yield f"{item['label']}: the credential {credential_id} belongs to {whose or 'nobody'}, not to {username}"
    elif user and username and (named is None or user["credential_id"] != named):
        yield f"{item['label']}: the Threema ID {user['threema_id']} does not belong to {username}"
    elif user and credential_id and user["credential_id"] != credential_id:
        yield f"{item['label']}: the Threema ID {user['threema_id']} does not belong to the credential {credential_id}"


def _changes(
    item: Object, meant: t.Sequence[Object], error: ThreemaError | None, credentials: Credentials
) -> list[UserChange]:
    name = name_of(item)
    if error:
        return [UserChange(key=item[name], action=FAILED, result={name: item[name]}, error=error)]
    if not meant:
        return [UserChange(key=item[name], action=UNCHANGED, result={name: item[name]})]
    return [
        end(
            user,
            item["state"],
            item.get("username") or credentials.get(user["credential_id"] or "", {}).get("username"),
        )
        for user in meant
    ]


def linked(users: t.Iterable[Object], credential_id: str | None) -> list[Object]:
    """The users of a credential."""
    return [user for user in users if credential_id and user["credential_id"] == credential_id]


def contradiction(credential: Object | None, number: int, advice: str) -> ThreemaError | None:
    """Why nothing can be concluded about the users of a credential: more users use it than are linked to it.

    :param credential: None if it no longer exists; then there is no contradiction.
    :param number: how many users are linked to it.
    """
    if credential is None or (credential["usage"] is not None and credential["usage"] <= number):
        return None
    if credential["usage"] is None:
        what = f"the credential of {credential['username']} was returned without its usage"
    else:
        what = (
            f"the credential of {credential['username']} has a usage of {credential['usage']}, "
            f"but {number} user(s) are linked to it"
        )
    return _protocol(f"{what}, so it cannot be determined whose IDs they are; {advice}")


def check_leads(
    users: t.Collection[Object], credentials: Credentials, *, whole: bool, selected: t.Iterable[str] = ()
) -> None:
    """Refuse to conclude from broken links that credentials have no users (contract 4.5).

    :param users: all of the subscription.
    :param credentials: by id; ``whole`` if these are all.
    :param selected: ids of credentials whose users are wanted. If one no longer exists, its usage is not known either.
    :raises ThreemaError: of kind ``protocol``, if no user is linked to any credential although some are in use, or no
        user has any link although users of a credential that no longer exists are wanted.
    """
    used = [one["username"] for one in credentials.values() if one["usage"]]
    lead = any(
        user["credential_id"] in credentials or (user["credential_id"] is not None and not whole) for user in users
    )
    if used and not lead:
        raise _protocol(
            f"none of {len(users)} users is linked to a credential, although some credentials are in use "
            f"({name_some(used)}), so it cannot be determined whose IDs they are; name them by their threema_id"
        )
    lost = [id_ for id_ in selected if id_ not in credentials]
    if users and lost and all(user["credential_id"] is None for user in users):
        raise _protocol(
            f"none of {len(users)} users is linked to a credential, so it cannot be determined whether some belong to "
            f"a credential that no longer exists ({name_some(lost)}); name them by their threema_id"
        )


def check_orphans(
    orphans: t.Iterable[Object], users: t.Iterable[Object], credentials: Credentials, advice: str
) -> None:
    """Refuse to conclude from broken links that users have no credential (contract 4.5).

    :param orphans: the users of which this would be concluded; those that have a credential do not matter.
    :param users: all of the subscription.
    :param credentials: all of the subscription, by id.
    :param advice: the end of the sentence.
    :raises ThreemaError: of kind ``protocol``, if more users use a credential than are linked to it.
    """
    if all(user["credential_id"] in credentials for user in orphans):
        return
    numbers = collections.Counter(user["credential_id"] for user in users)
    for id_, credential in credentials.items():
        problem = contradiction(credential, numbers[id_], advice)
        if problem:
            raise problem


def check_unbound(ending: t.Collection[Object], living: Credentials) -> None:
    """Refuse to detach IDs whose credential is kept: their devices would re-add them (contract 5.3).

    :param ending: the users to be detached.
    :param living: all credentials of the subscription, by id.
    :raises Refused: with the names of the credentials.
    """
    bound = {living[user["credential_id"]]["username"] for user in ending if user["credential_id"] in living}
    if bound:
        raise Refused(
            "some of the Threema IDs belong to credentials that are kept, so their devices would re-add them "
            f"after detaching: {name_some(sorted(bound))}; remove these credentials with identity: detach instead. "
            "Nothing was written"
        )


def doubt_about_owners(
    ending: t.Collection[Object], users: t.Iterable[Object], living: Credentials
) -> ThreemaError | None:
    """Why it is not known that IDs to be detached have no credential that is kept; None if it is known.

    :param ending: the users to be detached.
    :param users: all of the subscription.
    :param living: all credentials of the subscription, by id.
    """
    names = name_some([user["threema_id"] for user in ending if user["credential_id"] not in living])
    advice = f"some may be those to be detached ({names}), which their devices would then re-add"
    try:
        check_orphans(ending, users, living, advice)
    except ThreemaError as error:
        return error
    return None


def _protocol(what: str) -> ThreemaError:
    """An error about links that contradict the credentials: they stay as they are until they are mended."""
    error = ThreemaError(PROTOCOL, f"GET /users: {what}", status=200, method="GET", path="/users", request_sent=True)
    error.lasting = True
    return error
