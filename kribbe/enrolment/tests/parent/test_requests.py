"""A parent reads where a request stands, and why."""

from datetime import date, timedelta

import pytest

from kribbe.enrolment.models import PositionChange
from kribbe.enrolment.selectors.household import Ahead, request_story
from kribbe.enrolment.services.make_offer import Excuse
from kribbe.enrolment.services.positions import watched
from kribbe.enrolment.services.wishes import end_request
from kribbe.enrolment.tests.parent.scene import NOW, START, TODAY, WEEK, family, offer, page
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


def test_my_children_shows_every_wish_with_its_place(client, maes, desk, molentje):
    family(desk, "Peeters", [molentje], days_ago=3)
    family(desk, "Jacobs", [molentje], days_ago=-1)
    shown = page(client, "my")
    assert "Kind Maes Maes" in shown
    # Peeters registered three days earlier, Jacobs a day later: second of three.
    assert '<strong class="nums">2de</strong><small>van 3 wachtenden</small>' in shown
    assert '<strong class="nums">1ste</strong><small>van 1 wachtende</small>' in shown


def test_the_request_says_why_it_stands_there_without_small_numbers(client, maes, desk, notelaar):
    for number in range(7):
        family(desk, f"Eerder{number}", [notelaar], days_ago=10)
    cast.make_fact(
        family(desk, "Werkt", [notelaar]).household, cast.FactKind.WORK, since=date(2026, 1, 1), now=NOW
    )
    story = request_story(maes, now=NOW)
    wish = next(wish for wish in story.wishes if wish.location == notelaar)
    # Seven registered earlier and one has priority by law. A single hidden count next to the shown total of
    # eight would be known, so the other is hidden too.
    assert (wish.position, wish.waiting) == (9, 9)
    assert wish.ahead == (Ahead("date.registered", None), Ahead("law", None))
    shown = page(client, "request", maes.reference)
    assert "enkele gezinnen: een vroegere datum van aanmelding" in shown
    assert "Werkt" not in shown


def test_a_change_of_place_says_why(client, maes, notelaar):
    preference = maes.preferences.get(location=notelaar)
    for cause, before, after in (("left", 3, 2), ("joined.criterion.sibling", 2, 3)):
        PositionChange.objects.create(preference=preference, at=NOW, before=before, after=after, cause=cause)
    shown = page(client, "request", maes.reference)
    assert "Van 3de naar 2de: een gezin vond een plaats of verliet de lijst." in shown
    assert (
        "Van 2de naar 3de: een gezin kwam voor jou op de lijst, met een broer of zus op deze locatie."
        in shown
    )


def test_an_own_second_request_is_not_told_as_another_family(client, maes, desk, notelaar):
    """Fien, whose brother is there, comes ahead of her sister; when she leaves, her sister moves back."""
    mine = maes.preferences.get(location=notelaar)
    last = cast.make_household(desk, "Laatst", now=NOW)
    late = cast.make_request(
        cast.make_child(last, "Lou", born=TODAY - timedelta(days=90)),
        [notelaar],
        start=START,
        pattern=WEEK,
        now=NOW,
    ).preferences.get()
    child = cast.make_child(maes.household, "Fien", born=TODAY - timedelta(days=300))
    with watched(location_ids=[notelaar.pk], now=NOW, cause="joined"):
        own = cast.make_request(child, [notelaar], start=START, pattern=WEEK, now=NOW - timedelta(days=3000))
    end_request(principal=SYSTEM, request_id=own.pk, end=RequestEnd.CANCELLED_PARENT, now=NOW)
    causes = [change.cause for change in mine.position_changes.order_by("pk")]
    assert causes == ["own.joined", "own.left"]
    assert [change.cause for change in late.position_changes.order_by("pk")] == [
        "joined.date.registered",
        "left",
    ]
    shown = page(client, "request", maes.reference)
    assert "een andere aanvraag van je eigen gezin kwam ervoor." in shown
    assert "een andere aanvraag van je eigen gezin verliet de lijst." in shown


def test_what_is_full_there_is_named(client, maes, desk, notelaar):
    others = cast.make_household(desk, "Vol", now=NOW)
    for name in ("Een", "Twee"):
        cast.make_placement(
            cast.make_child(others, name, born=TODAY - timedelta(days=200)),
            notelaar.groups.get(),
            start=TODAY,
            end=TODAY + timedelta(days=900),
            pattern=WeekPattern.from_text("tue wed"),
            now=NOW,
        )
    shown = page(client, "request", maes.reference)
    assert "Daar volzet: dinsdag de hele dag." in shown
    assert "Alle halve dagen die je vraagt, zijn daar nu vrij" in shown


def test_who_was_passed_over_reads_the_reason(client, maes, desk, notelaar):
    later = family(desk, "Later", [notelaar], days_ago=-1)
    mine = maes.preferences.get(location=notelaar)
    offer(later, notelaar, excuses={mine.pk: Excuse("group-balance", "Te veel baby's.")})
    shown = page(client, "request", maes.reference)
    assert "ging een plaats naar een kind achter jou" in shown
    assert "group-balance Te veel baby&#x27;s." in shown
