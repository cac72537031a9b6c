"""What the bank wrote of payments that nobody matched, found again by what the family is known by."""

from datetime import date

import pytest

from kribbe.banking.forgetting import unmatched_of
from kribbe.banking.models import Match, Movement
from kribbe.banking.tests.scene import NOW, booked, invoice, paid_in
from kribbe.billing.tests.scene import make_payer, with_books
from kribbe.testing.worlds import built_once
from kribbe.trust.forgetting import rules

pytestmark = pytest.mark.django_db
HERS, OTHER = "BE68539007547034", "BE71096123456769"


@built_once
def kept():
    return with_books(now=NOW, start=date(2026, 1, 5))


def test_payments_that_nobody_matched_are_found_by_account_and_name(kept):
    """An Maes paid an invoice; what else came from her account, or under her name, is hers."""
    asked = invoice(kept, "10.00")
    booked(
        kept,
        paid_in(1, "10.00", ogm=asked.ogm, iban=HERS, name="A MAES"),
        paid_in(2, "5.00", iban=HERS, name="A MAES", text="klein gat"),
        paid_in(3, "6.00", iban=OTHER, name="MAES AN"),
        paid_in(4, "7.00", iban=OTHER, name="PEETERS JAN"),
    )
    assert Match.objects.get().movement.number == 1
    found = Movement.objects.filter(unmatched_of(kept.scene.noor.child.household_id))
    assert sorted(found.values_list("number", flat=True)) == [2, 3]
    assert not Movement.objects.filter(unmatched_of(kept.scene.lou.child.household_id)).exists()


def test_money_that_may_be_another_payers_keeps_what_the_bank_wrote(kept):
    """A service paid for both families from one account, and another parent there has her name: neither is hers."""
    lou = kept.scene.lou.child.household.adults.get()
    type(lou).objects.filter(pk=lou.pk).update(first_name="An", last_name="Maes")
    theirs = make_payer(kept.books, "An Maes", adult=lou, now=NOW)
    asked = [invoice(kept, "10.00"), invoice(kept, "12.00", payer=theirs)]
    booked(
        kept,
        paid_in(1, "10.00", ogm=asked[0].ogm, iban=HERS, name="OCMW LEUVEN"),
        paid_in(2, "12.00", ogm=asked[1].ogm, iban=HERS, name="OCMW LEUVEN"),
        paid_in(3, "8.00", iban=HERS, name="OCMW LEUVEN", text="opvang mei"),
        paid_in(4, "6.00", iban=OTHER, name="MAES AN"),
    )
    assert Match.objects.count() == 2
    for child in (kept.scene.noor.child, kept.scene.lou.child):
        assert not Movement.objects.filter(unmatched_of(child.household_id)).exists()


def test_they_are_looked_for_before_names_and_accounts_are_gone():
    labels = [rule.label for rule in rules()]
    assert labels[0] == "banking.Movement"
    assert labels.index("banking.Movement") < labels.index("people.Adult")
    assert "banking.Mandate" in labels
