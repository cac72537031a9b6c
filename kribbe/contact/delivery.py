"""Handing one mail to the mail server, and knowing what became of it."""

import smtplib
from dataclasses import dataclass
from email.mime.text import MIMEText
from enum import Enum
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from kribbe.contact.attachments import attachment_of
from kribbe.contact.models import Mail

DEMO = "demo"
SECONDS = 30
"""Longest wait for one answer of the mail server."""


class Outcome(Enum):
    """What became of a mail."""

    ACCEPTED = "accepted"
    PUT_OFF = "put off"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The connection broke after the text began to leave: the server may or may not have it."""


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome, and in the server's words why."""

    outcome: Outcome
    error: str = ""


class _Progress:
    """How far the conversation with the server came: the text began to leave, and it was accepted."""

    def __init__(self) -> None:
        self.text_left = False
        self.accepted = False


class _Backend(EmailBackend):
    """Django's own, on a connection that notes its progress."""

    def __init__(self, *, progress: _Progress, **options: Any) -> None:
        self.progress = progress
        super().__init__(**options)

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        progress = self.progress
        base: type[smtplib.SMTP] = smtplib.SMTP_SSL if self.use_ssl else smtplib.SMTP

        class Noting(base):  # type: ignore[valid-type, misc]
            def data(self, msg: Any) -> tuple[int, bytes]:
                progress.text_left = True
                code, answer = super().data(msg)
                progress.accepted = code == 250
                return code, answer

        return Noting


def deliver(mail: Mail, *, url: str) -> Result:
    """Send the mail through the server at `url` (smtp:// or smtps://); "demo" keeps it on the page alone."""
    if url == DEMO:
        return Result(Outcome.ACCEPTED)
    progress = _Progress()
    try:
        _backend(url, progress).send_messages([_message(mail)])
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        return _judged(progress, code, answer)
    except smtplib.SMTPResponseException as error:
        return _judged(progress, error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        return _broken(progress, error)
    return Result(Outcome.ACCEPTED)


def _judged(progress: _Progress, code: int, answer: bytes | str) -> Result:
    if progress.accepted:
        return Result(Outcome.ACCEPTED)
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    outcome = Outcome.REFUSED if 500 <= code < 600 else Outcome.PUT_OFF
    return Result(outcome, f"{code} {words}")


def _broken(progress: _Progress, error: Exception) -> Result:
    if progress.accepted:
        return Result(Outcome.ACCEPTED)
    return Result(
        Outcome.UNKNOWN if progress.text_left else Outcome.PUT_OFF, f"{type(error).__name__}: {error}"
    )


def _message(mail: Mail) -> EmailMessage:
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
    if mail.stop_url:
        headers["List-Unsubscribe"] = f"<{mail.stop_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMessage(
        mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [mail.address], headers=headers
    )
    if mail.calendar:
        message.attach(_calendar_part(mail))
    file = attachment_of(mail.notice.about) if mail.notice else None
    if file:
        message.attach(file.name, file.content, file.media_type)
    return message


def _calendar_part(mail: Mail) -> MIMEText:
    part = MIMEText(mail.calendar, "calendar", "utf-8")
    part.set_param("method", mail.calendar_method)
    part.add_header("Content-Disposition", "attachment", filename="visit.ics")
    return part


def _backend(url: str, progress: _Progress) -> _Backend:
    """A name and password leave over an encrypted connection only."""
    parts = urlsplit(url)
    return _Backend(
        progress=progress,
        host=parts.hostname,
        port=parts.port or (465 if parts.scheme == "smtps" else 25),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_ssl=parts.scheme == "smtps",
        use_tls=parts.scheme == "smtp" and bool(parts.username),
        timeout=SECONDS,
    )
