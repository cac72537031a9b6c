"""What only the report of places at a free price asks of a child."""

from datetime import date, datetime

from django.db import transaction

from kribbe.people.models import Child, Household
from kribbe.people.services import record_school
from kribbe.taxes.models import ChildReported
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
