# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a service may write in place of a field, and JSON that no library would write."""

from __future__ import annotations

import copy
import json
import typing as t
import unicodedata
from dataclasses import dataclass

from hypothesis import strategies as st

from .contract import EACH, Place

#: Part of every secret that only a spoiled answer holds.
MARK: t.Final = "Sp0iled-Secret"


@dataclass(frozen=True)
class Written:
    """Stands in an answer as it is, be it JSON or not."""

    text: str

    def __repr__(self) -> str:
        return f"Written({self.text[:40]!r} {len(self.text)})"


@dataclass(frozen=True)
class Twice:
    """The key of this value stands there twice, with two values."""

    first: t.Any
    second: t.Any


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"

    def __deepcopy__(self, _memo: object) -> _Missing:
        return self


MISSING: t.Final = _Missing()


@dataclass(frozen=True)
class Odd:
    """How a value is made out of the right one (None where there is none)."""

    name: str
    make: t.Callable[[t.Any], t.Any]

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Spoil:
    """
    What is wrong with the answers to one operation.

    :ivar operation: its name.
    :ivar item: of the first list on the way only the item of this number, None for all of them.
    :ivar when: ``always``, at the ``first`` answer, or at all ``later`` ones.
    """

    operation: str
    place: Place
    odd: Odd
    item: int | None = None
    when: str = "always"


def _const(value: t.Any) -> Odd:
    shown = repr(value)
    return Odd(shown if len(shown) < 60 else f"{shown[:20]}…{len(shown)}", lambda _right: copy.deepcopy(value))


def _text(right: t.Any) -> str:
    return right if isinstance(right, str) else json.dumps(right, default=str)


def _around(before: str, after: str) -> Odd:
    return Odd(f"around({before!r}, {after!r})", lambda right: before + _text(right) + after)


def _nested(depth: int, opening: str = "[", closing: str = "]") -> Written:
    return Written(opening * depth + "1" * bool(closing) + closing * depth)


def _extra(name: str, value: t.Any) -> Odd:
    secrets = {"initialPassword": MARK, "login": {"secretToken": [MARK], "deep": [[[[None]]]]}}

    def make(right: t.Any) -> t.Any:
        return {**right, **secrets, name: value} if isinstance(right, dict) else right

    return Odd(f"extra({name!r})", make)


def _again(change: t.Callable[[t.Any], t.Any], name: str) -> Odd:
    return Odd(name, lambda right: [*right, *map(change, right)] if isinstance(right, list) else [right, change(right)])


def _number(name: str, change: t.Callable[[int], int]) -> Odd:
    return Odd(name, lambda right: change(right) if isinstance(right, int) else change(1))


def _half_empty(right: t.Any) -> t.Any:
    return dict.fromkeys(right) if isinstance(right, dict) else None


