# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all objects have in common as the API writes them: links, lists, unknown fields (contract 1)."""

from __future__ import annotations

from typing import Any

from .switches import Switches

Json = dict[str, Any]

# What a newer version of the API might send, to see that clients neither fail nor lose it.
_FUTURE: Json = {"futureField": "new", "futureObject": {"nested": [1, 2]}}


class Renderer:
    """Writes links below one base URL (without the final slash, contract 1), as the switches stand now."""

    def __init__(self, switches: Switches, base_url: str) -> None:
        self.switches = switches
        self.base = base_url
        choice = switches["link-key"]
        self._key = "rel" if choice == "rel" else "ref"
        # Observed on users, and in the documentation's own sample of the bulk list (contract 1).
        self._observed_key = "ref" if choice == "ref" else "rel"

    def done(self, item: Json) -> Json:
        """The last step for every object."""
        if self.switches["future-fields"] == "on":
            item.update(_FUTURE)
        return item

    def link(self, relation: str, path: str = "") -> dict[str, str]:
        """One link."""
        return {self._key: relation, "link": self.base + path}

    def observed_link(self, relation: str, path: str) -> dict[str, str]:
        """One link of a user or in the bulk list, where another key has been observed."""
        return {self._observed_key: relation, "link": self.base + path}

    def index(self, key: str, items: list[Json], paging: Json | None) -> Json:
        """A list with its paging object."""
        answer: Json = {"_links": [self.link("subscription")], key: items}
        if paging is not None:
            answer["paging"] = paging
        return self.done(answer)
