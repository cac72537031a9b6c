"""Moments of a school year: granted at once, waiting in order, offered, lapsed; counted by the database."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kribbe.contact.models import Notice
from kribbe.outofschool.models import Club, ClubYear, Registration
from kribbe.outofschool.selectors.order import line, rules_on
from kribbe.outofschool.services.registering import answer, lapse_due, register, set_places, stop, undo_stop
from kribbe.outofschool.services.settings import publish_rules
from kribbe.outofschool.tests.scene import MONDAY_AFTER, NOW, WEDNESDAY, make_pupil, make_school, speelvogel
from kribbe.people.models import FactKind
from kribbe.rules.outofschool import Charge, Criterion
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def scene():
    return speelvogel()


def ask(scene, number, pattern=MONDAY_AFTER, *, now=NOW, **fields):
    values = {
        "year_id": scene.year.pk,
        "child_id": scene.children[number].pk,
        "school_id": scene.school.pk,
        "first": date(2026, 11, 9),
    }
    return register(principal=scene.parent(number), pattern=pattern, now=now, **(values | fields))


def taken(scene):
    return ClubYear.objects.get(pk=scene.year.pk).taken


def states(scene):
    rows = Registration.objects.filter(year=scene.year).order_by("pk")
    return [each.state for each in rows]


def test_what_is_free_is_granted_at_once_and_counted(scene):
    made = ask(scene, 0, MONDAY_AFTER | WEDNESDAY)
    assert (made.state, made.held) == ("granted", made.pattern)
    assert taken(scene) == [0, 1, 0, 0, 0, 1, 0, 0, 0, 0]
    assert Notice.objects.get().kind == "outofschool/club_granted"
    assert AuditEntry.objects.filter(action="club.register", household_id=made.child.household_id).exists()


def test_a_full_moment_waits_and_a_newcomer_never_passes_the_line(scene):
    scene.children.append(make_pupil(scene.desk, 4, now=NOW))
    ask(scene, 0)
    ask(scene, 1)
    assert ask(scene, 2, MONDAY_AFTER | WEDNESDAY).state == "waiting"
    assert ask(scene, 3, WEDNESDAY).state == "granted", "one place is kept for who waits, the other is free"
    assert ask(scene, 4, WEDNESDAY).state == "waiting", "the last place is kept for who waits"
    assert (taken(scene)[1], taken(scene)[5]) == (2, 1)


def test_a_stop_offers_the_places_in_the_desks_order_and_silence_passes_them_on(scene):
    first, _second = ask(scene, 0), ask(scene, 1)
    ask(scene, 2, now=NOW)
    ask(scene, 3, now=NOW + timedelta(hours=1))
    cast.make_fact(scene.children[3].household, FactKind.WORK, since=date(2026, 1, 1), now=NOW)
    stop(principal=scene.parent(0), registration_id=first.pk, now=NOW + DAY)
    assert states(scene) == ["ended", "granted", "waiting", "offered"], "work comes before the date of asking"
    offered = Registration.objects.get(state="offered")
    assert offered.answer_by == date(2026, 10, 13)
    assert lapse_due(now=NOW + 8 * DAY) == 0, "the last day counts whole"
    assert lapse_due(now=NOW + 9 * DAY) == 1
    assert states(scene) == ["ended", "granted", "offered", "lapsed"]
    last = Registration.objects.get(state="offered")
    answer(principal=scene.parent(2), registration_id=last.pk, accepts=True, now=NOW + 10 * DAY)
    assert states(scene) == ["ended", "granted", "granted", "lapsed"]
    assert taken(scene)[1] == 2


def test_no_to_an_offer_goes_to_the_next_and_an_answer_twice_is_refused(scene):
    first = ask(scene, 0)
    for number in (1, 2, 3):
        ask(scene, number, now=NOW + number * timedelta(minutes=1))
    stop(principal=scene.parent(0), registration_id=first.pk, now=NOW + DAY)
    offered = Registration.objects.get(state="offered")
    answer(principal=SYSTEM, registration_id=offered.pk, accepts=False, now=NOW + DAY)
    assert states(scene) == ["ended", "granted", "declined", "offered"]
    with pytest.raises(RefusedError):
        answer(principal=SYSTEM, registration_id=offered.pk, accepts=True, now=NOW + DAY)


def test_a_stop_is_undone_in_the_old_turn(scene):
    first = ask(scene, 0)
    stop(principal=SYSTEM, registration_id=first.pk, now=NOW)
    assert undo_stop(principal=SYSTEM, registration_id=first.pk, now=NOW).state == "granted"
    ask(scene, 1)
    ask(scene, 2, now=NOW + DAY)
    stop(principal=SYSTEM, registration_id=first.pk, now=NOW + DAY)
    assert undo_stop(principal=SYSTEM, registration_id=first.pk, now=NOW + DAY).state == "waiting"
    assert taken(scene)[1] == 2, "what was offered meanwhile stays with who got it"


def test_more_places_are_offered_and_fewer_take_nobodys(scene):
    for number in range(4):
        ask(scene, number)
    set_places(principal=scene.organiser, club=scene.club, year=2026, places=[3] * 10, now=NOW)
    assert sorted(states(scene)) == ["granted", "granted", "offered", "waiting"]
    set_places(principal=scene.organiser, club=scene.club, year=2026, places=[0] * 10, now=NOW)
    assert taken(scene)[1] == 3


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"first": date(2026, 10, 4)}, "first"),
        ({"first": date(2027, 9, 1)}, "first"),
        ({"pattern": 0}, "pattern"),
        ({"school_id": 0}, "school"),
    ],
)
def test_what_cant_be_is_refused_at_its_field(scene, fields, field):
    with pytest.raises(RefusedError) as refused:
        ask(scene, 0, **fields)
    assert refused.value.field == field


def test_a_child_of_another_age_or_asked_twice_is_refused(scene):
    ask(scene, 0)
    with pytest.raises(RefusedError) as twice:
        ask(scene, 0, WEDNESDAY)
    assert twice.value.code == "twice"
    baby = cast.make_child(scene.children[1].household, "Baby", born=date(2025, 9, 1))
    with pytest.raises(RefusedError) as young:
        ask(scene, 1, child_id=baby.pk)
    assert young.value.code == "age"


def test_the_database_itself_counts_and_refuses(scene):
    ask(scene, 0)
    ask(scene, 1)
    waiting = ask(scene, 2)
    with pytest.raises(IntegrityError, match="oversold"), transaction.atomic():
        Registration.objects.filter(pk=waiting.pk).update(state="granted", held=MONDAY_AFTER)
    Registration.objects.filter(state="granted").delete()
    assert taken(scene) == [0] * 10


def test_a_desk_publishes_its_own_order(scene):
    for number in range(2):
        ask(scene, number)
    elsewhere = cast.make_desk("elders", nis="99002")
    far = make_school(elsewhere, "De Beuk")
    scene.club.pickups.create(school=far)
    ask(scene, 2, school_id=far.pk)
    ask(scene, 3, now=NOW + DAY)

    def order(day):
        rules = rules_on(scene.desk, day)
        rows = {row.pk: row.child_id for row in Registration.objects.all()}
        club = Club.objects.select_related("desk").get()
        standing = line(scene.year, club, rules.criteria, today=day)
        return [rows[each.id] for each in standing], standing[0].because

    third, fourth = scene.children[2].pk, scene.children[3].pk
    assert order(NOW.date())[0] == [fourth, third], "the school in the municipality comes first"
    publish_rules(
        principal=SYSTEM,
        desk=scene.desk,
        first=NOW.date() + 5 * DAY,
        criteria=[Criterion.LOW_INCOME],
        answer_days=3,
        charge=Charge(step=30),
        why="Wie het nodig heeft",
        now=NOW,
    )
    assert order(NOW.date())[0] == [fourth, third], "today's order stays"
    assert order(NOW.date() + 5 * DAY)[0] == [third, fourth]
    cast.make_fact(scene.children[3].household, FactKind.LOW_INCOME, since=date(2026, 1, 1), now=NOW)
    assert order(NOW.date() + 5 * DAY) == ([fourth, third], (Criterion.LOW_INCOME,))


def test_the_line_asks_as_much_for_many_as_for_few(scene):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            line(scene.year, scene.club, rules_on(scene.desk, NOW.date()).criteria, today=NOW.date())
        return len(captured)

    for number in range(4):
        ask(scene, number)
    few = cost()
    for number in range(10, 22):
        child = make_pupil(scene.desk, number, now=NOW)
        ask(scene, 0, child_id=child.pk)
    assert cost() == few


def test_hours_and_ages_are_facts_of_the_database(scene):
    with pytest.raises(IntegrityError), transaction.atomic():
        Club.objects.update(opens_at=time(19))
