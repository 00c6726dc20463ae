# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the text of a page names exists: modules, plugins, roles, playbooks, parameters, variables, make targets."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.threema.work.plugins.module_utils._parameters import PARAMETERS
from ansible_collections.threema.work.tests.generic.utils.collection import MODULES, NAME, PLUGINS, ROOT

from .checks import PLAYBOOKS, ROLES, role_options
from .commands import TARGETS
from .pages import page_names, text_of

#: Names that begin with the name of the collection: of what is in it, of its action groups and of its pages.
_NAMES: t.Final = {*MODULES, *(name for _kind, name in PLUGINS), *ROLES, *PLAYBOOKS, "all", "write", "docsite"}
_ROLE_FACTS: t.Final = {
    name
    for role in ROLES
    for name in re.findall(rf"\b{role}_[a-z_]+", (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8"))
}
_PLAYBOOK_TEXT: t.Final = "".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "playbooks").glob("*.yml"))
)
_GUIDES: t.Final = ROOT / "docs/docsite/rst"


@pytest.mark.parametrize("page", page_names())
def test_names_exist(page: str) -> None:
    """Each name of a form that belongs to the collection."""
    text = text_of(page)
    named = set(re.findall(rf"{re.escape(NAME)}\.([a-z_]+)", text.replace(f"{NAME}.git", "")))
    assert named <= _NAMES, sorted(named - _NAMES)
    parameters = set(re.findall(r"\bth_[a-z0-9_]+[a-z0-9]\b", text))
    assert parameters <= set(PARAMETERS), sorted(parameters - set(PARAMETERS))
    targets = set(re.findall(r"(?:``|`|^ +)make ([a-z-]+)", text, re.MULTILINE))
    assert targets <= TARGETS, sorted(targets - TARGETS)
    for role in ROLES:
        variables = set(re.findall(rf"\b{role}_[a-z_]+[a-z]\b", text))
        of_playbooks = re.findall(rf"\b{role}_[a-z_]+", _PLAYBOOK_TEXT)
        known = {*role_options(role), *_ROLE_FACTS, *MODULES, *(name for _kind, name in PLUGINS), *of_playbooks}
        assert variables <= known, sorted(variables - known)


@pytest.mark.parametrize("page", [page for page in page_names() if page.endswith(".md")])
def test_links_lead_somewhere(page: str) -> None:
    """Links to files of the collection."""
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text_of(page))
    missing = [link for link in links if not (ROOT / page).parent.joinpath(link).exists()]
    assert not missing


def test_every_guide_is_listed() -> None:
    """Guides that are not in `extra-docs.yml` are in no table of contents."""
    sections = yaml.safe_load((ROOT / "docs/docsite/extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    listed = [name for section in sections for name in section["toctree"]]
    assert sorted(listed) == sorted(path.stem for path in _GUIDES.glob("*.rst"))


@pytest.mark.parametrize("guide", sorted(_GUIDES.glob("guide_*.rst")), ids=lambda path: path.stem)
def test_every_guide_says_what_can_go_wrong(guide: Path) -> None:
    """It ends with troubleshooting, and can be linked to."""
    text = guide.read_text(encoding="utf-8")
    assert f".. _ansible_collections.{NAME}.docsite.{guide.stem}:" in text
    assert "\nTroubleshooting\n" in text
