"""A stay that is cut into pieces is kept as one: what is signed, told or ended holds for all of its days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import piece_on, stay_of
from kribbe.enrolment.services.stays import end_stay, move_up, restore_end, undo_move_up
from kribbe.places import ledger
from kribbe.places.models import LedgerTake
from kribbe.planning.models import DayRules, DayState, ShortNotice, TellingSide
from kribbe.planning.selectors.planned import absences, planned_at
from kribbe.planning.services.absences import report_absence
from kribbe.planning.services.days import Wish, give_day, take_back_day
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.short_notice import listen
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
START = date(2026, 1, 5)
JUNE, JULY, AUGUST, SEPTEMBER = (date(2026, month, 1) for month in (6, 7, 8, 9))
FULL = ((480, 1020),)
THURSDAY = WeekPattern.from_text("thu")


@built_once
def scene():
    """Noor comes on Mondays and Tuesdays since January, as both signed."""
    made = notelaar(now=NOW, start=START)
    agree(made, START, {0: FULL, 1: FULL})
    return made


@pytest.fixture
def older(scene):
    return cast.make_group(scene.location, 3, now=NOW, name="Kevers")


def agree(scene, first, *weeks, last=None, now=NOW, signed=NOW):
    """Both sign for Noor: the location `now`, the family when it is `signed`."""
    place = next(each for each in stay_of(scene.noor) if each.during.upper > first)
    paper = send_paper(
        principal=scene.manager, placement_id=place.pk, terms=Terms(first=first, weeks=weeks, last=last),
        name="Mia", now=now,
    )  # fmt: skip
    return sign_paper(principal=scene.parent, paper_id=paper.pk, name="An Maes", now=signed)


def up(scene, older, start):
    return move_up(
        principal=scene.manager, placement_id=scene.noor.pk, group_id=older.pk, start=start, now=NOW
    )


def weekdays(scene, first, days=7):
    """The group and weekday of every day on which Noor is planned."""
    plans = [
        each for each in planned_at(scene.location, first, first + days * DAY) if each.child == scene.noor.child
    ]  # fmt: skip
    return [
        (each.placement.group.name, day.strftime("%a").lower())
        for day in (first + n * DAY for n in range(days))
        for each in plans
        if each.parts(day, frozenset())
    ]


def both(*days, group="Vlinders"):
    return [(group, day) for day in days]


def in_step(scene, *groups):
    """The ledger counts what its holders hold, and holds nothing for a place that doesn't stand."""
    keys = [scene.group.pk, *(group.pk for group in groups)]
    standing = {f"placement:{each.pk}" for each in Placement.objects.filter(state="final")}
    held = set(LedgerTake.objects.values_list("holder", flat=True))
    return ledger.miscounted(group_ids=keys, today=NOW.date()) == [] and held == standing


def test_for_good_goes_on_over_a_change_for_a_time(scene):
    agree(scene, AUGUST, {2: FULL}, last=SEPTEMBER - DAY)
    assert weekdays(scene, AUGUST + 2 * DAY) == both("wed")
    agree(scene, JULY, {3: FULL}, now=NOW + 30 * DAY, signed=NOW + 30 * DAY)
    for monday in (date(2026, 7, 6), date(2026, 8, 3), date(2026, 9, 7), date(2027, 3, 1)):
        assert weekdays(scene, monday) == both("thu")
    assert in_step(scene)


def test_for_good_goes_on_in_the_next_group(scene, older):
    up(scene, older, SEPTEMBER)
    agree(scene, JULY, {3: FULL})
    assert weekdays(scene, date(2026, 7, 6)) == both("thu")
    assert weekdays(scene, date(2026, 9, 7)) == both("thu", group="Kevers")
    assert in_step(scene, older)


def test_for_good_is_refused_where_the_next_group_has_no_room(scene, older):
    up(scene, older, SEPTEMBER)
    for number in range(3):
        ledger.take(
            group_id=older.pk, start=SEPTEMBER, end=None, pattern=THURSDAY, holder=f"offer:9{number}", now=NOW
        )  # fmt: skip
    with pytest.raises(RefusedError) as refused:
        agree(scene, JULY, {3: FULL})
    assert refused.value.code == "full"


def test_who_leaves_leaves_the_next_group_too(scene, older):
    up(scene, older, SEPTEMBER)
    before = sorted(LedgerTake.objects.values_list("holder", "during", "pattern"))
    left = end_stay(principal=scene.manager, placement_id=scene.noor.pk, last=date(2026, 7, 15), now=NOW)
    assert weekdays(scene, date(2026, 7, 6)) == both("mon", "tue")
    assert weekdays(scene, date(2026, 7, 20)) == weekdays(scene, date(2026, 9, 7)) == []
    assert in_step(scene, older)
    restore_end(principal=scene.manager, leaving=left, now=NOW)
    assert weekdays(scene, date(2026, 9, 7)) == both("mon", "tue", group="Kevers")
    assert sorted(LedgerTake.objects.values_list("holder", "during", "pattern")) == before


