"""What the search judges follows its group at once: moved, closed, priced otherwise, whoever changes it and when."""

from __future__ import annotations

from threading import Event

import pytest
from django.db import connection, transaction

from kribbe.places import ledger
from kribbe.places.models import Group, GroupAvailability, LicenceState, Location
from kribbe.places.selectors.search import Search, Tier, find
from kribbe.places.tests.scene import LEUVEN, make_desk, make_group, make_location
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.priority import PriceKind
from kribbe.testing.clock import Clock
from kribbe.testing.races import side_by_side

WAITS = 5.0
"""Seconds after which a thread goes on without the other."""


def tiers(location: Location, clock: Clock, **asked: object) -> dict[str, Tier]:
    """How much is free at each location of the region, by name."""
    search = Search(
        region_id=location.desk.region_id,
        longitude=LEUVEN[0],
        latitude=LEUVEN[1],
        start=clock.today.replace(day=1),
        today=clock.today,
        pattern=WeekPattern.from_text("mon tue"),
        **asked,  # type: ignore[arg-type]
    )
    return {row.name: Tier(row.tier) for row in find(search).rows}


@pytest.fixture
def group(clock: Clock) -> Group:
    """The one group of one of two locations, free on all days."""
    desk = make_desk()
    make_location(desk, "Other")
    return make_group(make_location(desk, "Own"), since=clock.today, now=clock.now)


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [{}, {"kilometres": 5.0}], ids=["everywhere", "near"])
def test_a_group_counts_where_it_is_now(group: Group, clock: Clock, asked: dict[str, object]) -> None:
    place, other = group.location, Location.objects.get(name="Other")
    groups = Group.objects.filter(pk=group.pk)
    assert tiers(place, clock, **asked) == {"Own": Tier.WHOLE, "Other": Tier.NONE}
    groups.update(location=other)
    assert tiers(place, clock, **asked) == {"Own": Tier.NONE, "Other": Tier.WHOLE}
    groups.update(price_kind=PriceKind.FREE)
    assert tiers(place, clock, price="free", **asked) == {"Other": Tier.WHOLE}
    assert tiers(place, clock, price="income", **asked) == {}
    groups.update(active=False)
    assert tiers(place, clock, **asked) == {"Own": Tier.NONE, "Other": Tier.NONE}
    groups.update(active=True)
    Location.objects.filter(pk=other.pk).update(licence_state=LicenceState.SUSPENDED)
    assert tiers(place, clock, **asked) == {"Own": Tier.NONE, "Other": Tier.NONE}
    groups.delete()
    assert not GroupAvailability.objects.exists()


@pytest.mark.django_db
def test_a_count_that_is_kept_leaves_what_the_group_is(group: Group, clock: Clock) -> None:
    Group.objects.filter(pk=group.pk).update(active=False)
    ledger.refresh_availability([group.pk], now=clock.now)
    kept = GroupAvailability.objects.get(pk=group.pk)
    assert (kept.location_id, kept.active, kept.price_kind) == (group.location_id, False, group.price_kind)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("carried", [True, False])
def test_a_group_closed_while_it_is_first_counted_is_closed(
    group: Group, clock: Clock, carried: bool
) -> None:
    """The one who closes waits for the row that is being written; without the reference the row stays open."""
    GroupAvailability.objects.all().delete()
    counted, closed = Event(), Event()

    def count() -> None:
        with transaction.atomic():
            ledger.refresh_availability([group.pk], now=clock.now)
            counted.set()
            closed.wait(WAITS if not carried else 0.5)

    def close() -> None:
        assert counted.wait(WAITS)
        Group.objects.filter(pk=group.pk).update(active=False)
        closed.set()

    reference = _reference()
    if not carried:
        _run("ALTER TABLE places_groupavailability DROP CONSTRAINT availability_as_its_group")
    try:
        assert side_by_side([count, close]) == [None, None]
        expected = Tier.NONE if carried else Tier.WHOLE
        assert tiers(group.location, clock)["Own"] == expected
        GroupAvailability.objects.all().delete()
    finally:
        if not carried:
            _run(f"ALTER TABLE places_groupavailability ADD CONSTRAINT availability_as_its_group {reference}")


def _reference() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'availability_as_its_group'"
        )
        (said,) = cursor.fetchone()
    return str(said)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
