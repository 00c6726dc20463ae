# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Sphinx makes web pages of what antsibull-docs writes, see `make docs`. Nothing is downloaded for it."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

from docutils import nodes
from pygments.lexers.special import TextLexer

if t.TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "threema.work"
author = "The threema.work contributors"
copyright = f"2026, {author}"  # noqa: A001
title = html_title = html_short_title = "threema.work"
extensions = ["sphinx_antsibull_ext"]
html_theme = "sphinx_ansible_theme"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_theme_options = {"documentation_home_url": "index.html"}
pygments_style = "ansible"
html_show_sphinx = False
html_use_index = False
html_copy_source = False
default_role = "any"
# A reference that leads nowhere is an error.
nitpicky = True

#: A heading of the start page and the list below it.
_LIST: t.Final = re.compile(
    r"^(.+)\n(?:-+|~+)\n\n(?:(?!\.\. toctree::|[-~]{3}).*\n)*?\.\. toctree::\n    :maxdepth: 1\n", re.MULTILINE
)
#: How headings of antsibull-docs are called in the sidebar.
_GROUPS: t.Final = {"Filter Plugins": "Filters", "Lookup Plugins": "Lookups", "Role Index": "Roles"}
_ANSIBLE: t.Final = "https://docs.ansible.com/ansible/latest"
#: Pages of Ansible itself that antsibull-docs refers to, by their labels.
_PAGES: t.Final = {
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}


def _outside(_app: object, _env: object, node: nodes.Element, content: nodes.TextElement) -> nodes.reference | None:
    """Turn a reference to Ansible or another collection into a link; inventories of them would need a network."""
    target = node.get("reftarget", "")
    page = _PAGES.get(target)
    if (
        not page
        and target.startswith("ansible_collections.")
        and not target.startswith(f"ansible_collections.{project}.")
    ):
        page = target.replace("ansible_collections.", "collections/").replace(".", "/") + ".html"
    return nodes.reference("", "", content, internal=False, refuri=f"{_ANSIBLE}/{page}") if page else None


def _grouped(_app: object, name: str, source: list[str]) -> None:
    """Give the lists of the start page, and so the sidebar, the headings above them; and add the playbooks."""
    if name == "index":
        source[0] = _LIST.sub(lambda found: f"{found[0]}    :caption: {_GROUPS.get(found[1], found[1])}\n", source[0])
        variables = f":ref:`ansible_collections.{project}.docsite.guide_variables`"
        source[0] += f"\nPlaybooks\n---------\n\nFor what they take, see {variables}.\n\n"
        for path in sorted(Path(__file__).parents[1].glob("playbooks/*.yml")):
            (title,) = re.findall("^- name: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)[:1]
            source[0] += f"* ``threema.work.{path.stem}`` -- {title}\n"


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _grouped)
    app.connect("missing-reference", _outside)
    # Pygments has none for staff lists.
    app.add_lexer("csv", TextLexer)
