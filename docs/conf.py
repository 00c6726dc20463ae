# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Sphinx makes web pages of what antsibull-docs writes, see `make docs`. Nothing is downloaded for it."""

from __future__ import annotations

import typing as t

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
html_theme_options = {"documentation_home_url": "index.html"}
pygments_style = "ansible"
html_show_sphinx = False
html_use_index = False
html_copy_source = False
default_role = "any"
# A reference that leads nowhere is an error.
nitpicky = True

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


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("missing-reference", _outside)
    # Pygments has none for staff lists.
    app.add_lexer("csv", TextLexer)
