"""The net of a payer on the screen: a parent sees what is kept and what to pay; its organiser uses and withdraws."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.banking.models import Movement
from kribbe.banking.services.debits import make_file, set_creditor
from kribbe.banking.services.mandates import revoke
from kribbe.banking.services.refunds import refund
from kribbe.banking.tests.scene import booked, invoice, paid_in
from kribbe.banking.tests.test_debits import agreed
from kribbe.billing.services.deposits import ask_deposit
from kribbe.billing.tests.scene import IBAN, make_payer, with_books
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.testing.browser import PHONE, look_at
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("banking")


@built_once
def kept():
    """130.00 came in for 100.00, a deposit is asked; another payer took its mandate back, a third has money back."""
    now = timezone.now()
    today = timezone.localdate()
    made = with_books(now=now)
    other, third = (make_payer(made.books, name, now=now) for name in ("OCMW Leuven", "Bo Claes"))
    set_creditor(principal=SYSTEM, books=made.books, identifier="BE50ZZZ0403019261", notice_days=14, now=now)
    agreed(other)
    invoice(made, "50.00", payer=other)
    make_file(principal=SYSTEM, books=made.books, collect_on=today + timedelta(days=20), today=today, now=now)
    revoke(principal=SYSTEM, payer=other, now=now)
    first, second = invoice(made, "100.00"), invoice(made, "20.00", payer=third)
    booked(
        made,
        paid_in(1, "130.00", ogm=first.ogm),
        paid_in(2, "45.00", ogm=second.ogm),
        paid_in(3, "150.00", text="waarborg"),
    )
    refund(principal=SYSTEM, payer=third, iban=IBAN, pay_on=today, now=now)
    ask_deposit(
        principal=SYSTEM, placement=made.scene.noor, payer=made.payer, euros=Decimal(150), low_income=False,
        on=today, now=now,
    )  # fmt: skip
    return made


def test_a_parent_sees_what_is_kept_and_what_to_pay(open_as, kept):
    page = open_as(kept.scene.parent_user(), PHONE)
    page.goto(reverse("billing:my_invoices"))
    page.get_by_text("Voor jou bewaard bij Notelaar vzw: € 30,00").wait_for()
    page.get_by_role("heading", name="Waarborgen om te betalen").wait_for()
    look(page, "my-net")


def test_an_organiser_withdraws_and_says_that_a_transfer_is_a_deposit(open_as, kept):
    slug = kept.scene.location.slug
    page = open_as(manager_of(kept.scene.location, now=kept.scene.now))
    page.goto(reverse("banking:debits", args=[slug]))
    page.get_by_text("1 inning vervallen").click()
    look(page, "dropped")
    page.get_by_role("button", name="Intrekken").click()
    page.get_by_text("Ingetrokken. Wat erin stond, is weer bewaard.").wait_for()
    deposit = Movement.objects.get(amount=150)
    page.goto(reverse("banking:payment", args=[slug, deposit.reference]) + f"?payer={kept.payer.reference}")
    page.get_by_label("De waarborg voor").check()
    look(page, "deposit")
    page.get_by_role("button", name="Koppel").click()
    page.get_by_role("heading", name="Van wie ze is").wait_for()
    assert kept.scene.noor.deposit.moves.get().amount == 150
