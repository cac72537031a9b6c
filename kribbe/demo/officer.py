"""What the policy officer of the demo keeps: months as they were told, files, grants and official figures."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.timezone import get_default_timezone, localtime

from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.demo.tables import table
from kribbe.enrolment.models import CareRequest, Placement, PlacementState
from kribbe.people.models import Adult, Household
from kribbe.places.models import Group, GroupCapacity, Location
from kribbe.policy.models import ExpansionFile, ExpansionStep, PlaceGrant, Snapshot, SnapshotValue
from kribbe.policy.selectors.counters import Asking, Places
from kribbe.policy.selectors.past import asking_counted, places_counted
from kribbe.region.models import Desk, Municipality, OfficialFigure
from kribbe.rules.calendar import add_months, first_of_month

MONTHS = 24
COUNTED_AT = time(2, 40)
GROWTH = 0.0035
"""The share of the places that came in each of those months."""

OFFICIAL_YEARS = 3
SOURCE = "Verzonnen cijfers, in de vorm van Cijfers op maat (Opgroeien)"


def keep(book: Book) -> None:
    """Add everything of the policy officer."""
    _months(book)
    chance = Chance("officer")
    _official(book, chance)
    for row in table("policy")["file"]:
        _file(book, row)


def _months(book: Book) -> None:
    desks = book.rows(Desk)
    first = first_of_month(book.today)
    works, homes = _works(book), {each.pk: each.municipality_id for each in book.rows(Household)}
    towns = {each.pk: each.nis_code for each in book.rows(Municipality)}
    for back in range(MONTHS, 0, -1):
        month = add_months(first, 1 - back)
        moment = datetime.combine(month, COUNTED_AT, get_default_timezone())
        if moment > book.now:
            continue
        places = _places(book, back - 1)
        asked = [request for request in book.rows(CareRequest) if _was_open(request, moment)]
        placed = _placed(book, month)
        for desk in [None, *desks]:
            snapshot = book.add(
                Snapshot(region_id=desks[0].region_id, desk=desk, month=month, taken_at=moment)
            )
            of = [each for each in desks if desk in (None, each)]
            here = {towns[each.municipality_id] for each in of}
            counts = [
                *places_counted({key: each for key, each in places.items() if key[0] in here}),
                *asking_counted(_asking(asked, homes, works, of)),
                ("placed", "", "children", len(_placed_at(placed, desk))),
            ]
            for figure, part, measure, value in counts:
                book.add(
                    SnapshotValue(snapshot=snapshot, figure=figure, part=part, measure=measure, value=value)
                )


def _places(book: Book, months_ago: int) -> dict[tuple[str, str, str], Places]:
    """Today's places, a little fewer for each month further back."""
    groups = {each.pk: each for each in book.rows(Group)}
    locations = {each.pk: each for each in book.rows(Location)}
    towns = {each.pk: each.nis_code for each in book.rows(Municipality)}
    found: dict[tuple[str, str, str], Places] = defaultdict(Places)
    seen: set[tuple[tuple[str, str, str], int]] = set()
    for capacity in book.rows(GroupCapacity):
        group = groups[capacity.group_id]
        location = locations[group.location_id]
        if not (group.active and location.active):
            continue
        key = (towns[location.municipality_id], location.kind, group.price_kind)
        found[key] += Places(
            capacity.licensed_places,
            capacity.staffed_places,
            capacity.bookable_places,
            int((key, location.pk) not in seen),
        )
        seen.add((key, location.pk))
    share = 1 - GROWTH * months_ago
    return {
        key: Places(
            round(each.licensed * share),
            round(each.staffed * share),
            round(each.bookable * share),
            each.locations,
        )
        for key, each in sorted(found.items())
    }


def _was_open(request: CareRequest, moment: datetime) -> bool:
    return request.registered_at <= moment and (request.ended_at is None or request.ended_at > moment)


def _works(book: Book) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for adult in book.rows(Adult):
        if adult.work_municipality_id is not None:
            found[adult.household_id].add(adult.work_municipality_id)
    return found


def _asking(
    asked: list[CareRequest],
    homes: Mapping[int, int | None],
    works: Mapping[int, set[int]],
    desks: list[Desk],
) -> Asking:
    here, ids = {each.municipality_id for each in desks}, {each.pk for each in desks}
    ties: Counter[str] = Counter()
    for request in asked:
        if homes[request.household_id] in here:
            ties["living"] += 1
        elif works.get(request.household_id, set()) & here:
            ties["working"] += 1
        elif request.desk_id in ids:
            ties["registered"] += 1
    return Asking(ties["living"], ties["working"], ties["registered"])


