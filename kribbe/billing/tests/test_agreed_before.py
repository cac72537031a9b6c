"""A change of an agreement from a day that is over says before the signature what stays and what invoices change."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from kribbe.billing.models import Books, Invoice
from kribbe.billing.tests.month import certificate, run
from kribbe.billing.tests.scene import with_books
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.models import Paper
from kribbe.planning.pages.past import told_of_past
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.rules.priority import PriceKind
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 15, 9, tzinfo=UTC)
START, TODAY = date(2026, 1, 5), date(2026, 4, 15)
LONG, SHORT = ((420, 1020),), ((450, 1020),)
HALF_DAYS = "Days up to today keep their half-days: what is other holds from the day after the family signs."
REGISTER = "What the register says of the days since the first one stays as it was noted."


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """It is 15 April 2026."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@built_once
def kept():
    """Noor comes on Mondays and Tuesdays, whole days; January to March are invoiced."""
    kept = with_books(now=NOW, start=START)
    noor = kept.scene.noor
    certificate(kept, noor, "10.00", date(2026, 1, 1))
    agree(kept, {0: LONG, 1: LONG}, START)
    for month in (1, 2, 3):
        run(kept, date(2026, month, 1), date(2026, month + 1, 2))
    return kept


def agree(kept, week, first, day_fee=None):
    scene = kept.scene
    paper = send_paper(
        principal=scene.manager,
        placement_id=scene.noor.pk,
        terms=Terms(first=first, weeks=(week,)),
        name="Mia",
        now=NOW,
        day_fee=day_fee,
    )
    return sign_paper(principal=scene.parent, paper_id=paper.pk, name="An", now=NOW)


def told(kept, week, first, **more):
    terms = Terms(first=first, weeks=(week,))
    with override("en"):
        return told_of_past(kept.scene.noor, terms, today=TODAY, is_first=False, **more)


def test_a_day_to_come_needs_no_warning(kept):
    assert told(kept, {0: LONG, 1: SHORT}, date(2026, 4, 16)) == []


def test_other_half_days_leave_what_is_over(kept):
    assert told(kept, {0: LONG}, date(2026, 2, 2)) == [HALF_DAYS]


def test_other_hours_change_invoiced_months_by_what_the_next_run_gives_back(kept):
    """Four and a half hours cost 60 percent of a day: 4 euros less each, from February on."""
    shorter = {0: ((660, 930),), 1: LONG}
    found = told(kept, shorter, date(2026, 2, 2))
    assert found == [
        REGISTER,
        "Months that are invoiced change: February 2026 (€ 16.00 less) and March 2026 (€ 20.00 less)."
        " The next run asks or gives back the difference.".replace("€ ", "€\xa0"),
    ]
    agree(kept, shorter, date(2026, 2, 2))
    for month in (2, 3):
        run(kept, date(2026, month, 1), TODAY)
    given_back = Invoice.objects.filter(total__lt=0).order_by("pk").values_list("total", flat=True)
    assert [f"{total:.2f}" for total in given_back] == ["-16.00", "-20.00"]


def test_hours_that_cost_the_same_change_no_invoice(kept):
    assert told(kept, {0: SHORT, 1: LONG}, date(2026, 2, 2)) == [
        REGISTER,
        "No month that is invoiced changes by it.",
    ]


def test_another_day_fee_changes_every_invoiced_month(kept):
    """Without a price list the fee of the agreement is that of all its days."""
    kept.scene.group.price_kind = PriceKind.FREE
    kept.scene.group.save()
    (line,) = told(kept, {0: LONG, 1: LONG}, date(2026, 5, 4), day_fee=Decimal(30))
    assert "January 2026" in line and "March 2026" in line


def test_without_books_it_says_whose_part_it_is(kept):
    kept.scene.location.organiser = None
    kept.scene.location.save()
    kept.scene.noor.refresh_from_db()
    assert Books.objects.exists()
    found = told(kept, {0: SHORT, 1: LONG}, date(2026, 2, 2))
    assert found[1].startswith("Did you invoice days since then?")


def test_the_page_warns_before_the_signature(kept):
    client = client_of(manager_of(kept.scene.location, now=NOW))
    address = reverse("planning:write", args=[kept.scene.location.slug, kept.scene.noor.reference])
    hours = {"w0d0from": time(11), "w0d0to": time(15, 30)}
    page = client.post(address, {"first": "2026-02-02", "do": "preview", **typed(client, address), **hours})
    text = page.content.decode()
    assert page.status_code == 200
    assert REGISTER in text and "February 2026 (€\xa016.00 less)" in text
    assert Paper.objects.count() == 1


def typed(client, address):
    """What the form has when it opens, but for its first day."""
    form = client.get(address).context["form"]
    return {name: value for name, value in form.initial.items() if value is not None and name != "first"}
