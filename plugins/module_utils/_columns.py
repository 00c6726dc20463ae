# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The columns of a staff list that describe a person, by the names that rosters and exports share."""

from __future__ import annotations

import typing as t

#: The parameter that each column about the person sets.
PARAMETER_COLUMNS: t.Final[t.Mapping[str, str]] = {
    "employee_number": "th_csi",
    "first_name": "th_firstname",
    "last_name": "th_lastname",
    "nickname": "th_nickname",
    "department": "th_department",
    "job_title": "th_job_title",
    "categories": "th_category",
}

#: The columns about the credential itself.
CREDENTIAL_COLUMNS: t.Final = ("username", "password", "license_count", "locked", "hashed")

#: Before the name of a column about the credential: other systems have columns of these names that mean something else.
DOOR_PREFIX: t.Final = "threema_"
