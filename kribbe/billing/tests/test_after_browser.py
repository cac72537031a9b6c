"""A parent pays online once; a manager closes a month and opens it again. Nothing for axe."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.billing.online import register_provider
from kribbe.billing.online.demo import DemoProvider
from kribbe.billing.tests.issued import asked, issued, stay
from kribbe.billing.tests.scene import organiser_of, with_books
from kribbe.rules.calendar import add_months, first_of_month, monday_of
from kribbe.testing.browser import DESKTOP, PHONE, look_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("billing")


@pytest.fixture
def kept():
    now = timezone.now()
    return with_books(now=now, start=monday_of(now.date()) - timedelta(weeks=12))


def test_a_parent_pays_online_once(open_as, kept):
    register_provider(DemoProvider())
    invoice = asked(kept, "148.08", 1)
    page = open_as(kept.scene.parent_user(), PHONE)
    page.goto(reverse("billing:my_invoice", args=[invoice.reference]))
    page.get_by_role("button", name="Betaal online").click()
    page.get_by_role("button", name="Betaal", exact=True).click()
    page.get_by_text("je betaling is binnen").wait_for()
    payment = invoice.online_payments.get()
    page.goto(reverse("billing:paid_online", args=[payment.reference]))
    assert invoice.settlements.get().amount == payment.amount


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_manager_closes_the_oldest_month_and_opens_it_again(open_as, kept, size):
    day = add_months(first_of_month(timezone.localdate()), -1)
    issued(kept, [stay(kept.scene.noor, day, "148.08")], on=day, now=timezone.now())
    manager = organiser_of(kept.books, now=timezone.now())
    page = open_as(manager, size)
    page.goto(reverse("billing:accounts", args=[kept.scene.location.slug]))
    look(page, "closing")
    page.get_by_role("button", name=re.compile("^Sluit ")).click()
    page.get_by_text("Afgesloten tot en met").wait_for()
    look(page, "closed")
    page.get_by_role("button", name=re.compile("^Open .* weer$")).click()
    page.get_by_text("Er is nog geen maand afgesloten").wait_for()
