"""Two agreements for a child whose parents live apart: weeks that never meet, the child counted once."""

import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.services.stays import end_stay, move_up, restore_end
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.people.models import Adult, User
from kribbe.places import ledger
from kribbe.places.models import LedgerTake, LedgerWeek
from kribbe.planning.models import AgreedWeeks, Paper
from kribbe.planning.papers import paper_pdf
from kribbe.planning.selectors.days import room_on
from kribbe.planning.selectors.occupancy import cells
from kribbe.planning.selectors.planned import planned_at
from kribbe.planning.services.days import Wish, ask_day
from kribbe.planning.services.papers import send_paper, sign_on_paper, sign_paper, withdraw_paper
from kribbe.planning.services.second import send_second
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.scene import PARENT, notelaar
from kribbe.rules.calendar import monday_of, public_holidays
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FULL = ((8 * 60, 17 * 60),)
WEEK = {0: FULL, 1: FULL}


@built_once
def scene():
    return notelaar(now=timezone.now(), places=2)


@pytest.fixture
def father(scene):
    return Adult.objects.create(
        household=scene.noor.child.household, first_name="Bram", last_name="Claes", name_key="claes bram"
    )


@pytest.fixture
def first(scene):
    """Noor comes on Mondays and Tuesdays of every other week, by the agreement with her mother."""
    paper = send_paper(
        principal=scene.manager, placement_id=scene.noor.pk, name="Mia",
        terms=Terms(first=scene.start, weeks=(WEEK, {})), now=scene.now,
    )  # fmt: skip
    return sign(scene, paper)


def sign(scene, paper, by=None):
    if by is not None:
        return sign_paper(principal=by, paper_id=paper.pk, name="An Maes", now=scene.now)
    today = scene.now.date()
    signed, _place = sign_on_paper(
        principal=scene.manager, paper_id=paper.pk, name="An Maes", day=today, now=scene.now
    )
    return signed


def second(scene, father, *, first=None, weeks=(WEEK, {}), placement=None):
    return send_second(
        principal=scene.manager, placement_id=(placement or scene.noor).pk, parent_id=father.pk,
        terms=Terms(first=first or scene.start + 7 * DAY, weeks=weeks), name="Mia", now=scene.now,
    )  # fmt: skip


def coming(scene, days=28, first=None):
    """How often Noor is planned, by day from the first on."""
    first = first or scene.start
    planned = [
        each for each in planned_at(scene.location, first, first + days * DAY) if _is_noor(scene, each)
    ]
    counts = (
        (n, sum(bool(each.parts(first + n * DAY, frozenset())) for each in planned)) for n in range(days)
    )
    return {n: count for n, count in counts if count}


def _is_noor(scene, planned):
    return planned.child == scene.noor.child


def taken(scene, weeks=4):
    rows = LedgerWeek.objects.filter(group=scene.group, monday__gte=scene.start).order_by("monday")
    return [row.taken[:4] for row in rows[:weeks]]


def counted(scene):
    return ledger.miscounted(group_ids=[scene.group.pk], today=scene.now.date()) == []


def test_two_agreements_and_one_child(scene, first, father):
    paper = second(scene, father)
    sign(scene, paper)
    places = Placement.objects.filter(child=scene.noor.child, state="final").order_by("during", "pk")
    assert [str(each.parent) for each in places] == ["An Maes", "An Maes", "Bram Claes"]
    assert coming(scene) == dict.fromkeys((0, 1, 7, 8, 14, 15, 21, 22), 1)
    # Noor once on Mondays and Tuesdays, Lou on Mondays
    assert taken(scene) == [[2, 2, 1, 1]] * 4
    assert counted(scene)
    assert room_on(scene.location, scene.group.pk, scene.start + 14 * DAY).taken == (2, 2)


def test_from_the_first_day_on_no_place_is_split(scene, first, father):
    sign(scene, second(scene, father, first=scene.start, weeks=({}, WEEK)))
    assert Placement.objects.filter(child=scene.noor.child).count() == 2
    assert coming(scene) == dict.fromkeys((0, 1, 7, 8, 14, 15, 21, 22), 1)
    assert (taken(scene), counted(scene)) == ([[2, 2, 1, 1]] * 4, True)
    assert not LedgerTake.objects.filter(holder=f"placement:{scene.noor.pk}").exists()


