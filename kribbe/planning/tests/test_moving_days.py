"""A location moves a child's day, and copies a week's changes: looked at, told to the family, undone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places import ledger
from kribbe.places.models import ClosingDay, Kind
from kribbe.planning.models import DayBatch, DayChange, DayState
from kribbe.planning.selectors import planned
from kribbe.planning.selectors.elsewhere import Elsewhere
from kribbe.planning.selectors.planned import planned_of
from kribbe.planning.services.absences import report_absence
from kribbe.planning.services.days import Wish
from kribbe.planning.services.moving_days import copy_week, look_at_copy, move_day, undo_batch
from kribbe.planning.tests.scene import notelaar, place
from kribbe.rules.calendar import monday_of, public_holidays
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
WEEKS = 4


@built_once
def scene():
    """Noor comes on Mondays and Tuesdays, Lou on Mondays; two places; care began four weeks ago."""
    now = timezone.now()
    return notelaar(now=now, places=2, start=monday_of(now.date()) - 4 * WEEK)


@pytest.fixture
def monday(scene):
    """A week that is still to come, without a public holiday in it or in the weeks after it."""
    found = monday_of(scene.now.date()) + WEEK
    while any(found + n * DAY in public_holidays((found + n * DAY).year) for n in range(7 * (WEEKS + 1))):
        found += WEEK
    return found


def move(scene, given, to, placement=None, halves=3):
    return move_day(
        principal=scene.manager, placement_id=(placement or scene.noor).pk,
        wish=Wish(day=to, halves=halves, instead_of=given), now=scene.now,
    )  # fmt: skip


def copied(scene, monday, count=WEEKS):
    return copy_week(
        principal=scene.manager, location=scene.location, monday=monday, count=count, now=scene.now
    )


def days(scene, monday, placement=None):
    plan = planned_of(placement or scene.noor)
    return [n for n in range(7) if plan.parts(monday + n * DAY, frozenset())]


def counted_right(scene):
    return ledger.miscounted(group_ids=[scene.group.pk], today=scene.now.date()) == []


def test_a_day_is_moved_told_and_undone(scene, monday):
    batch = move(scene, monday, monday + 3 * DAY)
    assert days(scene, monday) == [1, 3]
    assert Notice.objects.filter(kind="planning/day_granted").count() == 1
    assert undo_batch(principal=scene.manager, batch_id=batch.pk, now=scene.now) == (1, 0)
    assert days(scene, monday) == [0, 1]
    assert Notice.objects.filter(kind="planning/day_undone").count() == 1
    assert counted_right(scene)
    with pytest.raises(RefusedError) as refused:
        undo_batch(principal=scene.manager, batch_id=batch.pk, now=scene.now)
    assert refused.value.code == "undone"


def test_twice_the_same_move_makes_one(scene, monday):
    move(scene, monday, monday + 3 * DAY)
    with pytest.raises(RefusedError):
        move(scene, monday, monday + 3 * DAY)
    with pytest.raises(RefusedError):
        move(scene, monday, monday + 4 * DAY)
    assert DayChange.objects.count() == DayBatch.objects.count() == 1


def test_no_move_onto_a_full_a_closed_or_an_own_day(scene, monday):
    for name in ("Vos", "Smets"):
        place(scene.desk, scene.group, name, "Kim", WeekPattern.from_text("wed"), scene.start, scene.now)
    ClosingDay.objects.create(
        location=scene.location, during=(monday + 3 * DAY, monday + 4 * DAY), reason="x"
    )
    for to in (1, 2, 3):
        with pytest.raises(RefusedError):
            move(scene, monday, monday + to * DAY)
    assert not DayBatch.objects.exists()


def test_undo_leaves_what_somebody_else_has_now(scene, monday):
    """Lou's Monday moved; a third child got it: it can't be taken back."""
    batch = move(scene, monday, monday + 3 * DAY, scene.lou)
    vos = place(scene.desk, scene.group, "Vos", "Kim", WeekPattern.from_text("fri"), scene.start, scene.now)
    move(scene, monday + 4 * DAY, monday, vos)
    with pytest.raises(RefusedError):
        undo_batch(principal=scene.manager, batch_id=batch.pk, now=scene.now)
    assert DayChange.objects.filter(state=DayState.GRANTED).count() == 2


def comes_on_the_freed_tuesday(scene, monday):
    """Tuesdays are full, with Noor and Vos; Noor comes on Wednesday, and Smets on her Tuesday."""
    for name, text in (("Vos", "tue"), ("Smets", "fri")):
        found = place(
            scene.desk, scene.group, name, "Kim", WeekPattern.from_text(text), scene.start, scene.now
        )
    move(scene, monday + DAY, monday + 2 * DAY)
    move(scene, monday + 4 * DAY, monday + DAY, found)
    return found


def test_a_copy_gives_the_day_that_it_frees_and_is_undone_whole(scene, monday):
    smets = comes_on_the_freed_tuesday(scene, monday)
    looked = look_at_copy(scene.location, monday, 2, today=scene.now.date())
    assert [each.problem for each in looked] == [""] * 4
    batch, left = copied(scene, monday, 2)
    assert left == []
    assert (days(scene, monday + WEEK), days(scene, monday + WEEK, smets)) == ([0, 2], [1])
    assert undo_batch(principal=scene.manager, batch_id=batch.pk, now=scene.now) == (4, 0)
    assert (days(scene, monday + WEEK), days(scene, monday + WEEK, smets)) == ([0, 1], [4])
    assert counted_right(scene)


def test_a_week_is_copied_and_says_what_could_not_be(scene, monday):
    """Noor's Monday to Thursday, for four weeks: one of them closed on Thursday, in one she is away already."""
    move(scene, monday, monday + 3 * DAY)
    shut = monday + 2 * WEEK + 3 * DAY
    ClosingDay.objects.create(location=scene.location, during=(shut, shut + DAY), reason="x")
    move(scene, monday + 3 * WEEK, monday + 3 * WEEK + 4 * DAY)
    looked = look_at_copy(scene.location, monday, WEEKS, today=scene.now.date())
    assert [bool(each.problem) for each in looked] == [False, True, True, False]
    batch, left = copied(scene, monday)
    assert [each.wish.day for each in left] == [shut, monday + 3 * WEEK + 3 * DAY]
    assert all(each.problem for each in left)
    assert [days(scene, monday + n * WEEK) for n in range(5)] == [[1, 3], [1, 3], [0, 1], [1, 4], [1, 3]]
    assert undo_batch(principal=scene.manager, batch_id=batch.pk, now=scene.now) == (2, 0)
    assert [days(scene, monday + n * WEEK) for n in range(5)] == [[1, 3], [0, 1], [0, 1], [1, 4], [0, 1]]
    assert counted_right(scene)


