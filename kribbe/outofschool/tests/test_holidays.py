"""A holiday week opens at a minute, in the order of asking, and is never oversold, not even by 500 at once."""

from datetime import timedelta

import pgtrigger
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.outofschool.models import HolidayPlace, HolidayWeek
from kribbe.outofschool.services.holidays import cancel, set_week, take, undo_cancel
from kribbe.outofschool.tests.scene import NOW, make_pupil, make_week, speelvogel
from kribbe.testing import cast
from kribbe.testing.races import side_by_side
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

OPENS = NOW.replace(hour=19, minute=0)
SECOND = timedelta(seconds=1)


@pytest.fixture
def scene(db):
    return speelvogel(families=5)


@pytest.fixture
def week(scene):
    return make_week(scene.club, opens_at=OPENS)


def ask(scene, week, number, *more, now=OPENS):
    child = scene.children[number]
    return take(
        principal=scene.parent(number),
        week_id=week.pk,
        household_id=child.household_id,
        child_ids=[child.pk, *(each.pk for each in more)],
        now=now,
    )


def test_the_minute_opens_it_and_a_second_before_keeps_nothing(scene, week):
    with pytest.raises(RefusedError) as early:
        ask(scene, week, 0, now=OPENS - SECOND)
    assert early.value.code == "early"
    assert not HolidayPlace.objects.exists()
    assert [place.state for place in ask(scene, week, 0)] == ["taken"]
    with pytest.raises(RefusedError) as late:
        ask(scene, week, 1, now=week.closes_at)
    assert late.value.code == "closed"


def test_who_asks_first_comes_first_and_asking_again_changes_nothing(scene, week):
    got = [ask(scene, week, number)[0].state for number in range(4)]
    assert got == ["taken", "taken", "waiting", "waiting"]
    assert ask(scene, week, 2) == []
    assert HolidayWeek.objects.get().taken == 2


def test_a_cancelled_place_goes_to_the_first_who_waits_and_they_are_told(scene, week):
    first = ask(scene, week, 0)[0]
    for number in range(1, 4):
        ask(scene, week, number)
    cancel(principal=scene.parent(0), place_id=first.pk, now=OPENS)
    states = dict(HolidayPlace.objects.values_list("child__first_name", "state"))
    assert states == {"Kind0": "cancelled", "Kind1": "taken", "Kind2": "taken", "Kind3": "waiting"}
    assert Notice.objects.filter(kind="outofschool/holiday_moved_up").get().household == (
        scene.children[2].household
    )
    back = undo_cancel(principal=scene.parent(0), place_id=first.pk, now=OPENS)
    assert back.state == "waiting", "the place is another child's now"
    assert HolidayWeek.objects.get().taken == 2


def test_undo_gives_the_place_back_where_nobody_took_it(scene, week):
    first = ask(scene, week, 0)[0]
    cancel(principal=SYSTEM, place_id=first.pk, now=OPENS)
    assert undo_cancel(principal=SYSTEM, place_id=first.pk, now=OPENS).state == "taken"


def test_a_family_has_a_limit_and_more_places_are_given_out(scene, week):
    family = scene.children[0].household
    others = [cast.make_child(family, name, born=scene.children[0].born) for name in ("Ann", "Ben")]
    with pytest.raises(RefusedError) as limit:
        ask(scene, week, 0, *others)
    assert limit.value.code == "limit"
    assert len(ask(scene, week, 0, others[0])) == 2
    assert ask(scene, week, 1)[0].state == "waiting"
    set_week(
        principal=scene.organiser,
        club=scene.club,
        name=week.name,
        first=week.first,
        last=week.last,
        opens_at=week.opens_at,
        closes_at=week.closes_at,
        places=3,
        per_household=2,
        now=OPENS,
    )
    assert HolidayPlace.objects.filter(state="taken").count() == 3
    with pytest.raises(RefusedError):
        set_week(
            principal=scene.organiser,
            club=scene.club,
            name=week.name,
            first=week.first,
            last=week.last,
            opens_at=week.opens_at,
            closes_at=week.closes_at,
            places=2,
            per_household=2,
            now=OPENS,
        )


def test_the_database_counts_and_never_oversells(scene, week):
    for number in range(3):
        ask(scene, week, number)
    with pytest.raises(IntegrityError, match="holiday_never_oversold"), transaction.atomic():
        HolidayPlace.objects.filter(state="waiting").update(state="taken")
    HolidayPlace.objects.all().delete()
    assert HolidayWeek.objects.get().taken == 0


PARENTS, PLACES = 40, 5


@pytest.fixture
def crowd(transactional_db):
    scene = speelvogel(families=0)
    scene.children = [make_pupil(scene.desk, number, now=NOW) for number in range(PARENTS)]
    week = make_week(scene.club, opens_at=OPENS, places=PLACES)
    return scene, week


def all_at_once(scene, week):
    return side_by_side(
        [lambda number=number: ask(scene, week, number) for number in range(len(scene.children))]
    )


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_everybody_at_the_opening_second(crowd):
    scene, week = crowd
    outcomes = all_at_once(scene, week)
    refused = [each for each in outcomes if isinstance(each, Exception)]
    assert all(isinstance(each, RefusedError) and each.code == "busy" for each in refused), refused
    rows = list(HolidayPlace.objects.order_by("pk").values_list("state", flat=True))
    assert rows == ["taken"] * PLACES + ["waiting"] * (len(rows) - PLACES), "in the order of asking"
    assert len(rows) + len(refused) == PARENTS
    assert HolidayWeek.objects.get().taken == PLACES


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_locks_and_count_it_is_oversold(crowd, monkeypatch):
    scene, week = crowd
    monkeypatch.setattr(locks, "ENABLED", False)
    pgtrigger.disable("outofschool.HolidayPlace:places_counted")
    try:
        all_at_once(scene, week)
    finally:
        pgtrigger.enable("outofschool.HolidayPlace:places_counted")
    assert HolidayPlace.objects.filter(state="taken").count() > PLACES


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_locks_the_database_alone_still_guards(crowd, monkeypatch):
    scene, week = crowd
    monkeypatch.setattr(locks, "ENABLED", False)
    all_at_once(scene, week)
    assert HolidayPlace.objects.filter(state="taken").count() <= PLACES
    assert HolidayWeek.objects.get().taken <= PLACES


@pytest.mark.django_db
def test_a_week_is_changed_from_its_own_button_and_keeps_its_first_day():
    scene = speelvogel(now=timezone.now(), places=30)
    organiser = client_of(scene.organiser_user())
    week = make_week(scene.club, opens_at=timezone.now() + timedelta(days=1), places=4)
    address = reverse("outofschool:holidays", args=[scene.desk.slug, scene.club.slug])
    change = f"{address}?change={week.reference}"
    assert f"?change={week.reference}" in organiser.get(address).content.decode()
    form = organiser.get(change).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    assert (shown["name"], shown["places"], shown["first"]) == (week.name, 4, week.first)
    moment = "%Y-%m-%dT%H:%M"
    sent = {
        "name": "Paaskamp", "first": "2030-01-07", "last": f"{week.last}", "places": "6", "per_household": "2",
        "opens_at": shown["opens_at"].strftime(moment), "closes_at": shown["closes_at"].strftime(moment),
    }  # fmt: skip
    assert organiser.post(change, sent).url == address
    kept = HolidayWeek.objects.get()
    assert (kept.pk, kept.name, kept.places, kept.first) == (week.pk, "Paaskamp", 6, week.first)
    assert abs(kept.opens_at - week.opens_at) < timedelta(minutes=1)
