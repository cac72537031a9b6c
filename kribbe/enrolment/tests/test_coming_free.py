"""When places come free: causes, moves between groups, births on another day; agreed by the location only."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.coming_free import births_to_ask, coming_free
from kribbe.enrolment.services.stays import UNDO_TERM, end_stay, keep_start, move_start, move_up, undo_move_up
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places import ledger
from kribbe.places.ledger_free import free_by_month
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.forecast import Cause
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
MONDAY = WeekPattern.from_text("mon")


@built_once
def scene():
    """Lou is sixteen months old among babies up to eighteen months; toddlers have one place."""
    now = timezone.now()
    today = timezone.localdate(now)
    location = cast.make_location(cast.make_desk(), "De Notelaar")
    babies = cast.make_group(location, 2, now=now, name="Baby's", to_months=18)
    toddlers = cast.make_group(location, 1, now=now, name="Peuters", from_months=18)
    household = cast.make_household(location.desk, "Claes", now=now)
    lou = cast.make_child(household, "Lou", born=add_months(today, -16))
    placement = cast.make_placement(
        lou,
        babies,
        start=today - timedelta(days=100),
        end=add_months(lou.birth, 30),
        pattern=MONDAY,
        now=now,
    )
    return now, today, location, babies, toddlers, placement


def test_the_forecast_is_what_the_ledger_holds(scene):
    _now, today, location, babies, toddlers, _placement = scene
    found = coming_free(location, today=today)
    kept = free_by_month(group_ids=[babies.pk, toddlers.pk], first_month=first_of_month(today), months=12)
    for each in found.groups:
        for month, numbers in zip(each.agreed[1:], kept[each.group.pk][1:], strict=True):
            assert list(month.free) == numbers
    assert len(found.groups[0].agreed[0].free) == SLOTS


def test_a_move_is_expected_and_once_agreed_it_is_certain(scene):
    now, today, location, babies, toddlers, placement = scene
    found = coming_free(location, today=today)
    (move,) = found.moves
    assert (move.day, move.group, move.has_room) == (add_months(placement.child.birth, 18), toddlers, True)
    causes = {change.cause for each in found.groups for month in each.expected for change in month.changes}
    assert {Cause.MOVES_UP, Cause.COMES_UP} <= causes
    following = move_up(
        principal=SYSTEM, placement_id=placement.pk, group_id=toddlers.pk, start=move.day, now=now
    )
    placement.refresh_from_db()
    assert (placement.during.upper, following.during.lower) == (move.day, move.day)
    assert following.during.upper == add_months(placement.child.birth, 30)
    assert not coming_free(location, today=today).moves
    assert ledger.miscounted(group_ids=[babies.pk, toddlers.pk], today=today) == []


def test_no_child_moves_up_where_there_is_no_room(scene):
    now, today, location, _babies, toddlers, placement = scene
    ledger.take(group_id=toddlers.pk, start=today, end=None, pattern=MONDAY, holder="offer:9", now=now)
    (move,) = coming_free(location, today=today).moves
    assert not move.has_room
    with pytest.raises(RefusedError):
        move_up(principal=SYSTEM, placement_id=placement.pk, group_id=toddlers.pk, start=move.day, now=now)
    assert Placement.objects.get().during.upper == add_months(placement.child.birth, 30)


def agreed(scene):
    """Lou's place among the toddlers, and what the ledger held before."""
    now, today, location, _babies, toddlers, placement = scene
    (move,) = coming_free(location, today=today).moves
    kept = {key: free_by_month(group_ids=[key], first_month=today, months=20) for key in groups(scene)}
    following = move_up(
        principal=SYSTEM, placement_id=placement.pk, group_id=toddlers.pk, start=move.day, now=now
    )
    return following, kept


def groups(scene):
    return [scene[3].pk, scene[4].pk]


def test_a_move_undone_gives_back_what_was(scene):
    now, today, location, _babies, _toddlers, placement = scene
    before = Placement.objects.filter(pk=placement.pk).values().get()
    following, kept = agreed(scene)
    assert Placement.objects.filter(pk=placement.pk).values().get() != before
    undo_move_up(principal=SYSTEM, placement_id=following.pk, now=now + UNDO_TERM)
    assert Placement.objects.filter(pk=placement.pk).values().get() == before
    following.refresh_from_db()
    assert following.state == PlacementState.ENDED
    for key, free in kept.items():
        assert free_by_month(group_ids=[key], first_month=today, months=20) == free
    assert ledger.miscounted(group_ids=groups(scene), today=today) == []
    assert [move.placement for move in coming_free(location, today=today).moves] == [placement]
    with pytest.raises(RefusedError) as refused:
        undo_move_up(principal=SYSTEM, placement_id=following.pk, now=now)
    assert refused.value.code == "undone"
    again = move_up(
        principal=SYSTEM,
        placement_id=placement.pk,
        group_id=following.group_id,
        start=following.during.lower,
        now=now,
    )
    assert again.during == following.during, "the same move can be agreed once more"