def test_other_half_days_of_the_same_weeks(scene, father):
    """Mondays with the mother, Wednesdays with the father, the Tuesday in turn."""
    sign(scene, send_paper(
        principal=scene.manager, placement_id=scene.noor.pk, name="Mia",
        terms=Terms(first=scene.start, weeks=(WEEK, {0: FULL})), now=scene.now,
    ))  # fmt: skip
    sign(scene, second(scene, father, weeks=({1: FULL, 2: FULL}, {2: FULL})))
    assert coming(scene) == dict.fromkeys((0, 1, 7, 8, 9, 14, 15, 16, 21, 22, 23), 1)
    assert counted(scene)


@pytest.mark.parametrize("hers, his", [
    ((WEEK, WEEK, {}), ({}, {}, WEEK)),
    ((WEEK, {0: FULL}, {}), ({}, {1: FULL}, WEEK)),
    ((WEEK, WEEK, {}, {}), ({}, {}, WEEK, WEEK)),
    ((WEEK, {}, {0: FULL}, {}), ({}, WEEK, {1: FULL}, WEEK)),
    ((WEEK, {}), ({}, WEEK, {}, {1: FULL})),
])  # fmt: skip
def test_three_and_four_weeks_in_turn_between_two(scene, father, hers, his):
    """Planned are the days of both, week by week; with three weeks the turn of twelve holds too."""
    sign(scene, send_paper(
        principal=scene.manager, placement_id=scene.noor.pk, name="Mia",
        terms=Terms(first=scene.start, weeks=hers), now=scene.now,
    ))  # fmt: skip
    paper = second(scene, father, first=scene.start, weeks=his)
    expected = {
        7 * week + day: 1
        for week in range(13)
        for day in {*hers[week % len(hers)], *his[week % len(his)]}
    }  # fmt: skip
    first, last = scene.start, scene.start + (13 * 7 - 1) * DAY

    def check():
        assert coming(scene, days=13 * 7) == expected
        found = cells(first=first, last=last, today=scene.now.date(), location=scene.location.pk)
        by_day = found.planned[0].reshape(13 * 7, 2)[:, 0]
        lou = set(range(0, 13 * 7, 7))
        assert {day for day in range(13 * 7) if by_day[day] > (day in lou)} == set(expected)
        assert counted(scene)

    check()
    sign(scene, paper)
    check()


@pytest.mark.parametrize("hers, his", [
    ((WEEK, WEEK, {}), ({}, WEEK)),
    ((WEEK, WEEK, {}), ({}, {0: FULL}, WEEK)),
    ((WEEK, {}, {}, {}), ({}, {}, {1: FULL})),
])  # fmt: skip
def test_one_shared_half_day_in_twelve_weeks_is_refused(scene, father, hers, his):
    sign(scene, send_paper(
        principal=scene.manager, placement_id=scene.noor.pk, name="Mia",
        terms=Terms(first=scene.start, weeks=hers), now=scene.now,
    ))  # fmt: skip
    with pytest.raises(RefusedError) as refused:
        second(scene, father, first=scene.start, weeks=his)
    assert (refused.value.field, refused.value.code) == ("weeks", "twice")


@pytest.mark.parametrize("weeks", [(WEEK,), ({}, {1: FULL}), ({0: FULL}, {1: FULL}), ({}, {}, {0: FULL})])
def test_weeks_that_meet_are_refused(scene, first, father, weeks):
    """From the second week on; the mother has the first, the third and so on."""
    before = taken(scene)
    with pytest.raises(RefusedError) as refused:
        second(scene, father, weeks=weeks)
    assert (refused.value.field, refused.value.code) == ("weeks", "twice")
    assert (Placement.objects.filter(child=scene.noor.child).count(), taken(scene)) == (1, before)


def test_nothing_is_signed_for_the_first(scene, father):
    with pytest.raises(RefusedError) as refused:
        second(scene, father)
    assert refused.value.code == "unsigned"


