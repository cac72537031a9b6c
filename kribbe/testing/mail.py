"""A mail server on this machine that keeps what it receives."""

from __future__ import annotations

import email
import email.policy
from asyncio import Server
from email.message import EmailMessage
from socket import create_connection
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class _LoopbackController(Controller):
    """Learns the free port that the system chose before the first connection is tried."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        with create_connection((self.hostname, self.port), timeout=5) as client:
            client.recv(1024)


class MailServer:
    """`messages` in order of arrival, as parsed. `refuse` answers every message with a temporary failure."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuse = False
        self._controller = _LoopbackController(self, hostname="127.0.0.1", port=0)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._controller.port}"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuse:
            return "451 try again later"
        content: Any = envelope.content
        self.messages.append(email.message_from_bytes(content, policy=email.policy.default))
        return "250 kept"