def test_the_look_counts_the_room_that_it_gives_itself(scene, monday):
    """One place left on the Thursdays after: of two children who come extra, the first has it."""
    vos = place(scene.desk, scene.group, "Vos", "Kim", WeekPattern.from_text("fri"), scene.start, scene.now)
    move(scene, monday, monday + 3 * DAY)
    move(scene, monday + 4 * DAY, monday + 3 * DAY, vos)
    one = place(
        scene.desk, scene.group, "Smets", "Bo", WeekPattern.from_text("thu"), monday + WEEK, scene.now
    )
    looked = look_at_copy(scene.location, monday, 1, today=scene.now.date())
    assert [bool(each.problem) for each in looked] == [False, True]
    _batch, left = copied(scene, monday, 1)
    assert [each.placement.pk for each in left] == [vos.pk]
    assert days(scene, monday + WEEK, one) == [3]


def test_a_day_that_is_given_is_one_on_which_the_child_comes(scene, monday):
    """Noor's agreed days are over by the second week: the look and the copying say so."""
    move(scene, monday, monday + 3 * DAY)
    scene.noor.during = (scene.start, monday + WEEK)
    scene.noor.save()
    looked = look_at_copy(scene.location, monday, 1, today=scene.now.date())
    assert [bool(each.problem) for each in looked] == [True]
    with pytest.raises(RefusedError) as refused:
        copied(scene, monday, 1)
    assert refused.value.code == "nothing"


def test_looking_asks_as_many_questions_for_many(scene, monday, django_assert_num_queries):
    move(scene, monday, monday + 3 * DAY)
    with CaptureQueriesContext(
        connection,
    ) as one:
        look_at_copy(scene.location, monday, 1, today=scene.now.date())
    move(scene, monday, monday + 4 * DAY, scene.lou)
    with django_assert_num_queries(len(one)):
        assert len(look_at_copy(scene.location, monday, WEEKS, today=scene.now.date())) == 2 * WEEKS


def test_all_places_are_locked_before_the_groups(scene, monday):
    """Whoever changes one of these days meanwhile locks its place first, and then the group."""
    move(scene, monday, monday + 3 * DAY)
    move(scene, monday, monday + 4 * DAY, scene.lou)
    with CaptureQueriesContext(connection) as copying:
        batch, _left = copied(scene, monday, 1)
    with CaptureQueriesContext(connection) as undoing:
        undo_batch(principal=scene.manager, batch_id=batch.pk, now=scene.now)
    for queries in (copying, undoing):
        locks = [each["sql"] for each in queries if "FOR NO KEY UPDATE" in each["sql"]]
        first_group = next(n for n, sql in enumerate(locks) if 'FROM "places_group"' in sql)
        [places] = [sql for sql in locks[:first_group] if 'FROM "enrolment_placement"' in sql]
        assert f"({scene.noor.pk}, {scene.lou.pk})" in places


