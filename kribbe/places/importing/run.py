"""Carrying out a plan, in one transaction, so that it can be undone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from kribbe.places import ledger
from kribbe.places.importing.files import Table
from kribbe.places.importing.known import Known
from kribbe.places.importing.mapping import ColumnMap, fitting
from kribbe.places.importing.plan import Change, Plan, plan, refuse_homeless
from kribbe.places.models import Group, GroupCapacity, ImportChange, ImportRun, Location, Organiser
from kribbe.places.services.names import learn_names
from kribbe.region.models import Desk
from kribbe.rules.calendar import monday_of
from kribbe.rules.priority import PriceKind
from kribbe.trust import audit
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.text import fold, sort_key

GROUP_NAME = "1"
"""Name of the one group that a new location gets; the location renames and divides it."""

LAID_EMPTY_AT_ONCE = 500
"""New groups whose weeks are laid in one statement."""

LAID_AT_ONCE = 20
"""Groups whose weeks are laid in one statement. New rows have no statistics yet: with more the database
chooses a slow way of counting."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Done:
    """What an import did: one run a desk. None of them in a dry run."""

    plan: Plan
    runs: tuple[ImportRun, ...]


def no_progress(done: int, of: int) -> None:
    """Tell nobody."""


def preview(*, table: Table, mapping: ColumnMap, desk: Desk | None, now: datetime) -> Plan:
    """What the file would change; nothing is written."""
    return plan(table=table, mapping=fitting(mapping, table), desk=desk, today=timezone.localdate(now))


def import_locations(
    *,
    principal: Principal,
    table: Table,
    mapping: ColumnMap,
    desk: Desk | None,
    file_name: str,
    file_hash: str,
    now: datetime,
    progress: Progress = no_progress,
) -> Done:
    """Create and update the locations of this table. BadFileError, and nothing written, if it can't be used.

    Imports of one desk wait for each other. Locations that the file doesn't hold stay as they are.
    """
    with transaction.atomic():
        desks = [desk.pk] if desk else list(Desk.objects.values_list("pk", flat=True))
        lock_rows(*((Desk, pk) for pk in desks))
        made = preview(table=table, mapping=mapping, desk=desk, now=now)
        refuse_homeless(made)
        runs = tuple(
            _run(made, desk_id, principal, mapping, file_name, file_hash, now, whole=len(made.desk_ids) < 2)
            for desk_id in made.desk_ids
        )
        _write(made, {run.desk_id: run for run in runs}, now, progress)
    return Done(made, runs)


def _run(
    made: Plan,
    desk_id: int,
    principal: Principal,
    mapping: ColumnMap,
    file_name: str,
    file_hash: str,
    now: datetime,
    *,
    whole: bool,
) -> ImportRun:
    """The record of the import for one desk, with the doubts of its rows (of all rows where it is the only one)."""
    totals: dict[str, Any] = dict(made.totals(None if whole else desk_id))
    lines = {row.line for row in made.rows if whole or row.desk_id == desk_id}
    totals["reasons"] = [reason.as_kept() for reason in made.reasons if reason.line in lines]
    totals["missing"] = [missing.location_id for missing in made.missing[desk_id]]
    run = ImportRun.objects.create(
        desk_id=desk_id,
        file_name=file_name[:200],
        file_hash=file_hash,
        mapping=mapping.as_kept(),
        at=now,
        by=principal.user_id,
        totals=totals,
    )
    counts = made.totals(None if whole else desk_id)
    audit.record(
        principal=principal, action="places.import", subject=run, now=now, desk_id=desk_id, totals=counts
    )
    return run


def _write(made: Plan, runs: dict[int, ImportRun], now: datetime, progress: Progress) -> None:
    organisers = _organisers(made.changes, runs)
    new = [change for change in made.changes if change.created]
    changed = [change for change in made.changes if not change.created and change.changed]
    locations = _create(new, organisers)
    ids = {id(change): location.pk for change, location in zip(new, locations, strict=True)}
    opened = _open_groups(list(zip(new, locations, strict=True)), now)
    groups: list[int] = []
    for change in changed:
        groups += _update(change, organisers, now)
    ImportChange.objects.bulk_create(
        ImportChange(
            run=runs[change.row.desk_id],
            line=change.row.line,
            location_id=ids[id(change)] if change.known is None else change.known.id,
            created=change.created,
            before=change.before,
            after=_with_file_facts(change),
        )
        for change in made.changes
    )
    _lay_weeks(opened, groups, now, progress)
    learn_names()


def _with_file_facts(change: Change) -> dict[str, Any]:
    """The values after, and since when the organiser runs it, which is kept with the import alone."""
    since = change.row.organiser_since
    return (
        {**change.after, "organiser_since": since.isoformat()} if since and change.changed else change.after
    )


def _organisers(changes: Iterable[Change], runs: dict[int, ImportRun]) -> dict[str, Organiser]:
    """The organisers that the changes name, by folded name; new ones are created and told to their run."""
    wanted = {fold(change.after["organiser"]): change for change in changes if change.after.get("organiser")}
    known = {fold(each.name): each for each in Organiser.objects.order_by("-id")}
    new = [key for key in wanted if key not in known]
    created = Organiser.objects.bulk_create(
        Organiser(
            name=wanted[key].row.organiser,
            name_key=sort_key(wanted[key].row.organiser),
            enterprise_number=wanted[key].row.enterprise_number,
        )
        for key in new
    )
    for key, organiser in zip(new, created, strict=True):
        run = runs[wanted[key].row.desk_id]
        run.totals.setdefault("organisers", []).append(organiser.pk)
    for run in runs.values():
        run.save(update_fields=["totals"])
    return known | dict(zip(new, created, strict=True))


