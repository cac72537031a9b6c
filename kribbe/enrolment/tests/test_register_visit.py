"""A location's own register: what it says changes the ledger, can be undone, and nothing is promised twice."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.enrolment.models import DirectChild, Placement, RegisterVisit
from kribbe.enrolment.selectors.register import groups_now
from kribbe.enrolment.services import pieces, register_visit
from kribbe.enrolment.services.direct import Direct, end_direct, take_back, take_directly
from kribbe.enrolment.services.register_visit import Answers, Numbers, Staff, undo_visit, visit
from kribbe.enrolment.services.stays import move_start
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places import ledger
from kribbe.places.free import free_during
from kribbe.places.models import Group, LedgerTake, Location
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
MONDAY = WeekPattern.from_text("mon")


@built_once
def scene():
    """Five places, of which Lou has one on Monday and Tuesday for two years."""
    now = timezone.now()
    today = timezone.localdate(now)
    desk = cast.make_desk()
    location = cast.make_location(desk, "De Notelaar")
    group = cast.make_group(location, 5, now=now)
    household = cast.make_household(desk, "Claes", now=now, email="claes@ouders.example")
    child = cast.make_child(household, "Lou", born=today - timedelta(days=300))
    placement = cast.make_placement(
        child,
        group,
        start=today - timedelta(days=10),
        end=add_months(today, 24),
        pattern=WeekPattern.from_text("mon tue"),
        now=now,
    )
    return now, today, location, group, placement


def holds(group, today):
    """The ledger's kept weeks are what a recount gives."""
    return ledger.miscounted(group_ids=[group.pk], today=today) == []


def free_in(group, start, end):
    return free_during(group_ids=[group.pk], start=start, end=end)[group.pk]


def go(scene, **answers):
    now, _today, location, _group, _placement = scene
    return visit(principal=SYSTEM, location_id=location.pk, answers=Answers(**answers), now=now)


def test_nothing_changed_is_a_confirmation(scene):
    now, _today, location, _group, _placement = scene
    made = go(scene)
    location.refresh_from_db()
    assert (made.changes, location.looked_at) == ([], now)


def test_who_leaves_gives_half_days_back_and_the_family_is_told(scene):
    _now, today, _location, group, placement = scene
    last = today + timedelta(days=20)
    go(scene, left={placement.pk: last})
    placement.refresh_from_db()
    assert placement.during.upper == last + timedelta(days=1)
    after = free_in(group, last + timedelta(days=1), last + timedelta(days=50))
    assert after[:4] == [5, 5, 5, 5]
    assert free_in(group, today, last)[:2] == [4, 4]
    assert holds(group, today)
    assert Notice.objects.get(kind="enrolment/place_ends").household == placement.child.household


def test_undo_brings_everything_back(scene):
    now, today, location, group, placement = scene
    before = sorted(LedgerTake.objects.values_list("holder", "during", "pattern"))
    taken = Direct(
        group_id=group.pk,
        name="B.",
        birth_month=add_months(first_of_month(today), -8),
        start=today,
        end=add_months(today, 12),
        pattern=MONDAY,
    )
    made = go(
        scene,
        left={placement.pk: today + timedelta(days=20)},
        staff=[Staff(group.pk, 4, today)],
        taken=taken,
        numbers=[Numbers(group.pk, None, [2] * 10 + [0] * 4)],
    )
    assert [change["kind"] for change in made.changes] == ["left", "staff", "taken", "free"]
    assert holds(group, today)
    undo_visit(principal=SYSTEM, visit_id=made.pk, now=now)
    assert sorted(LedgerTake.objects.values_list("holder", "during", "pattern")) == before
    assert group.capacities.get(during__contains=today).staffed_places == 5
    assert DirectChild.objects.get().undone_at == now
    assert holds(group, today)
    location.refresh_from_db()
    assert location.looked_at is None


def test_undo_is_refused_once_somebody_took_what_came_free(scene):
    now, today, _location, group, placement = scene
    last = today + timedelta(days=20)
    made = go(scene, left={placement.pk: last})
    for number in range(5):
        ledger.take(
            group_id=group.pk,
            start=last + timedelta(days=1),
            end=None,
            pattern=MONDAY,
            holder=f"offer:{900 + number}",
            now=now,
        )
    with pytest.raises(RefusedError, match=r"no place left|geen plaats"):
        undo_visit(principal=SYSTEM, visit_id=made.pk, now=now)
    placement.refresh_from_db()
    assert placement.during.upper == last + timedelta(days=1)
    assert RegisterVisit.objects.get().undone_at is None


