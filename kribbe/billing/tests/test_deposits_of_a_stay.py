"""A deposit is of the child's stay: the law's ceiling, what comes in once, what is withdrawn, and a page of all."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from kribbe.billing.models import Account, Deposit, Payer
from kribbe.billing.pages import deposits as deposit_pages
from kribbe.billing.selectors.accounts import balance
from kribbe.billing.selectors.deposits import missing, standing
from kribbe.billing.services.deposits import ask_deposit, give_back, receive, set_off, withdraw_deposit
from kribbe.billing.services.numbers import deposit_reference
from kribbe.billing.tests.issued import NOW, ON, issued, stay
from kribbe.billing.tests.scene import organiser_of, share, with_books
from kribbe.billing.words import printed_reference
from kribbe.contact.models import Notice
from kribbe.enrolment.models import Placement
from kribbe.enrolment.services.stays import change_days
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
MARCH_16 = date(2026, 3, 16)


@built_once
def kept():
    return with_books(now=NOW, start=date(2026, 3, 2))


@pytest.fixture
def client(kept):
    manager = organiser_of(kept.books, now=NOW)
    return client_of(manager)


@pytest.fixture
def page(kept):
    return reverse("billing:deposits", args=[kept.scene.location.slug])


def ask(kept, euros="250.00", placement=None):
    return ask_deposit(
        principal=SYSTEM, placement=placement or kept.scene.noor, payer=kept.payer, euros=Decimal(euros),
        low_income=False, on=ON, now=NOW,
    )  # fmt: skip


def came(deposit, euros, key="1"):
    return receive(principal=SYSTEM, deposit=deposit, euros=Decimal(euros), on=ON, key=key, now=NOW)


def second_stay(kept):
    """Another place of Noor, not a piece of the first one, as parents who live apart have one each."""
    place = Placement.objects.get(pk=kept.scene.noor.pk)
    place.pk, place.reference, place.offer_id = None, "SEC0NDAA", None
    place.during = (date(2029, 1, 4), None)
    place.save(force_insert=True)
    share(Placement.objects.get(pk=place.pk), kept.payer)
    return Placement.objects.get(pk=place.pk)


def test_other_days_are_the_same_stay_and_ask_no_second_deposit(kept, client, page):
    ask(kept)
    (since,) = change_days(
        principal=SYSTEM, placement_id=kept.scene.noor.pk, pattern=WeekPattern.from_text("wed"), first=MARCH_16,
        last=None, now=NOW,
    )  # fmt: skip
    with pytest.raises(RefusedError) as refused:
        ask(kept, "1.00", placement=since)
    assert refused.value.code == "asked"
    assert since not in client.get(page).context["form"].fields["placement"].queryset


def test_the_ceiling_counts_all_deposits_of_the_child(kept):
    first = ask(kept, "150.00")
    other = second_stay(kept)
    with pytest.raises(RefusedError) as refused:
        ask(kept, "100.01", placement=other)
    assert refused.value.code == "ceiling"
    came(first, "150.00")
    give_back(principal=SYSTEM, deposit=first, on=ON, now=NOW)
    assert ask(kept, "250.00", placement=other).asked == 250


def test_what_was_given_back_does_not_come_in_again(kept, client, page):
    deposit = ask(kept, "100.00")
    came(deposit, "100.00")
    give_back(principal=SYSTEM, deposit=deposit, on=ON, now=NOW)
    assert missing(deposit) == 0
    with pytest.raises(RefusedError):
        came(deposit, "100.00", key="2")
    client.post(page, {"do": "receive", "deposit": deposit.reference})
    assert balance(kept.payer, Account.DEPOSITS) == 0
    assert 'value="receive"' not in client.get(page).content.decode()


def test_what_was_set_off_can_be_filled_up_and_nothing_of_it_is_unpaid(kept):
    deposit = ask(kept, "100.00")
    came(deposit, "100.00")
    invoice = issued(kept, [stay(kept.scene.noor, date(2026, 3, 2), "40.00")])
    set_off(principal=SYSTEM, deposit=deposit, invoice=invoice, on=ON, now=NOW)
    (found,) = standing(Deposit.objects.all())
    assert (found.kept, found.missing, found.unpaid) == (60, 40, 0)


def test_a_deposit_asked_wrongly_is_withdrawn_while_nothing_was_paid(kept, client, page):
    deposit = ask(kept, "100.00")
    client.post(page, {"do": "withdraw", "deposit": deposit.reference})
    assert not Deposit.objects.exists()
    told = AuditEntry.objects.get(action="deposit.withdraw")
    assert (told.subject_id, told.household_id) == (deposit.pk, kept.scene.noor.child.household_id)
    again = ask(kept, "50.00")
    came(again, "20.00")
    with pytest.raises(RefusedError):
        withdraw_deposit(principal=SYSTEM, deposit=again, now=NOW)
    assert 'value="withdraw"' not in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("language", "word"), [("nl", "niet meer"), ("fr", "ne demande plus"), ("de", "nicht mehr")]
)
def test_the_payer_hears_that_a_deposit_is_withdrawn(kept, language, word):
    Payer.objects.filter(pk=kept.payer.pk).update(language=language, email="an@maes.example")
    kept.payer.refresh_from_db()
    deposit = ask(kept, "100.00")
    reference = printed_reference(deposit_reference(deposit.pk))
    withdraw_deposit(principal=SYSTEM, deposit=deposit, now=NOW)
    told = Notice.objects.get(kind="billing/deposit_withdrawn")
    assert told.language == language
    assert told.mails.get().address == "an@maes.example"
    assert word in told.body
    assert reference in told.body


def test_nobody_hears_of_a_deposit_that_could_not_be_withdrawn(kept):
    deposit = ask(kept, "100.00")
    came(deposit, "20.00")
    with pytest.raises(RefusedError):
        withdraw_deposit(principal=SYSTEM, deposit=deposit, now=NOW)
    assert not Notice.objects.filter(kind="billing/deposit_withdrawn").exists()


def test_a_withdrawn_deposit_takes_no_payment(kept):
    deposit = ask(kept, "100.00")
    stale = Deposit.objects.get(pk=deposit.pk)
    withdraw_deposit(principal=SYSTEM, deposit=deposit, now=NOW)
    with pytest.raises(RefusedError):
        came(stale, "100.00")


def test_all_deposits_are_paged_newest_first_and_summed_over_all(kept, client, page, monkeypatch):
    monkeypatch.setattr(deposit_pages, "SHOWN", 1)
    old, new = ask(kept, "100.00"), ask(kept, "60.00", placement=second_stay(kept))
    Deposit.objects.filter(pk=new.pk).update(made_at=datetime(2027, 1, 1, tzinfo=UTC))
    came(old, "100.00"), came(new, "60.00", key="2")
    first = client.get(page)
    assert ([each.pk for each in first.context["rows"]], first.context["kept"]) == ([new.pk], 160)
    after = client.get(page + first.context["next"])
    assert ([each.pk for each in after.context["rows"]], after.context["kept"]) == ([old.pk], 160)
    assert (after.context["next"], bool(after.context["previous"])) == ("", True)
