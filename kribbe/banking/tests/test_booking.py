"""A file of the bank settles invoices once, keeps what is too much and parks what nobody knows; matches go back."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation

from kribbe.banking.models import BankFile, Match, Movement, Statement
from kribbe.banking.services.booking import book_file
from kribbe.banking.services.files import take_in, throw_away
from kribbe.banking.services.matching import match, put_aside, undo
from kribbe.banking.services.refunds import refund
from kribbe.banking.tests.scene import NOW, balance, booked, invoice, open_of, paid_in, received
from kribbe.billing.models import Account, JournalEntry, JournalLine
from kribbe.billing.selectors.net import net_of
from kribbe.billing.services.posting import Share
from kribbe.billing.tests.scene import IBAN, make_payer, with_books
from kribbe.rules.bank.camt_writing import write_camt
from kribbe.rules.bank.coda_writing import write_coda
from kribbe.rules.tests.bank.drawn import statement
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


@built_once
def kept():
    return with_books(now=NOW)


def refused(action) -> str:
    with pytest.raises(RefusedError) as caught:
        action()
    return caught.value.code


def only_movement() -> Movement:
    return Movement.objects.select_related("statement__books").get()


def matched(kept, *shares, movement=None):
    return match(
        principal=SYSTEM,
        movement=movement or only_movement(),
        shares=[
            Share(payer.pk, Decimal(amount), first)
            for payer, amount, *rest in shares
            for first in [tuple(rest)]
        ],
        now=NOW,
    )


def ties_out(kept) -> bool:
    """The ledger sums to nought, the bank has what the statements moved, and what is owed is what is open."""
    moved = sum(
        (each.new_balance - each.old_balance for each in Statement.objects.exclude(booked_at=None)),
        Decimal(0),
    )
    owed = sum((open_of(each) for each in kept.books.invoices.all()), Decimal(0))
    everything = sum((line.amount for line in JournalLine.objects.all()), Decimal(0))
    return (balance(Account.BANK), balance(Account.RECEIVABLE), everything) == (moved, owed, 0)


def test_a_structured_reference_settles_its_invoice_at_once(kept):
    asked = invoice(kept, "123.40")
    booked(kept, paid_in(1, "123.40", ogm=asked.ogm))
    assert open_of(asked) == 0
    assert ties_out(kept)


def test_a_reference_typed_in_the_text_counts_when_its_remainder_is_right(kept):
    asked = invoice(kept, "50.00")
    ogm = asked.ogm
    booked(kept, paid_in(1, "50.00", text=f"opvang +++{ogm[:3]}/{ogm[3:7]}/{ogm[7:]}+++ dank"))
    assert open_of(asked) == 0


def test_a_part_and_the_rest_and_too_much(kept):
    first, second = invoice(kept, "100.00"), invoice(kept, "40.00")
    booked(kept, paid_in(1, "60.00", ogm=first.ogm), paid_in(2, "90.00", ogm=first.ogm))
    # 150.00 for 140.00: both settled, 10.00 kept
    assert (open_of(first), open_of(second)) == (0, 0)
    assert net_of(kept.payer.pk).kept == Decimal("10.00")
    assert ties_out(kept)


def test_what_is_kept_settles_the_next_invoice(kept):
    asked = invoice(kept, "100.00")
    booked(kept, paid_in(1, "130.00", ogm=asked.ogm))
    later = invoice(kept, "50.00")
    assert open_of(later) == Decimal("20.00")
    assert net_of(kept.payer.pk).kept == 0
    assert ties_out(kept)


def test_an_unknown_payment_is_parked_matched_undone_and_matched_again(kept):
    other = make_payer(kept.books, "OCMW Leuven", now=NOW)
    mine, theirs = invoice(kept, "80.00"), invoice(kept, "80.00", payer=other)
    booked(kept, paid_in(1, "80.00", text="opvang maart"))
    assert balance(Account.PARKED) == Decimal("-80.00")
    matched(kept, (other, "80.00"))
    assert (open_of(theirs), balance(Account.PARKED)) == (0, 0)
    undo(principal=SYSTEM, movement=only_movement(), now=NOW)
    assert (open_of(theirs), balance(Account.PARKED)) == (Decimal("80.00"), Decimal("-80.00"))
    matched(kept, (kept.payer, "80.00"))
    assert (open_of(mine), open_of(theirs)) == (0, Decimal("80.00"))
    assert Match.objects.filter(undone_by=None).count() == 1
    assert ties_out(kept)


def test_one_payment_is_split_over_payers(kept):
    other = make_payer(kept.books, "OCMW Leuven", now=NOW)
    mine, theirs = invoice(kept, "30.00"), invoice(kept, "50.00", payer=other)
    booked(kept, paid_in(1, "80.00", text="samen"))
    assert refused(lambda: matched(kept, (kept.payer, "30.00"), (other, "49.99"))) == "amounts"
    matched(kept, (kept.payer, "30.00"), (other, "50.00"))
    assert (open_of(mine), open_of(theirs)) == (0, 0)
    assert refused(lambda: matched(kept, (kept.payer, "80.00"))) == "matched"


def test_another_organisers_payer_is_refused(kept):
    booked(kept, paid_in(1, "80.00"))
    stranger = make_payer(kept.books, "Elders", now=NOW)
    assert (
        refused(
            lambda: match(
                principal=SYSTEM,
                movement=only_movement(),
                shares=[Share(stranger.pk + 99, Decimal("80.00"))],
                now=NOW,
            )
        )
        == "nobody"
    )


def test_what_was_kept_of_a_wrong_match_and_used_is_open_again(kept):
    asked = invoice(kept, "10.00")
    booked(kept, paid_in(1, "35.00", ogm=asked.ogm))
    later = invoice(kept, "20.00")
    assert (open_of(asked), open_of(later), net_of(kept.payer.pk).kept) == (0, 0, 5)
    undo(principal=SYSTEM, movement=only_movement(), now=NOW)
    assert (open_of(asked), open_of(later), net_of(kept.payer.pk).kept) == (10, 20, 0)
    assert balance(Account.PARKED) == Decimal("-35.00")
    assert ties_out(kept)


def test_what_was_kept_and_paid_back_stops_an_undo(kept):
    asked = invoice(kept, "10.00")
    booked(kept, paid_in(1, "30.00", ogm=asked.ogm))
    refund(principal=SYSTEM, payer=kept.payer, iban=IBAN, pay_on=NOW.date(), now=NOW)
    paid_movement = Movement.objects.get()
    assert refused(lambda: undo(principal=SYSTEM, movement=paid_movement, now=NOW)) == "used"


def test_money_that_goes_back_by_hand_opens_the_invoice_again(kept):
    asked = invoice(kept, "45.00")
    booked(kept, paid_in(1, "45.00", ogm=asked.ogm), paid_in(2, "-45.00", text="terug"))
    gone = Movement.objects.get(amount__lt=0)
    matched(kept, (kept.payer, "45.00"), movement=gone)
    assert open_of(asked) == Decimal("45.00")
    assert ties_out(kept)


def test_costs_of_the_bank_are_put_aside(kept):
    booked(kept, paid_in(1, "-7.05", text="kosten"))
    put_aside(principal=SYSTEM, movement=only_movement(), aside=True, now=NOW)
    assert only_movement().aside_at
    assert (balance(Account.PARKED), balance(Account.BANK_COSTS)) == (0, Decimal("7.05"))
    put_aside(principal=SYSTEM, movement=only_movement(), aside=True, now=NOW)
    assert balance(Account.BANK_COSTS) == Decimal("7.05"), "put aside twice, moved once"
    put_aside(principal=SYSTEM, movement=only_movement(), aside=False, now=NOW)
    assert (balance(Account.PARKED), balance(Account.BANK_COSTS)) == (Decimal("7.05"), 0)
    assert ties_out(kept)


def test_money_put_aside_that_is_of_a_payer_after_all(kept):
    asked = invoice(kept, "45.00")
    booked(kept, paid_in(1, "45.00", text="subsidie?"))
    put_aside(principal=SYSTEM, movement=only_movement(), aside=True, now=NOW)
    assert balance(Account.OTHER) == Decimal("-45.00")
    matched(kept, (kept.payer, "45.00"), movement=only_movement())
    assert (open_of(asked), balance(Account.OTHER), balance(Account.PARKED)) == (0, 0, 0)
    assert ties_out(kept)


def test_the_same_file_and_the_same_statement_change_nothing(kept):
    asked = invoice(kept, "25.00")
    told = [statement(paid_in(1, "25.00", ogm=asked.ogm))]
    data = write_coda(told)
    first = take_in(principal=SYSTEM, books=kept.books, data=data, name="a.cod", now=NOW)
    book_file(principal=SYSTEM, file=first, now=NOW)
    entries = JournalEntry.objects.count()
    again = take_in(principal=SYSTEM, books=kept.books, data=data, name="b.cod", now=NOW)
    book_file(principal=SYSTEM, file=again, now=NOW)
    assert again == first
    assert (
        refused(
            lambda: take_in(principal=SYSTEM, books=kept.books, data=write_camt(told), name="a.xml", now=NOW)
        )
        == "known"
    )
    other = write_coda([statement(paid_in(1, "26.00"))])
    assert (
        refused(lambda: take_in(principal=SYSTEM, books=kept.books, data=other, name="c.cod", now=NOW))
        == "other_balances"
    )
    assert JournalEntry.objects.count() == entries
    assert BankFile.objects.count() == 1


def test_a_file_of_which_half_is_new_books_that_half(kept):
    one = statement(paid_in(1, "10.00"))
    two = statement(paid_in(1, "20.00"), number=2, old="1010.00")
    book_file(
        principal=SYSTEM,
        file=take_in(principal=SYSTEM, books=kept.books, data=write_coda([one]), name="a", now=NOW),
        now=NOW,
    )
    both = take_in(principal=SYSTEM, books=kept.books, data=write_coda([one, two]), name="b", now=NOW)
    book_file(principal=SYSTEM, file=both, now=NOW)
    assert both.skipped == 1
    assert balance(Account.BANK) == Decimal("30.00")


def test_a_file_that_is_cut_or_of_another_account_leaves_nothing(kept):
    whole = write_coda([statement(paid_in(1, "10.00"))])
    assert (
        refused(lambda: take_in(principal=SYSTEM, books=kept.books, data=whole[:500], name="a", now=NOW))
        == "length"
    )
    other = write_coda([replace(statement(paid_in(1, "10.00")), iban="BE71096123456769")])
    assert (
        refused(lambda: take_in(principal=SYSTEM, books=kept.books, data=other, name="a", now=NOW))
        == "other_account"
    )
    assert not BankFile.objects.exists()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a picture."),
        (b"%PDF-1.7\n", "is a PDF."),
        (b"<html><p>Log in</p></html>", "is a web page."),
        (b"\xd0\xcf\x11\xe0 rekening", "is a workbook."),
        (b"datum;bedrag\n2026-04-01;12,50\n", "is no statement of a bank."),
        (bytes(range(1, 256)), "is no statement of a bank."),
    ],
)
def test_another_kind_of_file_is_called_by_its_name_with_what_is_wanted(kept, data, what):
    with translation.override("en"), pytest.raises(RefusedError) as refused:
        take_in(principal=SYSTEM, books=kept.books, data=data, name="april.cod", now=NOW)
    said = str(refused.value.message)
    assert what in said and "CODA or CAMT.053" in said and "“april.cod”" in said
    assert not BankFile.objects.exists()


def test_a_file_is_thrown_away_until_it_is_booked(kept):
    file = received(kept, paid_in(1, "10.00"))
    throw_away(principal=SYSTEM, file=file, now=NOW)
    assert not Movement.objects.exists()
    file = booked(kept, paid_in(1, "10.00"))
    assert refused(lambda: throw_away(principal=SYSTEM, file=file, now=NOW)) == "booked"
