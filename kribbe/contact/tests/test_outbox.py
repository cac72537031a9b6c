"""Mail leaves after commit, is tried again, and never leaves twice."""

import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from time import sleep
from typing import Any

import pytest
from django.core.mail import send_mail as django_send_mail
from django.db import connection, transaction
from procrastinate.contrib.django import app
from pytest_django.fixtures import Settings

from kribbe.contact import outbox
from kribbe.contact.delivery import Outcome, deliver
from kribbe.contact.models import Mail, MailState
from kribbe.contact.tasks import send_mail
from kribbe.testing.clock import Clock
from kribbe.testing.mail import MailServer
from kribbe.testing.races import side_by_side
from kribbe.trust import locks


def queue(clock: Clock, **values: Any) -> Mail:
    defaults: dict[str, Any] = {
        "address": "an@example.org",
        "subject": "Een plaats voor Zoë",
        "body": "Dag An,\n\nEr is een plaats.",
        "message_id": "<N1.abc@localhost>",
        "now": clock.now,
    }
    return outbox.put(**(defaults | values))


def jobs() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'mail_id', priority, scheduled_at FROM procrastinate_jobs"
            " WHERE task_name = %s ORDER BY id",
            [outbox.TASK],
        )
        return list(cursor.fetchall())


def work() -> None:
    """Do every job that is due, on real connections, as the server does.

    In a thread of its own: a browser test before this one leaves an event loop running in the main one.
    """
    with ThreadPoolExecutor(1) as thread:
        thread.submit(_work).result()


def _work() -> None:
    with app.replace_connector(app.connector.get_worker_connector()):
        app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False, delete_jobs="always")


@pytest.mark.django_db(transaction=True)
def test_a_mail_leaves_through_the_queue(smtp: MailServer, clock: Clock) -> None:
    mail = queue(clock)
    work()
    work()
    (message,) = smtp.messages
    assert message["Message-ID"] == "<N1.abc@localhost>"
    assert message["To"] == "an@example.org"
    assert message["Subject"] == "Een plaats voor Zoë"
    assert message.get_content().split() == ["Dag", "An,", "Er", "is", "een", "plaats."]
    mail.refresh_from_db()
    assert (mail.state, mail.tries) == (MailState.SENT, 1)
    assert mail.sent_at is not None


@pytest.mark.django_db(transaction=True)
def test_nothing_leaves_when_the_change_is_undone(smtp: MailServer, clock: Clock) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue(clock)
        _ = 1 / 0
    work()
    assert smtp.messages == []
    assert jobs() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
@pytest.mark.parametrize("locked", [True, False])
def test_workers_on_one_mail(
    smtp: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch, *, locked: bool
) -> None:
    """Six workers take the same mail: one sends it. The control without the lock shows that more would."""
    mail = queue(clock)
    save = Mail.save

    def slow_save(self: Mail, **options: Any) -> None:
        sleep(0.2)
        save(self, **options)

    monkeypatch.setattr(Mail, "save", slow_save)
    monkeypatch.setattr(locks, "ENABLED", locked)
    side_by_side([partial(send_mail.func, mail_id=mail.pk)] * 6)
    assert (len(smtp.messages) == 1) is locked


@pytest.mark.django_db
def test_a_refusal_for_now_is_tried_again_ever_later_and_then_given_up(
    smtp: MailServer, clock: Clock
) -> None:
    smtp.refuse = True
    mail = queue(clock)
    waits = []
    for _ in range(outbox.MOST_TRIES):
        claimed = outbox.claim(mail.pk, now=clock.now)
        assert claimed is not None
        outbox.settle(claimed, deliver(claimed, url=smtp.url), now=clock.now)
        waits.append((claimed.due_at - clock.now) / timedelta(minutes=1))
        clock.now = max(clock.now, claimed.due_at)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 0]
    mail.refresh_from_db()
    assert (mail.state, mail.tries) == (MailState.FAILED, 8)
    assert mail.last_error == "451 try again later"
    assert len(jobs()) == 8


