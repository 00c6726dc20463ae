# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A throw-away certificate authority, so that ca_path and validate_certs can be tested."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

import trustme

_LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)


def server_context(directory: Path, host: str, *, expired: bool) -> tuple[ssl.SSLContext, Path]:
    """A context with a certificate for the host, and the file with the authority that signed it."""
    authority = trustme.CA(organization_name="Threema Work simulator (throw-away)")
    # trustme sets the beginning of the validity to 2000, so this is well-formed and only over.
    not_after = _LONG_AGO if expired else None
    certificate = authority.issue_cert(host, not_after=not_after)
    path = directory / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context, path
