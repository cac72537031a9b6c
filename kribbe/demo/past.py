"""History as it would have been written had the desk run all the while.

The rows of the book are saved as they stand today. Here each gets the versions that it went through, with
the moments at which that happened, so that a list of a past day can be replayed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pgtrigger
from django.apps import apps
from django.db import connection, models
from pghistory.models import Event
from psycopg import sql

from kribbe.enrolment.models import CareRequest, Offer, Placement, Preference, RequestAlternative
from kribbe.people.models import Adult, Child, Household, HouseholdFact, RoleGrant
from kribbe.places.models import LocationCriteria
from kribbe.planning.models import Absence, AgreedWeeks, CareAgreement, Paper
from kribbe.rounds.models import Proposal, Round, RoundPlan, TakesPart
from kribbe.staff.models import Carer, Contract, Document, HomeChild, Leave
from kribbe.upkeep.models import Complaint, Confirmation, FirstDay, Invitation

Expressions = Mapping[str, str]
"""What a column held then, as SQL over `row`."""


@dataclass(frozen=True)
class Change:
    """A later version: when it came, for which rows, and what differed from today."""

    at: str
    where: str
    then: Expressions = field(default_factory=dict)


@dataclass(frozen=True)
class Past:
    """How the rows of a table came to be what they are."""

    begins: str
    first: Expressions = field(default_factory=dict)
    changes: tuple[Change, ...] = ()


HOUSEHOLD_BEGINS = "(SELECT created_at FROM people_household WHERE id = row.household_id)"
CHILD_BEGINS = """coalesce((
    SELECT min(at) FROM (
        SELECT registered_at AS at FROM enrolment_carerequest WHERE child_id = row.id
        UNION ALL SELECT reserved_at FROM enrolment_placement WHERE child_id = row.id
    ) known), (SELECT created_at FROM people_household WHERE id = row.household_id))"""
RANK_BEGINS = """coalesce(row.rank, (
    SELECT count(*) FROM enrolment_preference p WHERE p.request_id = row.request_id AND p.id <= row.id
    ))"""

PASTS: Mapping[type[models.Model], Past] = {
    Household: Past("row.created_at"),
    Adult: Past(HOUSEHOLD_BEGINS),
    Child: Past(
        CHILD_BEGINS,
        first={"born": f"CASE WHEN row.born > {CHILD_BEGINS}::date THEN NULL ELSE row.born END"},
        changes=(Change("row.born::timestamptz", f"row.born > {CHILD_BEGINS}::date"),),
    ),
    HouseholdFact: Past("row.recorded_at"),
    RoleGrant: Past("row.granted_at"),
    LocationCriteria: Past("row.recorded_at"),
    CareRequest: Past(
        "row.registered_at",
        first={"state": "'open'", "ended_at": "NULL", "end": "''"},
        changes=(Change("row.ended_at", "row.state = 'ended'"),),
    ),
    RequestAlternative: Past("(SELECT registered_at FROM enrolment_carerequest WHERE id = row.request_id)"),
    Preference: Past(
        "row.registered_at",
        first={
            "state": "'waiting'",
            "state_at": "row.registered_at",
            "refusal_reason_id": "NULL",
            "rank": RANK_BEGINS,
        },
        changes=(Change("row.state_at", "row.state <> 'waiting'"),),
    ),
    Offer: Past(
        "row.made_at",
        first={"state": "'open'", "answered_at": "NULL", "answered_by": "NULL", "declined_rank": "NULL"},
        changes=(Change("row.answered_at", "row.state <> 'open'"),),
    ),
    Placement: Past(
        "row.reserved_at",
        first={
            "state": "CASE WHEN row.offer_id IS NULL THEN 'final' ELSE 'to_sign' END",
            "final_at": "CASE WHEN row.offer_id IS NULL THEN row.final_at END",
            "signed_at": "NULL",
            "signed_name": "''",
            "deposit_paid_at": "NULL",
        },
        changes=(
            Change(
                "row.final_at", "row.offer_id IS NOT NULL AND row.final_at IS NOT NULL", {"state": "'final'"}
            ),
            Change("upper(row.during)::timestamptz", "row.state = 'ended'"),
        ),
    ),
    TakesPart: Past("row.since"),
    RoundPlan: Past("(SELECT min(planned_at) FROM rounds_round WHERE desk_id = row.desk_id)"),
    Round: Past(
        "row.planned_at",
        first={"state": "'planned'", "closed_at": "NULL"},
        changes=(Change("row.closed_at", "row.closed_at IS NOT NULL"),),
    ),
    Proposal: Past(
        "(SELECT planned_at FROM rounds_round WHERE id = row.round_id)",
        first={"state": "'proposed'", "offer_id": "NULL", "answered_at": "NULL"},
        changes=(Change("row.answered_at", "row.answered_at IS NOT NULL"),),
    ),
    Confirmation: Past("row.asked_at"),
    FirstDay: Past(
        "row.asked_at",
        first={"state": "'asked'", "told_at": "NULL", "told_by": "NULL"},
        changes=(Change("row.told_at", "row.told_at IS NOT NULL"),),
    ),
    Complaint: Past(
        "row.made_at",
        first={
            "state": "'received'",
            "taken_by": "NULL",
            "outcome": "''",
            "answer": "''",
            "closed_at": "NULL",
            "closed_by": "NULL",
        },
        changes=(Change("row.closed_at", "row.closed_at IS NOT NULL"),),
    ),
    Invitation: Past("row.made_at"),
    CareAgreement: Past("row.made_at"),
    Paper: Past(
        "row.made_at",
        first={"signed_at": "NULL", "signed_by": "NULL", "signed_name": "''"},
        changes=(Change("row.signed_at", "row.signed_at IS NOT NULL"),),
    ),
    AgreedWeeks: Past("(SELECT signed_at FROM planning_paper WHERE id = row.paper_id)"),
    Absence: Past("row.told_at"),
    Carer: Past("row.made_at"),
    Document: Past("row.made_at"),
    HomeChild: Past("row.made_at"),
    Contract: Past("(SELECT made_at FROM staff_carer WHERE id = row.carer_id)"),
    Leave: Past("row.made_at"),
}
"""Tables of which rows changed, or began at moments of their own; all others began with the desk."""


def write(model: type[models.Model], *, opening: datetime) -> None:
    """Write the versions of a table's rows, if it keeps history at all."""
    try:
        event = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
    except LookupError:
        return
    past = PASTS.get(model)
    if past is None:
        _insert(model, event, Change("%(opening)s", "true"), "insert", opening)
        return
    _insert(model, event, Change(past.begins, "true", past.first), "insert", opening)
    for change in past.changes:
        _insert(model, event, change, "update", opening)