def test_only_the_last_visit_can_be_undone(scene):
    now = scene[0]
    first = go(scene)
    go(scene)
    with pytest.raises(RefusedError):
        undo_visit(principal=SYSTEM, visit_id=first.pk, now=now)


def test_numbers_hold_nameless_places_this_month_next_month_and_after(scene):
    _now, today, _location, group, _placement = scene
    following = add_months(first_of_month(today), 1)
    said = [3, 3, 3, 3, 1, 1, 0, 0, 5, 5, 0, 0, 0, 0]
    go(scene, numbers=[Numbers(group.pk, None, said)])
    assert free_in(group, following, add_months(following, 1)) == said
    assert free_in(group, add_months(following, 6), add_months(following, 7)) == said
    assert holds(group, today)
    later = [4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 0, 0, 0, 0]
    go(scene, numbers=[Numbers(group.pk, [0] * 14, later)])
    assert free_in(group, today, following) == [0] * 14
    assert free_in(group, following, add_months(following, 1)) == later
    assert holds(group, today)


def test_nobody_can_say_more_is_free_than_the_agreements_leave(scene):
    _now, today, _location, group, _placement = scene
    with pytest.raises(RefusedError) as refused:
        go(scene, numbers=[Numbers(group.pk, None, [5] * 10 + [0] * 4)])
    assert refused.value.field == f"free-{group.pk}-next"
    assert holds(group, today)


def test_a_child_taken_directly_needs_room(scene):
    _now, today, _location, group, _placement = scene
    full = Direct(
        group_id=group.pk,
        name="B.",
        birth_month=add_months(first_of_month(today), -8),
        start=today,
        end=add_months(today, 12),
        pattern=MONDAY,
    )
    for _ in range(4):
        go(scene, taken=full)
    with pytest.raises(RefusedError) as refused:
        go(scene, taken=full)
    assert refused.value.field == "taken-pattern"
    assert DirectChild.objects.count() == 4


def test_a_place_of_another_location_is_not_there(scene):
    now = scene[0]
    elsewhere = cast.make_location(scene[2].desk, "Elders")
    with pytest.raises(RefusedError):
        visit(
            principal=SYSTEM,
            location_id=elsewhere.pk,
            answers=Answers(left={scene[4].pk: scene[1]}),
            now=now,
        )
    assert Placement.objects.get().during.upper == scene[4].during.upper


def test_the_page_changes_only_what_was_changed(scene):
    now, today, location, group, placement = scene
    client = client_of(manager_of(location, now=now))
    address = reverse("enrolment:register", args=[location.slug])
    page = client.get(address)
    assert page.status_code == 200
    month = page.context["groups"][0]["months"][1]
    numbers = {f"{month['name']}-{slot}": "2" for slot in range(10)}
    day = today + timedelta(days=3)
    answer = client.post(
        address,
        {
            "once": page.context["once"],
            f"left-{placement.pk}": f"{day}",
            f"start-{placement.pk}": f"{placement.during.lower}",
            f"staff-{group.pk}": "5",
            f"{month['name']}-was": month["was"],
            **numbers,
        },
        follow=True,
    )
    assert answer.context["lines"] == [
        f"Lou Claes leaves; the last day is {day.day} {day:%B %Y}.",
        "The free places of Vlinders are as you gave them.",
    ]
    undo = client.post(
        reverse("enrolment:register_undo", args=[location.slug, answer.context["visit"].reference])
    )
    assert undo.url == address
    placement.refresh_from_db()
    assert placement.during.upper == add_months(today, 24)


def test_what_cant_be_stands_at_its_field_and_what_was_typed_stays(scene):
    now, today, location, group, placement = scene
    client = client_of(manager_of(location, now=now))
    address = reverse("enrolment:register", args=[location.slug])
    sent = {
        f"left-{placement.pk}": f"{add_months(today, 36)}",
        "taken-name": "B.",
        "taken-group": f"{group.pk}",
    }
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert {"birth_month", "first", "pattern"} <= set(answer.context["taken"].errors)
    complete = {
        **sent,
        "taken-birth_month": f"{today - timedelta(days=200):%Y-%m}",
        "taken-first": f"{today}",
        "taken-pattern": ["0", "1"],
    }
    answer = client.post(address, complete)
    assert answer.status_code == 422
    assert f"left-{placement.pk}" in answer.context["errors"]
    assert DirectChild.objects.count() == 0
    assert f'value="{add_months(today, 36)}"' in answer.content.decode()


