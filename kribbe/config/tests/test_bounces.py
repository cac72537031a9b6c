"""`kribbe bounces` reads what a mail server pipes in."""

import pytest
from typer.testing import CliRunner

from kribbe.config.cli import app
from kribbe.contact.models import Mail, MailState
from kribbe.contact.tests.test_undelivered import dsn
from kribbe.testing.clock import Clock

pytestmark = pytest.mark.django_db


def test_a_mail_that_is_piped_in(clock: Clock) -> None:
    mail = Mail.objects.create(
        address="an.maes@example.org",
        subject="Een plaats",
        body="Dag An",
        message_id="<N1.abc@localhost>",
        state=MailState.SENT,
        created_at=clock.now,
        due_at=clock.now,
    )
    done = CliRunner().invoke(app, ["bounces", "-"], input=dsn(mail.message_id))
    assert (done.exit_code, done.output.strip()) == (0, "mails noted as undelivered: 1")
    mail.refresh_from_db()
    assert mail.state == MailState.BOUNCED
