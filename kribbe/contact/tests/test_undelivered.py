"""Mails that come back: read as servers write them, matched, and dealt with by a clerk."""

import smtplib
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kribbe.contact import outbox
from kribbe.contact.access import Seat
from kribbe.contact.bounces import Bounce, read, read_all
from kribbe.contact.delivery import deliver
from kribbe.contact.models import Letter, Mail, MailState, Side
from kribbe.contact.selectors.undelivered import undelivered_waiting
from kribbe.contact.services import tell_household
from kribbe.contact.services import undelivered as services
from kribbe.contact.services.feeds import feed_at, make_feed
from kribbe.contact.tasks import send_mail
from kribbe.people.models import Household
from kribbe.people.selectors import grants_over
from kribbe.people.services import open_log_ins
from kribbe.testing.cast import make_desk, make_user
from kribbe.testing.clock import Clock
from kribbe.testing.mail import MailServer
from kribbe.testing.sessions import log_in
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

POSTFIX = """\
Return-Path: <>
From: MAILER-DAEMON@mail.example.net (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: kribbe@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_7"

--=_7
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--=_7
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.net
X-Postfix-Queue-ID: 4ABC
Arrival-Date: Mon,  2 Mar 2026 09:00:01 +0100 (CET)

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: 5.1.1
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.1.1 <{address}>: Recipient address
    rejected: User unknown

--=_7
Content-Type: {kind}

From: kribbe@example.org
To: {address}
Subject: Een plaats
Message-ID: {message_id}

{rest}
--=_7--
"""
EXCHANGE = """\
From: postmaster@school.example
To: kribbe@example.org
Subject: Undeliverable: Een plaats
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: multipart/alternative; boundary="b2"

--b2
Content-Type: text/plain

Your message wasn't delivered.

--b2--
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns;mx.school.example

Final-Recipient: rfc822;An.Maes@Example.org
Action: failed
Status: 5.2.2

--b1--
"""


def dsn(message_id: str = "<N1.abc@localhost>", **more: str) -> bytes:
    given = {"address": "an.maes@example.org", "action": "failed", "kind": "message/rfc822", "rest": "Dag An"}
    return POSTFIX.format(message_id=message_id, **(given | more)).encode()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_notification_of_postfix(kind: str) -> None:
    (bounce,) = read(dsn(kind=kind))
    assert bounce.message_id == "<N1.abc@localhost>"
    assert bounce.address == "an.maes@example.org"
    assert bounce.reason.startswith("5.1.1 550 5.1.1 <an.maes@example.org>: Recipient address")


def test_a_notification_that_brings_nothing_back() -> None:
    assert list(read(EXCHANGE.encode())) == [Bounce("", "an.maes@example.org", "5.2.2")]


@pytest.mark.parametrize(
    "raw",
    [
        dsn(action="delayed"),
        dsn(action="delivered"),
        b"From: an@example.org\nSubject: Afwezig\n\nIk ben er niet.",
        b"",
        b"\xff\xfe\x00 niets",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n",
    ],
)
def test_anything_else_is_passed_over(raw: bytes) -> None:
    assert list(read(raw)) == []


def test_a_mailbox_of_many() -> None:
    box = b"".join(
        b"From MAILER-DAEMON Mon Mar  2 09:00:00 2026\n" + dsn(f"<{n}@x>") + b"\n" for n in range(3)
    )
    assert [each.message_id for each in read_all(box)] == ["<0@x>", "<1@x>", "<2@x>"]


@pytest.fixture
def mail(household: Household, clock: Clock) -> Mail:
    tell_household(
        household_id=household.pk, kind="testing/place_offered", context={"child": "Noor"}, now=clock.now
    )
    sent = Mail.objects.get()
    Mail.objects.filter(pk=sent.pk).update(state=MailState.SENT, sent_at=clock.now)
    return sent


@pytest.fixture
def cleo(household: Household, clock: Clock) -> Client:
    user = make_user(
        "cleo@desk.example", role=Role.CLERK, scope=Scope.DESK, scope_id=household.desk_id, now=clock.now
    )
    return log_in(Client(), user, second_factor=True)


