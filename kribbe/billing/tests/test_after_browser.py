"""A parent pays online once; a manager closes a month and opens it again. Nothing for axe."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.billing import online
from kribbe.billing.models import Stuck
from kribbe.billing.online import register_provider
from kribbe.billing.online.demo import DemoProvider
from kribbe.billing.services.mailings import work_off_mailings
from kribbe.billing.tests.issued import asked, issued, stay
from kribbe.billing.tests.scene import organiser_of, with_books
from kribbe.rules.calendar import add_months, first_of_month, monday_of
from kribbe.testing.browser import PHONE, look_at
from kribbe.testing.worlds import built_once

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("billing")


@built_once
def kept():
    now = timezone.now()
    return with_books(now=now, start=monday_of(now.date()) - timedelta(weeks=12))


def test_a_parent_pays_online_once(open_as, kept, monkeypatch):
    monkeypatch.setattr(online, "_providers", {})
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


def test_a_manager_closes_the_oldest_month_and_opens_it_again(open_as, kept):
    day = add_months(first_of_month(timezone.localdate()), -1)
    issued(kept, [stay(kept.scene.noor, day, "148.08")], on=day, now=timezone.now())
    manager = organiser_of(kept.books, now=timezone.now())
    page = open_as(manager)
    page.goto(reverse("billing:accounts", args=[kept.scene.location.slug]))
    look(page, "closing")
    page.get_by_role("button", name=re.compile("^Sluit ")).click()
    page.get_by_text("Afgesloten tot en met").wait_for()
    look(page, "closed")
    page.get_by_role("button", name=re.compile("^Open .* weer$")).click()
    page.get_by_text("Er is nog geen maand afgesloten").wait_for()


def test_invoices_leave_while_the_page_looks_on_and_a_stuck_one_is_tried_again(open_as, kept):
    now = timezone.now()
    first = issued(kept, [stay(kept.scene.noor, timezone.localdate(), "148.08")], now=now)
    Stuck.objects.create(
        books=kept.books, kind="invoices", invoice=first, where="paper", detail="KeyError: 'seller'", at=now
    )
    page = open_as(organiser_of(kept.books, now=now))
    page.goto(reverse("billing:post", args=[kept.scene.location.slug]))
    look(page, "stuck")
    page.get_by_role("button", name=re.compile("^Probeer opnieuw")).click()
    page.get_by_text("Het is vertrokken").wait_for()
    issued(kept, [stay(kept.scene.noor, timezone.localdate(), "12.34")], now=timezone.now())
    page.reload()
    page.get_by_role("button", name=re.compile("^Laat 1 document")).click()
    page.get_by_text("0 van 1").wait_for()
    look(page, "leaving")
    work_off_mailings(now=timezone.now())
    page.get_by_text("Alle documenten zijn vertrokken").wait_for(timeout=15_000)
