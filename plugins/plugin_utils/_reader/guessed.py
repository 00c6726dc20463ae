# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Words to check if the encoding of a list was determined from its words alone.

Some words are plausible in two encodings: C(Jânis) in Windows-1252 is C(Jānis) in Windows-1257. Only people can tell.
"""

from __future__ import annotations

import collections
import re
import typing as t

from ansible_collections.threema.work.plugins.plugin_utils._reader.columns import Table
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import few, quoted

_SHOWN: t.Final = 10
# A no-break space also counts: it may be the á of DOS.
_WORD: t.Final = re.compile(r"[^ \t\r\n,;|]*[^\x00-\x7f][^ \t\r\n,;|]*")

_HAS_LETTERS: t.Final = re.compile(r"\w")


class Letters:
    """Looks for a word with each letter beyond ASCII, in the columns that are sent; never in a password."""

    def __init__(self, table: Table) -> None:
        self.places = [column.number - 1 for column in table.columns if column.feeds and not column.secret]
        self.counts = collections.Counter[str]()
        self.words: dict[str, str] = {}

    def see(self, cells: t.Sequence[str]) -> None:
        """Note the letters of a row."""
        for place in self.places:
            cell = cells[place]
            if cell.isascii():
                continue
            # Symbols between blanks, such as dashes, do not belong to a word.
            for word in filter(_HAS_LETTERS.search, _WORD.findall(cell)):
                for letter in word:
                    if not letter.isascii():
                        self.counts[letter] += 1
                        self.words.setdefault(letter, word)

    def warnings(self) -> t.Iterator[str]:
        """A sentence with words, those with the rarest letters first."""
        rarest = sorted(self.counts, key=lambda letter: self.counts[letter])
        words = list(dict.fromkeys(self.words[letter] for letter in rarest))[:_SHOWN]
        if words:
            shown = few([quoted(one) for one in words])
            yield (
                f"read as Windows-1252, because it is not in UTF-8; words in it are {shown}. If they look "
                "wrong, specify the encoding with encoding (in the playbook: roster_encoding)"
            )
