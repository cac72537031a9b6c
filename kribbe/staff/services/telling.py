"""What families and carers are told when children are cared for by another carer."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from kribbe.contact.services import tell_household, tell_location
from kribbe.enrolment.models import Placement
from kribbe.people.selectors import location_addresses
from kribbe.places.models import Location
from kribbe.staff.models import Replacement, StandIn


def arranged(act: Replacement, rows: Collection[StandIn], now: datetime) -> None:
    """Each family once of each child, and each carer who takes some once of each."""
    for child_rows in _by(rows, lambda row: row.placement_id):
        _tell_family("other_carer", child_rows, now)
    for host_rows in _by((row for row in rows if row.group), lambda row: (row.group_id, row.placement_id)):
        _tell_host("child_comes", host_rows, now)


def undone(rows: Collection[StandIn], held: Collection[StandIn], now: datetime) -> None:
    """The families that their own carer has the children again; those who had them that they don't come."""
    for child_rows in _by(rows, lambda row: row.placement_id):
        _tell_family("own_carer", child_rows, now)
    for host_rows in _by(held, lambda row: (row.group_id, row.placement_id)):
        _tell_host("child_stays_away", host_rows, now)


def declined(rows: Collection[StandIn], now: datetime) -> None:
    """The carer who would have had the child, and the child's own location, hear that it stays at home."""
    for host_rows in _by(rows, lambda row: (row.group_id, row.placement_id)):
        _tell_host("child_stays_away", host_rows, now)
        own = host_rows[0].placement.group.location
        _tell_location("family_declines", own, host_rows, now)


def _tell_family(kind: str, rows: Collection[StandIn], now: datetime) -> None:
    first = next(iter(rows))
    placement = first.placement
    own = first.replacement.location
    tell_household(
        household_id=placement.child.household_id,
        kind=f"staff/{kind}",
        context=_context(rows, placement, own),
        now=now,
        link=reverse("staff:my_stand_in"),
        about=f"replacement:{first.replacement_id}",
        location_id=own.pk,
    )


def _tell_host(kind: str, rows: Collection[StandIn], now: datetime) -> None:
    group = next(iter(rows)).group
    if group is not None:
        _tell_location(kind, group.location, rows, now)


def _tell_location(kind: str, location: Location, rows: Collection[StandIn], now: datetime) -> None:
    first = next(iter(rows))
    tell_location(
        location_id=location.pk,
        desk=location.desk,
        kind=f"staff/{kind}",
        context=_context(rows, first.placement, first.replacement.location),
        now=now,
        link=f"{reverse('planning:day', args=[location.slug])}?on={first.day}",
        about=f"stand_in:{first.pk}",
        addresses=location_addresses(location_id=location.pk, organiser_id=location.organiser_id),
    )


def _context(rows: Collection[StandIn], placement: Placement, own: Location) -> dict[str, Any]:
    return {"child": placement.child, "location": own, "rows": sorted(rows, key=lambda row: row.day)}


def _by(rows: Iterable[StandIn], key: Any) -> list[list[StandIn]]:
    found: dict[Any, list[StandIn]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return list(found.values())
