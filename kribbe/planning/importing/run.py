"""Keeping a given list, asking for it, and working it off in parts that can be resumed and undone.

Each part is a transaction of its own and judges its rows anew under the lock, so that nothing that was given away
meanwhile is given twice, and a second worker at the same list finds the lines that the first one wrote.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from kribbe.people.selectors import hand_of
from kribbe.places.importing.files import BadFileError, Line, Table
from kribbe.places.models import Group, Location
from kribbe.planning.importing.plan import Listed, Plan, judge, listed, plan
from kribbe.planning.importing.writing import write
from kribbe.planning.models import AgreementImport
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.typed import is_seen

TASK = "planning.take_over"
KEPT = timedelta(days=14)
MOST_ROWS = 10_000
"""Of one list: the page that looks at it judges them all while somebody waits."""

AT_ONCE = 500
"""Rows of one part."""


def keep_list(
    *, principal: Principal, location: Location, name: str, table: Table, now: datetime
) -> AgreementImport:
    """Keep what a file says until it is carried out; sealed, as it names families. BadFileError for one too long."""
    if len(table.lines) > MOST_ROWS:
        raise BadFileError(
            _("This list has more than %(most)s rows. Divide it, and give the parts one after the other.")
            % {"most": MOST_ROWS}
        )
    return AgreementImport.objects.create(
        location=location,
        file_name=name[:200],
        table=json.dumps([table.header, [[line.number, line.cells] for line in table.lines], table.source]),
        given_at=now,
        given_by=principal.user_id,
    )


def forget_lists(*, now: datetime) -> int:
    """Let go of lists that nobody carried out in two weeks. Returns how many."""
    lists = AgreementImport.objects.filter(asked_at=None, done_at=None, given_at__lte=now - KEPT)
    return lists.delete()[0]


def table_of(run: AgreementImport) -> Table:
    """The kept list."""
    header, lines, source = json.loads(run.table or '[[], [], ""]')
    return Table(tuple(header), tuple(Line(number, cells) for number, cells in lines), source)


def let_go(*, run_id: int) -> None:
    """Forget a list that nobody asked for; nothing changes otherwise."""
    AgreementImport.objects.filter(pk=run_id, asked_at=None, done_at=None).delete()


def ask_list(*, principal: Principal, run_id: int, name: str, now: datetime) -> AgreementImport:
    """Take a list over; a worker writes it. `name` is who signs for the location. Asked twice is asked once.

    Raises RefusedError without a name, where it was carried out already, or nothing of it can be.
    """
    if not is_seen(name):
        raise RefusedError(_("Type your name to sign."), field="name")
    with transaction.atomic():
        run = _locked(run_id)
        if run.done_at is not None:
            raise RefusedError(_("This list was taken over already."), code="done")
        if run.is_going:
            return run
        if not plan(table_of(run), run.location, localtime(now).date()).new:
            raise RefusedError(_("No row of this list can be taken over."), code="nothing")
        run.asked_at, run.asked_by, run.signed_as = now, principal.user_id, name.strip()[:200]
        run.save(update_fields=["asked_at", "asked_by", "signed_as"])
        _record(principal, "agreements.import_ask", run, now)
        app.configure_task(TASK).defer(run_id=run.pk)
    return run


def work_off(run_id: int, *, now: datetime) -> int:
    """Write what is left of a list that was asked for, and close it. Returns how many rows were written here.

    Safe beside another worker at the same list. A fault in a part takes that part back and closes the list with
    what stands; where the database itself fails it stays open, to be resumed.
    """
    run = AgreementImport.objects.select_related("location__desk").get(pk=run_id)
    if not run.is_going or run.asked_at is None:
        return 0
    found = listed(table_of(run), run.location, localtime(run.asked_at).date())
    made = 0
    try:
        while written := _part(run.pk, found, now):
            made += written
    except (InterfaceError, OperationalError):
        raise
    except Exception:
        _close(run.pk, found, now, stopped=True)
        raise
    _close(run.pk, found, now)
    return made


def work_off_waiting(*, now: datetime) -> int:
    """Resume every list that lost its worker. Returns how many there were."""
    waiting = AgreementImport.objects.filter(done_at=None, asked_at__isnull=False).order_by("pk")
    keys = list(waiting.values_list("pk", flat=True))
    for key in keys:
        work_off(key, now=now)
    return len(keys)


def _locked(run_id: int) -> AgreementImport:
    """The list as it stands, with its location and groups locked."""
    run = AgreementImport.objects.get(pk=run_id)
    groups = Group.objects.filter(location=run.location_id).values_list("pk", flat=True)
    lock_rows((Location, run.location_id), (AgreementImport, run_id), *((Group, key) for key in groups))
    return AgreementImport.objects.select_related("location__desk").get(pk=run_id)


def _part(run_id: int, found: Listed, now: datetime) -> int:
    with transaction.atomic():
        run = _locked(run_id)
        if not run.is_going:
            return 0
        made = judge(found, run)
        rows = made.left[:AT_ONCE]
        if rows:
            write(rows, made.children, run, hand_of(run.asked_by), now)
        return len(rows)


def _close(run_id: int, found: Listed, now: datetime, *, stopped: bool = False) -> None:
    with transaction.atomic():
        run = _locked(run_id)
        if not run.is_going:
            return
        made = judge(found, run)
        run.done_at, run.table, run.stopped = now, None, stopped
        run.totals = _totals(made, stopped=stopped)
        run.faults = [fault.as_kept() for fault in made.faults]
        run.save(update_fields=["done_at", "table", "stopped", "totals", "faults"])
        _record(hand_of(run.asked_by), "agreements.import", run, now, **run.totals)


def _totals(made: Plan, *, stopped: bool) -> dict[str, int]:
    return {**made.totals, "new": len(made.written)} if stopped else made.totals


def _record(principal: Principal, action: str, run: AgreementImport, now: datetime, **data: Any) -> None:
    record(principal=principal, action=action, subject=run, now=now, desk_id=run.location.desk_id, **data)
