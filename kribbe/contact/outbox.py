"""Mails as rows: written with what they tell, sent after commit, tried again, never sent twice.

A mail goes from queued to sending in a transaction that commits before the first byte leaves. So whoever finds
it in sending knows that it may have left: only a refusal by the server before acceptance puts it back.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from kribbe.contact.delivery import Outcome, Result
from kribbe.contact.invitations import Invitation
from kribbe.contact.models import Mail, MailState, Notice
from kribbe.people.models import User
from kribbe.trust import locks

TASK = "contact.send_mail"
MOST_TRIES = 8
FIRST_WAIT = timedelta(minutes=1)
"""Doubled at every try: the eighth comes about two hours after the first."""
OVERDUE = timedelta(minutes=5)
LONGEST_SENDING = timedelta(minutes=10)
URGENT = 100


def put(
    *,
    address: str,
    subject: str,
    body: str,
    message_id: str,
    now: datetime,
    notice: Notice | None = None,
    user: User | None = None,
    is_secret: bool = False,
    stop_url: str = "",
    calendar: Invitation | None = None,
    due_at: datetime | None = None,
) -> Mail:
    """Queue a mail and its job in the caller's transaction; a secret one goes first and its text isn't kept.

    A POST to `stop_url` ends mails of this kind (RFC 8058): the reader's mail program shows a button for it.
    It leaves at `due_at`, or at once.
    """
    mail = Mail.objects.create(
        notice=notice,
        user=user,
        address=address,
        subject=subject,
        body=body,
        message_id=message_id,
        is_secret=is_secret,
        stop_url=stop_url,
        calendar=calendar.text if calendar else "",
        calendar_method=calendar.method if calendar else "",
        created_at=now,
        due_at=due_at or now,
    )
    _defer(mail, priority=URGENT if is_secret else 0)
    return mail


def claim(mail_id: int, *, now: datetime) -> Mail | None:
    """Take a queued mail for sending, committed at once; None if somebody else has it or it isn't queued."""
    with transaction.atomic(durable=True):
        queued = Mail.objects.filter(pk=mail_id, state=MailState.QUEUED)
        mail = (queued.select_for_update(skip_locked=True) if locks.ENABLED else queued).first()
        if mail is None:
            return None
        mail.state, mail.claimed_at, mail.tries = MailState.SENDING, now, mail.tries + 1
        mail.save(update_fields=["state", "claimed_at", "tries"])
        return mail


def settle(mail: Mail, result: Result, *, now: datetime) -> None:
    """Write down how sending a claimed mail ended; one that was put off gets its next try."""
    with transaction.atomic():
        again = result.outcome is Outcome.PUT_OFF and mail.tries < MOST_TRIES
        mail.state = MailState.QUEUED if again else _STATES[result.outcome]
        mail.last_error = result.error[:300]
        if again:
            mail.due_at = now + FIRST_WAIT * 2 ** (mail.tries - 1)
            _defer(mail, priority=0)
        elif mail.is_secret and not settings.DEMO:
            mail.body = ""
        if result.outcome is Outcome.ACCEPTED:
            mail.sent_at = now
        mail.save(update_fields=["state", "last_error", "due_at", "body", "sent_at"])


def sweep(*, now: datetime) -> int:
    """Give mails whose job was lost a new one (returns how many), and mark those long in sending as perhaps sent."""
    with transaction.atomic():
        unfinished = Mail.objects.select_for_update(skip_locked=True)
        unfinished.filter(state=MailState.SENDING, claimed_at__lt=now - LONGEST_SENDING).update(
            state=MailState.DOUBTFUL, last_error="The sender stopped half-way."
        )
        lost = list(unfinished.filter(state=MailState.QUEUED, due_at__lt=now - OVERDUE).order_by("pk"))
        for mail in lost:
            mail.due_at = now
            mail.save(update_fields=["due_at"])
            _defer(mail, priority=0)
    return len(lost)


_STATES = {
    Outcome.ACCEPTED: MailState.SENT,
    Outcome.PUT_OFF: MailState.FAILED,
    Outcome.REFUSED: MailState.FAILED,
    Outcome.UNKNOWN: MailState.DOUBTFUL,
}


def _defer(mail: Mail, *, priority: int) -> None:
    app.configure_task(TASK, priority=priority, schedule_at=mail.due_at).defer(mail_id=mail.pk)
