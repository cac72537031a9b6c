"""Taps make stays, corrections leave a trail, and what was written down never changes."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from kribbe.attendance.models import Correction, DayNote, Mark, Presence, Tap
from kribbe.attendance.pages.day import ratio
from kribbe.attendance.selectors.came import read_came
from kribbe.attendance.selectors.day import Where, day_of
from kribbe.attendance.services.notes import Note, take_notes
from kribbe.attendance.services.register import Source, close_days, correct, take
from kribbe.attendance.tests.scene import DAY, TABLET, at, carer, monday_scene, press, tablet, tap, who
from kribbe.planning.models import Absence
from kribbe.planning.selectors.occupancy import cells
from kribbe.planning.selectors.week import week_of
from kribbe.planning.services.absences import report_absence
from kribbe.planning.tests.scene import place
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db


@built_once
def scene():
    return monday_scene()[0]


@pytest.fixture
def day(scene):
    return scene.now.date()


def stays(placement, day):
    return [
        (each.start, each.end, each.doubt) for each in Presence.objects.filter(placement=placement, day=day)
    ]


def test_in_and_out_make_a_stay_and_a_trail(scene, day):
    tap(scene, scene.noor, "in", at(day, "8:05"))
    assert stays(scene.noor, day) == [(at(day, "8:05"), None, "")]
    tap(scene, scene.noor, "out", at(day, "16:50"))
    assert stays(scene.noor, day) == [(at(day, "8:05"), at(day, "16:50"), "")]
    traces = AuditEntry.objects.filter(action="register.take")
    assert [entry.data["households"] for entry in traces] == [[scene.noor.child.household_id]] * 2


def test_the_same_tap_sent_five_times_is_kept_once(scene, day):
    key = uuid4()
    for _number in range(5):
        tap(scene, scene.noor, "in", at(day, "8:05"), key=key)
    twice = [press(scene.lou, "in", at(day, "8:10"), key=uuid4())] * 2
    take(principal=TABLET, source=Source(location=scene.location), presses=twice, now=at(day, "8:10"))
    assert Tap.objects.count() == 2
    assert len(stays(scene.noor, day)) == 1


def test_two_tablets_that_sync_in_any_order_tell_the_same(scene, day):
    """The out of the second tablet arrives before the in of the first."""
    first, _token = tablet(scene, now=at(day, "7:00"))
    second, _token = tablet(scene, now=at(day, "7:01"), name="Tuin")
    tap(scene, scene.noor, "out", at(day, "16:50"), now=at(day, "17:00"), device=second)
    assert stays(scene.noor, day)[0][2] == "no_in"
    tap(scene, scene.noor, "in", at(day, "8:05"), now=at(day, "18:00"), device=first)
    assert stays(scene.noor, day) == [(at(day, "8:05"), at(day, "16:50"), "")]
    assert Tap.objects.get(pressed="in").marks == [Mark.LATE]


def test_a_clock_an_hour_off_is_set_right_and_marked(scene, day):
    tap(scene, scene.noor, "in", at(day, "7:05"), now=at(day, "8:06"), offset=timedelta(hours=1))
    found = Tap.objects.get()
    assert (found.told_at, found.at) == (at(day, "7:05"), at(day, "8:05"))
    assert found.marks == [Mark.CLOCK]


def test_a_tap_by_somebody_who_left_is_kept_and_marked(scene, day):
    left = carer(scene, during=(date(2020, 1, 1), day))
    tap(scene, scene.noor, "in", at(day, "8:05"), carer=left)
    assert Tap.objects.get().marks == [Mark.CARER_LEFT]
    assert len(stays(scene.noor, day)) == 1


def test_a_check_in_takes_a_reported_absence_back(scene, day):
    report_absence(
        principal=scene.parent, placement_id=scene.noor.pk, days=[day], side="family", now=at(day, "6:00")
    )
    tap(scene, scene.noor, "in", at(day, "8:05"))
    assert Absence.objects.get().taken_back_at == at(day, "8:05")
    assert Tap.objects.get().marks == [Mark.WAS_ABSENT]


def absent_and_tapped(scene, day):
    """The absence that a check-in at 8:05 took back, and the key of that tap."""
    (told,) = report_absence(
        principal=scene.parent, placement_id=scene.noor.pk, days=[day], side="family", now=at(day, "6:00")
    )
    (made,) = tap(scene, scene.noor, "in", at(day, "8:05"))
    return told, made.key


def test_a_check_in_by_mistake_gives_the_absence_back(scene, day):
    told, key = absent_and_tapped(scene, day)
    tap(scene, scene.noor, "cancel", at(day, "8:06"), cancels=key)
    told.refresh_from_db()
    assert told.taken_back_at is None
    (noor,) = [
        each for each in day_of(scene.location, day, now=at(day, "9:00")).children
        if each.placement == scene.noor
    ]  # fmt: skip
    assert noor.where is Where.AWAY
    assert AuditEntry.objects.filter(action="absence.restore").exists()


def test_a_child_that_came_all_the_same_stays_no_absence(scene, day):
    told, key = absent_and_tapped(scene, day)
    tap(scene, scene.noor, "in", at(day, "9:00"))
    tap(scene, scene.noor, "cancel", at(day, "9:01"), cancels=key)
    told.refresh_from_db()
    assert told.taken_back_at == at(day, "8:05")


def test_a_tap_outside_the_place_is_kept_and_counts_for_nothing(scene):
    before = scene.start - 7 * DAY
    tap(scene, scene.noor, "in", at(before, "8:05"))
    assert Mark.OUTSIDE in Tap.objects.get().marks
    assert not Presence.objects.exists()


def test_a_child_that_was_not_planned_is_taken_in_and_marked(scene, day):
    wednesday = day + 2 * DAY
    tap(scene, scene.noor, "in", at(wednesday, "8:05"))
    assert Tap.objects.get().marks == [Mark.NOT_PLANNED]
    (child,) = day_of(scene.location, wednesday, now=at(wednesday, "9:00")).children
    assert child.where is Where.IN


def test_who_never_checked_out_left_as_planned(scene, day):
    tap(scene, scene.noor, "in", at(day, "8:05"))
    assert close_days(at(day, "23:50")) == 0
    assert close_days(at(day, "24:10")) == 1
    assert stays(scene.noor, day) == [(at(day, "8:05"), at(day, "18:00"), "no_out")]
    assert close_days(at(day, "25:10")) == 0


def test_a_correction_stands_and_what_comes_later_raises_a_doubt(scene, day):
    tap(scene, scene.noor, "in", at(day, "8:05"))
    correct(
        principal=scene.manager, location=scene.location, who=who(scene.noor), day=day,
        stays=[(at(day, "8:00"), at(day, "11:30"))], reason="Vergeten te tikken.", now=at(day, "12:00"),
    )  # fmt: skip
    assert stays(scene.noor, day) == [(at(day, "8:00"), at(day, "11:30"), "")]
    tap(scene, scene.noor, "out", at(day, "11:20"), now=at(day, "14:00"))
    assert stays(scene.noor, day) == [(at(day, "8:00"), at(day, "11:30"), "after_correction")]
    assert Tap.objects.count() == 2


@pytest.mark.parametrize(
    ("spans", "reason"),
    [
        ([("9:00", "8:00")], "omgekeerd"),
        ([("8:00", "9:00"), ("8:30", "10:00")], "overlap"),
        ([("8:00", "13:00")], "later"),
        ([("8:00", "9:00")], " "),
        ([("8:00", "9:00")] * 5, "te veel"),
    ],
)
def test_corrections_that_can_t_be(scene, day, spans, reason):
    with pytest.raises(RefusedError):
        correct(
            principal=scene.manager, location=scene.location, who=who(scene.noor), day=day,
            stays=[(at(day, start), at(day, end)) for start, end in spans], reason=reason, now=at(day, "12:00"),
        )  # fmt: skip
    assert not Correction.objects.exists()


def test_nothing_written_down_can_be_changed(scene, day):
    tap(scene, scene.noor, "in", at(day, "8:05"))
    correct(
        principal=scene.manager, location=scene.location, who=who(scene.noor), day=day,
        stays=[], reason="Was er niet.", now=at(day, "12:00"),
    )  # fmt: skip
    note = Note(
        key=uuid4(), placement_id=scene.noor.pk, about="food", words="Alles op", told_at=at(day, "11:00")
    )
    for _number in range(2):
        take_notes(
            principal=TABLET, source=Source(location=scene.location), notes=[note], now=at(day, "12:00")
        )
    assert DayNote.objects.count() == 1
    for change in (
        lambda: Tap.objects.update(pressed="out"),
        lambda: Tap.objects.all().delete(),
        lambda: Correction.objects.update(reason="anders"),
        lambda: Correction.objects.all().delete(),
        lambda: DayNote.objects.update(words="anders"),
        lambda: DayNote.objects.all().delete(),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


def test_stays_of_a_day_never_overlap(scene, day):
    common = {"placement": scene.noor, "day": day, "halves": 1}
    Presence.objects.create(number=0, start=at(day, "8:00"), end=at(day, "10:00"), **common)
    with pytest.raises(IntegrityError), transaction.atomic():
        Presence.objects.create(number=1, start=at(day, "9:00"), end=None, **common)


def test_the_day_says_who_is_in_who_left_and_who_is_missing(scene, day):
    tap(scene, scene.noor, "in", at(day, "8:05"))
    early = day_of(scene.location, day, now=at(day, "7:10"))
    assert early.count(Where.EXPECTED) == 1
    now = day_of(scene.location, day, now=at(day, "9:00"))
    assert {child.placement.pk: child.where for child in now.children} == {
        scene.noor.pk: Where.IN,
        scene.lou.pk: Where.MISSING,
    }
    assert now.need.carers == 1
    tap(scene, scene.noor, "out", at(day, "16:00"))
    later = day_of(scene.location, day, now=at(day, "16:10"))
    assert later.count(Where.LEFT) == 1
    assert later.need.carers == 0


def test_children_too_many_at_one_home_are_told_whatever_carers_there_are():
    scene, day = monday_scene(places=12)
    location = scene.location
    type(location).objects.filter(pk=location.pk).update(kind="family")
    location.refresh_from_db()
    for number in range(8):
        placement = place(
            scene.desk,
            scene.group,
            f"Vos {number}",
            "Kim",
            WeekPattern.from_text("mon"),
            scene.start,
            scene.now,
        )
        tap(scene, placement, "in", at(day, "8:05"))
    now = at(day, "9:00")
    assert ratio(day_of(location, day, now=now))["too_many"] == 0
    tap(scene, scene.noor, "in", at(day, "8:06"))
    assert ratio(day_of(location, day, now=now))["too_many"] == 1


def test_occupancy_counts_who_came_where_there_is_a_register(scene, day):
    """Planned: Noor and Lou. Came: Noor, for the morning only. The week page and the city's count agree."""
    tap(scene, scene.noor, "in", at(day, "8:05"))
    tap(scene, scene.noor, "out", at(day, "9:00"))
    tap(scene, scene.noor, "in", at(day, "10:00"))
    tap(scene, scene.noor, "out", at(day, "12:00"))
    (row,) = read_came(first=day, last=day, locations=[scene.location.pk])
    assert row == (scene.group.pk, 0, 1, 0)
    today = day + DAY
    week = week_of(scene.location, day, today=today)
    assert [cell.realised for cell in week.groups[0].cells[:3]] == [1, 0, None]
    found = cells(first=day, last=day + 6 * DAY, today=today, location=scene.location.pk).total()
    assert (found.realised, found.planned_of_realised) == (1, 4)
    assert found == week.occupancy


