"""The list of licences held beside the register: what differs is kept, and settled with a reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.places.importing import mapping as maps
from kribbe.places.importing.files import Table
from kribbe.places.importing.known import Known, Register
from kribbe.places.importing.plan import Plan
from kribbe.places.importing.rows import Wanted
from kribbe.places.importing.run import preview
from kribbe.places.models import LicenceState
from kribbe.policy.models import DifferenceKind, LicenceCheck, LicenceDifference, Settled
from kribbe.region.models import Desk
from kribbe.trust import audit
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

LAW_STATES = frozenset({LicenceState.LICENSED, LicenceState.SUSPENDED, LicenceState.ENDED})


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that the list and the register say differently."""

    kind: DifferenceKind
    name: str
    licence_number: str
    location_id: int | None = None
    line: int | None = None
    here: str = ""
    there: str = ""

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """The same difference in a later list."""
        return (
            self.kind.value,
            self.licence_number or self.name,
            str(self.location_id or ""),
            self.here,
            self.there,
        )


@transaction.atomic
def check_list(
    *, principal: Principal, desk: Desk, table: Table, file_name: str, now: datetime
) -> LicenceCheck:
    """Hold a list beside the desk's locations and keep what differs. What was settled before stays settled.

    Columns are recognised as an import does. Raises BadFileError for a list that can't be read.
    """
    lock_rows((Desk, desk.pk))
    made = preview(table=table, mapping=maps.guess(table).mapping, desk=desk, now=now)
    found = list(_differences(made, desk, localtime(now).date()))
    accepted = [row for row in made.rows if not row.refused]
    differing = {each.line for each in found if each.line is not None}
    settled = _settled_before(desk)
    check = LicenceCheck.objects.create(
        desk=desk,
        file_name=file_name[:200],
        at=now,
        by_name=principal.name,
        rows=len(made.rows),
        agreeing=sum(row.line not in differing for row in accepted),
        unread=len(made.rows) - len(accepted),
    )
    LicenceDifference.objects.bulk_create(_row(check, each, settled.get(each.key)) for each in found)
    audit.record(
        principal=principal,
        action="licences.check",
        subject=check,
        now=now,
        desk_id=desk.pk,
        differences=len(found),
    )
    return check


def _row(check: LicenceCheck, each: Difference, before: LicenceDifference | None) -> LicenceDifference:
    row = LicenceDifference(
        check_run=check,
        kind=each.kind,
        location_id=each.location_id,
        line=each.line,
        licence_number=each.licence_number,
        name=each.name,
        here=each.here,
        there=each.there,
    )
    if before is not None:
        for name in ("settled", "settled_note", "settled_at", "settled_by_id", "settled_by_name"):
            setattr(row, name, getattr(before, name))
    return row


def _settled_before(desk: Desk) -> dict[tuple[str, str, str, str, str], LicenceDifference]:
    """What was settled in the last list, but for what should be corrected by now."""
    last = LicenceCheck.objects.filter(desk=desk).order_by("-at", "-pk").first()
    rows = LicenceDifference.objects.filter(check_run=last).exclude(settled__in=["", Settled.CORRECTED])
    return {
        (row.kind, row.licence_number or row.name, str(row.location_id or ""), row.here, row.there): row
        for row in rows
    }


def _differences(made: Plan, desk: Desk, today: date) -> Iterator[Difference]:
    register = Register.load(today)
    seen: set[int] = set()
    for row in made.rows:
        known = register.match(row)
        if known is not None:
            seen.add(known.id)
        if row.refused:
            continue
        if known is None:
            yield Difference(
                DifferenceKind.MISSING_HERE,
                row.name,
                row.licence_number,
                line=row.line,
                there=_number(row.places),
            )
        else:
            yield from _between(row, known)
    for known in register.by_id.values():
        location = known.location
        if location.desk_id == desk.pk and location.active and known.id not in seen:
            yield Difference(
                DifferenceKind.UNKNOWN_THERE,
                location.name,
                location.licence_number,
                location_id=known.id,
                here=_number(known.places),
            )


def _between(row: Wanted, known: Known) -> Iterator[Difference]:
    location = known.location
    if row.places is not None and row.places != known.places:
        yield Difference(
            DifferenceKind.PLACES,
            location.name,
            location.licence_number,
            location_id=known.id,
            line=row.line,
            here=_number(known.places),
            there=_number(row.places),
        )
    if row.licence_state in LAW_STATES and row.licence_state != location.licence_state:
        yield Difference(
            DifferenceKind.STATE,
            location.name,
            location.licence_number,
            location_id=known.id,
            line=row.line,
            here=location.licence_state,
            there=row.licence_state,
        )


def _number(places: int | None) -> str:
    return "" if places is None else str(places)


@transaction.atomic
def settle(
    *, principal: Principal, difference: LicenceDifference, reason: Settled, note: str, now: datetime
) -> None:
    """Say why a difference needs no more work. Raises RefusedError for "something else" without a note."""
    if reason == Settled.OTHER and not note:
        raise RefusedError(_("Say in the note what it is."), field="note")
    lock_rows((LicenceDifference, difference.pk))
    _set(difference, settled=reason.value, note=note, principal=principal, at=now)
    _record(principal, "licences.settle", difference, now, reason)


@transaction.atomic
def unsettle(*, principal: Principal, difference: LicenceDifference, now: datetime) -> None:
    """Put a difference back on the work list."""
    lock_rows((LicenceDifference, difference.pk))
    _set(difference, settled="", note="", principal=None, at=None)
    _record(principal, "licences.unsettle", difference, now, "")


def _set(
    difference: LicenceDifference,
    *,
    settled: str,
    note: str,
    principal: Principal | None,
    at: datetime | None,
) -> None:
    difference.settled, difference.settled_note, difference.settled_at = settled, note, at
    difference.settled_by_id = principal.user_id if principal else None
    difference.settled_by_name = principal.name if principal else ""
    difference.save(update_fields=["settled", "settled_note", "settled_at", "settled_by", "settled_by_name"])


def _record(
    principal: Principal, action: str, difference: LicenceDifference, now: datetime, reason: str
) -> None:
    audit.record(
        principal=principal,
        action=action,
        subject=difference,
        now=now,
        desk_id=difference.check_run.desk_id,
        reason=reason,
    )
