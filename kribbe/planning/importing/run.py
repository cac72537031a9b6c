"""Keeping a given list, and carrying it out in one transaction, so that it can be undone."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.people.models import Child, Household
from kribbe.people.selectors import holds_staff_role
from kribbe.people.services import ChildData, add_child, link_user, make_account, register_household
from kribbe.places import ledger
from kribbe.places.importing.files import Line, Table
from kribbe.places.models import Group, Location
from kribbe.planning.importing.plan import Plan, plan
from kribbe.planning.importing.rows import Row
from kribbe.planning.models import AgreedWeeks, AgreementImport, CareAgreement, ImportedPlace, Paper
from kribbe.planning.services.papers import USUAL_NOTICE, house_rules_on
from kribbe.planning.written import to_json
from kribbe.rules.agreed import pattern_of
from kribbe.rules.calendar import monday_of
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

KEPT = timedelta(days=14)
LANGUAGE = "nl"


def keep_list(
    *, principal: Principal, location: Location, name: str, table: Table, now: datetime
) -> AgreementImport:
    """Keep what a file says until it is carried out; sealed, as it names families."""
    return AgreementImport.objects.create(
        location=location,
        file_name=name[:200],
        table=json.dumps([table.header, [[line.number, line.cells] for line in table.lines], table.source]),
        given_at=now,
        given_by=principal.user_id,
    )


def forget_lists(*, now: datetime) -> int:
    """Let go of lists that nobody carried out in two weeks. Returns how many."""
    gone, _rows = AgreementImport.objects.filter(done_at=None, given_at__lte=now - KEPT).delete()
    return gone


def table_of(run: AgreementImport) -> Table:
    """The kept list."""
    header, lines, source = json.loads(run.table or '[[], [], ""]')
    return Table(tuple(header), tuple(Line(number, cells) for number, cells in lines), source)


def carry_out(*, principal: Principal, run_id: int, name: str, now: datetime) -> AgreementImport:
    """Write every row that has no fault, all in one transaction; `name` is who takes them over for the location.

    Rows are judged anew under the lock, so that nothing that was given away meanwhile is given twice. Raises
    RefusedError where it was carried out already, or nothing can be; BadFileError without needed columns.
    """
    if not name.strip():
        raise RefusedError(_("Type your name to sign."), field="name")
    with transaction.atomic():
        run = AgreementImport.objects.select_related("location__desk").get(pk=run_id)
        location = run.location
        groups = Group.objects.filter(location=location).values_list("pk", flat=True)
        lock_rows((Location, location.pk), (AgreementImport, run_id), *((Group, key) for key in groups))
        run.refresh_from_db()
        if run.done_at is not None:
            raise RefusedError(_("This list was taken over already."), code="done")
        made = plan(table_of(run), location, localtime(now).date())
        if not made.new:
            raise RefusedError(_("No row of this list can be taken over."), code="nothing")
        _write(made, run, principal, name.strip(), now)
        run.done_at, run.table = now, None
        run.totals, run.faults = made.totals, [fault.as_kept() for fault in made.faults]
        run.save()
        _record(principal, "agreements.import", run, now, **made.totals)
    return run


def _write(made: Plan, run: AgreementImport, principal: Principal, name: str, now: datetime) -> None:
    children = dict(made.children)
    households: dict[str, Household] = {}
    known = set(children)
    for row in made.new:
        new_household, new_child = False, row.child_key not in children
        if new_child:
            new_household = _mail(row) not in households
            children[row.child_key] = _child(row, run, households, principal, now)
        placement = _place(row, children[row.child_key], now)
        _agree(row, placement, run, principal, name, now)
        ImportedPlace.objects.create(
            run=run,
            line=row.line,
            placement=placement,
            new_household=new_household,
            new_child=new_child and row.child_key not in known,
        )
        record(
            principal=principal,
            action="agreement.take_over",
            subject=placement,
            now=now,
            household_id=placement.child.household_id,
            desk_id=run.location.desk_id,
            line=row.line,
        )


def _mail(row: Row) -> str:
    """By what brothers and sisters of one list are known to be of one family; a row of its own without an address."""
    return row.adults[0].email or f"line {row.line}"


def _child(
    row: Row, run: AgreementImport, households: dict[str, Household], principal: Principal, now: datetime
) -> Child:
    household = households.get(_mail(row))
    if household is None:
        household = _household(row, run.location, principal, now)
        households[_mail(row)] = household
    data = ChildData(first_name=row.first_name, last_name=row.last_name, born=row.born)
    twins = household.children.filter(born=row.born).count()
    return add_child(
        household=household,
        child=replace(data, birth_rank=twins + 1),
        principal=principal,
        today=localtime(now).date(),
        now=now,
    )


def _household(row: Row, location: Location, principal: Principal, now: datetime) -> Household:
    """A family of the location's desk, whose address isn't known yet; who gave a mail address can log in with it."""
    household = register_household(
        desk=location.desk,
        adults=row.adults,
        street="",
        postcode="",
        city="",
        language=LANGUAGE,
        principal=principal,
        now=now,
    )
    for adult in household.adults.exclude(email="").order_by("-is_applicant", "pk"):
        user = make_account(email=adult.email, name=f"{adult}", language=LANGUAGE)
        if not holds_staff_role(user):
            link_user(household=household, user=user, principal=principal, now=now)
    return household


def _place(row: Row, child: Child, now: datetime) -> Placement:
    placement = Placement.objects.create(
        child=child,
        group_id=row.group_id,
        during=DateRange(row.start, row.until),
        pattern=row.pattern.mask,
        state=PlacementState.FINAL,
        reserved_at=now,
        final_at=now,
    )
    ledger.take(
        group_id=placement.group_id,
        start=placement.during.lower,
        end=row.until,
        pattern=row.pattern,
        holder=f"placement:{placement.pk}",
        now=now,
    )
    return placement


def _agree(
    row: Row, placement: Placement, run: AgreementImport, principal: Principal, name: str, now: datetime
) -> None:
    start = placement.during.lower
    rules = house_rules_on(run.location_id, start)
    agreement = CareAgreement.objects.create(
        placement=placement, day_fee=row.fee, made_at=now, made_by=principal.user_id
    )
    paper = Paper.objects.create(
        agreement=agreement,
        number=0,
        first=start,
        weeks=to_json(row.weeks),
        pattern=row.pattern.mask,
        notice_days=rules.notice_days if rules else USUAL_NOTICE,
        house_rules=rules,
        day_fee=row.fee,
        made_at=now,
        made_by=principal.user_id,
        location_name=name,
        signed_at=now,
        signed_name=f"{row.adults[0].first_name} {row.adults[0].last_name}".strip(),
        taken_over=run,
    )
    noon = run.location.morning_ends_at
    AgreedWeeks.objects.create(
        agreement=agreement,
        placement=placement,
        paper=paper,
        during=DateRange(None, None),
        weeks=to_json(row.weeks),
        masks=[pattern_of(week, noon).mask for week in row.weeks],
        turns_from=monday_of(start),
    )


def _record(principal: Principal, action: str, run: AgreementImport, now: datetime, **data: Any) -> None:
    record(principal=principal, action=action, subject=run, now=now, desk_id=run.location.desk_id, **data)
