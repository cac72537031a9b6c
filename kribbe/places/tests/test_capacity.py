"""Groups and their places: what changes from a day on, what becomes free, what is too much."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from kribbe.places import ledger
from kribbe.places.free import free_during, overfull
from kribbe.places.ledger_free import free_by_month
from kribbe.places.models import GroupCapacity
from kribbe.places.services.capacity import (
    GroupDetails,
    Places,
    add_group,
    change_group,
    close_group,
    drop_planned,
    effect_of,
    open_group,
    set_capacity,
)
from kribbe.rules.halfdays import WORK_WEEK, WeekPattern
from kribbe.rules.priority import PriceKind
from kribbe.testing import cast
from kribbe.testing.clock import BRUSSELS
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

NOW = datetime(2027, 1, 11, 9, tzinfo=BRUSSELS)
TODAY = NOW.date()
WEEK = WeekPattern(WORK_WEEK)
DETAILS = GroupDetails("Bijen", 0, 18, PriceKind.INCOME)

pytestmark = pytest.mark.django_db


@built_once
def notelaar():
    return cast.make_location(cast.make_desk(), "De Notelaar")


@pytest.fixture
def group(notelaar):
    return cast.make_group(notelaar, 9, now=NOW)


def set_places(group, licensed, staffed, from_day, pattern=WEEK, overbooking=Decimal(1)):
    places = Places(licensed, staffed, pattern, overbooking)
    return set_capacity(principal=SYSTEM, group_id=group.pk, places=places, from_day=from_day, now=NOW)


def take(group, pattern, *, start=TODAY, end=date(2028, 9, 1), holder="placement:1"):
    ledger.take(
        group_id=group.pk,
        start=start,
        end=end,
        pattern=WeekPattern.from_text(pattern),
        holder=holder,
        now=NOW,
    )


def history(group):
    rows = GroupCapacity.objects.filter(group=group).order_by("during")
    return [(row.during.lower, row.during.upper, row.bookable_places) for row in rows]


def test_places_hold_from_their_day_until_the_next_planned_change(group):
    set_places(group, 12, 12, date(2027, 9, 1))
    set_places(group, 9, 6, date(2027, 3, 1))
    assert history(group) == [
        (cast.LONG_AGO, date(2027, 3, 1), 9),
        (date(2027, 3, 1), date(2027, 9, 1), 6),
        (date(2027, 9, 1), None, 12),
    ]
    free = free_by_month(group_ids=[group.pk], first_month=date(2027, 2, 1), months=8)[group.pk]
    assert [month[0] for month in free] == [9, 6, 6, 6, 6, 6, 6, 12]
    assert ledger.miscounted(group_ids=[group.pk], today=TODAY) == []


def test_setting_the_same_day_again_replaces_it(group):
    set_places(group, 9, 6, date(2027, 3, 1))
    set_places(group, 9, 7, date(2027, 3, 1))
    assert [row[2] for row in history(group)] == [9, 7]


def test_closed_half_days_have_no_places(group):
    set_places(group, 9, 9, TODAY, WeekPattern.from_text("mon tue wed-am thu fri"))
    free = free_during(group_ids=[group.pk], start=date(2027, 2, 1), end=date(2027, 3, 1))[group.pk]
    assert free[:10] == [9, 9, 9, 9, 9, 0, 9, 9, 9, 9]


def test_fewer_places_than_agreements_are_recorded_and_shown_not_refused(group):
    for number in range(3):
        take(group, "mon", holder=f"placement:{number}", end=date(2027, 2, 1))
    effect = set_places(group, 9, 1, date(2027, 1, 18))
    # Mondays 18 and 25 January, two half-days each, are agreed thrice where one is left
    assert (effect.overfull.half_days, effect.overfull.most) == (4, 2)
    assert (effect.overfull.first, effect.overfull.last) == (date(2027, 1, 18), date(2027, 1, 25))
    assert AuditEntry.objects.get(action="capacity.set").data["overfull"] == 4
    assert overfull(group_ids=[group.pk], since=TODAY) == {group.pk: effect.overfull}


def test_the_effect_is_known_before_anything_changes(group):
    take(group, "mon-am", end=date(2027, 1, 12))
    before = history(group)
    effect = effect_of(group=group, places=Places(9, 0, WEEK), from_day=TODAY)
    assert effect.overfull.half_days == 1
    assert history(group) == before


def test_overbooking_goes_no_further_than_the_pack_allows(group):
    effect = set_places(group, 9, 9, TODAY, overbooking=Decimal("1.2"))
    assert effect.bookable.places == 9
    assert "capacity.overbooking_refused" in [reason.code for reason in effect.bookable.reasons]


@pytest.mark.parametrize(
    ("licensed", "staffed", "from_day", "field"),
    [(9, 10, TODAY, "staffed"), (9, 9, date(2027, 1, 10), "from_day"), (5000, 1, TODAY, "licensed")],
)
def test_impossible_numbers_are_refused_at_their_field(group, licensed, staffed, from_day, field):
    with pytest.raises(RefusedError) as refused:
        set_places(group, licensed, staffed, from_day)
    assert refused.value.field == field


def test_a_planned_change_can_be_taken_back_one_that_holds_cannot(group):
    set_places(group, 9, 6, date(2027, 3, 1))
    planned, holding = GroupCapacity.objects.order_by("-during")
    drop_planned(principal=SYSTEM, capacity_id=planned.pk, now=NOW)
    assert history(group) == [(cast.LONG_AGO, None, 9)]
    with pytest.raises(RefusedError):
        drop_planned(principal=SYSTEM, capacity_id=holding.pk, now=NOW)


def test_a_new_group_can_be_booked_at_once(notelaar):
    group = add_group(
        principal=SYSTEM,
        location_id=notelaar.pk,
        details=DETAILS,
        places=Places(8, 7, WEEK),
        from_day=TODAY,
        now=NOW,
    )
    # the week of the 11th counts whole; half-days before today do not exist
    assert free_during(group_ids=[group.pk], start=TODAY, end=None)[group.pk][:10] == [7] * 10


def test_two_groups_of_one_name_are_refused(notelaar, group):
    with pytest.raises(RefusedError) as refused:
        add_group(
            principal=SYSTEM,
            location_id=notelaar.pk,
            details=GroupDetails(group.name.upper(), 0, 36, PriceKind.INCOME),
            places=Places(8, 8, WEEK),
            from_day=TODAY,
            now=NOW,
        )
    assert refused.value.field == "name"


def test_the_price_kind_is_fixed_while_places_are_taken(group):
    free = GroupDetails("Bijen", 0, 18, PriceKind.FREE)
    take(group, "mon")
    with pytest.raises(RefusedError) as refused:
        change_group(principal=SYSTEM, group_id=group.pk, details=free, now=NOW)
    assert refused.value.field == "price_kind"
    change_group(principal=SYSTEM, group_id=group.pk, details=DETAILS, now=NOW)
    group.refresh_from_db()
    assert (group.name, group.to_months) == ("Bijen", 18)


def test_only_an_empty_group_can_be_closed(group):
    take(group, "mon", start=date(2027, 5, 3))
    with pytest.raises(RefusedError):
        close_group(principal=SYSTEM, group_id=group.pk, now=NOW)
    ledger.release(holder="placement:1", now=NOW)
    close_group(principal=SYSTEM, group_id=group.pk, now=NOW)
    group.refresh_from_db()
    assert not group.active
    open_group(principal=SYSTEM, group_id=group.pk, now=NOW)
    group.refresh_from_db()
    assert group.active


def test_what_is_free_during_a_stay_is_the_least_of_its_weeks(group):
    take(group, "mon-am tue", start=date(2027, 3, 8), end=date(2027, 3, 10))
    stays = {
        # Monday 8 March and Tuesday 9 March have one place less
        (date(2027, 3, 1), date(2027, 3, 31)): [8, 9, 8, 8],
        (date(2027, 3, 9), date(2027, 3, 31)): [9, 9, 8, 8],
        (date(2027, 3, 10), date(2027, 3, 31)): [9, 9, 9, 9],
    }
    for (start, end), first_four in stays.items():
        assert free_during(group_ids=[group.pk], start=start, end=end)[group.pk][:4] == first_four


@settings(max_examples=8, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 9)), min_size=1, max_size=5))
def test_whatever_the_changes_no_day_is_counted_twice_or_forgotten(changes):
    """Oracle: day by day, each change holds until the next day on which another one began when it was made."""
    with transaction.atomic():
        location = cast.make_location(cast.make_desk(), "De Notelaar")
        group = cast.make_group(location, 9, now=NOW)
        expected = dict.fromkeys(range(260), 9)
        for offset, staffed in changes:
            set_places(group, 9, staffed, date.fromordinal(TODAY.toordinal() + offset))
            until = min(starts(group, offset), default=260)
            expected.update(dict.fromkeys(range(offset, until), staffed))
        rows = list(GroupCapacity.objects.filter(group=group))
        for offset, staffed in expected.items():
            day = date.fromordinal(TODAY.toordinal() + offset)
            assert [row.bookable_places for row in rows if day in row.during] == [staffed]
        transaction.set_rollback(True)


def starts(group, after):
    days = GroupCapacity.objects.filter(group=group).values_list("during__startswith", flat=True)
    return {
        day.toordinal() - TODAY.toordinal() for day in days if day.toordinal() - TODAY.toordinal() > after
    }
