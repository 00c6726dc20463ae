#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: report_info
short_description: Compute the figures of a subscription for a report
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Reads the whole subscription once, and returns figures - how many licenses are left, who never activated the app, who has not been
    active for long, and how people are spread over departments, apps, and settings.
  - Ages are full days at the time of the run. A figure that cannot be determined for certain makes the task fail; it is never guessed.
  - The only personal data in the result are the names and Threema IDs in the lists. O(max_names=0) leaves them out.
  - For 5,000 people, it takes at most 16 requests. The role P(threema.work.report#role) writes the figures to a web page.
options:
  max_names:
    description:
      - How many names or Threema IDs each list contains at most. The numbers next to the lists always count all.
      - With V(0), the result contains no username and no Threema ID. In some countries, names together with the time of the last check
        are monitoring of employees.
    type: int
    default: 20
  inactive_days:
    description: A user is inactive if the last check of the app was at least this many days ago, or if there was none.
    type: int
    default: 90
  include_people:
    description: Whether to also return the usernames of all credentials, so that two reports can be compared by name.
    type: bool
    default: false
extends_documentation_fragment:
  - threema.work._api
  - threema.work._attributes
  - threema.work._attributes.info
  - threema.work._attributes.action_group
seealso:
  - module: threema.work.user_info
  - module: threema.work.credential_info
  - ref: ansible_collections.threema.work.docsite.guide_report
    description: Reports for people who decide, and names in them.
"""

EXAMPLES = r"""
---
- name: Compute the figures without names
  threema.work.report_info:
    max_names: 0
  register: found

- name: Show how many licenses are left
  ansible.builtin.debug:
    msg: "{{ found.report.licenses.free_estimate }} of {{ found.report.licenses.purchased }} licenses are free"
"""

RETURN = r"""
---
report:
  description: The figures.
  returned: success
  type: dict
  contains:
    api_host:
      description: Host of the service, with the port if O(api_url) contains one.
      type: str
      sample: work.threema.ch
    generated_at:
      description: Time of the run, in UTC.
      type: str
      sample: "2026-11-26T08:15:00Z"
    subscription:
      description: The subscription. Values that the service does not return are null.
      type: dict
      contains:
        id:
          description: Its identifier.
          type: str
          sample: QX7K2M9P0A
        name:
          description: Its name.
          type: str
          sample: Example Ltd
        type:
          description: Its plan.
          type: str
          sample: professional
        valid_until:
          description: When it ends.
          type: str
          sample: 2027-02-28T23:59:59+0100
        days_left:
          description: Full days until it ends, negative after it has ended; null if RV(report.subscription.valid_until) is not known.
          type: int
          sample: 94
    licenses:
      description: The licenses.
      type: dict
      contains:
        purchased:
          description: Number of purchased licenses; null if the service does not return it.
          type: int
          sample: 250
        used:
          description: Number of Threema IDs that use a credential, as the service counts them (the sum of C(usage)).
          type: int
          sample: 209
        credentials_unused:
          description: Number of credentials that no Threema ID uses. Each takes a license all the same.
          type: int
          sample: 23
        free_estimate:
          description:
            - Number of free licenses, which is the number of purchased ones without the credentials or without the users, whichever are more.
            - It is an estimate, because the service does not return it; null if the number of purchased ones is null.
          type: int
          sample: 18
    credentials:
      description: The credentials. Each group has its number (C(count)) and at most O(max_names) C(usernames) in alphabetical order.
      type: dict
      contains:
        total:
          description: Number of credentials.
          type: int
          sample: 232
        activated:
          description: Number of credentials that are used by at least one Threema ID.
          type: int
          sample: 209
        never_activated:
          description:
            - Credentials that no Threema ID uses. The service does not return whether one did before and was detached or revoked.
          type: dict
          sample: {"count": 23, "usernames": ["anna.muster"]}
        hashed:
          description: Credentials whose password is hashed.
          type: dict
          sample: {"count": 0, "usernames": []}
        unlocked:
          description: Credentials that are not locked to one Threema ID.
          type: dict
          sample: {"count": 1, "usernames": ["team.night"]}
        several_ids:
          description: Credentials that are used by more than one Threema ID, such as the one of an old phone.
          type: dict
          sample: {"count": 1, "usernames": ["team.night"]}
    users:
      description: The users (Threema IDs).
      type: dict
      contains:
        total:
          description: Number of users.
          type: int
          sample: 212
        apps:
          description:
            - Number of users by operating system, the most frequent first. The key is empty where the app did not report it.
          type: dict
          sample: {"android": 130, "ios": 82}
        versions:
          description:
            - Number of users by operating system and version of the app, the most frequent first. After 50 versions, the rest is counted
              as V(other), like versions of more than 64 characters.
          type: dict
          sample: {"android 6.1k": 130, "ios 7.2k": 82}
        last_check:
          description:
            - Number of users by the age of the last check of the app. Each user is in one of the groups C(days_7) (0 to 7 full days ago),
              C(days_30) (8 to 30), C(days_90) (31 to 90), C(days_180) (91 to 180), C(older), and C(never).
          type: dict
          sample: {"days_7": 180, "days_30": 20, "days_90": 5, "days_180": 4, "older": 2, "never": 1}
        inactive:
          description:
            - Users whose last check was at least C(days) days ago (O(inactive_days)), or who had none - their number (C(count)), and at
              most O(max_names) of them (C(users)) with C(threema_id), C(username) (null if there is no credential), and
              C(last_check_days) (null if there was no check). Those who were never active come first, then the longest inactive ones.
          type: dict
          sample:
            days: 90
            count: 1
            users: [{"threema_id": "AB12CD34", "username": "jane.doe", "last_check_days": 120}]
        without_credential:
          description: Users whose credential no longer exists - their number (C(count)), and at most O(max_names) C(threema_ids).
          type: dict
          sample: {"count": 1, "threema_ids": ["EF56GH78"]}
        without_name:
          description:
            - Users whose app reports neither a first nor a last name - their number (C(count)), and at most O(max_names) C(threema_ids).
          type: dict
          sample: {"count": 1, "threema_ids": ["EF56GH78"]}
    departments:
      description:
        - Number of C(credentials), and how many of them are C(activated), by the value of C(th_department), global values included. It
          contains the 50 largest departments, and under the empty key those without one.
      type: dict
      sample: {"Surgery": {"credentials": 80, "activated": 76}}
    categories:
      description:
        - The same by the categories in C(th_category), which are separated by commas. A credential counts in each of its categories.
      type: dict
      sample: {"building 2": {"credentials": 40, "activated": 31}}
    not_shown:
      description: How many more C(departments) and C(categories) there are.
      type: dict
      sample: {"departments": 0, "categories": 0}
    settings:
      description: The app configuration.
      type: dict
      contains:
        global:
          description: The global settings by name. Secret values are null.
          type: dict
          sample: {"th_disable_export": true}
        exceptions:
          description: For each global setting, the number of credentials that have a different value of their own, if there are any.
          type: dict
          sample: {"th_disable_export": 3}
    contacts:
      description: Number of contacts (C(total)), and how many are C(enabled), C(disabled), and created from users (C(automatic)).
      type: dict
      sample: {"total": 230, "enabled": 228, "disabled": 2, "automatic": 212}
    people:
      description: Number of Threema IDs by username, for all credentials.
      returned: O(include_people=true)
      type: dict
      sample: {"jane.doe": 1, "anna.muster": 0}
api_host:
  description: Host of the service, with the port if O(api_url) contains one; null if O(api_url) cannot be used.
  returned: always
  type: str
  sample: work.threema.ch
api_requests:
  description: Number of requests that were sent, including retries.
  returned: always
  type: int
  sample: 6
failure:
  description: What went wrong; see R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
  returned: when a request failed or a safety check stopped the task
  type: dict
  sample:
    kind: permission
    status: 403
    method: POST
    path: /credentials
    request_sent: true
    msg: "POST /credentials: the service does not permit it (HTTP 403)"
"""

import typing as t

from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.plugins.module_utils._module import Result, ThreemaModule, run
from ansible_collections.threema.work.plugins.module_utils._options import Spec
from ansible_collections.threema.work.plugins.module_utils._report import reading
from ansible_collections.threema.work.plugins.module_utils._report.report import check_options, report_of, warnings_of

OPTIONS: t.Final[Spec] = {
    "max_names": {"type": "int", "default": 20},
    "inactive_days": {"type": "int", "default": 90},
    "include_people": {"type": "bool", "default": False},
}


class ReportModule(ThreemaModule):
    """Computes figures; its options are checked before the first request."""

    def prepare(self, _client: Client) -> None:
        check_options(**self.options())

    def options(self) -> dict[str, t.Any]:
        """What the figures depend on."""
        return {name: self.params[name] for name in OPTIONS}


def main() -> None:
    module = ReportModule(OPTIONS)

    def work(client: Client) -> Result:
        report = report_of(reading.read(client), reading.now(), **module.options())
        module.warn_all(warnings_of(report))
        return {"changed": False, "report": report}

    run(module, work)


if __name__ == "__main__":
    main()
