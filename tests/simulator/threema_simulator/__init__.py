# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator of the Threema Work REST API, on loopback, for tests and for trying playbooks."""

from __future__ import annotations