@pytest.mark.django_db
def test_a_mail_that_comes_back_waits_for_a_clerk(mail: Mail, clock: Clock) -> None:
    bounces = list(read(dsn(mail.message_id)))
    assert [services.note_bounces(bounces, now=clock.now) for _ in range(2)] == [1, 0]
    mail.refresh_from_db()
    assert (mail.state, mail.last_error[:5]) == (MailState.BOUNCED, "5.1.1")
    assert mail.notice is not None
    assert undelivered_waiting(mail.notice.desk_id, clock.now).count() == 1
    assert AuditEntry.objects.get(action="mail.bounced").household_id == mail.notice.household_id


@pytest.mark.django_db
def test_without_a_message_id_the_latest_mail_to_that_address(mail: Mail, clock: Clock) -> None:
    assert services.note_bounces(read(EXCHANGE.encode()), now=clock.now) == 1


@pytest.mark.django_db
def test_a_forged_message_id_marks_nothing(mail: Mail, clock: Clock) -> None:
    assert services.note_bounces(read(dsn("<somebody@else>")), now=clock.now) == 0


@pytest.mark.django_db
def test_there_and_back_over_a_real_server(household: Household, clock: Clock, smtp: MailServer) -> None:
    """The mail leaves; what the receiving server would answer is made of it, goes back over SMTP, and is read."""
    tell_household(
        household_id=household.pk, kind="testing/place_offered", context={"child": "Noor"}, now=clock.now
    )
    mail = Mail.objects.get()
    send_mail(mail_id=mail.pk)
    (arrived,) = smtp.messages
    with smtplib.SMTP("127.0.0.1", int(smtp.url.rpartition(":")[2])) as back:
        back.sendmail("", ["kribbe@localhost"], dsn(arrived["Message-ID"]))
    returned: EmailMessage = smtp.messages[1]
    assert services.note_bounces(read(returned.as_bytes(policy=policy.SMTP)), now=clock.now) == 1


