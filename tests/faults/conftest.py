# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same simulator and runner of modules as for the tests of every module."""

from __future__ import annotations

from ansible_collections.threema.work.tests.generic.conftest import driver, simulator

__all__ = ["driver", "simulator"]
