# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The types that all layers share."""

from __future__ import annotations

import typing as t

#: An object of the API, or a part of a result, with the key names of this collection.
Object = t.Dict[str, t.Any]
#: The value of an MDM setting (contract 7), and settings by name.
Value = t.Union[str, int, bool]
Settings = t.Dict[str, Value]
