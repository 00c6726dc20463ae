# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that all modules share."""

from __future__ import annotations


class ModuleDocFragment:
    """Connection options, and options that plural modules share."""

    DOCUMENTATION = r"""
options:
  api_key:
    description:
      - API key of the Threema Work subscription, created in the management cockpit.
      - If not set, the environment variable E(THREEMA_WORK_API_KEY) is used. It is read on the host that executes the module.
    type: str
    required: true
  api_url:
    description:
      - URL of the API.
      - Plain C(http) is only accepted for the local host, for use with a simulator.
      - If not set, the environment variable E(THREEMA_WORK_API_URL) is used.
    type: str
    default: https://work.threema.ch/api/v1
  api_timeout:
    description:
      - Timeout for one request in seconds, up to the last byte of its response.
      - If not set, the environment variable E(THREEMA_WORK_API_TIMEOUT) is used.
    type: float
    default: 30
  api_retries:
    description:
      - Number of times a request is retried after a transient error.
      - After HTTP 429, the module waits only if the service specifies for how long, and for at most 60 seconds in total. After HTTP 5xx or
        a lost connection, only requests that are safe to repeat are sent again. If the response to a creation is lost, the module first
        checks whether the object exists.
    type: int
    default: 4
  validate_certs:
    description: Whether to verify the TLS certificate of the service.
    type: bool
    default: true
  ca_path:
    description:
      - A file in PEM format with the certificate authorities to trust, or a directory prepared with C(openssl rehash), on the host that
        executes the module. A file that does not contain a certificate is not accepted.
      - If not set, the certificate authorities from the environment (for example E(REQUESTS_CA_BUNDLE)) or of the Python library
        C(requests) are used.
    type: path
  expect_subscription:
    description:
      - Identifier or exact name of the subscription that the task is intended for.
      - If the service returns another subscription, a safety check stops the task before it writes or returns anything. This takes one
        additional request. A test subscription has the same address as the real one, so checking the address is not sufficient.
      - If not set, the environment variable E(THREEMA_WORK_EXPECT_SUBSCRIPTION) is used.
    type: str
requirements:
  - python >= 3.10
  - requests >= 2.25
notes:
  - Each result contains C(api_requests), the number of requests used, out of 10,000 per day.
  - Proxies are taken from the environment of the host that executes the module (E(HTTPS_PROXY), E(NO_PROXY)); see
    R(Proxies and TLS inspection, ansible_collections.threema.work.docsite.guide_proxy).
"""

    JOURNAL = r"""
options:
  journal:
    description:
      - A file to which each change is appended as one line of JSON as soon as the response has been read, so that it is recorded whatever
        happens to the rest of the run. The file never contains a password or the value of a setting.
      - The file is on the host that executes the module; a relative path is relative to the working directory of the module. If the file
        does not exist and there is something to record, it is created with mode 0600; the mode of an existing file is not changed. Symbolic
        links are followed.
      - If the path is not a regular file or cannot be opened, the task fails before anything is written. This also applies to check mode,
        which does not create or write the file. If a line cannot be written, no further changes are sent, and the task fails and reports
        what was done.
      - See R(The journal, ansible_collections.threema.work.docsite.guide_results.journal) for the format. By default, no journal is
        written.
    type: path
"""

    PLURAL = r"""
options:
  concurrency:
    description: Number of parallel write requests, 1 to 16.
    type: int
    default: 4
  max_requests:
    description:
      - Maximum number of requests that the task may send, including retries.
      - When they are used up, remaining changes are reported as V(pending) and the task fails. Run it again to complete them.
      - By default, there is no limit.
    type: int
  max_removals:
    description:
      - Maximum number of removals. Every object that is removed counts. A safety check stops a task that would remove more before anything
        is written.
      - V(0) allows no removals, V(-1) sets no limit.
    type: int
    default: 10
  return_objects:
    description:
      - Which objects to return. V(changed) returns objects that changed, failed, or are pending.
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
      - What to do with the Threema IDs of a credential that is removed.
      - V(keep) keeps them as users of the subscription without a credential.
      - V(detach) and V(revoke) first set a random password for the credential, so that no device can reconnect, then detach or revoke its
        Threema IDs, and finally remove the credential. If the task is interrupted at any point, running it again completes the removal.
      - With V(detach), people keep their IDs and can continue to use them elsewhere. With V(revoke), the IDs and their data on the servers
        are permanently deleted, and nobody can undo this.
      - Each Threema ID counts toward O(max_removals). If a credential is used by more Threema IDs than can be found, it is not changed and
        is reported as failed.
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
      - Maximum number of objects that the task may create. A safety check stops a task that would create more before anything is written.
        This limits the damage if, for example, the wrong file is used.
      - By default, there is no limit.
    type: int
"""

    PRUNE = r"""
options:
  prune:
    description:
      - Whether to remove objects that are not listed.
      - A safety check stops the task if this is combined with an empty list or with O(state=absent).
    type: bool
    default: false
  prune_ignore:
    description: Shell patterns of objects that O(prune) never removes. Usernames of credentials and Threema IDs of contacts are compared,
      case-sensitively.
    type: list
    elements: str
    default: []
  max_removals_percent:
    description:
      - Maximum number of removals as a percentage (0 to 100) of the objects that existed before. Of contacts, only custom ones count; the
        Threema IDs of removed credentials do not count.
      - Nothing is rounded. If the value is greater than 0, one removal is always allowed. A safety check stops a task that would exceed
        this limit or O(max_removals) before anything is written.
      - By default, there is no such limit.
    type: float
"""
