"""Books of the demo: what was invoiced and what came in, by the services of their rooms."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from django.db.models import Sum
from schwifty import IBAN
from stdnum.be import vat

from kribbe.banking.models import Movement
from kribbe.banking.services.debits import to_collect
from kribbe.billing.models import (
    Account,
    Books,
    Deposit,
    FeeCertificate,
    Invoice,
    JournalEntry,
    JournalLine,
    Reminder,
    Sending,
)
from kribbe.billing.selectors.accounts import with_open
from kribbe.contact.models import Notice
from kribbe.demo import billing
from kribbe.demo.banking import bank
from kribbe.demo.billing import Issued, account, enterprise, keep_money, set_off_deposits
from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.places.models import Organiser
from kribbe.planning.tests.scene import MONDAY, Scene, notelaar, place
from kribbe.rules.bank.creditor import is_creditor_id
from kribbe.testing import cast
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
START = date(2026, 1, 5)
TODAY = date(2026, 5, 20)


def kept() -> tuple[Scene, Sequence[Issued]]:
    """De Notelaar with six families, one of which logs in, and its organiser's months of March and April."""
    scene = notelaar(now=NOW, places=10, start=START)
    for name in ("Peeters", "Jacobs", "Willems", "Mertens"):
        place(scene.desk, scene.group, name, "Kind", MONDAY, START, NOW)
    organiser = Organiser.objects.create(name="Notelaar vzw", name_key="notelaar vzw")
    scene.location.organiser = organiser
    scene.location.save()
    cast.make_user(
        "organisator@demo.example", role=Role.ORGANISER, scope=Scope.ORGANISER, scope_id=organiser.pk, now=NOW
    )
    adult = scene.noor.child.household.adults.get()
    adult.user = scene.parent_user()
    adult.save()
    book = Book(TODAY)
    (months,) = money = keep_money(book)
    bank(book, money)
    set_off_deposits(money, book)
    return scene, months


def test_the_books_are_true_and_show_every_case():
    scene, months = kept()
    assert [(each.on, len(each.invoices)) for each in months] == [
        (date(2026, 4, 2), 6),
        (date(2026, 5, 2), 6),
    ]
    ends = {each.during.upper for each in FeeCertificate.objects.all()}
    assert ends == {date(2026, 10, 1)}, "fees are indexed then"
    numbers = list(Invoice.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 13))
    for entry in JournalEntry.objects.annotate(sum=Sum("lines__amount")):
        assert entry.sum == 0
    owed = JournalLine.objects.filter(account=Account.RECEIVABLE).aggregate(sum=Sum("amount"))["sum"]
    assert owed == sum(each.open for each in with_open(Invoice.objects.all()))
    assert _open_of(scene.noor.child.household_id) == [False, True]
    first = [each.open / each.total for each in with_open(Invoice.objects.filter(month=date(2026, 3, 1)))]
    assert any(0 < share < 1 for share in first) and 1 in first
    assert Movement.objects.filter(amount__gt=0, matches=None).count() == 1
    assert Reminder.objects.count() == 1
    assert Deposit.objects.filter(moves__amount__gt=0).count() == 2
    agreed = Deposit.objects.get(moves__amount__lt=0)
    assert agreed.asked == agreed.placement.deposit_asked, "the deposit of the agreement paid an open invoice"
    books = Books.objects.get()
    assert len(to_collect(books)) == 1
    assert is_creditor_id(books.creditor.identifier)


def _open_of(household_id: int) -> list[bool]:
    rows = with_open(Invoice.objects.filter(payer__adult__household=household_id)).order_by("month")
    return [each.open > 0 for each in rows]


def test_invented_accounts_and_enterprises_pass_their_checks():
    chance = Chance("numbers")
    drawn = [account(chance) for _time in range(50)]
    assert all(IBAN(each).is_valid for each in drawn)
    assert all(one != other for one, other in pairwise(drawn))
    assert all(vat.is_valid(enterprise(chance)) for _time in range(50))


def test_a_charge_that_was_wrong_is_given_back_and_some_are_asked_to_renew(monkeypatch):
    monkeypatch.setattr(billing, "LATE_SHARE", 1.0)
    monkeypatch.setattr(billing, "indexed_on", lambda today: date(2026, 4, 1))
    kept()
    credit = Invoice.objects.get(kind="credit")
    assert credit.total == -10
    assert not Sending.objects.filter(invoice=credit).exists(), "it waits to be sent"
    assert 0 < Notice.objects.filter(kind="billing/renewal").count() < 6