@pytest.mark.django_db
def test_a_mail_put_off_leaves_later(smtp: MailServer, clock: Clock) -> None:
    smtp.refuse = True
    mail = queue(clock)
    send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert mail.state == MailState.QUEUED
    smtp.refuse = False
    send_mail(mail_id=mail.pk)
    send_mail(mail_id=mail.pk)
    assert len(smtp.messages) == 1


@pytest.mark.django_db
def test_nobody_listening_is_a_refusal_for_now(clock: Clock) -> None:
    result = deliver(queue(clock), url="smtp://127.0.0.1:1")
    assert result.outcome is Outcome.PUT_OFF


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fails", "outcome"),
    [
        (smtplib.SMTPSenderRefused(421, b"busy", "a@b"), Outcome.PUT_OFF),
        (smtplib.SMTPRecipientsRefused({"an@example.org": (550, b"no such box")}), Outcome.REFUSED),
        (smtplib.SMTPRecipientsRefused({"an@example.org": (450, b"grey")}), Outcome.PUT_OFF),
        (TimeoutError("slow"), Outcome.PUT_OFF),
    ],
)
def test_what_fails_before_the_text_left_is_certain(
    smtp: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch, fails: Exception, outcome: Outcome
) -> None:
    def mail_command(*_: Any, **__: Any) -> None:
        raise fails

    monkeypatch.setattr(smtplib.SMTP, "mail", mail_command)
    assert deliver(queue(clock), url=smtp.url).outcome is outcome
    assert smtp.messages == []


@pytest.mark.django_db
def test_a_connection_that_breaks_after_the_text_left_is_never_tried_again(
    smtp: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = smtplib.SMTP.data

    def data_then_silence(self: smtplib.SMTP, text: Any) -> None:
        data(self, text)
        raise TimeoutError("no answer")

    monkeypatch.setattr(smtplib.SMTP, "data", data_then_silence)
    mail = queue(clock)
    send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert mail.state == MailState.DOUBTFUL
    send_mail(mail_id=mail.pk)
    outbox.sweep(now=clock.advance(days=1))
    assert len(smtp.messages) == 1


@pytest.mark.django_db
def test_a_farewell_that_fails_after_acceptance_changes_nothing(
    smtp: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    quit_politely = smtplib.SMTP.quit

    def rude(self: smtplib.SMTP) -> None:
        quit_politely(self)
        raise TimeoutError("gone")

    monkeypatch.setattr(smtplib.SMTP, "quit", rude)
    assert deliver(queue(clock), url=smtp.url).outcome is Outcome.ACCEPTED


@pytest.mark.django_db
def test_the_sweep_finds_lost_jobs_and_senders_that_stopped(clock: Clock) -> None:
    lost = queue(clock)
    stopped = queue(clock, message_id="<2@localhost>")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    outbox.claim(stopped.pk, now=clock.now)
    outbox.sweep(now=clock.advance(minutes=4))
    assert jobs() == []
    outbox.sweep(now=clock.advance(minutes=8))
    outbox.sweep(now=clock.advance(minutes=1))
    assert [job[0] for job in jobs()] == [str(lost.pk)]
    stopped.refresh_from_db()
    assert stopped.state == MailState.DOUBTFUL
    assert outbox.claim(stopped.pk, now=clock.now) is None


@pytest.mark.django_db
@pytest.mark.parametrize(("demo", "kept"), [(False, ""), (True, "Je code is ABCD\n")])
def test_mails_of_the_account_pages_go_first_and_their_codes_are_not_kept(
    smtp: MailServer, settings: Settings, *, demo: bool, kept: str
) -> None:
    settings.DEMO = demo
    django_send_mail("Je\n code", "Je code is ABCD\n", None, ["An <an@example.org>"])
    mail = Mail.objects.get()
    assert (mail.address, mail.subject, jobs()[0][1]) == ("an@example.org", "Je code", outbox.URGENT)
    send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert (mail.state, mail.body) == (MailState.SENT, kept)
    assert "ABCD" in smtp.messages[0].get_content()


@pytest.mark.django_db
def test_the_demo_sends_nothing_and_keeps_all(clock: Clock, settings: Settings) -> None:
    settings.MAIL_URL = "demo"
    mail = queue(clock)
    send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert mail.state == MailState.SENT
    assert "Er is een plaats" in mail.body
