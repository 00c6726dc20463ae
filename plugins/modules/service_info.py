#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: service_info
short_description: Check whether everything is all right with the service
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Checks the way to the service, the API key, and the subscription, and returns a checklist with one sentence what to do for each line.
  - It sends at most 10 requests, repeated ones included, and only reads. Each request is repeated once at most.
  - Nothing that it finds makes it fail. It fails only for options that are wrong in themselves, such as an O(api_timeout) of 0.
  - The result holds no username, no Threema ID, no API key, and not the name of the subscription, so that it can be sent to a maintainer.
    The playbook C(threema.work.doctor) shows it, and writes it to a file.
options:
  api_key:
    description:
      - The key of the Threema Work API, as created in the management cockpit. Without one, the line V(key) is V(error), and what can be
        checked without a key is checked.
      - If not set, the environment variable E(THREEMA_WORK_API_KEY) is used. It is read on the host that executes the module.
    type: str
    required: false
    default: ''
  expect_subscription:
    description:
      - The identifier or the exact name of the subscription that the task is meant for. Where another one is found, the line
        V(subscription) is V(error), and no more is read.
      - If not set, the environment variable E(THREEMA_WORK_EXPECT_SUBSCRIPTION) is used.
    type: str
extends_documentation_fragment:
  - threema.work._api
  - threema.work._attributes
  - threema.work._attributes.info
  - threema.work._attributes.action_group
seealso:
  - module: threema.work.subscription_info
"""

EXAMPLES = r"""
---
- name: Check whether everything is all right
  threema.work.service_info:
  register: found

- name: Show what is to be done
  ansible.builtin.debug:
    msg: "{{ found.service.checks | selectattr('status', 'in', ['warning', 'error']) | map(attribute='advice') | list }}"
"""

RETURN = r"""
---
service:
  description: What was found.
  returned: success
  type: dict
  contains:
    ok:
      description: Whether no line is V(error).
      type: bool
      sample: true
    api_host:
      description: Host of the service, with its port where O(api_url) has one; null where O(api_url) cannot be used.
      type: str
      sample: work.threema.ch
    api_url:
      description: The URL of the API; null where O(api_url) cannot be used.
      type: str
      sample: https://work.threema.ch/api/v1
    checks:
      description:
        - The lines, always all of them and in this order, V(address), V(certificate), V(key), V(subscription), V(licenses), V(directory),
          V(clock), V(quota), V(versions), V(behavior).
      type: list
      elements: dict
      contains:
        name:
          description: Name of the line.
          type: str
          sample: licenses
        status:
          description:
            - V(ok), V(warning), V(error), or V(skipped) where what is needed for it is missing.
            - V(licenses) is V(warning) where fewer than 10 or fewer than 2 % are free, V(subscription) where it ends within 60 days.
          type: str
          sample: warning
        message:
          description: What was found, in one sentence.
          type: str
          sample: 7 of 250 licenses are free (243 are used, by credentials or by Threema IDs).
        advice:
          description: What to do, in one sentence; empty where there is nothing to do.
          type: str
          sample: Buy more, or remove credentials and detach Threema IDs that nobody uses.
    subscription:
      description: The subscription, without its name; null where it could not be read, or is another than O(expect_subscription).
      type: dict
      contains:
        type:
          description: Its plan.
          type: str
          sample: professional
        valid_until:
          description: When it ends.
          type: str
          sample: 2027-02-28T23:59:59+0100
        licenses:
          description: Number of licenses that were bought.
          type: int
          sample: 250
    clock_skew_seconds:
      description: Seconds by which the clock of the host is ahead of the clock of the service; null where the service does not tell its time.
      type: int
      sample: 0
    versions:
      description: What was used.
      type: dict
      contains:
        collection:
          description: Version of this collection.
          type: str
          sample: 0.1.0
        ansible_core:
          description: Version of ansible-core.
          type: str
          sample: 2.19.4
        python:
          description: Version of Python that executes the module.
          type: str
          sample: 3.12.3
        requests:
          description: Version of the Python library C(requests); empty where it is missing.
          type: str
          sample: 2.32.5
    behavior:
      description:
        - How the service behaves where its documentation is silent. Each key is a switch of the simulator that comes with the collection;
          its value is the position in which the simulator answers alike, or null where reading does not show it for certain.
      type: dict
      sample:
        page-base: zero
        link-key: mixed
        second-delete:
api_host:
  description: Host of the service, with its port where O(api_url) has one; null where O(api_url) cannot be used.
  returned: always
  type: str
  sample: work.threema.ch
api_requests:
  description: Number of requests that were sent, repeated ones included.
  returned: always
  type: int
  sample: 10
failure:
  description: What is wrong with the options, see R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
  returned: options that are wrong
  type: dict
  sample:
    kind: refused
    status:
    method:
    path:
    request_sent: false
    msg: api_timeout is 0; it must be more than 0 and at most 86400 seconds
"""

from ansible.module_utils.ansible_release import __version__ as ansible_core
from ansible_collections.threema.work.plugins.module_utils._connection import Connection
from ansible_collections.threema.work.plugins.module_utils._module import Result, ThreemaModule, run_check
from ansible_collections.threema.work.plugins.module_utils._options import API
from ansible_collections.threema.work.plugins.module_utils._service.examining import examine


def main() -> None:
    key = {name: value for name, value in API["api_key"].items() if name != "required"}
    # The name of the subscription has no place in what may be sent to somebody else. With no_log, though, Ansible would take
    # it for a secret: from 2.22 on, it redacts those wherever it prints.
    module = ThreemaModule({"api_key": {**key, "default": ""}}, hidden={"expect_subscription"})

    def work(connection: Connection) -> Result:
        found = examine(connection, module.params["expect_subscription"], ansible_core)
        return {"changed": False, "service": found.service, "api_requests": found.requests}

    run_check(module, work)


if __name__ == "__main__":
    main()
