"""The jobs that let mail leave."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from kribbe.contact import outbox
from kribbe.contact.delivery import deliver
from kribbe.contact.services.visits import remind_of_visits
from kribbe.trust.duties import duty


@app.task(name=outbox.TASK)
def send_mail(mail_id: int) -> None:
    """Send one queued mail; a second job for the same mail finds nothing to do."""
    mail = outbox.claim(mail_id, now=timezone.now())
    if mail is not None:
        outbox.settle(mail, deliver(mail, url=settings.MAIL_URL), now=timezone.now())


@duty("contact.sweep_mails", cron="*/5 * * * *", told="mails picked up again")
def sweep_mails(now: datetime) -> int:
    """Pick up what was lost or left half-way."""
    return outbox.sweep(now=now)


@duty("contact.remind_of_visits", cron="0 8 * * *", told="families reminded of their visit")
def visits_tomorrow(now: datetime) -> int:
    """The day before."""
    return remind_of_visits(now=now)