def _insert(
    model: type[models.Model], event: type[models.Model], change: Change, label: str, opening: datetime
) -> None:
    columns = [
        f.column
        for f in event._meta.concrete_fields
        if f.column is not None and not f.column.startswith("pgh_") and not f.generated
    ]
    values = [
        sql.SQL(change.then[name]) if name in change.then else sql.Identifier("row", name) for name in columns
    ]
    statement = sql.SQL(
        "INSERT INTO {event} (pgh_created_at, pgh_label, pgh_obj_id, {columns})"
        " SELECT {at}, %(label)s, row.id, {values} FROM {table} row WHERE {where} ORDER BY row.id"
    ).format(
        event=sql.Identifier(event._meta.db_table),
        columns=sql.SQL(", ").join([sql.Identifier(name) for name in columns]),
        at=sql.SQL(change.at),
        values=sql.SQL(", ").join(values),
        table=sql.Identifier(model._meta.db_table),
        where=sql.SQL(change.where),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"opening": opening, "label": label})


def date_versions(now: datetime) -> None:
    """What the services wrote has its version from the demo's clock, not from the machine's."""
    with pgtrigger.ignore():
        for model in apps.get_models():
            if issubclass(model, Event):
                model._default_manager.filter(pgh_created_at__gt=now).update(pgh_created_at=now)