PLAIN = (
    "name", "kind", "licence_number", "licence_state", "street", "postcode", "city", "longitude", "latitude",
    "municipality_id", "phone", "email", "website", "active",
)  # fmt: skip
"""Fields of a location that an import writes as they are."""


def _create(changes: Sequence[Change], organisers: dict[str, Organiser]) -> list[Location]:
    slugs = set(Location.objects.values_list("slug", flat=True))
    return Location.objects.bulk_create(
        Location(
            **{name: change.after[name] for name in PLAIN if name in change.after},
            desk_id=change.row.desk_id,
            organiser=organisers.get(fold(change.row.organiser)),
            name_key=sort_key(change.row.name),
            slug=_slug(change, slugs),
        )
        for change in changes
    )


def _slug(change: Change, taken: set[str]) -> str:
    base = slugify(change.row.name)[:60] or "location"
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    taken.add(slug)
    return slug


def _open_groups(created: Sequence[tuple[Change, Location]], now: datetime) -> list[int]:
    """One group with its places for each new location whose places are known."""
    with_places = [(change, location) for change, location in created if change.after["places"] is not None]
    groups = Group.objects.bulk_create(
        Group(
            location=location,
            name=GROUP_NAME,
            from_months=change.row.from_months,
            price_kind=change.after["price_kind"],
        )
        for change, location in with_places
    )
    GroupCapacity.objects.bulk_create(
        _all_staffed(group, change.after["places"], now)
        for group, (change, _) in zip(groups, with_places, strict=True)
    )
    return [group.pk for group in groups]


def _all_staffed(group: Group, places: int, now: datetime) -> GroupCapacity:
    return GroupCapacity(
        group=group,
        during=(monday_of(timezone.localdate(now)), None),
        licensed_places=places,
        staffed_places=places,
        bookable_places=places,
    )


def _update(change: Change, organisers: dict[str, Organiser], now: datetime) -> list[int]:
    """Write one change; the ids of groups whose weeks must be laid anew."""
    known = change.known
    if known is None:
        return []
    location = known.location
    if "organiser" in change.after:
        change.before["organiser_id"] = location.organiser_id
        change.after["organiser_id"] = organisers[fold(change.after["organiser"])].pk
    write_fields(location, change.after)
    if "price_kind" in change.after and known.groups:
        Group.objects.filter(pk=known.groups[0].pk).update(price_kind=change.after["price_kind"])
    return _change_places(change, known, now) if "places" in change.after else []


def write_fields(location: Location, values: Mapping[str, Any]) -> None:
    """Save these plain fields and the organiser, and nothing else: the location itself may be writing the rest."""
    names = [name for name in (*PLAIN, "organiser_id") if name in values]
    for name in names:
        setattr(location, name, values[name])
    if "name" in names:
        location.name_key = sort_key(location.name)
        names.append("name_key")
    if names:
        location.save(update_fields=names)


def _change_places(change: Change, known: Known, now: datetime) -> list[int]:
    """Other places from today on; what was staffed stays staffed, up to the new licence."""
    if not known.groups:
        return _open_groups([(_with_price(change), known.location)], now)
    group = known.groups[0]
    if not known.capacities:
        _all_staffed(group, change.after["places"], now).save()
        return [group.pk]
    change.before["capacity"] = capacity_facts(known.capacities[0])
    set_places(known.capacities[0], change.after["places"], now)
    return [group.pk]


def _with_price(change: Change) -> Change:
    change.after.setdefault("price_kind", PriceKind.FREE.value)
    return change


def capacity_facts(capacity: GroupCapacity) -> dict[str, Any]:
    """A capacity as an import remembers it."""
    return {
        "id": capacity.pk,
        "licensed": capacity.licensed_places,
        "staffed": capacity.staffed_places,
        "bookable": capacity.bookable_places,
    }


def set_places(capacity: GroupCapacity, places: int, now: datetime) -> GroupCapacity:
    """The capacity that holds from today on with this many licensed places.

    A location that staffed all its places goes on doing so; one that staffed fewer keeps its number.
    """
    today = timezone.localdate(now)
    all_staffed = capacity.staffed_places == capacity.licensed_places
    staffed = places if all_staffed else min(capacity.staffed_places, places)
    bookable = max(0, capacity.bookable_places + staffed - capacity.staffed_places)
    start, end = capacity.during.lower, capacity.during.upper
    if start is not None and start < today:
        capacity.during = (start, today)
        capacity.save(update_fields=["during"])
        capacity = GroupCapacity(
            group_id=capacity.group_id, open_pattern=capacity.open_pattern, during=(today, end)
        )
    capacity.licensed_places, capacity.staffed_places, capacity.bookable_places = places, staffed, bookable
    capacity.save()
    return capacity


def _lay_weeks(opened: Sequence[int], changed: Sequence[int], now: datetime, progress: Progress) -> None:
    """Lay the weeks of new groups, and those of groups whose places changed anew."""
    today, laid = timezone.localdate(now), 0
    for ids, at_once, lay in (
        (opened, LAID_EMPTY_AT_ONCE, ledger.lay_empty),
        (changed, LAID_AT_ONCE, ledger.recount),
    ):
        for start in range(0, len(ids), at_once):
            some = sorted(ids)[start : start + at_once]
            lay(group_ids=some, today=today, now=now)
            laid += len(some)
            progress(laid, len(opened) + len(changed))
