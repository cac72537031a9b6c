"""A month that is killed over and over, each time at another statement, from its run to the mails and reminders:
what is kept is whole after every kill, and in the end each is asked and told once.

`KRIBBE_KILLS=1-40` has it killed at as many other points.
"""

import os
from collections import Counter
from datetime import UTC, date, datetime
from random import Random

import pytest
from django.db.models import F, Sum

from kribbe.billing.models import Invoice, JournalLine, Mailing, MailingKind, Reminder, Run, RunState, Sending
from kribbe.billing.services import mailings, run
from kribbe.billing.services.mailings import start_mailing, work_off_mailings
from kribbe.billing.services.run import start_run, work_off_waiting
from kribbe.billing.tests.month import MARCH, certificate
from kribbe.billing.tests.scene import make_payer, share, with_books
from kribbe.contact.models import Mail, Notice
from kribbe.planning.tests.scene import MONDAY, place
from kribbe.testing import cast
from kribbe.testing.kills import dies_after
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 4, 2, 9, tzinfo=UTC)
OVERDUE = datetime(2026, 4, 17, 9, tzinfo=UTC)
FAMILIES = 7
MOST = 60
"""Statements after which the work is killed first, at the latest; each time it gets a few more."""


def seeds() -> list[int]:
    first, _to, last = os.environ.get("KRIBBE_KILLS", "2-2").partition("-")
    return list(range(int(first), int(last) + 1))


@pytest.fixture
def kept(monkeypatch):
    """As many families with a payer that has an address, in parts of two invoices and mailings of three."""
    monkeypatch.setattr(run, "AT_ONCE", 2)
    monkeypatch.setattr(mailings, "PART", 3)
    made = with_books(now=datetime(2026, 1, 2, 9, tzinfo=UTC), start=date(2026, 1, 5))
    group = cast.make_group(made.scene.location, FAMILIES, now=made.scene.now, name="Beren")
    for number in range(FAMILIES):
        home = place(made.scene.desk, group, f"Maes{number}", "Bo", MONDAY, date(2026, 1, 5), made.scene.now)
        certificate(made, home, "12.34", date(2026, 1, 1))
        address = {"adult": home.child.household.adults.get(), "email": f"ouder{number}@ouders.example"}
        share(home, make_payer(made.books, f"Payer {number}", now=made.scene.now, **address))
    return made


def check_documents() -> None:
    """Numbers without a gap, a payer asked once, and ledger, lines and totals that agree."""
    documents = Invoice.objects.annotate(sum=Sum("lines__amount"))
    assert sorted(documents.values_list("number", flat=True)) == list(range(1, documents.count() + 1))
    assert documents.values("payer").distinct().count() == documents.count()
    assert not documents.exclude(sum=F("total")).exists()
    owed = JournalLine.objects.filter(account="receivable").aggregate(sum=Sum("amount"))["sum"]
    assert owed == Invoice.objects.aggregate(sum=Sum("total"))["sum"]


def check_left(kind: str, action: str, left: int) -> None:
    """Of each that left there is one notice with one mail, and one row on the trail."""
    told = Notice.objects.filter(kind=kind)
    assert told.count() == left
    assert set(Counter(Mail.objects.filter(notice__in=told).values_list("notice", flat=True)).values()) <= {1}
    assert AuditEntry.objects.filter(action=action).count() == left


def check_sent() -> None:
    check_left("billing/invoice", "invoice.send", Sending.objects.count())
    check_left("billing/reminder", "reminder.send", Reminder.objects.count())


def killed_until_done(chance: Random, work, is_done, check) -> int:
    """Carry work out until it is done, and kill it at some statement each time; returns how many kills it took."""
    kills = 0
    while not is_done():
        with dies_after(chance.randint(1, MOST + 5 * kills)):
            work()
        kills += 1
        check()
    return kills


@pytest.mark.parametrize("seed", seeds())
def test_a_month_that_is_killed_at_any_statement_is_whole(kept, seed):
    chance = Random(seed)  # noqa: S311  the same moments each time
    start_run(principal=SYSTEM, books=kept.books, month=MARCH, on=NOW.date(), now=NOW)
    kills = killed_until_done(
        chance,
        lambda: work_off_waiting(now=NOW),
        lambda: not Run.objects.filter(state=RunState.GOING).exists(),
        check_documents,
    )
    assert Invoice.objects.count() == FAMILIES
    for kind, now in ((MailingKind.INVOICES, NOW), (MailingKind.REMINDERS, OVERDUE)):
        start_mailing(principal=SYSTEM, books=kept.books, kind=kind, now=now)
        kills += killed_until_done(
            chance,
            lambda now=now: work_off_mailings(now=now),
            lambda: not Mailing.objects.filter(done_at=None).exists(),
            check_sent,
        )
    assert (Sending.objects.count(), Reminder.objects.count(), Mail.objects.count()) == (7, 7, 14)
    assert kills > 8
