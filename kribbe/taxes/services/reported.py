"""What only a report to the authority asks: of a child at a free price, of a family in which somebody needs care."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from kribbe.people.models import Child, Household
from kribbe.people.services import record_school
from kribbe.taxes.models import ChildReported, Ground, GroundsReported
from kribbe.trust.audit import record
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


def note_child(
    *, principal: Principal, child: Child, sex: str, school_from: date | None, now: datetime
) -> None:
    """Keep the sex of a child and the day on which it goes to school.

    Raises RefusedError for a day on which no school takes a child of this age.
    """
    with transaction.atomic():
        lock_rows((Household, child.household_id))
        record_school(child=child, school_from=school_from, principal=principal, now=now)
        kept, _made = ChildReported.objects.update_or_create(
            child=child,
            defaults={"sex": sex, "noted_at": now, "noted_by": principal.user_id},
        )
        record(
            principal=principal,
            action="child_report.note",
            subject=kept,
            now=now,
            household_id=child.household_id,
            desk_id=child.household.desk_id,
        )


def note_grounds(
    *, principal: Principal, household: Household, grounds: Collection[Ground], now: datetime
) -> None:
    """Keep on which grounds of the yearly form a household needs care; with none, nothing is kept."""
    with transaction.atomic():
        lock_rows((Household, household.pk))
        if grounds:
            chosen = [each for each in Ground if each in grounds]
            GroundsReported.objects.update_or_create(
                household=household,
                defaults={"grounds": chosen, "noted_at": now, "noted_by": principal.user_id},
            )
        else:
            GroundsReported.objects.filter(household=household).delete()
        record(
            principal=principal,
            action="grounds_report.note",
            subject=household,
            now=now,
            household_id=household.pk,
            desk_id=household.desk_id,
        )
