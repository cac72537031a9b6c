"""Django's door for mail: what the account pages send goes through the same queue."""

from collections.abc import Sequence
from email.utils import parseaddr
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from kribbe.contact import outbox
from kribbe.contact.addressing import message_id
from kribbe.people.selectors import user_by_email


class DeskBackend(BaseEmailBackend):
    """Queues each mail for each recipient, ahead of notices; its text (a code, a link) isn't kept once sent."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue them all; returns how many messages."""
        with transaction.atomic():
            for message in email_messages:
                for recipient in message.recipients():
                    self._put(message, parseaddr(recipient)[1])
        return len(email_messages)

    def _put(self, message: EmailMessage, address: str) -> None:
        outbox.put(
            address=address,
            subject=" ".join(str(message.subject).split()),
            body=str(message.body),
            message_id=message_id(uuid4().hex, address),
            now=timezone.now(),
            user=user_by_email(address),
            is_secret=True,
        )
