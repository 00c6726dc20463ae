# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An SMTP server on loopback, for guides that send mail."""

from __future__ import annotations

import email
import email.message
import email.policy
import socket
import typing as t

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """What an SMTP server on loopback took; a context manager."""

    def __init__(self) -> None:
        self.mails: list[email.message.EmailMessage] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail."""
        content = t.cast("bytes", envelope.content)
        mail = email.message_from_bytes(content, policy=email.policy.default)
        self.mails.append(t.cast("email.message.EmailMessage", mail))
        return "250 OK"

    def __enter__(self) -> Mailbox:
        self._server.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.stop()
