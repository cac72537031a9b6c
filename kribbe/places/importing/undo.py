"""Taking an import back: earlier values restored, new locations removed where nothing hangs on them."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kribbe.places import ledger
from kribbe.places.importing.run import PLAIN, write_fields
from kribbe.places.models import (
    Group,
    GroupAvailability,
    GroupCapacity,
    ImportChange,
    ImportRun,
    LedgerWeek,
    Location,
    Organiser,
)
from kribbe.region.models import Desk
from kribbe.trust import audit
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.pointing import pointed_at
from kribbe.trust.principal import Principal

OWN_PARTS = (Group, GroupCapacity, LedgerWeek, GroupAvailability)
"""What a location is made of; it goes with the location."""


@dataclass(frozen=True)
class Kept:
    """A location that stayed as it is. `why`: `in_use` or `changed_since`."""

    location_id: int
    name: str
    line: int
    why: str


@dataclass
class Undone:
    """What was taken back."""

    removed: int = 0
    restored: int = 0
    kept: list[Kept] = field(default_factory=list)


def undo_import(*, principal: Principal, run_id: int, now: datetime) -> Undone:
    """Undo one import. RefusedError if it isn't there or was undone already.

    What somebody changed since, or what other rows refer to (a wish, a placement, a mail), is kept and told.
    """
    with transaction.atomic():
        run = ImportRun.objects.filter(pk=run_id).first()
        if run is None:
            raise RefusedError(_("There is no import with this number."), code="unknown")
        lock_rows((Desk, run.desk_id), (ImportRun, run.pk))
        run.refresh_from_db()
        if run.undone_at is not None:
            raise RefusedError(_("This import was undone already."), code="undone")
        result = Undone()
        _take_back(run, result, now)
        _remove_organisers(run)
        run.undone_at = now
        run.totals["undone"] = {
            "removed": result.removed,
            "restored": result.restored,
            "kept": [[kept.location_id, kept.name, kept.line, kept.why] for kept in result.kept],
        }
        run.save(update_fields=["undone_at", "totals"])
        audit.record(
            principal=principal,
            action="places.import_undo",
            subject=run,
            now=now,
            desk_id=run.desk_id,
            removed=result.removed,
            restored=result.restored,
            kept=len(result.kept),
        )
    return result


def kept_of(run: ImportRun) -> list[Kept]:
    """What an undone import left in place."""
    return [Kept(*values) for values in run.totals.get("undone", {}).get("kept", [])]


def _take_back(run: ImportRun, result: Undone, now: datetime) -> None:
    changes = [
        change
        for change in ImportChange.objects.filter(run=run).order_by("line", "pk")
        if change.created or change.after
    ]
    ids = [change.location_id for change in changes]
    locations = Location.objects.select_related("organiser").in_bulk(ids)
    places = _places_now(ids)
    in_use = _in_use([change.location_id for change in changes if change.created or _opened_group(change)])
    removed = []
    for change in changes:
        location = locations.get(change.location_id)
        if location is None:
            continue
        why = "in_use" if location.pk in in_use else _changed_since(change, location, places.get(location.pk))
        if why:
            result.kept.append(Kept(location.pk, location.name, change.line, why))
        elif change.created:
            removed.append(location.pk)
        else:
            _restore(change, location, now)
            result.restored += 1
    _remove(removed)
    result.removed = len(removed)


def _changed_since(change: ImportChange, location: Location, places: int | None) -> str:
    for name, value in change.after.items():
        current = places if name == "places" else getattr(location, name, None)
        if name in (*PLAIN, "places") and current != value:
            return "changed_since"
    return ""


def _places_now(location_ids: list[int]) -> dict[int, int]:
    """Licensed places by location, of what is open without an end."""
    return dict(
        GroupCapacity.objects.filter(
            group__location__in=location_ids, group__active=True, during__endswith=None
        )
        .values_list("group__location")
        .annotate(places=models.Sum("licensed_places"))
        .order_by()
    )


def _opened_group(change: ImportChange) -> bool:
    return not change.created and "places" in change.after and "capacity" not in change.before


def _in_use(location_ids: list[int]) -> set[int]:
    """Those of the locations to which a row outside themselves refers, or to a group of theirs."""
    groups = dict(Group.objects.filter(location__in=location_ids).values_list("pk", "location_id"))
    return pointed_at(Location, location_ids, but=OWN_PARTS) | {
        groups[pk] for pk in pointed_at(Group, list(groups), but=OWN_PARTS)
    }


def _remove(location_ids: list[int]) -> None:
    groups = Group.objects.filter(location__in=location_ids)
    groups.delete()
    Location.objects.filter(pk__in=location_ids).delete()


def _restore(change: ImportChange, location: Location, now: datetime) -> None:
    earlier = dict(change.before)
    if location.organiser_id != change.after.get("organiser_id"):
        earlier.pop("organiser_id", None)
    write_fields(location, earlier)
    if change.before.get("price_kind"):
        written = location.groups.filter(active=True, price_kind=change.after["price_kind"])
        written.update(price_kind=change.before["price_kind"])
    if "places" in change.after:
        _restore_places(change, location, now)


def _restore_places(change: ImportChange, location: Location, now: datetime) -> None:
    earlier = change.before.get("capacity")
    if earlier is None:
        Group.objects.filter(location=location).delete()
        return
    capacity = GroupCapacity.objects.filter(pk=earlier["id"]).first()
    if capacity is None:
        return
    GroupCapacity.objects.filter(
        group_id=capacity.group_id, during__startswith__gt=capacity.during.lower
    ).delete()
    capacity.during = (capacity.during.lower, None)
    capacity.licensed_places = earlier["licensed"]
    capacity.staffed_places = earlier["staffed"]
    capacity.bookable_places = earlier["bookable"]
    capacity.save()
    ledger.recount(group_ids=[capacity.group_id], today=timezone.localdate(now), now=now)


def _remove_organisers(run: ImportRun) -> None:
    """Organisers that the import made and that run nothing."""
    made: list[int] = run.totals.get("organisers", [])
    Organiser.objects.filter(pk__in=set(made) - pointed_at(Organiser, made, but=OWN_PARTS)).delete()