@pytest.mark.django_db
def test_a_refusal_at_sending_waits_there_too(
    mail: Mail, smtp: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise smtplib.SMTPRecipientsRefused({mail.address: (550, b"no such box")})

    monkeypatch.setattr(smtplib.SMTP, "mail", refuse)
    outbox.settle(mail, deliver(mail, url=smtp.url), now=clock.now)
    assert mail.notice is not None
    assert undelivered_waiting(mail.notice.desk_id, clock.now).count() == 1


@pytest.mark.django_db
def test_a_clerk_corrects_the_address_and_sends_again(mail: Mail, clock: Clock, cleo: Client) -> None:
    services.note_bounces(read(dsn(mail.message_id)), now=clock.now)
    there = reverse("contact:undelivered_mail", args=["lindedaal", mail.pk])
    shown = cleo.get(there).content.decode()
    assert "User unknown" in shown
    assert mail.notice is not None
    assert mail.notice.household is not None
    assert reverse("enrolment:household", args=["lindedaal", mail.notice.household.reference]) in shown
    assert cleo.post(there, {"address": "geen adres"}).status_code == 422
    cleo.post(there, {"address": "An.Maes@nieuw.example"})
    again = Mail.objects.latest("pk")
    assert (again.address, again.body, again.state) == ("an.maes@nieuw.example", mail.body, MailState.QUEUED)
    assert again.message_id != mail.message_id
    assert mail.notice.household.adults.get().email == "an.maes@nieuw.example"
    assert cleo.get(there).status_code == 404


@pytest.mark.django_db
def test_a_clerk_posts_a_letter_or_tells_otherwise(mail: Mail, clock: Clock, cleo: Client) -> None:
    services.note_bounces(read(dsn(mail.message_id)), now=clock.now)
    cleo.post(reverse("contact:post_instead", args=["lindedaal", mail.pk]))
    assert Letter.objects.get().notice == mail.notice
    Mail.objects.update(handled_at=None)
    cleo.post(reverse("contact:set_aside", args=["lindedaal", mail.pk]))
    assert cleo.get(reverse("contact:undelivered", args=["lindedaal"])).context["rows"] == []


@pytest.mark.django_db
def test_a_correction_stands_on_the_trail(mail: Mail, clock: Clock, cleo: Client) -> None:
    services.note_bounces(read(dsn(mail.message_id)), now=clock.now)
    cleo.post(
        reverse("contact:undelivered_mail", args=["lindedaal", mail.pk]), {"address": "an@nieuw.example"}
    )
    assert mail.notice is not None
    trail = AuditEntry.objects.get(action="adult.changed")
    assert (trail.household_id, trail.actor_name) == (mail.notice.household_id, "Cleo")


@pytest.mark.django_db
def test_what_a_colleague_dealt_with_is_refused(mail: Mail, clock: Clock) -> None:
    services.note_bounces(read(dsn(mail.message_id)), now=clock.now)
    services.send_again(mail=mail, address="an@nieuw.example", principal=SYSTEM, now=clock.now)
    count = Mail.objects.count()
    with pytest.raises(RefusedError, match=r"dealt with|afgehandeld"):
        services.send_again(mail=mail, address="an@ander.example", principal=SYSTEM, now=clock.now)
    with pytest.raises(RefusedError):
        services.post_instead(mail=mail, principal=SYSTEM, now=clock.now)
    with pytest.raises(RefusedError):
        services.set_aside(mail=mail, principal=SYSTEM, now=clock.now)
    assert (Mail.objects.count(), Letter.objects.count()) == (count, 0)


@pytest.mark.django_db
def test_who_reads_the_wrong_address_no_longer_logs_in_and_the_family_does(
    mail: Mail, household: Household, cleo: Client, clock: Clock
) -> None:
    open_log_ins(household=household, principal=SYSTEM, now=clock.now)
    home = Seat(Side.HOUSEHOLD, household.desk, household=household)
    make_feed(seat=home, principal=SYSTEM, now=clock.now)
    services.note_bounces([Bounce(mail.message_id, mail.address, "5.1.1")], now=clock.now)
    cleo.post(
        reverse("contact:undelivered_mail", args=["lindedaal", mail.pk]), {"address": "an@nieuw.example"}
    )
    (grant,) = grants_over(household)
    assert grant.user.email == "an@nieuw.example"
    assert feed_at(home) is None, "the calendar's address may have gone along"


def loose(address: str, clock: Clock, *, is_secret: bool = False) -> Mail:
    """A mail that tells of no notice, such as news of a saved search, and came back."""
    made = outbox.put(
        address=address,
        subject="Nieuws",
        body="Een plaats: /geheim",
        message_id=f"<{address}.{is_secret}@x>",
        is_secret=is_secret,
        now=clock.now,
    )
    Mail.objects.filter(pk=made.pk).update(state=MailState.BOUNCED)
    return made


@pytest.mark.django_db
def test_a_mail_without_a_notice_is_shown_at_the_desk_of_the_household(
    household: Household, clock: Clock, cleo: Client
) -> None:
    an = make_user(
        "an@account.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=household.pk, now=clock.now
    )
    adult = household.adults.get()
    mine = [loose(an.email, clock), loose(adult.email.upper(), clock)]
    loose("niemand@elders.example", clock)
    assert set(undelivered_waiting(household.desk_id, clock.now)) == set(mine)
    other = make_desk("overzijde", nis="99002")
    assert not undelivered_waiting(other.pk, clock.now).exists()
    shown = cleo.get(reverse("contact:undelivered", args=["lindedaal"]))
    assert [adult.last_name in row["who"] for row in shown.context["rows"]] == [True, True]
    there = reverse("contact:undelivered_mail", args=["lindedaal", mine[1].pk])
    assert (
        reverse("contact:post_instead", args=["lindedaal", mine[1].pk])
        not in cleo.get(there).content.decode()
    )
    cleo.post(there, {"address": "an@nieuw.example"})
    adult.refresh_from_db()
    assert adult.email == "an@nieuw.example"
    assert AuditEntry.objects.get(action="mail.sent_again").household_id == household.pk
    cleo.post(reverse("contact:set_aside", args=["lindedaal", mine[0].pk]))
    assert not undelivered_waiting(household.desk_id, clock.now).exists()


@pytest.mark.django_db
def test_a_personal_link_is_neither_shown_to_a_clerk_nor_sent_again(
    household: Household, clock: Clock, cleo: Client
) -> None:
    mail = loose(household.adults.get().email, clock, is_secret=True)
    there = reverse("contact:undelivered_mail", args=["lindedaal", mail.pk])
    assert "/geheim" not in cleo.get(there).content.decode()
    with pytest.raises(RefusedError) as refused:
        services.send_again(mail=mail, address=mail.address, principal=SYSTEM, now=clock.now)
    assert refused.value.code == "secret"
    assert Mail.objects.count() == 1
