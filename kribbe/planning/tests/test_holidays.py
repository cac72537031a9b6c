"""A holiday schedule of an agreement: one paper, laid over the ordinary weeks; ledger, plan and allowance follow."""

import io
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pypdf import PdfReader

from kribbe.enrolment.models import Placement
from kribbe.enrolment.services.stays import end_stay, restore_end
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places.models import LedgerTake
from kribbe.planning.models import AgreedWeeks, Paper
from kribbe.planning.papers import paper_pdf
from kribbe.planning.selectors.allowance import stated, year_of
from kribbe.planning.selectors.days import room_on
from kribbe.planning.services.papers import withdraw_paper
from kribbe.planning.services.terms import Terms, check
from kribbe.planning.tests.holidays import (
    AUTUMN,
    CHRISTMAS,
    DAY,
    FULL,
    NO_LONGER,
    START,
    counted_right,
    days_of,
    holiday_scene,
    holidays,
    send,
    sign,
    taken,
)
from kribbe.planning.tests.scene import place
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db


@built_once
def scene():
    return holiday_scene()


def test_nothing_in_school_holidays(scene):
    """The plan is empty then, a place is free for an extra day, and the allowance is less."""
    before = year_of(stated(scene.noor, 2027, today=START), 2027).now.balance.entitled
    full = room_on(scene.location, scene.group.pk, AUTUMN).taken
    sign(scene, send(scene, holidays()))
    assert [days_of(scene, AUTUMN + n * 7 * DAY) for n in (-1, 0, 1)] == [[0, 1], [], [0, 1]]
    assert (full, room_on(scene.location, scene.group.pk, AUTUMN).taken) == ((2, 2), (1, 1))
    after = year_of(stated(scene.noor, 2027, today=START), 2027).now.balance.entitled
    assert 0 < after < before
    assert Placement.objects.filter(child=scene.noor.child).count() == 1
    assert counted_right(scene)


def test_other_days_in_the_holidays_are_held_then_and_only_then(scene):
    """Thursdays in the holidays: held for each stretch, from the moment that it is sent."""
    thursday = CHRISTMAS + 3 * DAY
    paper = send(scene, holidays({3: FULL}))
    assert (taken(scene, thursday), taken(scene, thursday - 7 * DAY)) == (1, 0)
    assert days_of(scene, CHRISTMAS) == [0, 1]
    sign(scene, paper)
    assert (days_of(scene, CHRISTMAS), days_of(scene, CHRISTMAS - 7 * DAY)) == ([3], [0, 1])
    assert (taken(scene, thursday), taken(scene, thursday - 7 * DAY)) == (1, 0)
    assert not LedgerTake.objects.filter(holder__startswith="paper:").exists()
    assert room_on(scene.location, scene.group.pk, thursday).taken == (1, 1)
    assert counted_right(scene)


def test_only_in_the_holidays(scene):
    sign(scene, send(scene, holidays({}, outside=True)))
    assert (days_of(scene, CHRISTMAS), days_of(scene, CHRISTMAS - 7 * DAY)) == ([0, 1], [])


def test_weeks_turn_through_the_stretches(scene):
    """Two weeks of Christmas: Monday in the one, Wednesday in the other, counted from the first day of the paper."""
    sign(scene, send(scene, holidays({0: FULL}, {2: FULL})))
    parity = (CHRISTMAS - START).days // 7 % 2
    assert days_of(scene, CHRISTMAS, weeks=2) == ([2, 7] if parity else [0, 9])


def test_a_new_schedule_takes_the_place_of_the_one_before_from_its_first_day_on(scene):
    sign(scene, send(scene, holidays()))
    sign(scene, send(scene, holidays({2: FULL}, first=date(2026, 12, 1))))
    assert (days_of(scene, AUTUMN), days_of(scene, CHRISTMAS)) == ([], [2])
    sign(scene, send(scene, Terms(first=date(2027, 1, 4), weeks=({},), schedule=NO_LONGER)))
    assert (days_of(scene, AUTUMN), days_of(scene, CHRISTMAS)) == ([], [2])
    assert days_of(scene, date(2027, 7, 5)) == [0, 1]
    assert taken(scene, date(2027, 7, 7)) == 0
    assert counted_right(scene)


