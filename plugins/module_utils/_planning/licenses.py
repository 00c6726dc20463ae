# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""How many licenses are left. Pure."""

from __future__ import annotations


def free_estimate(purchased: int, users: int, credentials: int) -> int:
    """An estimate, because the service does not return the number: a credential takes a license even if nobody uses it,
    and so does each Threema ID (contract 8.2).
    """
    return max(0, purchased - max(users, credentials))