def _placed(book: Book, day: date) -> dict[int, set[int]]:
    """The desks at whose locations each child had a place."""
    desk_of = {each.pk: each.desk_id for each in book.rows(Location)}
    location_of = {each.pk: each.location_id for each in book.rows(Group)}
    found: dict[int, set[int]] = defaultdict(set)
    for placement in book.rows(Placement):
        came = (
            placement.state in {PlacementState.FINAL, PlacementState.ENDED} and not placement.replaced_state
        )
        if came and placement.during[0] <= day < placement.during[1]:
            found[placement.child_id].add(desk_of[location_of[placement.group_id]])
    return found


def _placed_at(placed: Mapping[int, set[int]], desk: Desk | None) -> set[int]:
    """The children with a place at a desk's locations, or anywhere."""
    return {child for child, desks in placed.items() if desk is None or desk.pk in desks}


def _official(book: Book, chance: Chance) -> None:
    """Figures of past years, some a little beside the register's; kinds add up over their prices."""
    places = _places(book, 0)
    towns = {each.nis_code: each for each in book.rows(Municipality)}
    for years_ago in range(OFFICIAL_YEARS, 0, -1):
        told = {key: _told(each, years_ago, chance) for key, each in places.items()}
        for (nis, kind, price), each in _with_totals(told):
            book.add(
                OfficialFigure(
                    municipality=towns[nis],
                    year=book.today.year - years_ago,
                    licence_kind=kind,
                    price_kind=price,
                    places=each.licensed,
                    locations=each.locations,
                    source=SOURCE,
                    imported_at=book.now - timedelta(days=40),
                )
            )


def _told(each: Places, years_ago: int, chance: Chance) -> Places:
    """What the authority told of these places, so many years ago."""
    beside = chance.pick([0, 0, 0, -4, 3, 7]) if each.licensed > 10 else 0
    return Places(licensed=max(0, each.licensed - 6 * (years_ago - 1) + beside), locations=each.locations)


def _with_totals(
    places: Mapping[tuple[str, str, str], Places],
) -> Iterator[tuple[tuple[str, str, str], Places]]:
    totals: dict[tuple[str, str, str], Places] = defaultdict(Places)
    for (nis, kind, price), each in places.items():
        yield (nis, kind, price), each
        totals[nis, kind, "total"] += each
    yield from totals.items()


def _file(book: Book, row: Mapping[str, Any]) -> None:
    desk = next(each for each in book.rows(Desk) if each.slug == row["town"])
    steps = [(state, _day(book, months)) for state, months in row["steps"]]
    state, since = steps[-1]
    begun = datetime.combine(steps[0][1], time(10), get_default_timezone())
    file = book.add(
        ExpansionFile(
            reference=book.reference(),
            desk=desk,
            municipality_id=desk.municipality_id,
            kind=row["kind"],
            title=row["title"],
            places_new=row["places_new"],
            places_kept=row.get("places_kept", 0),
            expected_on=_day(book, row["expected"]),
            probability=row["probability"],
            state=state,
            state_on=since,
            followed_by=row["followed_by"],
            keeps=row.get("keeps", ""),
            notes=row.get("notes", ""),
            created_at=begun,
        )
    )
    for name, day in steps:
        moment = datetime.combine(day, time(10), get_default_timezone())
        book.add(
            ExpansionStep(file=file, state=name, on=day, recorded_at=moment, recorded_by=row["followed_by"])
        )
    if "granted" in row:
        _grant(book, file, row)


def _grant(book: Book, file: ExpansionFile, row: Mapping[str, Any]) -> None:
    amount = Decimal(table("policy")["grant_a_place"])
    places = file.places_new
    paid_on = _day(book, row["paid"]) if "paid" in row else None
    book.add(
        PlaceGrant(
            reference=book.reference(),
            desk=file.desk,
            file=file,
            purpose="Premie per nieuwe plaats",
            places=places,
            amount_a_place=amount,
            expected_on=_day(book, row["granted"]),
            paid=places * amount if paid_on else None,
            paid_on=paid_on,
            created_at=localtime(file.created_at),
        )
    )


def _day(book: Book, months: int) -> date:
    return add_months(first_of_month(book.today), months)