@pytest.mark.parametrize("children", [2, 12])
def test_the_page_costs_the_same_however_many_children(scene, children, django_assert_max_num_queries):
    now, today, location, _group, _placement = scene
    big = cast.make_group(location, 30, now=now, name="Bijtjes")
    for number in range(children):
        household = cast.make_household(location.desk, f"Smets {number}", now=now)
        child = cast.make_child(household, "Fien", born=today - timedelta(days=300 + number))
        cast.make_placement(child, big, start=today, end=date(today.year + 2, 1, 1), pattern=MONDAY, now=now)
    client = client_of(manager_of(location, now=now))
    client.get("/livez")
    with django_assert_max_num_queries(22):
        client.get(reverse("enrolment:register", args=[location.slug]))
    assert Group.objects.count() == 2


def test_a_visit_locks_all_that_its_parts_lock_at_once(scene, monkeypatch):
    now, today, location, group, placement = scene
    calls = []

    def watched(*rows):
        calls.append(set(rows))
        lock_rows(*rows)

    for room in (register_visit, pieces):
        monkeypatch.setattr(room, "lock_rows", watched)
    made = go(scene, left={placement.pk: today + timedelta(days=20)})
    undo_visit(principal=SYSTEM, visit_id=made.pk, now=now)
    everything = {(Location, location.pk), (Group, group.pk), (Placement, placement.pk)}
    assert calls[0] == everything
    assert calls[2] == everything | {(RegisterVisit, made.pk)}
    assert all(part <= whole for whole, part in zip(calls[::2], calls[1::2], strict=True))


def taken_by_a_fifth(scene):
    """A child that the location took itself, for a year."""
    now, today, location, group, _placement = scene
    return take_directly(
        principal=SYSTEM,
        location_id=location.pk,
        told=Direct(
            group_id=group.pk,
            name="B.",
            birth_month=add_months(first_of_month(today), -8),
            start=today,
            end=add_months(today, 12),
            pattern=MONDAY,
        ),
        now=now,
    )


def make_overfull(scene):
    """One place is staffed, where two children come."""
    go(scene, staff=[Staff(scene[3].pk, 1, scene[1])])


def test_a_child_of_its_own_leaves_an_overfull_group(scene):
    now, today, _location, group, _placement = scene
    child = taken_by_a_fifth(scene)
    make_overfull(scene)
    end = add_months(today, 3)
    end_direct(principal=SYSTEM, child_id=child.pk, end=end, now=now)
    assert LedgerTake.objects.get(holder=f"direct:{child.pk}").during.upper == end
    assert holds(group, today)
    with pytest.raises(RefusedError) as refused:
        end_direct(principal=SYSTEM, child_id=child.pk, end=add_months(today, 9), now=now)
    assert refused.value.code == "full"
    child.refresh_from_db()
    assert child.during.upper == end


def test_a_stay_begins_later_in_an_overfull_group_and_goes_back_only_where_there_is_room(scene):
    now, today, _location, group, placement = scene
    taken_by_a_fifth(scene)
    make_overfull(scene)
    before, later = placement.during.lower, today + timedelta(days=60)
    move_start(principal=SYSTEM, placement_id=placement.pk, start=later, now=now)
    assert LedgerTake.objects.get(holder=f"placement:{placement.pk}").during.lower == later
    assert holds(group, today)
    with pytest.raises(RefusedError):
        move_start(principal=SYSTEM, placement_id=placement.pk, start=before, now=now)
    placement.refresh_from_db()
    assert placement.during.lower == later


def test_a_child_that_was_taken_back_doesnt_return_by_a_new_end(scene):
    now, today, _location, group, _placement = scene
    child = taken_by_a_fifth(scene)
    take_back(principal=SYSTEM, child_id=child.pk, now=now)
    with pytest.raises(RefusedError) as refused:
        end_direct(principal=SYSTEM, child_id=child.pk, end=add_months(today, 3), now=now)
    assert refused.value.code == "undone"
    assert not LedgerTake.objects.filter(holder=f"direct:{child.pk}").exists()
    assert free_in(group, today, add_months(today, 2))[:2] == [4, 4]


def test_at_the_end_of_a_month_only_the_half_days_that_still_come_are_told(scene):
    _now, _today, location, _group, _placement = scene
    [friday] = groups_now(location, today=date(2027, 1, 29))
    assert friday.left == WeekPattern.from_text("fri")
    [monday] = groups_now(location, today=date(2027, 1, 25))
    assert monday.left == monday.open == WeekPattern.from_text("mon tue wed thu fri")
