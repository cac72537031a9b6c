"""Taking a list back: its places and families go, where nobody did anything with them since."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.people.models import Adult, Child, Household, HouseholdKeys, RoleGrant
from kribbe.places.ledger_many import release_many
from kribbe.places.models import Group, Location
from kribbe.planning.models import AgreedWeeks, AgreementImport, CareAgreement, ImportedPlace, Paper
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.pointing import pointed_at
from kribbe.trust.principal import Principal, Scope

OWN_OF_PLACE = (CareAgreement, AgreedWeeks, ImportedPlace)
OWN_OF_AGREEMENT = (Paper, AgreedWeeks)


def undo_list(*, principal: Principal, run_id: int, now: datetime) -> AgreementImport:
    """Take a list back. A place that somebody changed or used since stays, and is told in `totals`.

    Raises RefusedError where it was never carried out, or was undone already.
    """
    with transaction.atomic():
        run = AgreementImport.objects.select_related("location").get(pk=run_id)
        groups = Group.objects.filter(location=run.location_id).values_list("pk", flat=True)
        lock_rows((Location, run.location_id), (AgreementImport, run_id), *((Group, key) for key in groups))
        run.refresh_from_db()
        if run.done_at is None or run.undone_at is not None:
            raise RefusedError(_("This list was undone already."), code="undone")
        rows = list(run.places.select_related("placement__child").order_by("-line"))
        kept = _in_use(rows)
        gone = [row for row in rows if row.pk not in kept]
        _remove([row.placement_id for row in gone], now)
        _remove_families(gone)
        run.undone_at = now
        run.totals = {**run.totals, "gone": len(gone), "kept": len(kept)}
        run.save(update_fields=["undone_at", "totals"])
        record(
            principal=principal,
            action="agreements.import_undo",
            subject=run,
            now=now,
            desk_id=run.location.desk_id,
            gone=len(gone),
            kept=len(kept),
        )
    return run


def _in_use(rows: list[ImportedPlace]) -> set[int]:
    """Rows whose place was changed, or that something else points at: a new paper, an absence, a stay, a bill."""
    places = [row.placement_id for row in rows]
    used = pointed_at(Placement, places, but=OWN_OF_PLACE)
    agreements = dict(CareAgreement.objects.filter(placement__in=places).values_list("pk", "placement"))
    used |= {agreements[key] for key in pointed_at(CareAgreement, agreements, but=OWN_OF_AGREEMENT)}
    later = Paper.objects.filter(~Q(taken_over=F("agreement__placement__imported__run")) | Q(taken_over=None))
    used |= set(later.filter(agreement__in=agreements).values_list("agreement__placement", flat=True))
    return {row.pk for row in rows if row.placement_id in used or row.placement.state != PlacementState.FINAL}


def _remove(places: list[int], now: datetime) -> None:
    release_many(holders=[f"placement:{key}" for key in places], now=now)
    AgreedWeeks.objects.filter(placement__in=places).delete()
    Paper.objects.filter(agreement__placement__in=places).delete()
    CareAgreement.objects.filter(placement__in=places).delete()
    Placement.objects.filter(pk__in=places).delete()


def _remove_families(gone: list[ImportedPlace]) -> None:
    """Children and families that came with the list and on whom nothing hangs."""
    children = {row.placement.child_id: row.placement.child.household_id for row in gone if row.new_child}
    free = set(children) - pointed_at(Child, children)
    Child.objects.filter(pk__in=free).delete()
    homes = {row.placement.child.household_id for row in gone if row.new_household}
    empty = homes - pointed_at(Household, homes, but=(Adult, HouseholdKeys))
    empty -= set(
        Adult.objects.filter(pk__in=pointed_at(Adult, _adults(empty))).values_list("household", flat=True)
    )
    RoleGrant.objects.filter(scope=Scope.HOUSEHOLD, scope_id__in=empty).delete()
    Household.objects.filter(pk__in=empty).delete()


def _adults(households: set[int]) -> list[int]:
    return list(Adult.objects.filter(household__in=households).values_list("pk", flat=True))
