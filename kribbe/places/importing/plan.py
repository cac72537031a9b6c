"""What a file would change, before anything is written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kribbe.places.addresses import KnownStreets, Precision
from kribbe.places.importing.files import BadFileError, Table
from kribbe.places.importing.known import Known, Register
from kribbe.places.importing.mapping import ColumnMap
from kribbe.places.importing.reasons import Reason
from kribbe.places.importing.rows import Wanted, read_rows
from kribbe.places.importing.territory import BORDER_DEGREES, Home, Territory
from kribbe.places.models import ImportChange, LicenceState
from kribbe.region.models import Desk
from kribbe.rules.priority import PriceKind
from kribbe.trust.text import fold, sort_key

SAME_PLACE_DEGREES = 1e-6


@dataclass
class Change:
    """What one accepted row does: the fields that differ, with their values before and after."""

    row: Wanted
    known: Known | None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def created(self) -> bool:
        return self.known is None

    @property
    def changed(self) -> bool:
        return self.created or bool(self.after)


@dataclass(frozen=True)
class Missing:
    """A location that an earlier import of the same kind of file held and this one doesn't."""

    location_id: int
    name: str
    licence_number: str


@dataclass
class Plan:
    """A whole file, judged. `homeless`: its municipality isn't in this installation, so it can't be written."""

    rows: list[Wanted]
    changes: list[Change]
    missing: dict[int, list[Missing]] = field(default_factory=dict)
    homeless: str = ""
    notes: list[str | Promise] = field(default_factory=list)

    @property
    def reasons(self) -> list[Reason]:
        """All doubts in the order of the file."""
        return sorted((reason for row in self.rows for reason in row.reasons), key=lambda reason: reason.line)

    @property
    def desk_ids(self) -> list[int]:
        return sorted({change.row.desk_id for change in self.changes if change.row.desk_id})

    def totals(self, desk_id: int | None = None) -> dict[str, int]:
        """Rows by what happens to them; `warned` counts the accepted rows with a doubt."""
        rows = [row for row in self.rows if desk_id in {None, row.desk_id}]
        changes = [change for change in self.changes if desk_id in {None, change.row.desk_id}]
        counts = Counter(_fate(change) for change in changes)
        return {
            "rows": len(rows),
            "created": counts["created"],
            "updated": counts["updated"],
            "unchanged": counts["unchanged"],
            "refused": sum(row.refused for row in rows),
            "warned": sum(bool(row.reasons) and not row.refused for row in rows),
        }


def _fate(change: Change) -> str:
    if change.created:
        return "created"
    return "updated" if change.changed else "unchanged"


def plan(*, table: Table, mapping: ColumnMap, desk: Desk | None, today: date) -> Plan:
    """What this table would change. With a desk, only locations of its municipality are taken."""
    rows = read_rows(table, mapping)
    register = Register.load(today)
    made = Plan(rows, [])
    present = _settle(made, register, Territory.load(), desk)
    _refuse_same_location(rows, register)
    for row in rows:
        if not row.refused:
            made.changes.append(_compare(row, register.match(row)))
    made.missing = _missing(made, mapping, register, present)
    return made


def _settle(made: Plan, register: Register, territory: Territory, desk: Desk | None) -> set[int]:
    """Give each row its coordinates, municipality and desk; the ids of known locations that the file names."""
    streets = KnownStreets()
    present = {known.id for row in made.rows if (known := register.match(row))}
    accepted = [row for row in made.rows if not row.refused]
    streets.read_ahead(row.address for row in accepted if row.longitude is None)
    for row in accepted:
        _find_coordinates(row, register.match(row), streets)
    accepted = [row for row in accepted if not row.refused]
    homes = [_home(row, territory) for row in accepted]
    assumed = None
    if accepted and not any(homes):
        assumed = _for_a_file_from_elsewhere(made, accepted, territory, desk)
    for row, home in zip(accepted, homes, strict=True):
        _give_desk(row, home or assumed, desk, homeless=bool(made.homeless))
    return present


def _find_coordinates(row: Wanted, known: Known | None, streets: KnownStreets) -> None:
    if row.longitude is not None:
        return
    if known and fold(known.location.street) == fold(row.street):
        row.longitude, row.latitude = known.location.longitude, known.location.latitude
        return
    found = streets.locate(row.address)
    if found is None or found.precision not in {Precision.STREET, Precision.ADDRESS}:
        row.doubt("coordinates_missing", address=row.address)
        return
    row.longitude, row.latitude = found.longitude, found.latitude
    row.doubt("coordinates_from_address", found=found.label)


def _home(row: Wanted, territory: Territory) -> Home | None:
    """By address and by coordinates; where they disagree the coordinates, unless the border is near."""
    if row.longitude is None or row.latitude is None:
        return None
    said = territory.by_address(row.postcode, row.city)
    found = territory.by_point(row.longitude, row.latitude)
    if said is None or said == found:
        return found
    if said.shape is None or said.holds(row.longitude, row.latitude, margin=BORDER_DEGREES):
        return said
    if found is None:
        row.doubt("coordinates_outside", municipality=said.name)
        return said
    row.doubt("municipality_mismatch", address=said.name, found=found.name)
    return found


