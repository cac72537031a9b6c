"""The counters against worlds counted by hand, with the sums."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kribbe.contact.models import Question
from kribbe.enrolment.models import DirectChild, DirectMatch, Placement, PlacementState
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import Adult
from kribbe.places import ledger
from kribbe.places.models import GroupCapacity
from kribbe.policy.pages.cells import Veil
from kribbe.policy.pages.figures import Page
from kribbe.policy.selectors import counters as figures
from kribbe.policy.selectors.counters import Asking, Places
from kribbe.policy.selectors.requests import requests_of_year
from kribbe.policy.territory import Territory
from kribbe.rules.counting import RequestEnd, Tally
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
TODAY = date(2027, 1, 11)
WEEK = WeekPattern.from_text("mon tue")

pytestmark = pytest.mark.django_db


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def location(desk):
    return cast.make_location(desk, "De Notelaar")


def family(desk, name, *, works_in=None, **fields):
    household = cast.make_household(desk, name, now=NOW, **fields)
    if works_in is not None:
        Adult.objects.filter(household=household).update(work_municipality=works_in)
    return cast.make_child(household, name, born=date(2026, 6, 1))


def ask(child, location, *, on=NOW, **fields):
    return cast.make_request(
        child,
        [location],
        start=fields.pop("start", date(2027, 3, 1)),
        pattern=fields.pop("pattern", WEEK),
        now=on,
    )


def ended(child, location, end, *, opened, closed):
    request = ask(child, location, on=opened)
    request.state, request.ended_at, request.end = "ended", closed, end
    request.save()
    return request


def at(text):
    return datetime.fromisoformat(f"{text}T10:00:00+01:00")


def test_every_child_is_asked_for_once(desk, location):
    """2 live here (one of them works here too), 1 works here, 1 is only registered here; 2 + 1 + 1 = 4."""
    other = cast.make_desk("beukenrode", nis="99002")
    ask(family(desk, "Lives"), location)
    ask(family(other, "Both", municipality=desk.municipality, works_in=desk.municipality), location)
    ask(family(other, "Works", works_in=desk.municipality), location)
    ask(family(desk, "Registered", municipality=other.municipality), location)
    ask(family(other, "Stranger"), location)
    found = figures.asking(Territory.of_desk(desk))
    assert found == Asking(living_here=2, working_here=1, only_registered_here=1)
    assert found.total == 4
    # over the whole region all five live in one of its municipalities
    assert figures.asking(Territory.of_region(desk.region)) == Asking(5, 0, 0)


def test_answers_of_a_year_add_up(desk, location):
    """1 answered + 2 unanswered + 1 open + 2 otherwise = 6 unique requests; last year's isn't among them."""
    group = cast.make_group(location, 9, now=NOW)
    lucky = family(desk, "Lucky")
    ended(lucky, location, RequestEnd.ANSWERED, opened=at("2026-10-01"), closed=at("2027-01-04"))
    cast.make_placement(lucky, group, start=date(2027, 2, 1), end=date(2029, 1, 1), pattern=WEEK, now=NOW)
    for name in ("Unlucky", "Unluckier"):
        ended(
            family(desk, name),
            location,
            RequestEnd.UNANSWERED,
            opened=at("2026-11-01"),
            closed=at("2027-01-05"),
        )
    ask(family(desk, "Waits"), location, on=at("2026-12-01"))
    for end in (RequestEnd.FOUND_ELSEWHERE, RequestEnd.UNKNOWN):
        ended(family(desk, end.value), location, end, opened=at("2026-12-01"), closed=at("2027-01-06"))
    ended(
        family(desk, "Before"),
        location,
        RequestEnd.UNANSWERED,
        opened=at("2026-02-01"),
        closed=at("2026-12-31"),
    )
    found = requests_of_year(Territory.of_desk(desk), year=2027).all
    assert found == Tally(answered=1, unanswered=2, running=1, otherwise=2)
    assert found.total == 6
    # in 2026 the seven were all open on some day; only the last had ended by then, and counts as it did end
    assert requests_of_year(Territory.of_desk(desk), year=2026).all.total == 7


def test_a_need_after_a_lapsed_one_is_new_and_one_beside_it_is_the_same(desk, location):
    child = family(desk, "Twice")
    ended(child, location, RequestEnd.LAPSED, opened=at("2027-01-02"), closed=at("2027-01-05"))
    ended(child, location, RequestEnd.UNANSWERED, opened=at("2027-01-06"), closed=at("2027-01-08"))
    assert requests_of_year(Territory.of_desk(desk), year=2027).all == Tally(0, 1, 0, 1)


def test_a_request_beside_running_care_is_one_need_with_it(desk, location):
    """Care since 2025 without a break (two stays), a move asked in vain: answered, as the child has care."""
    group = cast.make_group(location, 9, now=NOW)
    child = family(desk, "Moves")
    ended(child, location, RequestEnd.ANSWERED, opened=at("2025-01-02"), closed=at("2025-02-01"))
    for start, end in ((date(2025, 3, 1), date(2026, 9, 1)), (date(2026, 9, 1), date(2028, 9, 1))):
        Placement.objects.create(
            child=child,
            group=group,
            during=DateRange(start, end),
            pattern=WEEK.mask,
            state=PlacementState.FINAL,
            reserved_at=NOW,
            final_at=NOW,
        )
    ended(child, location, RequestEnd.UNANSWERED, opened=at("2027-01-03"), closed=at("2027-01-09"))
    assert requests_of_year(Territory.of_desk(desk), year=2027).all == Tally(1, 0, 0, 0)


def test_care_that_a_location_gave_directly_ends_the_need_until_it_stops(desk, location):
    group = cast.make_group(location, 9, now=NOW)
    for name, end in (("Returns", date(2026, 12, 1)), ("Stays", date(2028, 9, 1))):
        child = family(desk, name)
        ended(child, location, RequestEnd.ANSWERED, opened=at("2025-01-02"), closed=at("2025-02-01"))
        direct = DirectChild.objects.create(
            group=group,
            name=name,
            birth_month=date(2024, 5, 1),
            during=DateRange(date(2025, 3, 1), end),
            pattern=WEEK.mask,
            recorded_at=NOW,
        )
        DirectMatch.objects.create(direct=direct, request=child.requests.get(), score=80, signs=[], at=NOW)
        ended(child, location, RequestEnd.UNANSWERED, opened=at("2027-01-03"), closed=at("2027-01-09"))
    assert requests_of_year(Territory.of_desk(desk), year=2027).all == Tally(1, 1, 0, 0)


def test_a_request_after_care_stopped_is_new(desk, location):
    group = cast.make_group(location, 9, now=NOW)
    child = family(desk, "Returns")
    ended(child, location, RequestEnd.ANSWERED, opened=at("2025-01-02"), closed=at("2025-02-01"))
    Placement.objects.create(
        child=child,
        group=group,
        during=DateRange(date(2025, 3, 1), date(2026, 12, 1)),
        pattern=WEEK.mask,
        state=PlacementState.FINAL,
        reserved_at=NOW,
        final_at=NOW,
    )
    ended(child, location, RequestEnd.UNANSWERED, opened=at("2027-01-03"), closed=at("2027-01-09"))
    assert requests_of_year(Territory.of_desk(desk), year=2027).all == Tally(0, 1, 0, 0)


def test_waiting_by_month_and_by_half_day(desk, location):
    """March 2, May 1; Monday morning 3 (all), Wednesday morning 1."""
    ask(family(desk, "Ada"), location)
    ask(family(desk, "Bob"), location, start=date(2027, 3, 31))
    ask(family(desk, "Cem"), location, start=date(2027, 5, 3), pattern=WeekPattern.from_text("mon wed"))
    placed = ask(family(desk, "Partly"), location)
    placed.preferences.update(state="placed")
    territory = Territory.of_desk(desk)
    assert figures.waiting([territory])[0].by_month == {date(2027, 3, 1): 2, date(2027, 5, 1): 1}
    asked = figures.waiting([territory])[0].by_half_day
    assert asked == [3, 3, 2, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert sum(asked) == 3 * 4, "each asks two days, so four half-days"


def test_half_days_that_have_a_place_are_no_longer_waited_for(desk, location):
    request = ask(family(desk, "Split"), location)
    request.preferences.update(open_pattern=WeekPattern.from_text("tue").mask)
    assert figures.waiting([Territory.of_desk(desk)])[0].by_half_day[:4] == [0, 0, 1, 1]


def test_places_add_up_and_closed_groups_dont_count(desk, location):
    """9 + 14 = 23 licensed; the second group has staff for 10 only."""
    cast.make_group(location, 9, now=NOW)
    second = cast.make_group(location, 14, now=NOW, name="Beren", price="free")
    GroupCapacity.objects.filter(group=second).update(staffed_places=10, bookable_places=12)
    cast.make_group(location, 5, now=NOW, name="Dicht", active=False)
    assert figures.places(Territory.of_desk(desk), today=TODAY) == {
        ("group", "free"): Places(14, 10, 12, 1),
        ("group", "income"): Places(9, 9, 9, 1),
    }


def test_occupancy_is_taken_of_bookable_and_no_staff_is_no_share(desk, location):
    """9 places: Monday and Tuesday hold 1 of 9. Without staff nothing can be booked: no share, and no zero."""
    group = cast.make_group(location, 9, now=NOW)
    cast.make_placement(
        family(desk, "Ada"), group, start=date(2027, 1, 4), end=date(2028, 1, 1), pattern=WEEK, now=NOW
    )
    territory = Territory.of_desk(desk)
    use = figures.use_of_week(territory, today=TODAY)
    assert [(each.taken, each.bookable) for each in use[:6]] == [(1, 9)] * 4 + [(0, 9)] * 2
    assert use[0].share == pytest.approx(1 / 9)
    assert [each.is_closed for each in use[10:]] == [True] * 4
    GroupCapacity.objects.filter(group=group).update(staffed_places=0, bookable_places=0)
    ledger.recount(group_ids=[group.pk], today=TODAY, now=NOW)
    use = figures.use_of_week(territory, today=TODAY)
    assert [(each.taken, each.bookable, each.share, each.lacks_staff) for each in use[:5]] == [
        (1, 0, None, True),
        (1, 0, None, True),
        (1, 0, None, True),
        (1, 0, None, True),
        (0, 0, None, True),
    ]
    assert figures.children_per_place(1, 0) is None


def test_free_half_days_take_nothing_from_another_group(desk, location):
    """Group 1 has 1 place that is taken twice over, group 2 has 3 free: 3 in all, not 2."""
    first = cast.make_group(location, 2, now=NOW)
    cast.make_group(location, 3, now=NOW, name="Beren")
    for name in ("Ada", "Bob"):
        cast.make_placement(
            family(desk, name), first, start=date(2027, 1, 4), end=date(2028, 1, 1), pattern=WEEK, now=NOW
        )
    GroupCapacity.objects.filter(group=first).update(staffed_places=1, bookable_places=1)
    ledger.recount(group_ids=[first.pk], today=TODAY, now=NOW)
    free = figures.free_half_days(Territory.of_desk(desk), first_month=date(2027, 1, 1), months=6)
    assert list(free) == [date(2027, month, 1) for month in range(1, 7)]
    assert list(free[date(2027, 2, 1)][:6]) == [3, 3, 3, 3, 4, 4]


def test_placed_children_count_once(desk, location):
    group = cast.make_group(location, 9, now=NOW)
    child = family(desk, "Ada")
    for pattern in ("mon", "tue"):
        cast.make_placement(
            child,
            group,
            start=date(2027, 1, 4),
            end=date(2028, 1, 1),
            pattern=WeekPattern.from_text(pattern),
            now=NOW,
        )
    assert figures.placed(Territory.of_desk(desk), today=TODAY) == 1
    assert figures.placed(Territory.of_desk(desk), today=TODAY - timedelta(days=30)) == 0


def block(page, key):
    return next(each for each in page.blocks if each.key == key)


def test_small_counts_are_hidden_and_told_totals_are_sums(desk, location):
    """12 wait: 6 for March, 6 for April; then a thirteenth alone in May hides the sixes too, or 13 - 12 = 1."""
    for number in range(12):
        ask(family(desk, f"Family {number}"), location, start=date(2027, 3 + number % 2, 1))
    page = Page.of(Territory.of_desk(desk), now=NOW)
    values = [line.cells[0].value for line in block(page, "months").lines]
    assert values == [6, 6]
    assert block(page, "months").total.cells[0].value == sum(values) == 12
    ask(family(desk, "Last"), location, start=date(2027, 5, 1))
    page = Page.of(Territory.of_desk(desk), now=NOW)
    lines = block(page, "months").lines
    assert [line.cells[0].value for line in lines] == ["", "", ""], (
        "to say which are small would tell the one"
    )
    assert {line.cells[0].text for line in lines} == {"niet vermeld"}
    assert [line.cells[0].share for line in lines] == [0, 0, 0], "a bar would tell what the number hides"


def test_the_number_of_queries_is_fixed(desk, location):
    group = cast.make_group(location, 40, now=NOW)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            Page.of(Territory.of_desk(desk), now=NOW)
        return len(captured)

    def grow(first, last):
        for number in range(first, last):
            child = family(desk, f"Family {number}")
            ask(child, location)
            cast.make_placement(
                child, group, start=date(2027, 1, 4), end=date(2028, 1, 1), pattern=WEEK, now=NOW
            )

    grow(0, 2)
    few = queries()
    grow(2, 20)
    assert queries() == few <= 25


def test_questions_without_a_request_reach_the_figures(desk):
    """Two on the fee answered, one referred; one of last year stays out, and so does one of another desk."""
    other = cast.make_desk("elders", nis="99002")
    fee, care = (
        desk.question_subjects.create(name=name, position=n) for n, name in enumerate(("Tarief", "Opvang"))
    )
    theirs = other.question_subjects.create(name="Tarief")
    asked = [(fee, "", NOW), (fee, "", NOW), (fee, "Kind en Gezin", NOW), (care, "", NOW)]
    for subject, referred, at in [*asked, (fee, "", NOW - timedelta(days=400)), (theirs, "", NOW)]:
        Question.objects.create(
            desk=subject.desk,
            subject=subject,
            channel="phone",
            language="nl",
            referred_to=referred,
            asked_at=at - timedelta(minutes=1),
        )
    page = Page.of(Territory.of_desk(desk), now=NOW)
    found = block(page, "questions")
    assert [(line.label, *(cell.value for cell in line.cells)) for line in found.lines] == [
        ("Tarief", 2, 1),
        ("Opvang", 1, 0),
    ]
    assert [cell.value for cell in found.total.cells] == [3, 1]
    officer = client_of(
        cast.make_user(
            "beleid@loket.example", role=Role.POLICY_OFFICER, scope=Scope.DESK, scope_id=desk.pk, now=NOW
        )
    )
    assert "Questions without a request" in officer.get(reverse("policy:figures", args=[desk.slug])).text


def test_a_category_is_hidden_where_everybody_less_it_would_be_few():
    many, few = {"answered": 20, "running": 9}, {"answered": 2, "running": 30}
    assert set(Veil().category(many, few).cells.values()) == {None}
    assert Veil().category(many, many).cells == many
    assert Veil(exact=True).category(many, few).cells == many
