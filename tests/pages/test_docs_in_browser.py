# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make pages``: the built documentation on a phone."""

from __future__ import annotations

import typing as t

from ansible_collections.threema.work.tests.pages.chromium import Browser
from ansible_collections.threema.work.tests.support.simulator_process import BUILD

HTML: t.Final = BUILD / "docs/html"
#: Pixels of a narrow phone.
_WIDTH: t.Final = 390
#: What is cut, what needs scrolling, and numbers of a table that continue on the next line.
_PROBLEMS: t.Final = r"""
(() => {
  const width = document.documentElement.clientWidth;
  const found = [];
  if (document.documentElement.scrollWidth > width) found.push(`page: ${document.documentElement.scrollWidth}`);
  for (const table of document.querySelectorAll('.rst-content table')) {
    const outer = table.parentElement;
    const named = table.innerText.slice(0, 40);
    if (outer.scrollWidth > outer.clientWidth + 1 || table.getBoundingClientRect().right > width + 1)
      found.push(`table cut: ${named}`);
    const texts = document.createTreeWalker(table, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      for (const number of texts.currentNode.data.matchAll(/(?<![\w.,-])\d+([.,]\d+)*(?![\w.,-])/g)) {
        const range = document.createRange();
        range.setStart(texts.currentNode, number.index);
        range.setEnd(texts.currentNode, number.index + number[0].length);
        if (new Set(Array.from(range.getClientRects(), (one) => Math.round(one.top))).size > 1)
          found.push(`number broken: ${number[0]} in ${named}`);
      }
    }
  }
  return found;
})()
"""


def test_nothing_is_cut_on_a_phone(chromium: Browser) -> None:
    pages = sorted(HTML.rglob("*.html"))
    tables = 0
    problems = {}
    for page in pages:
        chromium.open(page, _WIDTH)
        if found := chromium.evaluate(_PROBLEMS):
            problems[page.name] = found
        tables += chromium.evaluate("document.querySelectorAll('.rst-content table').length")
    assert not problems
    assert len(pages) > 60 and tables > 60, "run make docs first"