def test_a_move_isnt_undone_where_somebody_else_got_the_half_days(scene):
    now, today, _location, babies, _toddlers, placement = scene
    following, _kept = agreed(scene)
    first = following.during.lower + timedelta(days=28)
    for holder in ("offer:8", "offer:9"):
        ledger.take(group_id=babies.pk, start=first, end=None, pattern=MONDAY, holder=holder, now=now)
    with translation.override("en"), pytest.raises(RefusedError) as refused:
        undo_move_up(principal=SYSTEM, placement_id=following.pk, now=now)
    assert refused.value.code == "full"
    assert "Baby's went to somebody else" in refused.value.message
    placement.refresh_from_db()
    following.refresh_from_db()
    assert (placement.during.upper, following.state) == (following.during.lower, PlacementState.FINAL)
    assert ledger.miscounted(group_ids=groups(scene), today=today) == []


def test_a_move_isnt_undone_late_nor_after_another_change(scene):
    now, _today, _location, _babies, _toddlers, placement = scene
    with pytest.raises(RefusedError) as refused:
        undo_move_up(principal=SYSTEM, placement_id=placement.pk, now=now)
    assert refused.value.code == "not_moved"
    following, _kept = agreed(scene)
    with pytest.raises(RefusedError) as refused:
        undo_move_up(principal=SYSTEM, placement_id=following.pk, now=now + UNDO_TERM + timedelta(seconds=1))
    assert refused.value.code == "late"
    end_stay(
        principal=SYSTEM,
        placement_id=following.pk,
        last=following.during.lower + timedelta(days=40),
        now=now,
    )
    with pytest.raises(RefusedError) as refused:
        undo_move_up(principal=SYSTEM, placement_id=following.pk, now=now)
    assert refused.value.code == "changed"


def test_a_birth_on_another_day_is_a_question_until_answered(scene):
    now, today, location, babies, _toddlers, _placement = scene
    household = cast.make_household(location.desk, "Maes", now=now)
    late = cast.make_child(
        household, "Noor", born=today - timedelta(days=5), expected=today - timedelta(days=26)
    )
    start = today + timedelta(days=90)
    placement = cast.make_placement(
        late, babies, start=start, end=add_months(today, 20), pattern=MONDAY, now=now
    )
    assert births_to_ask(location, today=today) == [placement]
    keep_start(principal=SYSTEM, placement_id=placement.pk, birth=late.birth, now=now)
    assert births_to_ask(location, today=today) == []
    late.born = today - timedelta(days=2)
    late.save(update_fields=["born"])
    assert births_to_ask(location, today=today) == [placement]
    moved = start + timedelta(days=24)
    move_start(principal=SYSTEM, placement_id=placement.pk, start=moved, birth=late.born, now=now)
    placement.refresh_from_db()
    assert placement.during.lower == moved
    assert births_to_ask(location, today=today) == []
    assert ledger.miscounted(group_ids=[babies.pk], today=today) == []


@pytest.mark.parametrize("children", [1, 9])
def test_the_page_costs_the_same_however_many_children(scene, children, django_assert_max_num_queries):
    now, today, location, _babies, toddlers, placement = scene
    big = cast.make_group(location, 30, now=now, name="Bijtjes")
    for number in range(children):
        child = cast.make_child(
            cast.make_household(location.desk, f"Smets {number}", now=now),
            "Fien",
            born=add_months(today, -10),
        )
        cast.make_placement(child, big, start=today, end=add_months(today, 20), pattern=MONDAY, now=now)
    client = client_of(manager_of(location, now=now))
    client.get("/livez")
    with django_assert_max_num_queries(24):
        page = client.get(reverse("enrolment:coming_free", args=[location.slug]))
    assert "Lou Claes" in page.content.decode()
    (move,) = page.context["moves"]
    sent = {"day": f"{move.day}", "group": toddlers.pk}
    client.post(reverse("enrolment:move_up", args=[location.slug, placement.reference]), sent)
    following = Placement.objects.get(group=toddlers, child=placement.child)
    with django_assert_max_num_queries(24):
        page = client.get(reverse("enrolment:coming_free", args=[location.slug]))
    assert page.context["agreed"] == [following]
    undo = reverse("enrolment:undo_move_up", args=[location.slug, following.reference])
    assert "Undone: the child stays" in client.post(undo, follow=True).text
    assert "undone already" in client.post(undo, follow=True).text
