# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The action plugin of all modules that may take long; ``meta/runtime.yml`` says which.

It is named like a module, with an underscore, because the sanity tests want it so.
"""

from __future__ import annotations

from ansible_collections.threema.work.plugins.plugin_utils._progress import ActionWithProgress


class ActionModule(ActionWithProgress):
    """Runs the module, and shows how far it is."""
