"""The jobs that let mail leave."""

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from kribbe.contact import outbox
from kribbe.contact.delivery import deliver


@app.task(name=outbox.TASK)
def send_mail(mail_id: int) -> None:
    """Send one queued mail; a second job for the same mail finds nothing to do."""
    mail = outbox.claim(mail_id, now=timezone.now())
    if mail is not None:
        outbox.settle(mail, deliver(mail, url=settings.MAIL_URL), now=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="contact.sweep_mails", queueing_lock="contact.sweep_mails")
def sweep_mails(timestamp: int) -> None:
    """Pick up what was lost or left half-way; `timestamp` is the moment it was planned for."""
    outbox.sweep(now=timezone.now())
