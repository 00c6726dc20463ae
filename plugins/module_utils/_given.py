# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The options of a task, before Ansible checks them: empty selectors, values that are not strings, results as input."""

from __future__ import annotations

import typing as t

from ._options import Spec
from ._types import Object

#: Options that select or limit. Without a value they are rejected: leaving them out is the only way to select all.
SELECTORS: t.Final = frozenset(
    (
        "username", "id", "credential_id", "threema_id", "category_id", "query", "name", "variant", "scope",
        "usernames", "inactive_days", "match_setting", "max_removals", "max_removals_percent", "max_creations",
        "max_requests", "expect_subscription", "prune_ignore", "protect", "identity", "threema_ids", "unknown",
        "credential_exists", "orphaned", "duplicate", "unused",
    )
)  # fmt: skip
#: In the items of these options, null is the same as missing: something may be unknown about these people.
_NULL_IS_MISSING: t.Final = ("protect",)
#: These select the same object: one without a value is ignored if another has one, because results contain such items.
_SAME: t.Final = ("username", "id", "credential_id", "threema_id")
#: An object with one of these keys comes from a result, which can be used as input of a module. Its other keys that are
#: not options are ignored, including those of newer versions of the API, and so is its state: the result of a
#: revocation in check mode must not revoke anything when it is passed to another task.
_RESULT_KEYS: t.Final = frozenset(("action", "usage", "type", "created_at", "last_check", "nickname", "version"))
_NO_TEXTS: t.Final = {dict: "a dictionary", list: "a list", bool: "a boolean", type(None): "null"}


class Given:
    """The options of a task as they were given; wrong ones are removed, so that they have no effect.

    :param advice: what it means for this module if a selector is left out.
    :ivar problems: a sentence for each wrong option; none contains a value.
    """

    def __init__(self, params: Object, spec: Spec, advice: str) -> None:
        self.problems: list[str] = []
        self._advice = advice
        self._names: dict[int, dict[str, str]] = {}
        if params.get("_ansible_check_mode"):
            self._advice += "; in check mode, an object that would be created has no id yet"
        self._tidy(params, spec, "")

    def _tidy(self, params: Object, spec: Spec, where: str) -> None:
        names = self._names_in(spec)
        for key in [key for key in params if key in names]:
            value = params[key]
            if isinstance(value, str) and value and not value.isspace():
                # Never wrong; checked first, because this applies to nearly all values of thousands of items.
                continue
            name = names[key]
            option = spec[name]
            if name in SELECTORS and _is_empty(value):
                if not self._is_made_up_for(name, params):
                    what = "null" if value is None else "empty"
                    advice = self._advice_for(name, option, params)
                    self.problems.append(f"{where}{key} is {what}; {advice}")
                _neutralize(params, key, option)
            elif option["type"] == "list" and value is None:
                self._take_out(params, key, option, f"{where}{key} is null; leave it out, or give an empty list")
            elif option["type"] in ("str", "path"):
                self._check_text(params, key, option, where)
            elif option["type"] == "list" and isinstance(value, list):
                self._tidy_list(params, name, key, option, where)
            elif option["type"] == "list" and isinstance(value, (dict, bool)):
                self._take_out(
                    params, key, option, f"{where}{key} is {_NO_TEXTS[type(value)]} where a list is expected"
                )
            elif option.get("options") and isinstance(value, dict):
                self._tidy(value, option["options"], f"{where}{key}.")

    def _names_in(self, spec: Spec) -> t.Mapping[str, str]:
        """The options of a spec by all their names; determined once, not for each of thousands of items."""
        if id(spec) not in self._names:
            self._names[id(spec)] = {
                alias: name for name, option in spec.items() for alias in (name, *option.get("aliases", ()))
            }
        return self._names[id(spec)]

    def _advice_for(self, name: str, option: t.Mapping[str, t.Any], params: Object) -> str:
        if name in _SAME and params.get("scope") == "credential":
            return "scope: credential needs it"
        if option.get("default") is not None:
            return "leave it out for its default"
        return f"leave it out {'for no limit' if name.startswith('max_') else self._advice}"

    def _is_made_up_for(self, name: str, params: Object) -> bool:
        if name not in _SAME:
            return False
        return any(not _is_empty(params.get(other)) for other in _SAME) or params.get("scope") == "global"

    def _check_text(self, params: Object, key: str, option: t.Mapping[str, t.Any], where: str) -> None:
        value = params[key]
        if value is not None and type(value) in _NO_TEXTS:
            self._take_out(params, key, option, f"{where}{key} is {_NO_TEXTS[type(value)]} where a string is expected")

    def _take_out(self, params: Object, key: str, option: t.Mapping[str, t.Any], problem: str) -> None:
        self.problems.append(problem)
        _neutralize(params, key, option)

    def _tidy_list(self, params: Object, name: str, key: str, option: t.Mapping[str, t.Any], where: str) -> None:
        items = params[key]
        expected, allowed = ("dictionary", (dict, str)) if option.get("options") else ("string", (str, int, float))
        if option.get("options") or option.get("elements", "str") == "str":
            wrong = [
                index for index, item in enumerate(items) if isinstance(item, bool) or not isinstance(item, allowed)
            ]
            for index in wrong:
                what = _NO_TEXTS.get(type(items[index]), "a number")
                self.problems.append(f"{where}{key}[{index}] is {what} where a {expected} is expected")
            empty = [index for index, item in enumerate(items) if name in SELECTORS and _is_empty(item)]
            for index in empty:
                self.problems.append(f"{where}{key}[{index}] is empty; leave it out")
            items = params[key] = [] if wrong or empty else items
        if option.get("options"):
            if key in _NULL_IS_MISSING:
                items = [_without_null(item) for item in items]
            params[key] = [_without_result_keys(item, option["options"]) for item in items]
            for index, item in enumerate(params[key]):
                if isinstance(item, dict):
                    self._tidy(item, option["options"], f"{where}{key}[{index}].")


def _is_empty(value: t.Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _neutralize(params: Object, key: str, option: t.Mapping[str, t.Any]) -> None:
    """Remove an option, so that Ansible's own checks do not report it first."""
    if option.get("required"):
        params[key] = option["choices"][0] if option.get("choices") else [] if option["type"] == "list" else ""
    else:
        del params[key]


def _without_null(item: t.Any) -> t.Any:
    return {name: value for name, value in item.items() if value is not None} if isinstance(item, dict) else item


def _without_result_keys(item: t.Any, options: Spec) -> t.Any:
    if not isinstance(item, dict):
        return item
    if _RESULT_KEYS.isdisjoint(item):
        return dict(item)
    known = {*options, *(alias for option in options.values() for alias in option.get("aliases", ()))}
    return {name: value for name, value in item.items() if name in known and name != "state"}
