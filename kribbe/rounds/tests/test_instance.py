"""The instance that the desk's rows make: the published order, what is free, and what each child asks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kribbe.allocation.check import check
from kribbe.allocation.instance import lot
from kribbe.allocation.solve import solve
from kribbe.enrolment.models import RequestAlternative
from kribbe.enrolment.selectors.waiting import waiting_list
from kribbe.enrolment.services.answer_offer import AfterYes, Yes, accept_offer
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.people.models import FactKind
from kribbe.rounds.selectors.instance import draw, location_of, place_name
from kribbe.rounds.selectors.rows import Window
from kribbe.rules.halfdays import SLOTS, WORK_WEEK, WeekPattern
from kribbe.rules.priority import PriceKind
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
MARCH = date(2027, 3, 1)
WEEK = WeekPattern.from_text("mon tue thu")
BORN = date(2026, 9, 1)

pytestmark = pytest.mark.django_db


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def notelaar(desk):
    place = cast.make_location(desk, "De Notelaar", criteria=("sibling", "full_week"))
    cast.make_group(place, 2, now=NOW)
    return place


@pytest.fixture
def pluk(desk):
    place = cast.make_location(desk, "Pluk", criteria=("resident",))
    cast.make_group(place, 1, now=NOW, price="free")
    return place


def ask(desk, name, locations, *, days_ago=0, pattern=WEEK, facts=(), start=MARCH, born=BORN, **fields):
    then = NOW - timedelta(days=days_ago)
    household = cast.make_household(desk, name, now=then)
    for kind in facts:
        cast.make_fact(household, kind, since=date(2026, 1, 1), now=then)
    child = cast.make_child(household, f"Kind {name}", born=born)
    return cast.make_request(child, locations, start=start, pattern=pattern, now=then, **fields)


def drawn(*locations, first=MARCH, months=3, now=NOW):
    window = Window(frozenset(location.pk for location in locations), first, months)
    return draw(window, now=now, desk_id=locations[0].desk_id)


def child_of(found, request):
    return next(child for child in found.instance.children if child.id == f"{request.child_id}")


def order_at(found, place):
    """The children at a place, best standing first, as the solver ranks them."""
    asking = {
        (wish.standing, lot(found.instance.seed, child.id), child.id)
        for child in found.instance.children
        for wish in child.wishes
        if wish.location == place
    }
    return [int(child) for *_, child in sorted(asking)]


def test_the_order_of_the_instance_is_the_published_waiting_list(desk, notelaar, pluk):
    cast.make_group(notelaar, 2, now=NOW, name="Vrije prijs", price="free")
    for number in range(24):
        facts = [[], [FactKind.WORK], [FactKind.SINGLE, FactKind.LOW_INCOME]][number % 3]
        wide = WeekPattern.from_text("mon tue wed thu")
        ask(
            desk,
            f"Maes{number}",
            [notelaar, pluk],
            facts=facts,
            days_ago=number // 8,
            pattern=wide if number % 5 == 0 else WEEK,
        )
    found = drawn(notelaar, pluk)
    for location, price in ((notelaar, "income"), (notelaar, "free"), (pluk, "free")):
        published = [line.child_id for line in waiting_list(location.pk, now=NOW, price=PriceKind(price))]
        assert order_at(found, place_name(location.pk, price)) == published
        assert len(published) == 24
    assert {location_of(place.id) for place in found.instance.locations} == {notelaar.pk, pluk.pk}


def test_free_is_what_the_ledger_has_left_and_an_offer_holds_its_half_days(desk, notelaar):
    request = ask(desk, "Maes", [notelaar], days_ago=5)
    waiting = ask(desk, "Peeters", [notelaar])
    group = notelaar.groups.get()
    make_offer(
        principal=SYSTEM,
        preference_id=request.preferences.get().pk,
        group_id=group.pk,
        start=date(2027, 4, 15),
        pattern=WEEK,
        now=NOW,
    )
    found = drawn(notelaar)
    free = found.instance.locations[0].free[f"{group.pk}"]
    assert free[0] == [2] * 10
    # the offer begins in the middle of April: the month counts by its fullest week
    assert free[1] == free[2] == [1, 1, 1, 1, 2, 2, 1, 1, 2, 2]
    # who has an open offer waits for nothing below it
    assert [child.id for child in found.instance.children] == [f"{waiting.child_id}"]


def test_a_week_has_its_weekend_where_somebody_asks_it(desk, notelaar):
    saturday = WeekPattern.from_text("fri sat")
    opened = cast.make_location(desk, "De Vink")
    cast.make_group(opened, 2, now=NOW, open_pattern=WORK_WEEK | saturday.mask)
    ask(desk, "Claes", [notelaar])
    assert drawn(notelaar, opened).instance.slots == 10
    request = ask(desk, "Maes", [opened], pattern=saturday)
    found = drawn(notelaar, opened)
    assert found.instance.slots == SLOTS
    (wish,) = child_of(found, request).wishes
    assert {stay.pattern for stay in wish.stays} == {saturday.mask}
    result = solve(found.instance)
    verdict = check(found.raw, result.as_json())
    assert (verdict.faults, verdict.claims, result.unplaced) == ([], [], [])


def test_a_wish_is_the_stay_in_months_from_the_first_day_to_school(desk, notelaar):
    request = ask(desk, "Maes", [notelaar], start=date(2027, 4, 12))
    wish = child_of(drawn(notelaar), request).wishes[0]
    stay = wish.stays[0]
    # April 2027 is month 1 from March; 30 months old on 1 March 2029, school opens on 16 April: past month 25
    assert (stay.start, stay.end, stay.pattern) == (1, 26, WEEK.mask)


def test_a_child_moves_up_and_other_days_that_would_do_are_wishes_too(desk):
    nest = cast.make_location(desk, "Het Nest")
    babies = cast.make_group(nest, 2, now=NOW, name="Baby's", to_months=14)
    toddlers = cast.make_group(nest, 2, now=NOW, name="Peuters", from_months=14)
    request = ask(desk, "Maes", [nest])
    RequestAlternative.objects.create(
        request=request, position=1, pattern=WeekPattern.from_text("wed fri").mask
    )
    wishes = child_of(drawn(nest), request).wishes
    assert [wish.stays[0].pattern for wish in wishes] == [
        WEEK.mask,
        WeekPattern.from_text("wed fri").mask,
    ]
    # 14 months old on 1 November 2027, month 8; school opens on 16 April 2029, in month 25
    assert [(stay.group, stay.start, stay.end) for stay in wishes[0].stays] == [
        (f"{babies.pk}", 0, 8),
        (f"{toddlers.pk}", 8, 26),
    ]


def test_only_those_who_would_begin_in_these_months_take_part(desk, notelaar):
    inside = ask(desk, "Maes", [notelaar])
    ask(desk, "Peeters", [notelaar], start=date(2027, 6, 1))
    ask(desk, "Claes", [notelaar], start=date(2027, 1, 18), latest=date(2027, 2, 20))
    flexible = ask(desk, "Smets", [notelaar], start=date(2027, 1, 18), latest=date(2027, 4, 1))
    names = {child.id for child in drawn(notelaar).instance.children}
    assert names == {f"{inside.child_id}", f"{flexible.child_id}"}


def test_a_child_placed_elsewhere_keeps_that_as_its_last_wish(desk, notelaar, pluk):
    request = ask(desk, "Maes", [notelaar, pluk])
    group = pluk.groups.get()
    made = make_offer(
        principal=SYSTEM,
        preference_id=request.preferences.get(location=pluk).pk,
        group_id=group.pk,
        start=MARCH,
        pattern=WEEK,
        now=NOW,
    )
    accept_offer(principal=SYSTEM, offer_id=made.pk, yes=Yes(AfterYes.STAY), now=NOW)
    found = drawn(notelaar)
    child = child_of(found, request)
    assert [wish.location for wish in child.wishes] == [place_name(notelaar.pk, "income")]
    assert child.current is not None
    assert child.current.location == place_name(pluk.pk, "free")
    assert [(stay.start, stay.end, stay.pattern) for stay in child.current.stays] == [(0, 26, WEEK.mask)]
    result = solve(found.instance)
    assert [(each.child, each.wish) for each in result.placed] == [(child.id, 0)]


def test_brothers_and_sisters_choose_as_one(desk, notelaar):
    first = ask(desk, "Maes", [notelaar])
    twin = cast.make_child(first.household, "Twin", born=BORN)
    cast.make_request(twin, [notelaar], start=MARCH, pattern=WEEK, now=NOW)
    together = drawn(notelaar).instance.together
    assert [set(each.children) for each in together] == [{f"{first.child_id}", f"{twin.pk}"}]
    assert together[0].mode == "same_location"


def test_owed_by_law_is_worked_out_from_this_years_children(desk, notelaar):
    group = notelaar.groups.get()
    households = [cast.make_household(desk, f"Vos{number}", now=NOW) for number in range(2)]
    for kind in (FactKind.WORK, FactKind.LOW_INCOME):
        cast.make_fact(households[0], kind, since=date(2026, 1, 1), now=NOW)
    for number, household in enumerate(households):
        child = cast.make_child(household, f"Kind {number}", born=date(2025, 9, 1))
        cast.make_placement(
            child, group, start=date(2027, 1, 18), end=date(2028, 1, 1), pattern=WEEK, now=NOW
        )
    # 20 % of two children is one, and one is vulnerable already
    assert [place.owed for place in drawn(notelaar).instance.locations] == [0]
    households[0].facts.all().delete()
    assert [place.owed for place in drawn(notelaar).instance.locations] == [1]
    type(notelaar).objects.update(plus_subsidy=True)
    assert [place.owed for place in drawn(notelaar).instance.locations] == [1]


def test_the_independent_judge_agrees_with_what_the_solver_makes_of_it(desk, notelaar, pluk):
    for number in range(12):
        pattern = ["mon tue thu", "wed fri", "mon-am thu", "tue wed"][number % 4]
        ask(
            desk,
            f"Maes{number}",
            [notelaar, pluk][:: 1 if number % 2 else -1],
            pattern=WeekPattern.from_text(pattern),
        )
    found = drawn(notelaar, pluk)
    verdict = check(found.raw, solve(found.instance).as_json())
    assert (verdict.faults, verdict.claims) == ([], [])


def test_drawing_costs_the_same_queries_whatever_the_size(desk, notelaar, pluk):
    def queries(*locations):
        with CaptureQueriesContext(connection) as captured:
            drawn(*locations)
        return len(captured)

    ask(desk, "Maes", [notelaar, pluk])
    few = queries(notelaar, pluk)
    more = [cast.make_location(desk, f"Huis {number}") for number in range(3)]
    for location in more:
        cast.make_group(location, 2, now=NOW)
    for number in range(8):
        ask(desk, f"Vos{number}", [notelaar, *more])
    assert queries(notelaar, pluk, *more) == few <= 25
