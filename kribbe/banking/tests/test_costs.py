"""Costs of reminders that were paid are open again as far as they were asked, however often their money goes back.

365.00 was due on 16 April 2026 and reminded twice: 52.55 of costs, 417.55 with the invoice.
"""

from decimal import Decimal

import pytest

from kribbe.banking.models import Collection, Movement
from kribbe.banking.services.dropping import withdraw_debits
from kribbe.banking.services.matching import match, undo
from kribbe.banking.tests.scene import NOW, booked, open_of, paid_in
from kribbe.banking.tests.test_booking import refused
from kribbe.banking.tests.test_debits import agreed, kept_books, made
from kribbe.banking.tests.test_net import bank_ties_out, with_costs
from kribbe.billing.selectors.net import net_of
from kribbe.billing.services.posting import Share
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
kept = kept_books
COSTS = Decimal("52.55")


@pytest.fixture
def asked(kept):
    """The invoice, in a file of collections that is still to be told by the bank."""
    agreed(kept.payer)
    found = with_costs(kept)
    made(kept, days=60)
    return found


def where(kept) -> tuple[Decimal, Decimal]:
    net = net_of(kept.payer.pk)
    return net.costs, net.kept


def test_a_payment_that_was_another_payers_after_the_collection_came_back(kept, asked):
    """The transfer paid all; the collection of the same invoice was kept, and came back."""
    booked(kept, paid_in(1, "417.55", ogm=asked.ogm))
    booked(kept, paid_in(1, "365.00", client_reference=Collection.objects.get().reference), number=2)
    back = paid_in(1, "-365.00", client_reference=Collection.objects.get().reference, return_reason="MS03")
    booked(kept, back, number=3)
    undo(principal=SYSTEM, movement=Movement.objects.order_by("pk")[0], now=NOW)
    assert (open_of(asked), *where(kept)) == (365, COSTS, 0)
    assert bank_ties_out()


def test_costs_of_a_return_that_was_anothers_are_not_paid_twice(kept, asked):
    """All was paid, all went back, all was paid again: the money that went back was of somebody else."""
    booked(kept, paid_in(1, "417.55", ogm=asked.ogm), paid_in(2, "-417.55", text="terug"))
    back = Movement.objects.get(amount__lt=0)
    match(principal=SYSTEM, movement=back, shares=[Share(kept.payer.pk, Decimal("417.55"))], now=NOW)
    booked(kept, paid_in(1, "417.55", ogm=asked.ogm), number=2)
    undo(principal=SYSTEM, movement=back, now=NOW)
    assert (open_of(asked), *where(kept)) == (0, 0, Decimal("417.55"))
    assert bank_ties_out()


def test_a_collection_that_came_back_stays_so_while_its_invoice_is_collected_again(kept, asked):
    first = Collection.objects.get()
    booked(kept, paid_in(1, "365.00", client_reference=first.reference))
    booked(kept, paid_in(1, "-365.00", client_reference=first.reference, return_reason="MS03"), number=2)
    again = made(kept, days=90)
    back = Movement.objects.get(amount__lt=0)
    assert refused(lambda: undo(principal=SYSTEM, movement=back, now=NOW)) == "collected_again"
    withdraw_debits(principal=SYSTEM, file=again, now=NOW)
    undo(principal=SYSTEM, movement=back, now=NOW)
    assert open_of(asked) == 0
    assert bank_ties_out()


def test_a_collection_whose_return_is_matched_by_hand_came_back(kept, asked):
    """The bank told 365.00 back with words of its own: by hand it is the return of the collection."""
    booked(kept, paid_in(1, "365.00", client_reference=Collection.objects.get().reference))
    booked(kept, paid_in(1, "-365.00", text="onvoldoende saldo"), number=2)
    back = Movement.objects.get(amount__lt=0)
    match(principal=SYSTEM, movement=back, shares=[Share(kept.payer.pk, Decimal("365.00"))], now=NOW)
    assert Collection.objects.get().returned_by == back.matches.get().entry
    assert made(kept, days=90).collections.get().invoice == asked
    assert refused(lambda: undo(principal=SYSTEM, movement=back, now=NOW)) == "collected_again"
    assert bank_ties_out()