def test_a_change_for_good_leaves_the_holidays_and_one_for_a_time_does_not(scene):
    """From December on Thursdays: nothing at Christmas still, until a change for Christmas itself."""
    sign(scene, send(scene, holidays()))
    sign(scene, send(scene, Terms(first=date(2026, 12, 1), weeks=({3: FULL},))))
    assert (days_of(scene, date(2026, 12, 7)), days_of(scene, CHRISTMAS)) == ([3], [])
    later = Placement.objects.get(child=scene.noor.child, state="final", during__contains=CHRISTMAS)
    sign(scene, send(scene, Terms(first=CHRISTMAS, last=CHRISTMAS + 6 * DAY, weeks=({3: FULL},)), later))
    assert (days_of(scene, CHRISTMAS), days_of(scene, CHRISTMAS + 7 * DAY)) == ([3], [])
    assert counted_right(scene)


def test_a_change_within_a_stretch_cuts_it(scene):
    """Other half-days from the middle of the Christmas holidays: a new place, the schedule on both sides."""
    sign(scene, send(scene, holidays({2: FULL})))
    sign(scene, send(scene, Terms(first=CHRISTMAS + 7 * DAY, weeks=({4: FULL},))))
    assert days_of(scene, CHRISTMAS, weeks=2) == [2, 9]
    assert days_of(scene, date(2027, 1, 4)) == [4]
    assert counted_right(scene)


def test_taken_back_nothing_is_held(scene):
    before = LedgerTake.objects.count()
    paper = send(scene, holidays({3: FULL}))
    assert LedgerTake.objects.count() > before
    withdraw_paper(principal=scene.manager, paper_id=paper.pk, now=scene.now)
    assert LedgerTake.objects.count() == before
    assert counted_right(scene)


def test_taken_back_after_a_move_up_the_old_group_holds_nothing(scene):
    """What the paper held in the group that the child left meanwhile comes free too."""
    older = cast.make_group(scene.location, 2, now=scene.now, name="Kevers")
    paper = send(scene, holidays({3: FULL}, first=CHRISTMAS))
    Placement.objects.filter(pk=scene.noor.pk).update(group=older)
    withdraw_paper(principal=scene.manager, paper_id=paper.pk, now=scene.now)
    assert not LedgerTake.objects.filter(holder__startswith="paper:").exists()
    assert counted_right(scene)


def test_a_schedule_that_was_cut_off_is_no_schedule_to_end(scene):
    """The stay ends before the holidays: refused in words. In an open last stretch there is one to end."""
    sign(scene, send(scene, holidays()))
    ended = Terms(first=date(2027, 1, 4), weeks=({},), schedule=NO_LONGER)
    Placement.objects.filter(pk=scene.noor.pk).update(during=(START, date(2027, 1, 11)))
    scene.noor.refresh_from_db()
    with pytest.raises(RefusedError) as refused:
        check(scene.noor, ended, is_first=False)
    assert refused.value.field == "first"
    Placement.objects.filter(pk=scene.noor.pk).update(during=(START, date(2027, 1, 6)))
    AgreedWeeks.objects.filter(placement=scene.noor, during__startswith__gt=CHRISTMAS).delete()
    AgreedWeeks.objects.filter(placement=scene.noor, during__startswith=CHRISTMAS).update(
        during=(CHRISTMAS, None)
    )
    scene.noor.refresh_from_db()
    check(scene.noor, ended, is_first=False)


def test_what_is_held_beside_ends_with_the_place_and_comes_back_with_it(scene):
    sign(scene, send(scene, holidays({3: FULL})))
    thursday, now = date(2027, 7, 8), scene.now
    left = end_stay(principal=scene.manager, placement_id=scene.noor.pk, last=date(2027, 6, 30), now=now)
    assert (taken(scene, thursday), counted_right(scene)) == (0, True)
    restore_end(principal=scene.manager, leaving=left, now=now)
    assert (taken(scene, thursday), counted_right(scene)) == (1, True)


@pytest.mark.parametrize("child", ["other", "own"])
def test_no_room_or_another_place_of_the_child_refuses(scene, child):
    thursday = WeekPattern.from_text("thu")
    if child == "own":
        group = scene.group
        Placement.objects.create(
            child=scene.noor.child, group=group, during=(START, None), pattern=thursday.mask, state="final",
            reserved_at=scene.now,
        )  # fmt: skip
    else:
        for name in ("Vos", "Smets"):
            place(scene.desk, scene.group, name, "Kim", thursday, START, scene.now)
    with pytest.raises(RefusedError) as refused:
        send(scene, holidays({3: FULL}))
    assert refused.value.code == ("twice" if child == "own" else "full")
    assert Paper.objects.count() == 1


@pytest.mark.parametrize(
    "terms",
    [
        holidays({5: FULL}),
        holidays({0: ((60, 120),)}),
        Terms(first=START, weeks=({},), schedule=NO_LONGER),
        Terms(first=START - DAY, weeks=({},), schedule=NO_LONGER),
    ],
    ids=["closed weekday", "outside the opening hours", "nothing to end", "before the place"],
)
def test_what_cannot_be_is_refused_in_words(scene, terms):
    with pytest.raises(RefusedError):
        send(scene, terms)


