#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: logo
short_description: Manage a logo
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Sets or removes a logo that is displayed in the apps of a Threema Work subscription.
  - Logos are compared by content. A logo that the service has recompressed without a visible difference counts as unchanged.
options:
  variant:
    description: Which logo to manage, the one for light or the one for dark backgrounds.
    type: str
    required: true
    choices:
      - light
      - dark
  src:
    description:
      - Path of a PNG file on the host that executes the module. The image must have at least 680 x 80 pixels.
      - One of O(src) and O(content) is required with O(state=present).
    type: path
  content:
    description: Content of the PNG file, Base64-encoded.
    type: str
  state:
    description: Whether the logo should exist.
    type: str
    default: present
    choices:
      - present
      - absent
extends_documentation_fragment:
  - threema.work._api
  - threema.work._api.journal
  - threema.work._attributes
  - threema.work._attributes.idempotent
  - threema.work._attributes.writing_group
seealso:
  - module: threema.work.logo_info
  - ref: ansible_collections.threema.work.docsite.guide_seasonal_logo
    description: How to show another logo for a time.
"""

EXAMPLES = r"""
---
- name: Upload the logo for dark backgrounds
  threema.work.logo:
    variant: dark
    src: /srv/branding/logo-dark.png

- name: Upload the logo for light backgrounds from the control node
  threema.work.logo:
    variant: light
    content: "{{ lookup('ansible.builtin.file', 'logo-light.png.b64') }}"

- name: Remove the logo for dark backgrounds
  threema.work.logo:
    variant: dark
    state: absent
"""

RETURN = r"""
---
logo:
  description: The logo after the task.
  returned: success, and when a failed task knows it
  type: dict
  contains:
    variant:
      description: V(light) or V(dark).
      type: str
      sample: light
    present:
      description: Whether the logo exists.
      type: bool
      sample: true
    width:
      description: Width in pixels.
      type: int
      sample: 680
    height:
      description: Height in pixels.
      type: int
      sample: 80
    size:
      description: Size of the file in bytes.
      type: int
      sample: 5321
    sha256:
      description: SHA-256 of the file.
      type: str
      sample: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
api_host:
  description: Host of the service, with the port if O(api_url) contains one; null if O(api_url) cannot be used.
  returned: always
  type: str
  sample: work.threema.ch
api_requests:
  description: Number of requests that were sent, including retries.
  returned: always
  type: int
  sample: 2
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

from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.plugins.module_utils._logo_files import wanted_logo
from ansible_collections.threema.work.plugins.module_utils._module import (
    Result,
    plan_and_apply,
    run,
    singular_result,
)
from ansible_collections.threema.work.plugins.module_utils._options import STATE
from ansible_collections.threema.work.plugins.module_utils._resources.subscription import Logo
from ansible_collections.threema.work.plugins.module_utils._writing import WritingModule


def main() -> None:
    module = WritingModule(
        "logo",
        {
            **STATE,
            "variant": {"type": "str", "required": True, "choices": ["light", "dark"]},
            "src": {"type": "path"},
            "content": {"type": "str"},
        },
        mutually_exclusive=[("src", "content")],
        required_if=[("state", "present", ("src", "content"), True)],
    )
    params = module.params

    def work(client: Client) -> Result:
        content = None if params["state"] == "absent" else wanted_logo(params["src"], params["content"])
        progress = plan_and_apply(module, Logo(client, params["variant"], content))
        return singular_result(module, progress, "logo", progress.steps[0].as_object())

    run(module, work)


if __name__ == "__main__":
    main()
