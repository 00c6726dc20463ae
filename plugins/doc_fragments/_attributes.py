# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the attributes that modules share."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of the modules."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what would change, without writing anything.
    support: full
  diff_mode:
    description: Returns details on what has changed (or would change in C(check_mode)) in diff mode.
    support: full
"""

    IDEMPOTENT = r"""
options: {}
attributes:
  idempotent:
    description: When run twice in a row outside check mode with the same options, the second run changes nothing.
    support: full
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode).
    support: full
    details:
      - This module only reads.
  diff_mode:
    description: Returns details on what has changed in diff mode.
    support: N/A
    details:
      - This module only reads.
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: full
    details:
      - This module only reads.
"""

    SAVING = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what would change, without writing anything.
    support: full
  diff_mode:
    description: Returns details on what has changed in diff mode.
    support: N/A
    details:
      - This module does not change the service, and a saved image has no useful diff.
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: full
"""

    ACTION_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/threema.work.all) in C(module_defaults) to set options for all modules of this collection.
    support: full
    membership:
      - threema.work.all
"""

    WRITING_GROUP = r"""
options: {}
attributes:
  action_group:
    description:
      - Use C(group/threema.work.all) in C(module_defaults) to set options for all modules of this collection, and
        C(group/threema.work.write) for those that write to the service.
    support: full
    membership:
      - threema.work.all
      - threema.work.write
"""
