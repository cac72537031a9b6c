"""The bank and the net of a payer: costs, write-offs and deposits are paid by their reference, and nothing of a file
that didn't go to the bank stays in the way. The bank's account of the ledger has what its statements tell.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kribbe.banking.models import BankFile, Collection, Dropped, Movement
from kribbe.banking.services.debits import debit_xml, to_collect
from kribbe.banking.services.mandates import revoke
from kribbe.banking.services.matching import match, put_aside, undo
from kribbe.banking.services.refunds import kept as kept_of
from kribbe.banking.services.refunds import refund
from kribbe.banking.tests.scene import NOW, balance, booked, invoice, open_of, paid_in
from kribbe.banking.tests.test_booking import refused, ties_out
from kribbe.banking.tests.test_debits import ACCOUNT, TODAY, agreed, kept_books, made
from kribbe.billing import online
from kribbe.billing.models import Account, OnlineState, Step
from kribbe.billing.online import register_provider
from kribbe.billing.online.demo import DemoProvider
from kribbe.billing.selectors.net import net_of
from kribbe.billing.services.deposits import ask_deposit, give_back, receive
from kribbe.billing.services.deposits import set_off as set_deposit_off
from kribbe.billing.services.numbers import deposit_reference
from kribbe.billing.services.online import begin_payment, finish_payment
from kribbe.billing.services.plans import make_plan, monthly
from kribbe.billing.services.posting import Share
from kribbe.billing.services.reminders import remind
from kribbe.billing.services.write_offs import undo_write_off, write_off, write_off_costs
from kribbe.billing.tests.scene import IBAN, make_payer
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.rules.bank.coda_writing import write_coda
from kribbe.rules.tests.bank.drawn import statement
from kribbe.testing.sessions import log_in
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
kept = kept_books
DAY = timedelta(days=1)


@pytest.fixture
def manager(kept):
    return log_in(Client(), manager_of(kept.scene.location, now=NOW), second_factor=True)


def at(kept, name: str, *args: str) -> str:
    return reverse(f"banking:{name}", args=[kept.scene.location.slug, *args])


def bank_ties_out() -> bool:
    """What the ledger has on the bank is what the statements moved."""
    moved = sum((each.amount for each in Movement.objects.all()), Decimal(0))
    return balance(Account.BANK) == moved


def with_costs(kept):
    """365.00 that was due on 16 April, reminded twice: 52.55 of costs."""
    asked = invoice(kept, "365.00")
    for step, on in ((Step.FREE, date(2026, 4, 17)), (Step.COSTS, date(2026, 5, 16))):
        remind(principal=SYSTEM, invoice_id=asked.pk, step=step, today=on, now=NOW)
    return asked


def test_the_total_of_a_reminder_pays_invoice_and_costs_and_leaves_nothing(kept):
    asked = with_costs(kept)
    later = invoice(kept, "80.00")
    booked(kept, paid_in(1, "417.55", ogm=asked.ogm))
    net = net_of(kept.payer.pk)
    assert (open_of(asked), net.costs, net.own, open_of(later)) == (0, 0, 0, 80)
    assert kept_of(kept.books) == []
    assert ties_out(kept)


def test_a_payment_of_costs_that_came_back_opens_them_again(kept):
    asked = with_costs(kept)
    booked(kept, paid_in(1, "417.55", ogm=asked.ogm), paid_in(2, "-417.55", text="terug"))
    back = Movement.objects.get(amount__lt=0)
    match(principal=SYSTEM, movement=back, shares=[Share(kept.payer.pk, Decimal("417.55"))], now=NOW)
    assert (open_of(asked), net_of(kept.payer.pk).costs) == (365, Decimal("52.55"))
    assert bank_ties_out()


def test_a_credit_note_of_a_family_that_left_is_paid_back(kept, manager):
    asked = invoice(kept, "300.00")
    booked(kept, paid_in(1, "300.00", ogm=asked.ogm))
    invoice(kept, "-120.00")
    assert [(each.amount, each.free) for each in kept_of(kept.books)] == [(120, 120)]
    manager.post(at(kept, "kept", kept.payer.reference), {"use": "refund", "iban": ACCOUNT})
    back = kept.payer.refunds.get()
    assert back.amount == 120
    booked(kept, paid_in(1, "-120.00", client_reference=back.reference), number=2, old="1300.00")
    assert (balance(Account.TO_REFUND), net_of(kept.payer.pk).own) == (0, 0)
    assert ties_out(kept)


def test_what_a_payer_owes_stays_when_the_rest_is_paid_back(kept):
    asked = invoice(kept, "40.00")
    deposit = deposit_of(kept, "100.00")
    receive(principal=SYSTEM, deposit=deposit, euros=Decimal(100), on=TODAY, key="1", now=NOW)
    give_back(principal=SYSTEM, deposit=deposit, on=TODAY, now=NOW)
    back = refund(principal=SYSTEM, payer=kept.payer, iban=ACCOUNT, pay_on=TODAY, now=NOW)
    assert (back.amount, open_of(asked)) == (60, 0)


def test_what_is_kept_is_not_collected_nor_what_a_plan_pays_off(kept):
    agreed(kept.payer)
    first = invoice(kept, "100.00")
    booked(kept, paid_in(1, "130.00", ogm=first.ogm))
    second = invoice(kept, "50.00")
    assert [(each.invoice, each.asked) for each in to_collect(kept.books)] == [(second, 20)]
    parts = monthly(Decimal(20), 2, TODAY + 30 * DAY)
    make_plan(principal=SYSTEM, payer=kept.payer, parts=parts, today=TODAY, now=NOW)
    assert to_collect(kept.books) == []


def test_a_payment_of_what_was_written_off_takes_the_loss_back_as_far_as_it_goes(kept):
    asked = with_costs(kept)
    write_off(principal=SYSTEM, invoice=asked, reason="Vertrokken", today=TODAY, now=NOW)
    write_off_costs(principal=SYSTEM, payer=kept.payer, reason="Vertrokken", today=TODAY, now=NOW)
    assert balance(Account.LOSS) == Decimal("417.55")
    booked(kept, paid_in(1, "300.00", ogm=asked.ogm))
    assert balance(Account.LOSS) == Decimal("117.55")
    assert (net_of(kept.payer.pk).owed, net_of(kept.payer.pk).own) == (0, 0)
    booked(kept, paid_in(1, "117.55", ogm=asked.ogm), number=2, old="1300.00")
    assert (balance(Account.LOSS), net_of(kept.payer.pk).own) == (0, 0)
    assert [each.reason for each in asked.write_offs.all()] == ["Vertrokken"] * 4
    assert ties_out(kept)


def test_money_that_goes_back_leaves_what_was_written_off(kept):
    asked = invoice(kept, "100.00")
    booked(kept, paid_in(1, "60.00", ogm=asked.ogm), paid_in(2, "-60.00", text="terug"))
    lost = write_off(principal=SYSTEM, invoice=asked, reason="Vertrokken", today=TODAY, now=NOW)
    back = Movement.objects.get(amount__lt=0)
    match(principal=SYSTEM, movement=back, shares=[Share(kept.payer.pk, Decimal(60))], now=NOW)
    assert (open_of(asked), balance(Account.LOSS)) == (60, 40)
    undo_write_off(principal=SYSTEM, made=lost, today=TODAY, now=NOW)
    assert (open_of(asked), balance(Account.LOSS)) == (100, 0)
    booked(kept, paid_in(1, "100.00", ogm=asked.ogm), number=2, old="1000.00")
    assert (open_of(asked), net_of(kept.payer.pk).own) == (0, 0)
    assert ties_out(kept)


def test_a_payment_is_parked_again_whose_invoice_is_open_by_another_that_came_back(kept):
    asked, later = invoice(kept, "100.00"), invoice(kept, "120.00")
    booked(
        kept,
        paid_in(1, "100.00", ogm=asked.ogm),
        paid_in(2, "120.00", ogm=later.ogm),
        paid_in(3, "-100.00", text="terug"),
    )
    first, _second, back = Movement.objects.order_by("number")
    match(principal=SYSTEM, movement=back, shares=[Share(kept.payer.pk, Decimal(100), (asked.pk,))], now=NOW)
    undo(principal=SYSTEM, movement=first, now=NOW)
    assert (open_of(asked), open_of(later)) == (100, 100)
    assert balance(Account.PARKED) == -100
    assert ties_out(kept)


def test_money_that_did_not_come_back_after_all_is_kept_where_the_invoice_was_paid_again(kept):
    asked = invoice(kept, "100.00")
    booked(kept, paid_in(1, "100.00", ogm=asked.ogm), paid_in(2, "-100.00", text="terug"))
    back = Movement.objects.get(amount__lt=0)
    match(principal=SYSTEM, movement=back, shares=[Share(kept.payer.pk, Decimal(100))], now=NOW)
    booked(kept, paid_in(1, "100.00", ogm=asked.ogm), number=2)
    later = invoice(kept, "60.00")
    undo(principal=SYSTEM, movement=back, now=NOW)
    assert (open_of(asked), open_of(later), net_of(kept.payer.pk).kept) == (0, 0, 40)
    assert ties_out(kept)


def test_a_credit_note_for_what_was_written_off_lowers_the_loss_and_gives_nothing_back(kept):
    asked = invoice(kept, "100.00")
    write_off(principal=SYSTEM, invoice=asked, reason="Vertrokken", today=TODAY, now=NOW)
    invoice(kept, "-40.00")
    net = net_of(kept.payer.pk)
    assert (balance(Account.LOSS), net.own, net.owed, open_of(asked)) == (60, 0, 0, 0)
    assert ties_out(kept)


def test_an_invoice_that_was_written_off_is_named_by_hand(kept, manager):
    asked = invoice(kept, "60.00")
    write_off(principal=SYSTEM, invoice=asked, reason="Vertrokken", today=TODAY, now=NOW)
    booked(kept, paid_in(1, "60.00", text="opvang maart"))
    page = at(kept, "payment", Movement.objects.get().reference)
    assert asked.reference in manager.get(page, {"payer": kept.payer.reference}).content.decode()
    given = {
        "payer": kept.payer.reference,
        f"amount-{kept.payer.reference}": "60",
        "invoice": asked.reference,
    }
    assert manager.post(page, given).status_code == 302
    assert (balance(Account.LOSS), net_of(kept.payer.pk).own) == (0, 0)


def deposit_of(kept, euros: str):
    return ask_deposit(
        principal=SYSTEM, placement=kept.scene.noor, payer=kept.payer, euros=Decimal(euros), low_income=False,
        on=TODAY, now=NOW,
    )  # fmt: skip


def test_a_deposit_by_its_reference_stands_once_on_the_bank(kept):
    deposit = deposit_of(kept, "250.00")
    asked = invoice(kept, "30.00")
    booked(kept, paid_in(1, "270.00", ogm=deposit_reference(deposit.pk)))
    assert (balance(Account.DEPOSITS), open_of(asked), balance(Account.PARKED)) == (-250, 10, 0)
    assert [each.amount for each in deposit.moves.all()] == [250]
    undo(principal=SYSTEM, movement=Movement.objects.get(), now=NOW)
    assert (balance(Account.DEPOSITS), open_of(asked), balance(Account.PARKED)) == (0, 30, -270)
    assert ties_out(kept)


def test_a_deposit_without_its_reference_is_matched_by_hand(kept, manager):
    deposit = deposit_of(kept, "250.00")
    invoice(kept, "80.00")
    booked(kept, paid_in(1, "250.00", text="waarborg"))
    movement = Movement.objects.get()
    page = at(kept, "payment", movement.reference)
    assert deposit.reference in manager.get(page, {"payer": kept.payer.reference}).content.decode()
    given = {
        "payer": kept.payer.reference,
        f"amount-{kept.payer.reference}": "250,00",
        "deposit": deposit.reference,
    }
    assert manager.post(page, given).status_code == 302
    assert (balance(Account.DEPOSITS), net_of(kept.payer.pk).owed) == (-250, 80)
    asked = kept.books.invoices.get()
    set_deposit_off(principal=SYSTEM, deposit=deposit, invoice=asked, on=TODAY, now=NOW)
    assert refused(lambda: undo(principal=SYSTEM, movement=movement, now=NOW)) == "used"
    assert ties_out(kept)


def test_a_deposit_received_by_hand_and_its_transfer_stand_once_on_the_bank(kept, manager):
    deposit = deposit_of(kept, "250.00")
    receive(principal=SYSTEM, deposit=deposit, euros=Decimal(250), on=TODAY, key="1", now=NOW)
    assert (balance(Account.BANK), balance(Account.PARKED)) == (0, 250)
    booked(kept, paid_in(1, "250.00", text="waarborg"), paid_in(2, "0.01", text="onbekend"))
    movement, other = Movement.objects.order_by("number")
    address = at(kept, "aside", movement.reference)
    assert manager.post(address, {"aside": "entered"}).status_code == 302
    assert (balance(Account.PARKED), balance(Account.OTHER)) == (Decimal("-0.01"), 0)
    entered = partial(put_aside, principal=SYSTEM, movement=other, aside=True, entered=True, now=NOW)
    assert refused(entered) == "not_entered"
    manager.post(address, {"aside": "no"})
    movement.refresh_from_db()
    assert (movement.aside_at, movement.aside_as, balance(Account.OTHER)) == (None, "", 0)
    assert ties_out(kept)


def test_the_transfer_of_a_provider_closes_the_online_payments(kept, monkeypatch):
    monkeypatch.setattr(online, "_providers", {})
    provider = DemoProvider()
    register_provider(provider)
    for euros in ("60.00", "40.00"):
        payment = begin_payment(principal=SYSTEM, invoice=invoice(kept, euros), provider=provider, now=NOW)
        provider.answer(payment, OnlineState.PAID)
        finish_payment(principal=SYSTEM, payment=payment, now=NOW)
    booked(kept, paid_in(1, "100.00", text="uitbetaling"))
    put_aside(principal=SYSTEM, movement=Movement.objects.get(), aside=True, entered=True, now=NOW)
    assert (balance(Account.PARKED), balance(Account.OTHER), balance(Account.BANK)) == (0, 0, 100)
    assert ties_out(kept)


def test_what_was_revoked_or_paid_meanwhile_is_dropped_before_the_file_goes_to_the_bank(kept, manager):
    other, third = (make_payer(kept.books, name, now=NOW) for name in ("Bo Claes", "Cas Daems"))
    for payer in (kept.payer, other, third):
        agreed(payer)
    mine, theirs = invoice(kept, "80.00"), invoice(kept, "50.00", payer=other)
    last = invoice(kept, "20.00", payer=third)
    file = made(kept)
    revoke(principal=SYSTEM, payer=kept.payer, now=NOW)
    booked(kept, paid_in(1, "50.00", ogm=theirs.ogm))
    data = manager.get(at(kept, "debit_file", file.reference)).content
    assert (b"80.00" in data, b"50.00" in data, b"20.00" in data) == (False, False, True)
    why = dict(Collection.objects.values_list("invoice", "dropped_why"))
    assert why == {mine.pk: Dropped.REVOKED, theirs.pk: Dropped.SETTLED, last.pk: ""}
    page = manager.get(at(kept, "debits")).content.decode()
    assert kept.payer.name in page
    agreed(kept.payer)
    assert [each.invoice for each in to_collect(kept.books)] == [mine]


def test_a_file_of_collections_that_the_bank_refused_is_withdrawn(kept, manager):
    agreed(kept.payer)
    asked = invoice(kept, "80.00")
    file = made(kept)
    assert to_collect(kept.books) == []
    assert manager.post(at(kept, "withdraw_debits", file.reference)).status_code == 302
    assert [each.invoice for each in to_collect(kept.books)] == [asked]
    assert refused(lambda: debit_xml(file)) == "empty"
    again = made(kept)
    booked(kept, paid_in(1, "80.00", client_reference=again.reference))
    manager.post(at(kept, "withdraw_debits", again.reference))
    assert Collection.objects.get(file=again).dropped_at is None
    assert ties_out(kept)


def test_a_payment_back_on_a_wrong_account_is_withdrawn(kept, manager):
    asked = invoice(kept, "100.00")
    booked(kept, paid_in(1, "130.00", ogm=asked.ogm))
    wrong = refund(principal=SYSTEM, payer=kept.payer, iban=IBAN, pay_on=TODAY, now=NOW)
    assert net_of(kept.payer.pk).leaving == 30
    assert manager.post(at(kept, "withdraw_refunds", wrong.file.reference)).status_code == 302
    assert (net_of(kept.payer.pk).leaving, net_of(kept.payer.pk).kept) == (0, 30)
    back = refund(principal=SYSTEM, payer=kept.payer, iban=ACCOUNT, pay_on=TODAY, now=NOW)
    booked(kept, paid_in(1, "-30.00", client_reference=back.reference), number=2, old="1130.00")
    manager.post(at(kept, "withdraw_refunds", back.file.reference))
    back.refresh_from_db()
    assert (back.withdrawn_at, back.paid_by is None, net_of(kept.payer.pk).own) == (None, False, 0)
    assert ties_out(kept)


def test_a_file_with_another_account_and_with_the_earlier_one_is_read(kept, manager):
    earlier = statement(paid_in(1, "10.00"))
    kept.books.iban = "BE71096123456769"
    kept.books.save()
    own = replace(statement(paid_in(1, "20.00")), iban="BE71096123456769")
    savings = replace(statement(paid_in(1, "40.00")), iban="BE43068999999501")
    data = write_coda([earlier, own, savings])
    page = manager.post(at(kept, "bank"), {"file": SimpleUploadedFile("april.cod", data)}, follow=True)
    file = BankFile.objects.get()
    assert (file.others, file.statements.count()) == (1, 2)
    assert "1 afschrift" in page.content.decode()
    manager.post(at(kept, "book", file.reference))
    assert balance(Account.BANK) == 30
