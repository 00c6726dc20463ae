# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kinds of objects, of ``resources.yml``: which modules write them, how results list them, what journals hold."""

from __future__ import annotations

import typing as t

import yaml

from .collection import ROOT, Json

#: By the name of an object, such as ``contact``.
RESOURCES: t.Final[dict[str, Json]] = yaml.safe_load((ROOT / "tests/generic/resources.yml").read_text(encoding="utf-8"))
#: By the key of a plural result, and of the state of the simulator: what tells one object from the other.
LISTED: t.Final = {one["listed"]: one["key"] for one in RESOURCES.values() if "listed" in one}
#: The same by the name of the resource in the paths of the API, with all that is known of it.
ON_LISTS: t.Final = {one["listed"]: one for one in RESOURCES.values() if "listed" in one}
#: By the path of their list: the names of those that are made, changed and removed below it and nowhere else.
PLAIN: t.Final = {one["listed"]: name for name, one in RESOURCES.items() if one.get("plain")}
#: By each module for one object or for many: the module for many, and the states that it knows.
PLURAL: t.Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    module: (one["modules"][-1], tuple(one["states"]))
    for one in RESOURCES.values()
    if "listed" in one
    for module in one["modules"]
}
#: By the key of a result that holds one object: the module for one object, and the states that it knows.
SINGULAR: t.Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    name: (one["modules"][0], tuple(one["states"])) for name, one in RESOURCES.items() if "states" in one
}


def written_by(module: str) -> list[Json]:
    """The kinds of objects that a module writes."""
    return [one for one in RESOURCES.values() if module in (*one["modules"], *one.get("also", ()))]
