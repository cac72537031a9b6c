"""A list of prices asks something, and one that was published by mistake goes before it begins, and comes back."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.billing.models import PriceList, Run
from kribbe.billing.services.books import publish_prices
from kribbe.billing.services.prices_back import give_back_prices, take_away_prices
from kribbe.billing.tests.scene import organiser_of, with_books
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.planning.services.papers import send_paper, withdraw_paper
from kribbe.planning.services.terms import Terms
from kribbe.rules.priority import PriceKind
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
START, MAY, AUGUST = date(2026, 1, 5), date(2026, 5, 1), date(2026, 8, 1)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """It is 4 May 2026."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@built_once
def kept():
    """A location at a free price with a list since May, and one from August on."""
    kept = with_books(now=NOW, start=START)
    kept.scene.group.price_kind = PriceKind.FREE
    kept.scene.group.save()
    publish(kept, MAY, full=Decimal(30))
    publish(kept, AUGUST, full=Decimal("32.50"), extras=[{"name": "Luiers", "full": "1.50", "half": "1"}])
    return kept


def publish(kept, first, **prices):
    scene = kept.scene
    return publish_prices(
        principal=scene.manager, location=scene.location, first=first, prices=prices, now=NOW
    )


def away(kept, first=AUGUST):
    take_away_prices(principal=kept.scene.manager, location=kept.scene.location, first=first, now=NOW)


def back(kept):
    return give_back_prices(principal=kept.scene.manager, location=kept.scene.location, now=NOW)


def refused(deed, *given, **more):
    with pytest.raises(RefusedError) as error:
        deed(*given, **more)
    return error.value


def test_a_list_that_asks_nothing_is_refused_where_places_are_at_a_free_price(kept):
    assert refused(publish, kept, date(2026, 9, 1)).field == "full"
    assert PriceList.objects.count() == 2
    publish(kept, date(2026, 9, 1), extras=[{"name": "Luiers", "full": "1", "half": "1"}])


def test_by_income_the_first_list_asks_something_and_a_later_one_may_end_a_charge(kept):
    kept.scene.group.price_kind = PriceKind.INCOME
    kept.scene.group.save()
    publish(kept, date(2026, 9, 1))
    PriceList.objects.all().delete()
    assert refused(publish, kept, date(2026, 9, 1)).field == "full"


def test_it_goes_and_comes_back_as_it_was(kept):
    names = [
        each.attname for each in PriceList._meta.concrete_fields if each.attname not in ("id", "made_by")
    ]
    was = PriceList.objects.get(from_day=AUGUST)
    away(kept)
    assert list(PriceList.objects.values_list("from_day", flat=True)) == [MAY]
    assert AuditEntry.objects.filter(action="billing.prices_away").count() == 1
    assert refused(away, kept).code == "gone"
    again = back(kept)
    again.refresh_from_db()
    assert {name: getattr(again, name) for name in names} == {name: getattr(was, name) for name in names}
    assert refused(back, kept).code == "gone"


def test_what_holds_or_is_billed_stays(kept):
    assert refused(away, kept, MAY).code == "begun"
    Run.objects.create(books=kept.books, month=AUGUST, issued_on=AUGUST, started_at=NOW)
    assert refused(away, kept).code == "billed"


def test_what_a_paper_says_stays_until_it_is_withdrawn(kept):
    scene = kept.scene
    scene.noor.during = (AUGUST, scene.noor.during.upper)
    scene.noor.save()
    terms = Terms(first=AUGUST, weeks=({0: ((480, 1020),), 1: ((480, 1020),)},))
    paper = send_paper(principal=scene.manager, placement_id=scene.noor.pk, terms=terms, name="Mia", now=NOW)
    assert paper.money
    assert refused(away, kept).code == "signed"
    withdraw_paper(principal=scene.manager, paper_id=paper.pk, now=NOW)
    away(kept)


def test_on_the_page_it_is_taken_away_and_undone(kept):
    client = client_of(organiser_of(kept.books, now=NOW))
    address = reverse("billing:prices", args=[kept.scene.location.slug])
    assert client.get(address).content.decode().count('value="take_away"') == 1
    client.post(address, {"do": "take_away", "first": "2026-08-01"})
    assert "was taken away on" in client.get(address).content.decode()
    client.post(address, {"do": "give_back"})
    assert PriceList.objects.filter(from_day=AUGUST).exists()
    empty = client.post(address, {"from_day": "2026-09-01"})
    assert empty.status_code == 422 and "This list asks nothing" in empty.content.decode()
