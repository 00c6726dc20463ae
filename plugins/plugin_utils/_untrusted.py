# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Text from outside must not be templated: a staff list may contain braces, or an attack."""

from __future__ import annotations

import typing as t

import ansible.template

try:
    from ansible.utils.unsafe_proxy import wrap_var
except ImportError:  # pragma: no cover
    wrap_var = None

#: From ansible-core 2.19 on, only strings that are marked as trusted are templated; results of filters never are.
_TRUST_IS_MARKED: t.Final = hasattr(ansible.template, "trust_as_template")


def untrusted(value: t.Any) -> t.Any:
    """Return the value in a form whose strings Ansible does not template (before core 2.19: marked as unsafe)."""
    return value if _TRUST_IS_MARKED or wrap_var is None else wrap_var(value)
