"""Expansion files, their dated steps, and grants for places."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Location, Organiser
from kribbe.policy.models import ExpansionFile, ExpansionStep, FileKind, FileState, PlaceGrant
from kribbe.region.models import Desk, Municipality
from kribbe.trust import audit
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """What a file says, its state apart. `probability` is a percentage; `keeps`: what keeps threatened places."""

    kind: FileKind
    title: str
    municipality: Municipality
    places_new: int
    places_kept: int
    expected_on: date
    probability: int
    followed_by: str = ""
    location: Location | None = None
    organiser: Organiser | None = None
    keeps: str = ""
    notes: str = ""


@transaction.atomic
def add_file(
    *, principal: Principal, desk: Desk, facts: FileFacts, state: FileState, on: date, now: datetime
) -> ExpansionFile:
    """Open a file in a state since a day. Raises RefusedError as `change_file` does."""
    _check(facts, desk)
    file = ExpansionFile.objects.create(desk=desk, state=state, state_on=on, created_at=now, **_values(facts))
    ExpansionStep.objects.create(file=file, state=state, on=on, recorded_at=now, recorded_by=principal.name)
    _record(principal, "expansion.add", file, desk.pk, now)
    return file


@transaction.atomic
def change_file(*, principal: Principal, file: ExpansionFile, facts: FileFacts, now: datetime) -> None:
    """Change what a file says; its history keeps what it said.

    Raises RefusedError without any places, and for threatened places without their number and what keeps them.
    """
    _check(facts, file.desk)
    lock_rows((ExpansionFile, file.pk))
    values = _values(facts)
    changed = [name for name, value in values.items() if getattr(file, name) != value]
    for name in changed:
        setattr(file, name, values[name])
    if changed:
        file.save(update_fields=changed)
        _record(principal, "expansion.change", file, file.desk_id, now, fields=changed)


@transaction.atomic
def add_step(
    *, principal: Principal, file: ExpansionFile, state: FileState, on: date, note: str, now: datetime
) -> ExpansionStep:
    """Note that a file came to a state on a day; the file stands in the state of its latest day."""
    lock_rows((ExpansionFile, file.pk))
    step = ExpansionStep.objects.create(
        file=file, state=state, on=on, note=note, recorded_at=now, recorded_by=principal.name
    )
    latest = file.steps.order_by("-on", "-pk").first()
    if latest is not None:
        file.state, file.state_on = latest.state, latest.on
        file.save(update_fields=["state", "state_on"])
    _record(principal, "expansion.step", file, file.desk_id, now, state=state, on=on.isoformat())
    return step


def _values(facts: FileFacts) -> dict[str, Any]:
    return dict(vars(facts))


def _check(facts: FileFacts, desk: Desk) -> None:
    if not facts.places_new and not facts.places_kept:
        raise RefusedError(_("Give the new places, the kept ones, or both."), field="places_new")
    if facts.kind == FileKind.THREATENED and not facts.places_kept:
        raise RefusedError(_("How many places are under threat?"), field="places_kept")
    if facts.kind == FileKind.THREATENED and not facts.keeps:
        raise RefusedError(_("What would keep these places?"), field="keeps")
    if facts.municipality.region_id != desk.region_id:
        raise RefusedError(_("Choose a municipality of the region."), field="municipality")


@dataclass(frozen=True, kw_only=True)
class GrantFacts:
    """A grant as it was promised, in euros a place; for a file or for a location."""

    purpose: str
    places: int
    amount_a_place: Decimal
    expected_on: date
    file: ExpansionFile | None = None
    location: Location | None = None


@transaction.atomic
def add_grant(*, principal: Principal, desk: Desk, facts: GrantFacts, now: datetime) -> PlaceGrant:
    """Note a grant. Raises RefusedError unless it is for one file or one location of the desk."""
    receivers = [each for each in (facts.file, facts.location) if each is not None]
    if len(receivers) != 1 or receivers[0].desk_id != desk.pk:
        raise RefusedError(_("Choose the file or the location that gets it."), field="location")
    grant = PlaceGrant.objects.create(desk=desk, created_at=now, **vars(facts))
    _record(principal, "grant.add", grant, desk.pk, now)
    return grant


@transaction.atomic
def pay_grant(*, principal: Principal, grant: PlaceGrant, paid: Decimal, on: date, now: datetime) -> None:
    """Note what was paid and when; a second time corrects the first, and history keeps both."""
    lock_rows((PlaceGrant, grant.pk))
    grant.paid, grant.paid_on = paid, on
    grant.save(update_fields=["paid", "paid_on"])
    _record(principal, "grant.paid", grant, grant.desk_id, now, paid=str(paid), on=on.isoformat())


def _record(
    principal: Principal,
    action: str,
    subject: ExpansionFile | PlaceGrant,
    desk_id: int,
    now: datetime,
    **data: Any,
) -> None:
    audit.record(principal=principal, action=action, subject=subject, now=now, desk_id=desk_id, **data)