def test_who_leaves_can_do_so_from_the_next_group(scene, older):
    up(scene, older, SEPTEMBER)
    end_stay(principal=scene.manager, placement_id=scene.noor.pk, last=date(2026, 10, 15), now=NOW)
    assert weekdays(scene, date(2026, 10, 12)) == both("mon", "tue", group="Kevers")
    assert weekdays(scene, date(2026, 10, 19)) == []
    assert in_step(scene, older)


def test_who_moves_up_stays_up(scene, older):
    """A month of other days was agreed for July: the child moves up in June and doesn't come back for it."""
    agree(scene, JULY, {2: FULL}, last=AUGUST - DAY)
    before = sorted(LedgerTake.objects.values_list("holder", "during", "pattern"))
    moved = up(scene, older, JUNE)
    assert weekdays(scene, date(2026, 6, 8)) == both("mon", "tue", group="Kevers")
    assert weekdays(scene, date(2026, 7, 6)) == both("wed", group="Kevers")
    assert weekdays(scene, date(2026, 8, 3)) == both("mon", "tue", group="Kevers")
    assert in_step(scene, older)
    undo_move_up(principal=scene.manager, placement_id=moved.pk, now=NOW)
    assert weekdays(scene, date(2026, 7, 6)) == both("wed")
    assert sorted(LedgerTake.objects.values_list("holder", "during", "pattern")) == before


def absent(scene, *days):
    report_absence(
        principal=scene.parent, placement_id=on(scene, days[0]).pk, days=days, side=TellingSide.FAMILY, now=NOW
    )  # fmt: skip


def on(scene, day):
    return piece_on(stay_of(scene.noor), day)


def away(scene, first, days=7):
    """The days on which Noor is told absent, as the plan of the location reads them."""
    plans = [each.placement for each in planned_at(scene.location, first, first + days * DAY)]
    return sorted(day for _key, day in absences(plans, first, first + days * DAY))


def extra(scene, day, halves=3, **more):
    rules = DayRules(swap_weeks=2)
    change, _place = give_day(
        principal=scene.manager, placement_id=on(scene, day).pk, wish=Wish(day=day, halves=halves, **more),
        rules=rules, now=NOW,
    )  # fmt: skip
    return change


def in_ledger(change):
    rows = LedgerTake.objects.filter(holder=f"day:{change.pk}")
    return [(row.group_id, WeekPattern(row.pattern).to_text()) for row in rows]


def test_what_was_told_for_later_days_goes_along_to_the_next_group_and_back(scene, older):
    told = [date(2026, 6, 8), date(2026, 6, 9)]
    absent(scene, *told)
    change = extra(scene, date(2026, 6, 12))
    swap = extra(scene, date(2026, 6, 18), instead_of=date(2026, 6, 16))
    listen(principal=scene.parent, placement_id=scene.noor.pk, wanted=True, now=NOW)
    moved = up(scene, older, JUNE)
    assert away(scene, told[0]) == told
    assert weekdays(scene, date(2026, 6, 8)) == both("mon", "tue", "fri", group="Kevers")
    assert weekdays(scene, date(2026, 6, 15)) == both("mon", "thu", group="Kevers")
    assert (in_ledger(change), in_ledger(swap)) == ([(older.pk, "fri")], [(older.pk, "thu")])
    assert ShortNotice.objects.filter(placement=moved).exists()
    undo_move_up(principal=scene.manager, placement_id=moved.pk, now=NOW)
    assert away(scene, told[0]) == told
    assert weekdays(scene, date(2026, 6, 8)) == both("mon", "tue", "fri")
    assert in_ledger(change) == [(scene.group.pk, "fri")]
    listen(principal=scene.parent, placement_id=scene.noor.pk, wanted=False, now=NOW)
    assert not ShortNotice.objects.exists()


def test_what_was_told_goes_along_when_half_days_change(scene):
    """An extra Thursday is held once, though Thursdays are agreed later on."""
    told = [date(2026, 7, 6), date(2026, 7, 7)]
    absent(scene, *told)
    change = extra(scene, date(2026, 7, 9))
    agree(scene, JUNE, {0: FULL, 1: FULL, 3: FULL})
    assert away(scene, told[0]) == told
    assert in_ledger(change) == []
    assert in_step(scene)


def test_who_leaves_takes_back_what_was_asked_for_later(scene, older):
    up(scene, older, SEPTEMBER)
    change = extra(scene, date(2026, 7, 17))
    paper = send_paper(
        principal=scene.manager, placement_id=on(scene, SEPTEMBER).pk, now=NOW, name="Mia",
        terms=Terms(first=date(2026, 10, 1), weeks=({0: FULL, 1: FULL, 3: FULL},)),
    )  # fmt: skip
    end_stay(principal=scene.manager, placement_id=scene.noor.pk, last=date(2026, 7, 15), now=NOW)
    change.refresh_from_db()
    paper.refresh_from_db()
    assert (change.state, paper.withdrawn_at) == (DayState.WITHDRAWN, NOW)
    assert in_step(scene, older)


LEFT = NOW + DAY
"""The moment of a leaving: of what was agreed before it nothing has that time."""