def test_a_batch_costs_the_same_however_many_taps(scene, day):
    def cost(number):
        presses = [press(scene.noor, "in", at(day, "8:05")) for _each in range(number)]
        with CaptureQueriesContext(connection) as captured:
            take(
                principal=TABLET, source=Source(location=scene.location), presses=presses, now=at(day, "9:00")
            )
        return len(captured)

    cost(1)
    assert cost(40) == cost(2) <= 27


def test_a_night_over_the_change_of_the_clock_is_one_stay(scene):
    """In at 20:00 on 28 March, out at 7:00: ten hours, and it counts on both days."""
    from kribbe.planning.models import AgreedWeeks, CareAgreement, Paper

    agreement = CareAgreement.objects.create(placement=scene.noor, made_at=scene.now)
    paper = Paper.objects.create(
        agreement=agreement, number=0, first=scene.start, weeks=[], pattern=1, notice_days=1, made_at=scene.now,
        location_name="Mia",
    )  # fmt: skip
    AgreedWeeks.objects.create(
        agreement=agreement, placement=scene.noor, paper=paper, during=(None, None),
        weeks=[{"5": [[1200, 1860]]}], masks=[1 << 11], turns_from=scene.start,
    )  # fmt: skip
    night = date(2026, 3, 28)
    tap(scene, scene.noor, "out", datetime(2026, 3, 29, 5, 0, tzinfo=UTC))
    tap(
        scene,
        scene.noor,
        "in",
        datetime(2026, 3, 28, 19, 0, tzinfo=UTC),
        now=datetime(2026, 3, 29, 6, tzinfo=UTC),
    )
    (stay,) = Presence.objects.all()
    assert (stay.day, stay.end - stay.start) == (night, timedelta(hours=10))
    assert stay.halves == 0b0110
    assert read_came(first=night, last=night + DAY) == [(scene.group.pk, 0, 0, 1), (scene.group.pk, 1, 1, 0)]


def test_out_before_in_leaves_both_taps_and_a_stay_to_be_confirmed(scene, day):
    """Out at 8:00 without an in: it came as planned, at 7:00. The in of 9:00 begins a stay of its own."""
    tap(scene, scene.noor, "out", at(day, "8:00"))
    tap(scene, scene.noor, "in", at(day, "9:00"))
    assert stays(scene.noor, day) == [
        (at(day, "7:00"), at(day, "8:00"), "no_in"),
        (at(day, "9:00"), None, ""),
    ]


def test_the_hour_that_comes_twice_counts_twice(scene):
    """On 25 October 2026 it is 2:30 twice. In at the first, out at the second: an hour, in either order."""
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    now = datetime(2026, 10, 25, 8, tzinfo=UTC)
    for pressed, moment in (("out", second), ("in", first)):
        tap(scene, scene.noor, pressed, moment, now=now)
    (stay,) = Presence.objects.all()
    assert stay.end - stay.start == timedelta(hours=1)
    assert stay.day == date(2026, 10, 25)
