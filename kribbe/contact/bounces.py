"""Mails that come back: delivery status notifications (RFC 3464) read with the standard library alone."""

import mailbox
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import Any

FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Bounce:
    """One address that a mail could not reach: the mail's Message-ID ("" where not told), and why."""

    message_id: str
    address: str
    reason: str


def read_all(raw: bytes) -> Iterator[Bounce]:
    """The bounces of one message, or of a whole mailbox file (mbox). Anything else in it is passed over."""
    for one in _messages(raw):
        yield from read(one)


def read(raw: bytes) -> Iterator[Bounce]:
    """The addresses that one message says its mail can't reach; delays and confirmations say nothing."""
    message: Any = message_from_bytes(raw, policy=policy.default)
    if message.get_content_type() != "multipart/report":
        return
    about = _message_id(message)
    for block in _status_blocks(message):
        if str(block.get("Action", "")).strip().lower() == FAILED:
            yield Bounce(about, _address(block), _reason(block))


def _messages(raw: bytes) -> Iterator[bytes]:
    if not raw.startswith(b"From "):
        yield raw
        return
    with tempfile.NamedTemporaryFile() as kept:
        kept.write(raw)
        kept.flush()
        with closing(mailbox.mbox(kept.name, create=False)) as box:
            yield from (each.as_bytes() for each in box)


def _status_blocks(message: EmailMessage) -> Iterator[Message]:
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            yield from (each for each in blocks if isinstance(each, Message))


def _message_id(message: EmailMessage) -> str:
    """Of the mail that came back: its own part, or its headers alone."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner: Any = part.get_payload(0)
            return str(inner.get("Message-ID", "")).strip()
        if kind in {"text/rfc822-headers", "message/rfc822-headers"}:
            headers: Any = part.get_payload(decode=True)
            return str(
                message_from_bytes(headers or b"", policy=policy.default).get("Message-ID", "")
            ).strip()
    return ""


def _address(block: Message) -> str:
    told = block.get("Original-Recipient") or block.get("Final-Recipient") or ""
    return str(told).partition(";")[2].strip().strip("<>").lower()


def _reason(block: Message) -> str:
    status = str(block.get("Status", "")).strip()
    words = str(block.get("Diagnostic-Code", "")).partition(";")[2] or str(block.get("Diagnostic-Code", ""))
    return " ".join(f"{status} {words}".split())
