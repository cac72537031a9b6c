"""A small region for the tests of this room: two neighbouring desks, and locations made to order."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

from kribbe.places import ledger
from kribbe.places.models import Group, GroupCapacity, Kind, LicenceState, Location
from kribbe.region.models import Desk, DeskPolicy, Municipality, Region
from kribbe.rules.halfdays import WORK_WEEK, WeekPattern
from kribbe.rules.priority import DateRule, PriceKind
from kribbe.trust.text import sort_key

LEUVEN = (4.7009, 50.8796)
HERENT = (4.6700, 50.9090)
_numbers = count(1)


def make_desk(
    name: str = "Leuven", *, at: tuple[float, float] = LEUVEN, region: Region | None = None, **fields: Any
) -> Desk:
    """A municipality with its desk, and a policy without end."""
    number = next(_numbers)
    region = region or Region.objects.create(name="Oost-Brabant", slug=f"oost-brabant-{number}")
    municipality = Municipality.objects.create(
        region=region, nis_code=f"{24000 + number % 900}", name_nl=name, longitude=at[0], latitude=at[1]
    )
    values = {"public_languages": ["nl", "en"], "letter_languages": ["nl"]} | fields
    desk = Desk.objects.create(
        region=region, municipality=municipality, slug=f"{name.lower()}-{number}", name=name, **values
    )
    DeskPolicy.objects.create(
        desk=desk,
        during=(date(2024, 1, 1), None),
        max_wishes=5,
        earliest_answer_months=9,
        answer_days=21,
        reaction_days=10,
        urgent_days=30,
        date_rule=DateRule.REGISTERED,
    )
    return desk


def make_location(desk: Desk, name: str = "De Notelaar", *, km_east: float = 0, **fields: Any) -> Location:
    """A location at so many kilometres east of the desk's centre."""
    number = next(_numbers)
    municipality = desk.municipality
    values: dict[str, Any] = {
        "kind": Kind.GROUP,
        "licence_state": LicenceState.LICENSED,
        "street": "Naamsestraat 1",
        "postcode": "3000",
        "city": municipality.name_nl,
    }
    return Location.objects.create(
        desk=desk,
        municipality=municipality,
        name=name,
        name_key=sort_key(name),
        slug=f"location-{number}",
        **values
        | {"longitude": municipality.longitude + km_east / 70.19, "latitude": municipality.latitude}
        | fields,
    )


def make_group(
    location: Location,
    *,
    places: int = 1,
    open_pattern: int = WORK_WEEK,
    since: date,
    now: datetime | None = None,
    **fields: Any,
) -> Group:
    """A group with so many bookable places; with `now` its weeks are laid too."""
    values: dict[str, Any] = {"name": f"Group {next(_numbers)}", "price_kind": PriceKind.INCOME} | fields
    group = Group.objects.create(location=location, **values)
    GroupCapacity.objects.create(
        group=group,
        during=(since, None),
        licensed_places=places,
        staffed_places=places,
        bookable_places=places,
        open_pattern=open_pattern,
    )
    if now is not None:
        ledger.recount(group_ids=[group.pk], today=now.date(), now=now)
    return group


def fill(group: Group, days: str, *, start: date, now: datetime, end: date | None = None) -> None:
    """Take these half-days (`mon tue-am`) of a group once."""
    ledger.take(
        group_id=group.pk,
        start=start,
        end=end,
        pattern=WeekPattern.from_text(days),
        holder=f"test:{next(_numbers)}",
        now=now,
    )