def leave(scene, last=date(2026, 7, 15)):
    return end_stay(principal=scene.manager, placement_id=scene.noor.pk, last=last, now=LEFT)


def stay_after_all(scene, left, now=LEFT + DAY):
    restore_end(principal=scene.manager, leaving=left, now=now)


def test_who_stays_after_all_has_its_days_absences_and_papers_again(scene, older):
    up(scene, older, SEPTEMBER)
    change, swap = (
        extra(scene, date(2026, 7, 17)),
        extra(scene, date(2026, 7, 30), instead_of=date(2026, 7, 28)),
    )
    told = [date(2026, 7, 20)]
    absent(scene, *told)
    paper = send_paper(
        principal=scene.manager, placement_id=on(scene, SEPTEMBER).pk, now=NOW, name="Mia",
        terms=Terms(first=date(2026, 10, 1), weeks=({0: FULL, 1: FULL, 3: FULL},)),
    )  # fmt: skip
    before = sorted(LedgerTake.objects.values_list("holder", "during", "pattern"))
    left = leave(scene)
    assert not away(scene, told[0])
    stay_after_all(scene, left)
    for each in (change, swap, paper):
        each.refresh_from_db()
    assert (change.state, change.answered_at) == (DayState.GRANTED, NOW)
    assert (swap.state, paper.withdrawn_at) == (DayState.GRANTED, None)
    assert away(scene, told[0]) == told
    assert sorted(LedgerTake.objects.values_list("holder", "during", "pattern")) == before
    sign_paper(principal=scene.parent, paper_id=paper.pk, name="An Maes", now=LEFT + DAY)
    assert weekdays(scene, date(2026, 10, 5)) == both("mon", "tue", "thu", group="Kevers")
    assert not ledger.miscounted(group_ids=[scene.group.pk, older.pk], today=NOW.date())


def test_what_was_taken_back_before_the_leaving_stays_so(scene):
    change = extra(scene, date(2026, 7, 17))
    take_back_day(principal=scene.manager, change_id=change.pk, now=NOW)
    stay_after_all(scene, leave(scene))
    change.refresh_from_db()
    assert change.state == DayState.WITHDRAWN


def test_a_day_whose_room_went_or_that_is_over_stays_taken_back(scene):
    full, over = extra(scene, date(2026, 7, 17)), extra(scene, date(2026, 7, 16))
    left = leave(scene)
    for number in range(5):
        try:
            ledger.take(
                group_id=scene.group.pk, start=full.day, end=full.day + DAY, now=LEFT, holder=f"offer:9{number}",
                pattern=WeekPattern.from_text("fri"),
            )  # fmt: skip
        except ledger.NoRoomError:
            break
    stay_after_all(scene, left, now=datetime(2026, 7, 17, 5, tzinfo=UTC))
    for each in (full, over):
        each.refresh_from_db()
    assert (full.state, over.state) == (DayState.WITHDRAWN, DayState.WITHDRAWN)
    assert not in_ledger(full)


def test_a_paper_that_another_one_replaced_stays_withdrawn(scene):
    terms = Terms(first=AUGUST, weeks=({0: FULL, 1: FULL, 3: FULL},))
    first = send_paper(principal=scene.manager, placement_id=scene.noor.pk, now=NOW, name="Mia", terms=terms)
    left = leave(scene)
    earlier = Terms(first=JUNE, weeks=({0: FULL, 1: FULL, 3: FULL},))
    second = send_paper(
        principal=scene.manager, placement_id=scene.noor.pk, now=LEFT, name="Mia", terms=earlier
    )
    stay_after_all(scene, left)
    for each in (first, second):
        each.refresh_from_db()
    assert (first.withdrawn_at, second.withdrawn_at) == (LEFT, None)


def test_a_paper_signed_after_its_first_day_leaves_the_days_before(scene):
    """From 8 June on Thursdays; signed a week late, on the 15th, it holds from the 16th and says so."""
    paper = agree(scene, date(2026, 6, 8), {3: FULL}, signed=datetime(2026, 6, 15, 8, tzinfo=UTC))
    assert paper.first == date(2026, 6, 16)
    assert weekdays(scene, date(2026, 6, 8)) == both("mon", "tue")
    assert weekdays(scene, date(2026, 6, 15)) == both("mon", "thu")
    assert in_step(scene)


def test_weeks_in_turn_keep_their_turn_when_signed_late(scene):
    agree(
        scene, date(2026, 6, 8), {3: FULL}, {4: FULL}, signed=datetime(2026, 6, 15, 8, tzinfo=UTC)
    )  # fmt: skip
    assert weekdays(scene, date(2026, 6, 22)) == both("thu")
    assert weekdays(scene, date(2026, 6, 29)) == both("fri")


def test_a_change_whose_days_are_over_is_signed_no_more(scene):
    with pytest.raises(RefusedError) as refused:
        agree(
            scene,
            date(2026, 6, 8),
            {3: FULL},
            last=date(2026, 6, 14),
            signed=datetime(2026, 6, 15, 8, tzinfo=UTC),
        )
    assert refused.value.code == "over"
