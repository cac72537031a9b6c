"""The net of a payer: nobody is asked what it needn't pay, and nothing of a payer is overlooked."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from kribbe.billing import online
from kribbe.billing.models import Account, OnlineState, Step
from kribbe.billing.online import ProviderError, register_provider
from kribbe.billing.online.demo import DemoProvider
from kribbe.billing.selectors.accounts import OWED, aged, balance, statement
from kribbe.billing.selectors.late import late, plan_states
from kribbe.billing.selectors.net import net_of, to_pay
from kribbe.billing.services.deposits import ask_deposit, give_back, receive, set_off
from kribbe.billing.services.online import begin_payment, finish_begun, finish_payment
from kribbe.billing.services.plans import make_plan, monthly
from kribbe.billing.services.reminders import remind
from kribbe.billing.services.setting_off import use_own
from kribbe.billing.services.write_offs import undo_write_off, write_off_costs
from kribbe.billing.tests.issued import NOW, ON, issued, paid, stay
from kribbe.billing.tests.scene import with_books
from kribbe.billing.tests.test_after import DAY, DUE, asked, books_balance, reminded
from kribbe.contact.models import Mail
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


@built_once
def kept():
    return with_books(now=NOW, start=date(2026, 3, 2))


@pytest.fixture
def parent(kept):
    return log_in(Client(), kept.scene.parent_user(), second_factor=False)


@pytest.fixture
def manager(kept):
    return log_in(Client(), manager_of(kept.scene.location, now=NOW), second_factor=True)


def open_of(invoice) -> Decimal:
    return invoice.total - sum((each.amount for each in invoice.settlements.all()), Decimal(0))


def own_pages(parent, invoice) -> tuple[str, str]:
    pages = reverse("billing:my_invoices"), reverse("billing:my_invoice", args=[invoice.reference])
    listed, one = (plain(parent.get(page).content.decode()) for page in pages)
    return listed, one


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_credit_note_of_a_family_that_paid_all_is_kept_for_it(kept, parent):
    first = asked(kept, "300.00")
    paid(kept, "300.00")
    credit = asked(kept, "-120.00", on=ON + 30 * DAY)
    assert (open_of(first), open_of(credit)) == (0, 0)
    assert (net_of(kept.payer.pk).kept, balance(kept.payer)) == (120, 0)
    assert "€ 120,00" in own_pages(parent, first)[0]
    assert books_balance()


def test_a_credit_note_pays_the_next_invoice_and_nobody_is_reminded(kept):
    credit = asked(kept, "-200.00")
    later = asked(kept, "150.00", on=ON + 30 * DAY)
    assert (open_of(credit), open_of(later)) == (0, 0)
    assert net_of(kept.payer.pk).kept == 50
    assert late(kept.books, ON + 90 * DAY) == []
    assert balance(kept.payer, *OWED) == -50
    assert books_balance()


def test_a_credit_note_lowers_an_invoice_that_was_open_already(kept):
    invoice = asked(kept, "100.00")
    credit = asked(kept, "-30.00")
    assert (open_of(invoice), open_of(credit)) == (70, 0)
    assert [each.kind for each in kept.books.entries.order_by("pk")] == ["invoice", "credit"]


def test_what_was_paid_too_much_goes_off_the_next_invoice(kept, parent):
    asked(kept, "100.00")
    paid(kept, "110.00")
    later = asked(kept, "100.00", on=ON + 30 * DAY)
    listed, one = own_pages(parent, later)
    assert "€ 90,00" in listed
    assert "€ 90,00" in one
    paid(kept, "90.00", on=ON + 35 * DAY, first=[later])
    assert (open_of(later), balance(kept.payer, *OWED)) == (0, 0)
    assert late(kept.books, ON + 90 * DAY) == []


def test_money_that_is_kept_after_the_invoice_holds_reminders_costs_and_collections_back(kept, parent):
    deposit = ask_deposit(
        principal=SYSTEM, placement=kept.scene.noor, payer=kept.payer, euros=Decimal(100), low_income=False,
        on=ON, now=NOW,
    )  # fmt: skip
    receive(principal=SYSTEM, deposit=deposit, euros=Decimal(100), on=ON, key="1", now=NOW)
    invoice = asked(kept, "130.00")
    assert [each.asked for each in late(kept.books, DUE + DAY)] == [130]
    give_back(principal=SYSTEM, deposit=deposit, on=ON, now=NOW)
    assert [each.asked for each in late(kept.books, DUE + DAY)] == [30]
    assert reminded(invoice, Step.FREE, DUE + DAY).asked == 30
    assert "€ 30,00" in own_pages(parent, invoice)[1]
    use_own(principal=SYSTEM, payer=kept.payer, on=ON, now=NOW)
    assert (open_of(invoice), net_of(kept.payer.pk).own) == (30, 0)
    assert books_balance()


def test_a_statement_and_the_accounts_by_age_have_all_that_was_paid(kept, manager):
    asked(kept, "100.00")
    paid(kept, "110.00", on=ON + DAY)
    found = statement(kept.payer, ON, ON + 9 * DAY)
    assert [each.amount for each in found.movements] == [100, -110]
    assert found.after == -10
    later = asked(kept, "100.00", on=ON + 30 * DAY)
    found = statement(kept.payer, ON + 10 * DAY, ON + 90 * DAY)
    # What was kept went off the invoice: that moves nothing between the payer and the organiser.
    assert (found.before, [each.after for each in found.movements]) == (-10, [90])
    (row,) = aged(kept.books, later.due_on + DAY)
    assert (row.bands, row.beside, row.total) == ([0, 90, 0, 0, 0], 0, 90)
    # Before it, what was paid too much stands in its column.
    (row,) = aged(kept.books, ON + 5 * DAY)
    assert (sum(row.bands), row.beside, row.total) == (0, -10, -10)
    page = reverse("billing:account", args=[kept.scene.location.slug, kept.payer.reference])
    assert "€ 90,00" in plain(manager.get(page).content.decode())


def with_costs(kept):
    invoice = asked(kept, "365.00")
    reminded(invoice, Step.FREE, DUE + DAY)
    reminded(invoice, Step.COSTS, date(2026, 5, 16))
    return invoice


def test_what_a_reminder_asks_is_what_pays_it(kept, parent):
    invoice = with_costs(kept)
    other = asked(kept, "80.00", on=date(2026, 5, 1))
    assert to_pay(invoice).total == Decimal("417.55")
    listed, one = own_pages(parent, invoice)
    assert "€ 52,55" in listed
    assert "€ 417,55" in one
    paid(kept, "417.55", first=[invoice])
    net = net_of(kept.payer.pk)
    assert (open_of(invoice), net.costs, net.kept, open_of(other)) == (0, 0, 0, 80)
    assert "€ 52,55" not in own_pages(parent, invoice)[0]


def test_costs_that_stayed_open_are_paid_by_the_code_of_their_invoice_or_by_what_is_kept(kept, parent):
    invoice = with_costs(kept)
    paid(kept, "365.00", first=[invoice])
    assert "€ 52,55" in own_pages(parent, invoice)[1]
    paid(kept, "12.55", first=[invoice])
    assert net_of(kept.payer.pk).costs == 40
    asked(kept, "-50.00", on=date(2026, 6, 1))
    assert (net_of(kept.payer.pk).costs, net_of(kept.payer.pk).kept) == (0, 10)
    assert books_balance()


def test_costs_are_written_off_and_asked_again(kept, manager):
    invoice = with_costs(kept)
    page = reverse("billing:account", args=[kept.scene.location.slug, kept.payer.reference])
    assert manager.post(page, {"do": "write_off_costs", "reason": "Eerste keer"}).status_code == 302
    (made,) = invoice.write_offs.all()
    assert (made.amount, net_of(kept.payer.pk).costs, open_of(invoice)) == (Decimal("52.55"), 0, 365)
    with pytest.raises(RefusedError):
        write_off_costs(principal=SYSTEM, payer=kept.payer, reason="x", today=ON, now=NOW)
    undo_write_off(principal=SYSTEM, made=made, today=ON, now=NOW)
    assert (net_of(kept.payer.pk).costs, open_of(invoice)) == (Decimal("52.55"), 365)
    assert books_balance()


def test_a_plan_has_the_costs_and_covers_its_own_invoices_alone(kept):
    invoice = with_costs(kept)
    total = Decimal("417.55")
    plan = make_plan(
        principal=SYSTEM, payer=kept.payer, parts=monthly(total, 4, date(2026, 6, 1)), today=date(2026, 5, 17),
        now=NOW,
    )  # fmt: skip
    later = asked(kept, "70.00", on=date(2026, 5, 20))
    assert [each.invoice for each in late(kept.books, date(2026, 6, 10))] == [invoice, later]
    paid(kept, "104.38", on=date(2026, 5, 30), first=[invoice])
    assert [each.invoice for each in late(kept.books, date(2026, 6, 10))] == [later]
    (state,) = plan_states([plan], date(2026, 6, 10))
    assert (state.paid, state.due, state.is_kept) == (Decimal("104.38"), Decimal("104.38"), True)
    paid(kept, "313.17", on=date(2026, 6, 20), first=[invoice])
    assert plan_states([plan], date(2026, 6, 30))[0].paid == total


def test_no_reminder_leaves_for_what_a_plan_pays_off(kept):
    invoice = asked(kept, "100.00")
    parts = monthly(Decimal(100), 2, DUE + 30 * DAY)
    make_plan(principal=SYSTEM, payer=kept.payer, parts=parts, today=ON, now=NOW)
    with pytest.raises(RefusedError):
        remind(principal=SYSTEM, invoice_id=invoice.pk, step=Step.FREE, today=DUE + DAY, now=NOW)


class Silent(DemoProvider):
    name = "silent"

    def state(self, payment):
        raise ProviderError


def begun(kept, invoice, provider, now=NOW):
    return begin_payment(principal=SYSTEM, invoice=invoice, provider=provider, now=now)


def test_an_online_payment_counts_though_the_parent_closed_the_page(kept, monkeypatch):
    monkeypatch.setattr(online, "_providers", {})
    provider = DemoProvider()
    register_provider(provider), register_provider(Silent())
    invoice, other = asked(kept, "60.00"), asked(kept, "40.00")
    payment = begun(kept, invoice, provider)
    unanswered = begun(kept, other, Silent())
    assert finish_begun(now=NOW + timedelta(minutes=5)) == 0
    provider.answer(payment, OnlineState.PAID)
    assert finish_begun(now=NOW + timedelta(minutes=15)) == 1
    payment.refresh_from_db(), unanswered.refresh_from_db()
    assert (payment.state, open_of(invoice)) == (OnlineState.PAID, 0)
    assert (unanswered.state, open_of(other)) == (OnlineState.BEGUN, 40)
    assert finish_begun(now=NOW + timedelta(minutes=25)) == 0


def test_an_invoice_paid_online_in_two_windows_keeps_the_second_for_the_family(kept, monkeypatch):
    monkeypatch.setattr(online, "_providers", {})
    provider = DemoProvider()
    register_provider(provider)
    invoice = asked(kept, "60.00")
    payments = [begun(kept, invoice, provider) for _window in range(2)]
    for each in payments:
        provider.answer(each, OnlineState.PAID)
        finish_payment(principal=SYSTEM, payment=each, now=NOW)
    assert (open_of(invoice), balance(kept.payer), net_of(kept.payer.pk).kept) == (0, 0, 60)
    with pytest.raises(RefusedError):
        begun(kept, invoice, provider)
    assert books_balance()


def test_a_deposit_is_set_off_twice_against_one_invoice(kept, manager):
    deposit = ask_deposit(
        principal=SYSTEM, placement=kept.scene.noor, payer=kept.payer, euros=Decimal(250), low_income=False,
        on=ON, now=NOW,
    )  # fmt: skip
    invoice = asked(kept, "300.00")
    page = reverse("billing:deposits", args=[kept.scene.location.slug])
    for do in ("receive", "set_off", "receive", "set_off"):
        assert manager.post(page, {"do": do, "deposit": deposit.reference}).status_code == 302
    # 300.00 - 250.00 - 50.00: 200.00 of the second deposit is left.
    assert (open_of(invoice), balance(kept.payer, Account.DEPOSITS)) == (0, -200)
    with pytest.raises(RefusedError):
        set_off(principal=SYSTEM, deposit=deposit, invoice=invoice, on=ON, now=NOW)
    assert books_balance()


def test_a_deposit_that_is_asked_is_told_with_how_to_pay_it(kept, parent):
    ask_deposit(
        principal=SYSTEM, placement=kept.scene.noor, payer=kept.payer, euros=Decimal(150), low_income=False,
        on=ON, now=datetime(2026, 4, 2, 9, tzinfo=UTC),
    )  # fmt: skip
    mail = Mail.objects.get()
    assert "€ 150,00" in plain(mail.body)
    assert "+++900/0000/0" in mail.body
    page = parent.get(reverse("billing:my_invoices")).content.decode()
    assert "+++900/0000/0" in page
    assert net_of(kept.payer.pk).deposits == 150


def test_the_mail_of_an_invoice_asks_what_is_left_of_it(kept):
    from kribbe.billing.services.sending import send_invoice

    issued(kept, [stay(kept.scene.noor, date(2026, 3, 2), "-30.00")])
    invoice = asked(kept, "100.00")
    send_invoice(principal=SYSTEM, invoice=invoice, now=NOW)
    assert "€ 70,00" in plain(Mail.objects.get().body)
