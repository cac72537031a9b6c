"""Chances of those who wait: nothing of later is known, they are kept, and told in plain words."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from kribbe.allocation.chance.futures import futures
from kribbe.enrolment.models import (
    CareRequest,
    Chance,
    ChanceLesson,
    Flexibility,
    Offer,
    Placement,
    Preference,
)
from kribbe.enrolment.pages.chances import range_words
from kribbe.enrolment.selectors.chance.kept import chances_of, has_changed
from kribbe.enrolment.selectors.chance.moment import moment
from kribbe.enrolment.selectors.chance.outcomes import NEVER, Cases, _whole, lesson_at, simpler, told_at
from kribbe.enrolment.selectors.household import request_story
from kribbe.enrolment.services.chances import count_chances, learn_lessons, recount_changed
from kribbe.enrolment.services.wishes import change_need, rank_wishes
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import FactKind
from kribbe.places.models import GroupCapacity
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM, Role, Scope

WEEK = WeekPattern.from_text("mon tue thu")

pytestmark = pytest.mark.django_db


@built_once
def location() -> Any:
    place = cast.make_location(cast.make_desk(), "De Notelaar", criteria=("sibling", "resident"))
    cast.make_group(place, 3, now=timezone.now())
    return place


def start() -> date:
    return add_months(first_of_month(timezone.localdate()), 3)


def family(location: Any, name: str, *, days_ago: int = 10, **fields: Any) -> CareRequest:
    then = timezone.now() - timedelta(days=days_ago)
    household = cast.make_household(location.desk, name, now=then)
    child = cast.make_child(household, name, born=add_months(start(), -8))
    return cast.make_request(child, [location], start=start(), pattern=WEEK, now=then, **fields)


def resident(location: Any, name: str, *, months: int = 8) -> None:
    """A child with a place, from long ago until some months from now."""
    now = timezone.now()
    child = cast.make_child(
        cast.make_household(location.desk, name, now=now), name, born=add_months(start(), -30)
    )
    cast.make_placement(
        child,
        location.groups.get(),
        start=add_months(first_of_month(timezone.localdate()), -6),
        end=add_months(first_of_month(timezone.localdate()), months),
        pattern=WEEK,
        now=now,
    )


def clock() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_what_is_written_later_changes_no_forecast_of_the_past(location: Any) -> None:
    resident(location, "Staying")
    resident(location, "Leaving", months=2)
    for number in range(4):
        family(location, f"Then {number}", days_ago=20 - number)
    then = clock()
    before = moment([location.pk], now=then, as_of=then)
    _all_kinds_of_things_happen(location)
    after = moment([location.pk], now=clock(), as_of=then)
    now = moment([location.pk], now=clock())
    assert [line.preference_id for line in before.lines] == [line.preference_id for line in after.lines]
    assert before.samples == after.samples
    for mine, other in (
        (before.scene.waiting, after.scene.waiting),
        (before.scene.places, after.scene.places),
        (before.scene.stays, after.scene.stays),
        (before.scene.past.arrivals, after.scene.past.arrivals),
    ):
        assert all(np.array_equal(a, b) for a, b in zip(mine, other, strict=True))
    played = [futures(each.scene, seed=1, batches=2, each=20, months=8) for each in (before, after)]
    assert np.array_equal(*played)
    assert len(now.lines) != len(before.lines)


def _all_kinds_of_things_happen(location: Any) -> None:
    later = family(location, "Later", days_ago=1)
    cast.make_fact(later.household, FactKind.WORK, since=date(2020, 1, 1), now=timezone.now())
    Preference.objects.filter(request__child__first_name="Then 0").update(state="withdrawn", rank=None)
    CareRequest.objects.filter(child__first_name="Then 1").update(pattern=WeekPattern.from_text("fri").mask)
    Placement.objects.filter(child__first_name="Staying").update(
        during=DateRange(date(2020, 1, 1), timezone.localdate())
    )
    GroupCapacity.objects.update(bookable_places=9)
    wish = Preference.objects.get(request__child__first_name="Then 2")
    Offer.objects.create(
        reference="LATER", preference=wish, group=location.groups.get(), kind="same", pattern=WEEK.mask,
        during=DateRange(start(), add_months(start(), 12)), made_at=timezone.now(), deadline=timezone.now(),
    )  # fmt: skip


def test_one_place_left_goes_to_the_first_in_line_and_the_chances_are_kept(location: Any) -> None:
    """Three places of which two are taken for long and one child leaves: the room that was ever used is given."""
    resident(location, "Staying", months=20)
    resident(location, "Leaving", months=2)
    first, second = family(location, "First", days_ago=30), family(location, "Second", days_ago=5)
    now = timezone.now()
    assert count_chances(now=now) == 4
    kept = chances_of([first.pk, second.pk], now=now)
    ahead, behind = (kept[each.pk, each.preferences.get().pk] for each in (first, second))
    assert ahead.first_month == behind.first_month == start()
    assert ahead.value[-1] > 800 > behind.value[-1]
    assert all(
        low <= value <= high for low, value, high in zip(ahead.low, ahead.value, ahead.high, strict=True)
    )
    assert ahead.value == sorted(ahead.value)
    assert kept[first.pk, None].value == ahead.value
    assert request_story(first, now=now).wishes[0].chance == ahead


def test_counting_again_on_the_same_day_gives_the_same_numbers_in_as_many_queries(location: Any) -> None:
    now = timezone.now()
    counts, values = [], []
    for size in (2, 6):
        for number in range(size):
            family(location, f"Child {size} {number}")
        for _ in range(2):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                count_chances(now=now)
            counts.append(len(queries))
            values.append(
                list(Chance.objects.order_by("request", "preference").values_list("value", flat=True))
            )
    assert values[0] == values[1]
    assert values[2] == values[3]
    assert counts[1] == counts[3] <= 45


def change(asked: CareRequest, *, pattern: WeekPattern = WEEK, later: int = 0) -> None:
    change_need(
        principal=SYSTEM,
        request_id=asked.pk,
        pattern=pattern,
        wanted_start=add_months(start(), later),
        latest_start=add_months(start(), later + 1),
        flexibility=Flexibility.EXACT,
        alternatives=[],
        now=timezone.now(),
    )


def test_a_need_that_changed_has_no_chance_until_it_is_counted_anew(location: Any) -> None:
    asked, other, now = family(location, "Noor"), family(location, "Lou"), timezone.now()
    count_chances(now=now)
    assert recount_changed(now=now) == 0
    for changed in ({"pattern": WeekPattern.from_text("fri")}, {"later": 2}, {"later": -1}):
        change(asked, **changed)
        kept = chances_of([asked.pk, other.pk], now=now)
        assert all(has_changed(chance) == (key == asked.pk) for (key, _), chance in kept.items())
        assert recount_changed(now=timezone.now()) == 4
        assert not any(map(has_changed, chances_of([asked.pk, other.pk], now=now).values()))
    assert chances_of([asked.pk], now=now + timedelta(days=9)) == {}


def test_another_list_of_wishes_is_counted_anew_and_so_is_a_new_request(location: Any) -> None:
    asked, now = family(location, "Noor"), timezone.now()
    second = cast.make_location(location.desk, "Het Molentje")
    cast.make_group(second, 3, now=now)
    count_chances(now=now)
    rank_wishes(
        principal=SYSTEM, request_id=asked.pk, location_ids=[second.pk, location.pk], now=timezone.now()
    )
    assert has_changed(chances_of([asked.pk], now=now)[asked.pk, None])
    assert recount_changed(now=timezone.now()) == 3
    family(location, "Lou", days_ago=0)
    assert recount_changed(now=timezone.now()) == 5
    assert recount_changed(now=timezone.now()) == 0


def test_a_family_never_reads_the_chance_of_an_earlier_need(location: Any, client: Any) -> None:
    asked, now = family(location, "Noor"), timezone.now()
    parent = cast.make_user(
        "an@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=asked.household_id, now=now
    )
    count_chances(now=now)
    Chance.objects.update(requests=40, offers=12, months=12, value=[410] * 7, low=[330] * 7, high=[490] * 7)
    client.force_login(parent)
    client.cookies["django_language"] = "en"
    page = reverse("enrolment:request", args=[asked.reference])
    assert "about 3 to 5 in 10" in client.get(page).content.decode()
    change(asked, later=1)
    shown = client.get(page).content.decode()
    assert "in 10" not in shown
    assert "It is counted anew within a quarter of an hour." in shown


def test_a_clerk_reads_the_chance_of_every_wish(location: Any) -> None:
    """Known, not known yet, changed since, and not counted."""
    now = timezone.now()
    places = [location, *(cast.make_location(location.desk, name) for name in ("Pluk", "Raket", "Zon"))]
    for place in places[1:]:
        cast.make_group(place, 3, now=now)
    household = cast.make_household(location.desk, "Maes", now=now)
    child = cast.make_child(household, "Noor", born=add_months(start(), -8))
    asked = cast.make_request(child, places, start=start(), pattern=WEEK, now=now - timedelta(days=10))
    count_chances(now=now)
    known, changed, none = (
        Chance.objects.filter(preference__location=place) for place in (location, places[2], places[3])
    )
    known.update(requests=40, offers=12, months=12, value=[410] * 7, low=[330] * 7, high=[490] * 7)
    changed.update(is_outdated=True)
    none.delete()
    clerk = client_of(
        cast.make_user(
            "an@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=location.desk_id, now=now
        )
    )
    shown = clerk.get(reverse("enrolment:household", args=[location.desk.slug, household.reference]))
    (request,) = shown.context["children"][0].requests
    assert [wish.chance.short if wish.chance else None for wish in request.wishes] == [
        "about 3 to 5 in 10", "not known yet", "is being counted anew", None,
    ]  # fmt: skip
    page = shown.content.decode()
    assert page.count("about 3 to 5 in 10") == 1
    assert f"<small>{date_format(asked.wanted_start, 'F Y')}</small>" in page


def test_a_parent_reads_the_range_and_a_thin_past_says_nothing(location: Any, client: Any) -> None:
    asked, now = family(location, "Noor"), timezone.now()
    parent = cast.make_user(
        "an@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=asked.household_id, now=now
    )
    count_chances(now=now)
    client.force_login(parent)
    client.cookies["django_language"] = "en"
    page = reverse("enrolment:request", args=[asked.reference])
    assert "We don&#x27;t know yet" in client.get(page).content.decode()
    Chance.objects.update(requests=40, offers=12, months=12, value=[410] * 7, low=[330] * 7, high=[490] * 7)
    shown = client.get(page).content.decode()
    assert "about 3 to 5 in 10" in shown
    assert "40 requests and 12 offers of the past 12 months" in shown
    assert shown.count("<circle") == 70


def test_ranges_in_words() -> None:
    with override("nl"):
        assert range_words(0, 2) == "minder dan 2 op 10"
        assert range_words(3, 5) == "ongeveer 3 tot 5 op 10"
        assert range_words(8, 10) == "meer dan 8 op 10"


def test_simpler_forecasts_learn_from_what_was_known_by_then() -> None:
    """Moments 10 and 20; at 20 only the cases wanted before 20 are known: a later outcome changes nothing."""

    def cases(last: float) -> Cases:
        count = 6
        return Cases(
            request=np.arange(count),
            moment=np.array([10, 10, 10, 10, 20, 20]),
            wanted=np.array([12, 13, 14, 20, 22, 22]),
            position=np.array([1, 1, 50, 1, 1, 50]),
            in_rounds=np.zeros(count, np.bool_),
            said={0: np.array([np.nan] * 4 + [0.5, 0.5])},
            happened={0: np.array([1.0, 1.0, 0.0, last, 1.0, 0.0])},
        )

    judged = np.array([False] * 4 + [True] * 2)
    base, position = simpler(cases(0.0), 0, judged)
    assert base.tolist() == pytest.approx([2 / 3, 2 / 3])
    assert position.tolist() == pytest.approx([(2 + 5 * 2 / 3) / 7, (0 + 5 * 2 / 3) / 6])
    assert [each.tolist() for each in simpler(cases(1.0), 0, judged)] == [base.tolist(), position.tolist()]


def test_what_is_told_at_a_moment_learned_from_what_was_known_by_then() -> None:
    """At 20 those wanted before 20 are known: all got an offer though half was played. Later ones teach nothing."""
    many = 400

    def cases(last: float) -> Cases:
        return Cases(
            request=np.arange(2 * many),
            moment=np.repeat([10, 20], many),
            wanted=np.repeat([12, 22], many),
            position=np.ones(2 * many, np.int64),
            in_rounds=np.zeros(2 * many, np.bool_),
            said=dict.fromkeys((0, 3), np.full(2 * many, 0.5)),
            happened=dict.fromkeys((0, 3), np.repeat([1.0, last], many)),
        )

    judged = np.arange(2 * many) >= many
    told = told_at(cases(0.0), 0, judged)
    assert told.min() == told.max() > 0.8
    assert told_at(cases(1.0), 0, judged).tolist() == told.tolist()
    assert lesson_at(cases(0.0), 20).cases == 2 * many
    assert lesson_at(cases(0.0), 12).cases == 0


def test_a_request_as_a_whole_has_the_first_offer_of_any_choice() -> None:
    """Two futures, wanted in the next month (1): the first request has an offer in each, at another choice."""
    asked = Cases(
        request=np.array([7, 7, 9]),
        moment=np.full(3, 100),
        wanted=np.full(3, 101),
        position=np.array([5, 2, 4]),
        in_rounds=np.zeros(3, np.bool_),
        said={},
        happened={},
    )
    whole = _whole(asked, np.array([[1, 900, 3], [900, 1, 900]]), np.array([NEVER, 101, 104]))
    assert (whole.request.tolist(), whole.position.tolist()) == ([7, 9], [2, 4])
    assert [whole.said[later].tolist() for later in (0, 3)] == [[1.0, 0.0], [1.0, 0.5]]
    assert [whole.happened[later].tolist() for later in (0, 3)] == [[1.0, 0.0], [1.0, 1.0]]


def test_chances_are_told_by_what_the_region_learned(location: Any) -> None:
    asked, now = family(location, "Noor"), timezone.now()
    count_chances(now=now)
    played = Chance.objects.get(request=asked, preference__isnull=False)
    ChanceLesson.objects.create(
        region=location.desk.region, at=now, rising=1.0, falling=1.0, shift=2.0, cases=900
    )
    count_chances(now=now)
    told = Chance.objects.get(request=asked, preference__isnull=False)
    # nobody was ever there, so no place is given: 0 of 128 is told as 0.5 of 129, at e² times its odds
    assert (played.value[-1], told.value[-1]) == (0, 28)
    anywhere = Chance.objects.get(request=asked, preference__isnull=True)
    assert anywhere.value[-1] == 28, "told by the only curve there is"
    ChanceLesson.objects.create(
        region=location.desk.region, at=now, is_any=True, rising=1.0, falling=1.0, shift=0.0, cases=900
    )
    count_chances(now=now)
    anywhere = Chance.objects.get(request=asked, preference__isnull=True)
    assert anywhere.value[-1] == 4, "0.5 of 129, by the curve of any choice"
    assert Chance.objects.get(request=asked, preference__isnull=False).value[-1] == 28
    assert learn_lessons(now=now) == 0, "it learned less than four weeks ago"


def test_a_region_without_a_past_learns_nothing(location: Any) -> None:
    family(location, "Noor")
    assert learn_lessons(now=timezone.now()) == 0
    assert not ChanceLesson.objects.exists()
