# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup threema.work.empty_variables."""

from __future__ import annotations

DOCUMENTATION = r"""
name: empty_variables
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Find the variables of a role that are empty strings
description:
  - Finds the variables in the argument specification of a role that are set to an empty string, or to a string of blanks. Ansible itself
    accepts such a string where any string is allowed. The roles of this collection use this lookup to check their variables before they do
    anything.
  - A null C(expect_subscription) is reported, too. For other variables, null is up to the role.
  - No value is returned, because it may contain a secret.
options:
  _terms:
    description:
      - The files with the argument specifications, usually C(role_path ~ '/meta/argument_specs.yml'). Those of C(tasks/main.yml) are read. A
        relative path starts in the directory of the playbook.
    type: list
    elements: path
    required: true
  only_required:
    description: Whether only required variables are checked.
    type: bool
    default: false
seealso:
  - plugin: threema.work.description
    plugin_type: lookup
"""

EXAMPLES = r"""
---
- name: Check that no variable is empty
  ansible.builtin.assert:
    that: empty | length == 0
    fail_msg: "{{ empty | join('; ') }}"
  vars:
    empty: "{{ query('threema.work.empty_variables', 'roles/staff/meta/argument_specs.yml') }}"
"""

RETURN = r"""
_list:
  description: One sentence for each variable that is empty. The list is empty if there are none.
  type: list
  elements: str
  sample:
    - handover_usernames is empty; leave it out, or give a list
"""

import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.loader import lookup_loader
from ansible.plugins.lookup import LookupBase

#: Their values are never strings, and may be thousands of people that would be templated once more.
_NO_STRINGS: t.Final = ("list", "dict")
#: The modules get it from their environment, and there a null one would be the same as none. For the others, they see it.
_NOT_NULL: t.Final = "expect_subscription"


class LookupModule(LookupBase):
    """Finds what a role must not be called with."""

    def run(self, terms: list[t.Any], variables: dict[str, t.Any] | None = None, **kwargs: t.Any) -> list[str]:
        """Return a sentence for each variable of the specifications that is empty."""
        self.set_options(var_options=variables, direct=kwargs)
        given = variables or {}
        options: dict[str, t.Any] = {}
        for path in terms:
            options |= self._options_of(str(path))
        if self.get_option("only_required"):
            options = {name: option for name, option in options.items() if option.get("required")}
        strings = [name for name, option in options.items() if option.get("type", "str") not in _NO_STRINGS]
        names = [name for name in strings if name in given]
        templated = lookup_loader.get("ansible.builtin.vars", loader=self._loader, templar=self._templar)
        values = zip(names, templated.run(names, given))
        return [
            _sentence(name, value, options[name])
            for name, value in values
            if _is_empty(name, value) or _is_omitted(value)
        ]

    def _options_of(self, path: str) -> dict[str, t.Any]:
        """The options in a file with argument specifications; :raises AnsibleError: if it is none."""
        content = self._loader.load_from_file(path)
        specs = content.get("argument_specs") if isinstance(content, dict) else None
        if not isinstance(specs, dict) or not isinstance(specs.get("main"), dict):
            raise AnsibleError(f"{path} has no argument specification of tasks/main.yml (argument_specs.main)")
        return specs["main"].get("options") or {}


def _is_empty(name: str, value: object) -> bool:
    return (value is None and name == _NOT_NULL) or (isinstance(value, str) and not value.strip())


def _is_omitted(value: object) -> bool:
    """Whether this is what C(omit) stands for: in ansible-core 2.19 and later an object of its own, before a string."""
    older = isinstance(value, str) and value.startswith("__omit_place_holder__")
    return older or value.__class__.__name__ == "_OmitType"


def _sentence(name: str, value: object, option: t.Mapping[str, t.Any]) -> str:
    if option.get("required"):
        advice = "give a value"
    elif option.get("default"):
        advice = "leave it out for its default"
    else:
        advice = "leave it out, or give a list" if option.get("type") == "raw" else "leave it out"
    if _is_omitted(value):
        return f"{name} is omit, which only options of tasks can be; {advice}"
    return f"{name} is {'null' if value is None else 'empty'}; {advice}"