def test_the_database_refuses_a_true_overlap(scene, first, father):
    sign(scene, second(scene, father))
    theirs = Placement.objects.get(parent=father)
    mine = Placement.objects.get(parent__first_name="An", during__startswith=scene.start + 7 * DAY)
    for place, turn in ((theirs, mine.in_turn), (theirs, None), (mine, theirs.in_turn)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Placement.objects.filter(pk=place.pk).update(in_turn=turn)
    with pytest.raises(IntegrityError), transaction.atomic():
        Placement.objects.filter(pk=mine.pk).update(in_turn=[0, 1])


def test_the_database_refuses_weeks_outside_the_turn(scene, first, father):
    sign(scene, second(scene, father))
    row = AgreedWeeks.objects.get(placement__parent=father)
    with pytest.raises(IntegrityError), transaction.atomic():
        AgreedWeeks.objects.filter(pk=row.pk).update(turns_from=row.turns_from + 7 * DAY)
    AgreedWeeks.objects.filter(pk=row.pk).update(turns_from=row.turns_from + 14 * DAY)


def test_each_parent_with_an_account_signs_its_own(scene, first, father):
    father.user = cast.make_user(
        "bram@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD,
        scope_id=scene.noor.child.household_id, now=scene.now,
    )  # fmt: skip
    father.save()
    paper = second(scene, father)
    with pytest.raises(RefusedError) as refused:
        sign(scene, paper, by=scene.parent)
    assert refused.value.code == "other_parent"
    himself = cast.acting(Role.PARENT, Scope.HOUSEHOLD, scene.noor.child.household_id, user_id=father.user_id)
    assert sign(scene, paper, by=himself).signed_by == father.user_id


def test_taken_back_unsigned_the_second_place_is_none(scene, first, father):
    paper = second(scene, father)
    assert coming(scene) == dict.fromkeys((0, 1, 7, 8, 14, 15, 21, 22), 1)
    withdraw_paper(principal=scene.manager, paper_id=paper.pk, now=scene.now)
    assert Placement.objects.get(parent=father).state == PlacementState.ENDED
    assert coming(scene) == dict.fromkeys((0, 1, 14, 15), 1)
    assert counted(scene)
    sign(scene, second(scene, father, placement=Placement.objects.get(
        parent__first_name="An", during__startswith=scene.start + 7 * DAY
    )))  # fmt: skip


def test_one_leaves_and_the_other_keeps_its_half_days(scene, first, father):
    """In a group that is overfull too: nothing is added."""
    sign(scene, second(scene, father, first=scene.start, weeks=({}, {0: FULL})))
    LedgerWeek.objects.filter(group=scene.group).update(bookable=[1] * 14)
    last = scene.start + 34 * DAY
    left = end_stay(principal=scene.manager, placement_id=scene.noor.pk, last=last, now=scene.now)
    # from the sixth week on Noor comes on her father's Mondays only
    assert taken(scene, 6) == [[2, 2, 1, 1]] * 5 + [[2, 2, 0, 0]]
    assert coming(scene, days=56) == dict.fromkeys((0, 1, 7, 14, 15, 21, 28, 29, 35, 49), 1)
    LedgerWeek.objects.filter(group=scene.group).update(bookable=[2] * 14)
    restore_end(principal=scene.manager, leaving=left, now=scene.now)
    assert taken(scene, 6) == [[2, 2, 1, 1]] * 6


def test_both_move_up(scene, first, father):
    sign(scene, second(scene, father, first=scene.start, weeks=({}, WEEK)))
    older = cast.make_group(scene.location, 1, now=scene.now, name="Bijen", from_months=10, to_months=36)
    start = scene.start + 84 * DAY
    for place in Placement.objects.filter(child=scene.noor.child).order_by("pk"):
        move_up(principal=scene.manager, placement_id=place.pk, group_id=older.pk, start=start, now=scene.now)
    assert coming(scene, first=start) == dict.fromkeys((0, 1, 7, 8, 14, 15, 21, 22), 1)
    rows = LedgerWeek.objects.filter(group=older, monday__gte=start).order_by("monday")
    assert [row.taken[:4] for row in rows[:3]] == [[1, 1, 1, 1]] * 3
    assert ledger.miscounted(group_ids=[scene.group.pk, older.pk], today=scene.now.date()) == []


def test_an_addendum_stays_in_its_weeks(scene, first, father):
    sign(scene, second(scene, father, first=scene.start, weeks=({}, {0: FULL})))
    change = send_paper(
        principal=scene.manager, placement_id=scene.noor.pk, name="Mia",
        terms=Terms(first=scene.start + 14 * DAY, weeks=(WEEK, {1: FULL})), now=scene.now,
    )  # fmt: skip
    sign(scene, change)
    assert coming(scene, days=35) == dict.fromkeys((0, 1, 7, 14, 15, 21, 22, 28, 29), 1)
    assert counted(scene)
    mine = Placement.objects.get(parent__first_name="An", during__startswith=scene.start + 14 * DAY)
    wrong = send_paper(
        principal=scene.manager, placement_id=mine.pk, name="Mia",
        terms=Terms(first=scene.start + 28 * DAY, weeks=(WEEK,)), now=scene.now,
    )  # fmt: skip
    with pytest.raises(RefusedError) as refused:
        sign(scene, wrong)
    assert refused.value.code == "twice"


def test_an_extra_day_on_the_other_parents_day_is_refused(scene, first, father):
    sign(scene, second(scene, father, first=scene.start, weeks=({}, WEEK)))
    day = scene.start + 7 * DAY
    while day in public_holidays(day.year):
        day += 14 * DAY
    with pytest.raises(RefusedError) as refused:
        ask_day(principal=SYSTEM, placement_id=scene.noor.pk, wish=Wish(day=day, halves=3), now=scene.now)
    assert refused.value.field == "day"


def test_occupancy_counts_the_child_once(scene, first, father):
    """Signed or not: eight weeks by arrays as by the plan of each day."""
    second(scene, father)
    first_day, last = scene.start, scene.start + 55 * DAY
    found = cells(first=first_day, last=last, today=scene.now.date(), location=scene.location.pk)
    planned = planned_at(scene.location, first_day, last)
    expected = [
        [
            sum(each.halves(first_day + (7 * week + slot // 2) * DAY, frozenset(), scene.location) >> slot % 2 & 1
                for each in planned)
            for slot in range(14)
        ]
        for week in range(8)
    ]  # fmt: skip
    assert found.planned[0].tolist() == expected
    assert {row[2] for row in expected} == {1}


def test_the_papers_are_two(scene, first, father):
    sign(scene, second(scene, father))
    assert Paper.objects.count() == 2
    assert monday_of(scene.start) == scene.start
    assert WeekPattern(Paper.objects.last().pattern).to_text() == "mon tue"


def test_pages_from_the_button_to_both_signatures(scene, first, father):
    manager, parent = client_of(manager_of(scene.location, now=scene.now)), client_of(scene.parent_user())
    slug = scene.location.slug
    shown = manager.get(reverse("planning:agreement", args=[slug, scene.noor.reference])).content.decode()
    address = reverse("planning:second", args=[slug, scene.noor.reference])
    assert address in shown
    form = manager.get(address).context["form"]
    assert (form.initial["first"], form.initial["turns"]) == (scene.start + 7 * DAY, 2)
    typed = {
        "parent": father.pk, "first": f"{scene.start + 7 * DAY}", "turns": "2",
        **{f"w0d{day}{part}": text for day in (0, 1) for part, text in (("from", "09:00"), ("to", "16:00"))},
    }  # fmt: skip
    preview = manager.post(address, {**typed, "do": "preview"})
    assert [row[1:] for row in preview.context["preview"]][:3] == [
        ("", "9:00–16:00"), ("", "9:00–16:00"), ("8:00–17:00", ""),
    ]  # fmt: skip
    meets = manager.post(address, {**typed, "first": f"{scene.start}", "do": "preview"})
    assert meets.status_code == 422
    assert manager.post(address, {**typed, "do": "send", "name": "Mia"}).status_code == 302
    father.user = User.objects.get(email=PARENT)
    father.save()
    theirs = Placement.objects.get(parent=father)
    mine = reverse("planning:my_agreement", args=[theirs.reference])
    assert parent.post(mine, {"agreed": "on", "name": "Bram Claes"}).status_code == 302
    paper = Paper.objects.get(agreement__placement=theirs)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper_pdf(paper))).pages)
    assert "Bram Claes" in text
    monday = scene.start + 7 * DAY
    week = manager.get(reverse("planning:week", args=[slug]), {"week": f"{monday}"})
    assert [name for name, _marks in week.context["groups"][0]["rows"]].count("Noor M.") == 1
    listed = manager.get(reverse("planning:agreements", args=[slug])).content.decode()
    assert "Bram Claes" in listed
    assert "Bram Claes" in parent.get(reverse("planning:my_days")).content.decode()


def test_a_family_with_one_parent_is_told_what_to_do(scene, first):
    manager = client_of(manager_of(scene.location, now=scene.now))
    answer = manager.get(reverse("planning:second", args=[scene.location.slug, scene.noor.reference]))
    assert (answer.status_code, answer.context["may_write"]) == (200, False)