ODD_TEXTS: t.Final = (
    "a\x00b",
    "\x1b[2J\x1b]0;x\x07",
    "\u202eneppo",
    "\u2028\u2029",
    "e\u0301\u0323" + "\u0300" * 50,
    "\u200b",
    "\ufeff",
    "\U0001f600\U0010ffff",
    "\uffff\ufdd0",
    "a\nfatal: [localhost]: FAILED!\r",
    "\u017f\u0130\u1e9e\ufb01",
    "\ud83d",
    "\ude00\ud83d",
)
SOMEBODY_ELSE: t.Final = "somebody else"
MORE_FIELDS: t.Final = "more fields"
#: By what they are; each field meets each of these sooner or later.
FAMILIES: t.Final[dict[str, tuple[Odd, ...]]] = {
    "null": (_const(None),),
    "missing": (_const(MISSING),),
    "boolean": (_const(True), _const(False)),
    "integer": tuple(map(_const, (0, 1, -1, 7, 2**31, 2**53 + 1, 2**64, -(2**63), 10**40))),
    "endless number": (_const(Written("9" * 5000)), _const(Written("0." + "3" * 5000)), _const(Written("1e400"))),
    "float": tuple(map(_const, (0.5, 1.0, -0.0, 1e300, Written("1E2")))),
    "no number": tuple(_const(Written(text)) for text in ("NaN", "Infinity", "-Infinity", "0x10", "01", "")),
    "text": tuple(
        map(_const, ("", " ", "0", "true", "null", "../..", ".", "%2F..", "a/b?c=d#e", "{{ 7 * 7 }}", "<b>&"))
    ),
    "odd text": (*map(_const, ODD_TEXTS), *(_const(Written(f'"{text}"')) for text in ("\ud83d", "a\x00", "\\x", "\t"))),
    "huge text": tuple(map(_const, ("x" * 200_000, "\U0001f600" * 50_000, " " * 100_000, "%2" * 50_000))),
    "list": (*map(_const, ([], [None], [[]], [{}], ["x"])), Odd("in a list", lambda right: [right])),
    "object": (*map(_const, ({}, {"id": "x"}, {"": None})), Odd("in an object", lambda right: {"x": right})),
    "deep": tuple(map(_const, (_nested(30), _nested(900), _nested(100_000, closing=""), _nested(30, '{"a":', "}")))),
    "twice": (
        Odd("twice, right first", lambda right: Twice(right, "x")),
        Odd("twice, right last", lambda right: Twice("x", right)),
        Odd("twice the same", lambda right: Twice(right, right)),
        Odd("twice, null last", lambda right: Twice(right, None)),
    ),
    SOMEBODY_ELSE: tuple(map(_const, ("ZZ99YY88", "NOBODY01", "nobody", "doesNotExist", "th_job_title"))),
    "another text": (
        *(_around(*pair) for pair in (("", " "), ("\u200b", ""), ("", "\x00"), ("", "\u0301"), ("\n", ""), ("", "/"))),
        Odd("upper", lambda right: _text(right).upper()),
        Odd("lower", lambda right: _text(right).lower()),
        Odd("decomposed", lambda right: unicodedata.normalize("NFD", _text(right))),
        Odd("backwards", lambda right: _text(right)[::-1]),
        Odd("as a text", _text),
    ),
    "another number": (
        _number("one more", lambda right: right + 1),
        _number("one less", lambda right: right - 1),
        _number("negative", lambda right: -right),
        _number("a thousand more", lambda right: right + 1000),
    ),
    "again": (
        _again(copy.deepcopy, "again"),
        _again(_half_empty, "again, empty"),
        Odd("backwards list", lambda right: right[::-1] if isinstance(right, list) else right),
        Odd("first of the list", lambda right: right[:1] if isinstance(right, list) else right),
    ),
    MORE_FIELDS: (
        _extra("newField", "new \u202e"),
        _extra("locked", None),
        _extra("lock", True),
        _extra("threemaId", "XXXXXXXX"),
        _extra("threema_id", 7),
        _extra("user_name", "x"),
        _extra("", ""),
        _extra("\u202e\x00", "x" * 50_000),
        _extra("action", "removed"),
        _extra("failed", True),
        _extra("items", []),
    ),
}
#: Those that mean something to somebody: to choose among all of Unicode, hypothesis takes seconds to prepare.
_TEXTS: t.Final = st.text(
    st.sampled_from('aZ09 /.%_-=+"\\{}[]:,\x00\n\u200b\u202e\u0301\u00df\u017f\U0001f600'), max_size=12
)
_JSON: t.Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(_TEXTS, below, max_size=3),
    max_leaves=5,
)


def odds() -> st.SearchStrategy[Odd]:
    """One of the known, each family as often as another, or any JSON."""
    known = [st.sampled_from(family) for family in FAMILIES.values()]
    return st.one_of(*known, _JSON.map(_const))


def spoiled(document: t.Any, place: Place, odd: Odd, item: int | None) -> t.Any:
    """A document with a spoiled field. Where a part of the way to it is missing, nothing is changed."""
    if not place:
        return odd.make(document)
    name, below = place[0], place[1:]
    if name == EACH:
        if not isinstance(document, list):
            return document
        wanted = range(len(document)) if item is None else [item % len(document)] if document else []
        made = [spoiled(one, below, odd, None) if number in wanted else one for number, one in enumerate(document)]
        return [one for one in made if one is not MISSING]
    if not isinstance(document, dict) or (below and name not in document):
        return document
    made = {**document, name: spoiled(document.get(name), below, odd, item)}
    return {key: value for key, value in made.items() if value is not MISSING}


def written(value: t.Any) -> bytes:
    """A document as it is sent; halves of characters are sent as they are where they are ``Written``."""
    return _written(value).encode("utf-8", "surrogatepass")


def _written(value: t.Any) -> str:
    if isinstance(value, Written):
        return value.text
    if value is MISSING:
        return ""
    if isinstance(value, Twice):
        # It has no key: two documents in place of one.
        return f"{_written(value.first)} {_written(value.second)}"
    if isinstance(value, dict):
        pairs = [
            (key, one)
            for key, item in value.items()
            for one in ((item.first, item.second) if isinstance(item, Twice) else (item,))
        ]
        return "{" + ",".join(f"{json.dumps(key)}:{_written(one)}" for key, one in pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return json.dumps(value)
