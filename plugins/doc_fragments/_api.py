# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that every module shares."""

from __future__ import annotations


class ModuleDocFragment:
    """Connection options, and what plural modules share."""

    DOCUMENTATION = r"""
options:
  api_key:
    description:
      - The key of the Threema Work API, as made in the management cockpit.
      - If not set, the environment variable E(THREEMA_WORK_API_KEY) is used. It is read where the module runs.
    type: str
    required: true
  api_url:
    description:
      - The URL of the API.
      - Plain C(http) is accepted only for a host name that means this machine, for trying things out on a simulator.
      - If not set, the environment variable E(THREEMA_WORK_API_URL) is used.
    type: str
    default: https://work.threema.ch/api/v1
  api_timeout:
    description:
      - Seconds that one request may take, to the last byte of its answer.
      - If not set, the environment variable E(THREEMA_WORK_API_TIMEOUT) is used.
    type: float
    default: 30
  api_retries:
    description:
      - How often a request is tried again after trouble that may pass.
      - An answer of 429 is waited for only where the service says for how long, and for 60 seconds in all at most.
        After an answer of 5xx or a cut connection only what may safely be done twice is sent again. After a creation whose
        answer was lost the module looks first.
    type: int
    default: 4
  validate_certs:
    description: Whether the TLS certificate of the service is checked.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificate authorities to trust, in PEM format, or a directory that C(openssl rehash) was run in, on the host
        that executes the module. A file without a certificate is refused.
      - Without it, those of the environment (for example E(REQUESTS_CA_BUNDLE)) or of the Python library C(requests) are used.
    type: path
  expect_subscription:
    description:
      - The identifier or the exact name of the subscription that the task is meant for.
      - A task that finds another one is refused before it writes or returns anything. That takes one more request. A test subscription is
        at the same address as the real one, so the address alone protects nobody.
      - If not set, the environment variable E(THREEMA_WORK_EXPECT_SUBSCRIPTION) is used.
    type: str
requirements:
  - requests >= 2.25
notes:
  - Each result holds C(api_requests), the number of requests that were spent of the 10 000 a day.
"""

    PLURAL = r"""
options:
  concurrency:
    description: How many writes are under way at once, 1 to 16.
    type: int
    default: 4
  max_requests:
    description:
      - The most requests that the task may send, repeated ones included.
      - When they are used up, what is left is V(pending) and the task fails. Running it again does the rest.
      - By default there is no limit.
    type: int
  max_removals:
    description:
      - The most that the task may take away. A plan that takes away more is refused before anything is written.
      - V(0) allows nothing to be taken away, V(-1) sets no limit.
    type: int
    default: 10
  return_objects:
    description:
      - Which objects are returned. V(changed) returns those that changed, failed or are pending.
      - A failed task never returns unchanged objects.
    type: str
    default: changed
    choices:
      - changed
      - all
      - none
"""

    IDENTITY = r"""
options:
  identity:
    description:
      - What becomes of the Threema IDs of a credential that is removed.
      - V(keep) leaves them as users of the subscription, without a credential.
      - V(detach) and V(revoke) first give the credential a random password, so that no device comes back, then detach or revoke its
        Threema IDs, and remove the credential last. Interrupted at any point and run again, it comes to the same end.
      - With V(detach) the people keep their IDs and can go on using them elsewhere. With V(revoke) the IDs and their data on the servers
        are gone for good, and nobody can undo that.
      - Each Threema ID counts against O(max_removals). Where more Threema IDs use a credential than can be found, nothing is done
        about it, and it fails.
    type: str
    default: keep
    choices:
      - keep
      - detach
      - revoke
"""

    CREATIONS = r"""
options:
  max_creations:
    description:
      - The most that the task may create. A plan that creates more is refused before anything is written; the wrong file creates
        3,000 people as fast as the right one.
      - By default there is no limit.
    type: int
"""

    PRUNE = r"""
options:
  prune:
    description:
      - Whether to remove what is not listed.
      - This is refused with an empty list or with O(state=absent).
    type: bool
    default: false
  prune_ignore:
    description: Shell patterns of what O(prune) never removes.
    type: list
    elements: str
    default: []
  max_removals_percent:
    description:
      - The most that the task may remove, as a share of what was there before, 0 to 100; of contacts the custom ones count, and of
        removed credentials not their Threema IDs.
      - Nothing is rounded, and above 0 one may always be removed. A plan that removes more is refused before anything is written.
        Both this limit and O(max_removals) must hold.
      - By default there is no such limit.
    type: float
"""
