#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: logo_info
short_description: Look up logos
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Returns the size and hash of the logos of a Threema Work subscription, and can save the files.
options:
  variant:
    description: Which logo to return. If not set, both are returned.
    type: str
    choices:
      - light
      - dark
  dest:
    description:
      - An existing directory on the host that executes the module, where the files C(logo-light.png) and C(logo-dark.png) are saved.
      - For a logo that does not exist, the task succeeds and saves nothing. RV(logos[].present) is then false, and a file that was there
        before remains.
      - In check mode, nothing is saved.
    type: path
extends_documentation_fragment:
  - threema.work._api
  - threema.work._attributes
  - threema.work._attributes.saving
  - threema.work._attributes.action_group
seealso:
  - module: threema.work.logo
"""

EXAMPLES = r"""
---
- name: Look up both logos
  threema.work.logo_info:
  register: logos
"""

RETURN = r"""
---
logos:
  description: The requested logos, whether they exist or not.
  returned: success
  type: list
  elements: dict
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
    path:
      description: Path of the saved file, with O(dest); null if the logo does not exist.
      type: str
      sample: /tmp/logo-light.png
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

from ansible_collections.threema.work.plugins.module_utils._api.logos import LogoApi
from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.plugins.module_utils._logo_files import check_folder, save_logo
from ansible_collections.threema.work.plugins.module_utils._module import Result, ThreemaModule, run
from ansible_collections.threema.work.plugins.module_utils._planning.subscription import describe


def main() -> None:
    module = ThreemaModule(
        {"variant": {"type": "str", "choices": ["light", "dark"]}, "dest": {"type": "path"}},
        left_out="to select both logos",
    )
    params = module.params

    def work(client: Client) -> Result:
        check_folder(params["dest"])
        result: Result = {"changed": False, "logos": []}
        for variant in [params["variant"]] if params["variant"] else ["light", "dark"]:
            content = LogoApi(client).get(variant)
            shown = describe(variant, content)
            if params["dest"]:
                shown["path"], changed = save_logo(params["dest"], variant, content, dry=module.check_mode)
                result["changed"] = result["changed"] or changed
            result["logos"].append(shown)
        return result

    run(module, work)


if __name__ == "__main__":
    main()