def test_pages_from_the_week_to_the_undo(scene, monday, django_assert_max_num_queries):
    client = client_of(manager_of(scene.location, now=scene.now))
    slug = scene.location.slug
    week = reverse("planning:week", args=[slug]) + f"?week={monday}"
    move_url = reverse("planning:move_day", args=[slug, scene.noor.reference]) + f"?day={monday}"
    with django_assert_max_num_queries(30):
        assert f"{move_url}" in client.get(week).content.decode()
    assert client.get(move_url).status_code == 200
    with django_assert_max_num_queries(30):
        looked = client.get(f"{move_url}&to={monday + 3 * DAY}")
    [gives, takes] = looked.context["rows"]
    assert [(half["now"], half["then"]) for half in gives["halves"]] == [(2, 1), (2, 1)]
    assert [(half["now"], half["then"], half["places"]) for half in takes["halves"]] == [(0, 1, 2), (0, 1, 2)]
    assert client.get(f"{move_url}&to={monday + DAY}").status_code == 422
    assert not DayChange.objects.exists()
    assert client.post(move_url, {"do": "move", "to": f"{monday + 3 * DAY}"}).status_code == 302
    copy_url = reverse("planning:copy_week", args=[slug]) + f"?week={monday}"
    with django_assert_max_num_queries(30):
        assert client.get(f"{copy_url}&weeks=2").context["can"] == 2
    ClosingDay.objects.create(
        location=scene.location, during=(monday + 10 * DAY, monday + 11 * DAY), reason="x"
    )
    report = client.post(copy_url, {"weeks": "2"})
    assert [line["day"] for line in report.context["lines"]] == [monday + 10 * DAY]
    batch = DayBatch.objects.order_by("-pk")[0]
    undo_url = reverse("planning:undo_days", args=[slug, batch.reference])
    assert undo_url in client.get(week).content.decode()
    back = client.post(undo_url, {"week": f"{monday}"}, follow=True).content.decode()
    assert "1 day is taken back." in back
    assert "stayed" not in back
    assert days(scene, monday + 2 * WEEK) == [0, 1]


def test_a_day_is_moved_to_a_saturday_where_the_group_is_open(scene, monday):
    """From Tuesday to Saturday: no Wednesday and no Sunday is offered, and Saturday takes the child."""
    scene.group.capacities.update(open_pattern=WeekPattern.from_text("mon tue sat").mask)
    ledger.recount(group_ids=[scene.group.pk], today=scene.now.date(), now=scene.now)
    client = client_of(manager_of(scene.location, now=scene.now))
    url = reverse("planning:move_day", args=[scene.location.slug, scene.noor.reference])
    url += f"?day={monday + DAY}"
    offered = [day for day, _name in client.get(url).context["days"]]
    assert offered == [monday, *(monday + n * DAY for n in (5, 7, 8, 12))]
    assert client.post(url, {"do": "move", "to": f"{monday + 5 * DAY}"}).status_code == 302
    assert days(scene, monday) == [0, 5]
    assert client.post(url, {"do": "move", "to": f"{monday + 6 * DAY}"}).status_code == 422


def test_a_guest_has_no_day_to_move(scene, monday, monkeypatch):
    """Noor is cared for elsewhere on Monday; her own location moves the days of her place."""
    host = cast.make_location(scene.desk, "Gastouder", kind=Kind.FAMILY)
    group = cast.make_group(host, 3, now=scene.now)
    guest = Elsewhere(scene.noor.pk, monday, scene.group.pk, group.pk, host.pk, 3)
    monkeypatch.setattr(planned, "elsewhere", lambda **_asked: [guest])
    client = client_of(manager_of(host, now=scene.now))
    page = client.get(reverse("planning:week", args=[host.slug]) + f"?week={monday}").content.decode()
    assert "Noor" in page
    assert scene.noor.reference not in page


def test_a_bad_address_is_no_fault(scene):
    client = client_of(manager_of(scene.location, now=scene.now))
    move_url = reverse("planning:move_day", args=[scene.location.slug, scene.noor.reference])
    assert client.get(f"{move_url}?day=2027-02-30").status_code == 302
    assert client.get(f"{move_url}?day=2020-01-06&to=2020-01-07").status_code == 422
    copy_url = reverse("planning:copy_week", args=[scene.location.slug])
    assert client.get(f"{copy_url}?week=²&weeks=²").status_code == 200


def test_who_is_away_has_no_day_to_move(scene, monday):
    report_absence(
        principal=scene.manager, placement_id=scene.noor.pk, days=[monday], side="location", now=scene.now
    )
    client = client_of(manager_of(scene.location, now=scene.now))
    page = client.get(reverse("planning:week", args=[scene.location.slug]) + f"?week={monday}")
    assert f"{scene.noor.reference}/?day={monday}" not in page.content.decode()
    with pytest.raises(RefusedError):
        move(scene, monday, monday + 3 * DAY)