def _for_a_file_from_elsewhere(
    made: Plan, rows: Sequence[Wanted], territory: Territory, desk: Desk | None
) -> Home | None:
    """No row lies in a known municipality. One town goes to the desk that was named; else nobody's."""
    towns = {fold(row.city): row.city for row in rows if row.city}
    names = ", ".join(sorted(towns.values())[:5]) or "?"
    if desk is None:
        made.homeless = names
        made.notes.append(
            _("No municipality of this installation is named %(names)s: import its outline, or name a desk.")
            % {"names": names}
        )
        return None
    if len(towns) > 1:
        return None
    made.notes.append(
        _("%(names)s is no municipality of this installation; all rows go to %(desk)s, as asked.")
        % {"names": names, "desk": desk.shown_name}
    )
    return territory.homes[desk.municipality_id]


def _give_desk(row: Wanted, home: Home | None, desk: Desk | None, *, homeless: bool) -> None:
    if home is None:
        if not homeless:
            row.doubt(
                "municipality_unknown", place=row.city or row.postcode or f"{row.longitude}, {row.latitude}"
            )
        return
    if desk is not None and home.desk_id != desk.pk:
        row.doubt("other_desk", municipality=home.name)
    elif home.desk_id is None:
        row.doubt("no_desk", municipality=home.name)
    else:
        row.municipality_id, row.desk_id = home.id, home.desk_id


def _refuse_same_location(rows: Sequence[Wanted], register: Register) -> None:
    """Two rows never change one known location, and no row changes another desk's."""
    first: dict[int, int] = {}
    for row in rows:
        known = None if row.refused else register.match(row)
        if known is None:
            continue
        if row.desk_id and known.location.desk_id != row.desk_id:
            row.doubt("taken_elsewhere", number=row.licence_number, desk=known.location.desk.shown_name)
        elif first.setdefault(known.id, row.line) != row.line:
            row.doubt("doubled_row", other=first[known.id])


def _compare(row: Wanted, known: Known | None) -> Change:
    change = Change(row, known)
    if known is None:
        change.after = _new(row)
        return change
    wanted = {**_said(row), **_organiser(row, known), **_capacity(row, known), **_shown(row, known)}
    for name, value in wanted.items():
        earlier = _earlier(known, name)
        if not _same(name, earlier, value):
            change.before[name], change.after[name] = earlier, value
    return change


def _new(row: Wanted) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "licence_number": row.licence_number,
        "licence_state": LicenceState.UNKNOWN.value,
        **dict.fromkeys(("phone", "email", "website"), ""),
        **_said(row),
        "organiser": row.organiser,
        "places": row.places,
        "price_kind": row.price_kind or PriceKind.FREE.value,
        "active": row.complete and row.licence_state != LicenceState.ENDED,
    }


def _said(row: Wanted) -> dict[str, Any]:
    """The plain fields that the row fills; an empty cell never wipes what is known."""
    plain = {
        name: getattr(row, name)
        for name in (
            "name",
            "licence_number",
            "licence_state",
            "street",
            "postcode",
            "city",
            "longitude",
            "latitude",
            "phone",
            "email",
            "website",
        )
        if getattr(row, name) not in {"", None}
    }
    if row.kind_said and row.kind_known:
        plain["kind"] = row.kind
    if row.municipality_id:
        plain["municipality_id"] = row.municipality_id
    return plain


def _organiser(row: Wanted, known: Known) -> dict[str, Any]:
    return {"organiser": row.organiser} if row.organiser else {}


def _capacity(row: Wanted, known: Known) -> dict[str, Any]:
    """Places and price of a location with at most one group; several groups are the location's own affair."""
    if len(known.groups) > 1:
        if row.places is not None and row.places != known.places:
            row.doubt("places_in_groups", places=row.places, known=known.places)
        return {}
    wanted: dict[str, Any] = {}
    if row.places is not None:
        wanted["places"] = row.places
    if row.price_kind and (known.groups or row.places is not None):
        wanted["price_kind"] = row.price_kind
    return wanted


def _shown(row: Wanted, known: Known) -> dict[str, Any]:
    """A location that waited for its places is shown once they are known; one whose licence ended no longer."""
    if row.licence_state == LicenceState.ENDED:
        return {"active": False}
    waited = not known.location.active and not known.capacities
    return {"active": True} if waited and row.complete else {}


def _earlier(known: Known, name: str) -> Any:
    if name == "organiser":
        return known.location.organiser.name if known.location.organiser else ""
    if name == "places":
        return known.places if known.capacities else None
    if name == "price_kind":
        return known.groups[0].price_kind if known.groups else None
    return getattr(known.location, name)


def _same(name: str, earlier: Any, value: Any) -> bool:
    if name in {"longitude", "latitude"}:
        return bool(abs(earlier - value) < SAME_PLACE_DEGREES)
    if name == "organiser":
        return fold(earlier) == fold(value)
    return bool(earlier == value)


def _missing(
    made: Plan, mapping: ColumnMap, register: Register, present: set[int]
) -> dict[int, list[Missing]]:
    """Locations of earlier imports with the same columns that this file doesn't hold any more, by desk."""
    found: dict[int, list[Missing]] = {}
    for desk_id in made.desk_ids:
        earlier = ImportChange.objects.filter(
            run__desk_id=desk_id, run__undone_at=None, run__mapping__columns=dict(mapping.columns)
        ).values_list("location_id", flat=True)
        gone = [register.by_id[pk] for pk in set(earlier) - present if pk in register.by_id]
        standing = [known.location for known in gone if known.location.licence_state != LicenceState.ENDED]
        found[desk_id] = [
            Missing(location.pk, location.name, location.licence_number)
            for location in sorted(standing, key=lambda location: (sort_key(location.name), location.pk))
        ]
    return found


def refuse_homeless(made: Plan) -> None:
    """BadFileError where nothing of the file could be written anywhere."""
    if made.homeless:
        raise BadFileError(made.notes[0])