def test_the_agreement_comes_first(scene):
    with pytest.raises(RefusedError) as refused:
        send(scene, holidays(), scene.lou)
    assert refused.value.code == "first"


def test_the_database_keeps_a_schedule_to_addenda(scene):
    paper = Paper.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.create(
            agreement=paper.agreement, number=1, first=START, weeks=[{}], pattern=1, notice_days=60,
            made_at=scene.now, location_name="Mia", schedule={}, withdrawn_at=scene.now,
        )  # fmt: skip


def test_the_addendum_says_on_which_days(scene):
    paper = sign(scene, send(scene, holidays()))
    text = PdfReader(io.BytesIO(paper_pdf(paper))).pages[0].extract_text()
    assert "kerstvakantie" in text.lower()
    assert "Geen dagen" in text


def test_the_page_shows_first_what_it_does_and_the_family_sees_it(scene):
    client = client_of(manager_of(scene.location, now=scene.now))
    url = reverse("planning:holidays", args=[scene.location.slug, scene.noor.reference])
    asked = {
        "first": "2026-09-07",
        "when": "in",
        "community": "nl",
        "turns": "1",
        "note": "",
        "do": "preview",
    }
    page = client.post(url, asked)
    assert page.context["preview"][0] == ("2 November 2026 – 8 November 2026", "2 days", "0 days")
    assert client.post(url, {**asked, "do": "send", "name": ""}).status_code == 422
    assert client.post(url, {**asked, "do": "send", "name": "Mia"}).status_code == 302
    paper = Paper.objects.get(schedule__isnull=False)
    parent = client_of(scene.parent_user())
    mine = reverse("planning:my_agreement", args=[scene.noor.reference])
    assert "Christmas holidays" in parent.get(mine).content.decode()
    parent.post(mine, {"agreed": "on", "name": "An Maes"})
    assert "By the school calendar" in parent.get(mine).content.decode()
    paper.refresh_from_db()
    assert paper.signed_at
    assert (
        "By the school calendar"
        in client.get(
            reverse("planning:agreement", args=[scene.location.slug, scene.noor.reference])
        ).content.decode()
    )
    ended = {**asked, "first": "2027-01-04", "when": "end", "do": "preview"}
    assert client.post(url, ended).context["preview"][0][1:] == ("0 days", "2 days")


def test_the_page_asks_as_many_questions_for_any_schedule(scene, django_assert_max_num_queries):
    client = client_of(manager_of(scene.location, now=scene.now))
    url = reverse("planning:holidays", args=[scene.location.slug, scene.noor.reference])
    asked = {
        "first": "2026-09-07",
        "when": "in",
        "community": "nl",
        "turns": "1",
        "note": "",
        "do": "preview",
    }
    with django_assert_max_num_queries(34):
        client.post(url, {**asked, "w0d3from": "08:00", "w0d3to": "17:00"})


def test_what_the_schedule_before_has_is_not_asked_twice(scene):
    """Thursdays are full with Noor's own in the holidays: the next schedule has them too, and asks Friday alone."""
    sign(scene, send(scene, holidays({3: FULL})))
    place(scene.desk, scene.group, "Vos", "Kim", WeekPattern.from_text("thu"), START, scene.now)
    paper = send(scene, holidays({3: FULL, 4: FULL}, first=date(2026, 12, 1)))
    assert [taken(scene, CHRISTMAS + n * DAY) for n in (3, 4)] == [2, 1]
    sign(scene, paper)
    assert days_of(scene, CHRISTMAS) == [3, 4]
    assert [taken(scene, CHRISTMAS + n * DAY) for n in (3, 4)] == [2, 1]
    assert counted_right(scene)


def test_a_schedule_signed_leaves_the_half_days_as_they_are_now(scene):
    """They changed between sending and signing; a schedule paper says nothing of them."""
    paper = send(scene, holidays())
    Paper.objects.filter(pk=paper.pk).update(pattern=1)
    sign(scene, paper)
    assert Placement.objects.filter(child=scene.noor.child).count() == 1
    assert days_of(scene, CHRISTMAS - 7 * DAY) == [0, 1]


def test_rows_of_one_place_keep_apart_and_in_order(scene):
    sign(scene, send(scene, holidays()))
    rows = AgreedWeeks.objects.filter(placement=scene.noor).order_by("during")
    assert [row.by_calendar for row in rows[:4]] == [False, True, False, True]
