"""A run that is killed, and two workers at one run: numbers without a gap, nothing twice, a ledger that balances."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier

import pgtrigger
import pytest
from django.db import IntegrityError, connection
from django.db.models import Sum

from kribbe.billing.models import Invoice, InvoiceLine, JournalLine, Run, RunState
from kribbe.billing.selectors.drafts import drafted
from kribbe.billing.services import run as runs
from kribbe.billing.services.run import start_run, work_off, work_off_waiting
from kribbe.billing.tests.month import MARCH, certificate
from kribbe.billing.tests.scene import make_payer, share, with_books
from kribbe.planning.tests.scene import MONDAY, place
from kribbe.testing import cast
from kribbe.testing.kills import killed_inside
from kribbe.testing.races import side_by_side
from kribbe.testing.worlds import built_once
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 4, 2, 9, tzinfo=UTC)
THE_2ND = date(2026, 4, 2)
FAMILIES = 24
KILLS = 2
WORK = """
from datetime import UTC, datetime
from kribbe.billing.services import run
run.AT_ONCE = 2
run.work_off({run}, now=datetime(2026, 4, 2, 9, tzinfo=UTC))
"""
PROCESS = """
import contextlib, os, sys, time
import django
from django.conf import settings
from django.db import connection
django.setup()
connection.settings_dict["NAME"] = os.environ["TEST_NAME"]
from datetime import UTC, datetime
from kribbe.billing.services import issue, run
run.AT_ONCE = 2
class Nothing:
    def atomic(self): return contextlib.nullcontext()
run.transaction = issue.transaction = Nothing()
run.lock_rows = lambda *rows: None
issue_numbers = issue.next_numbers
def next_numbers(*given):
    from django.db import transaction
    with transaction.atomic():
        return issue_numbers(*given)
issue.next_numbers = next_numbers
post = issue._post
def slow(*given):
    time.sleep(60)
    post(*given)
issue._post = slow
print("ready", flush=True)
run.work_off(int(sys.argv[1]), now=datetime(2026, 4, 2, 9, tzinfo=UTC))
"""


@built_once
def going() -> Run:
    """A run of March for as many families, each with five Mondays at 12.34."""
    kept = with_books(now=datetime(2026, 1, 2, 9, tzinfo=UTC), start=date(2026, 1, 5))
    group = cast.make_group(kept.scene.location, FAMILIES, now=kept.scene.now, name="Beren")
    for number in range(FAMILIES):
        made = place(kept.scene.desk, group, f"Maes{number}", "Bo", MONDAY, date(2026, 1, 5), kept.scene.now)
        certificate(kept, made, "12.34", date(2026, 1, 1))
        share(made, make_payer(kept.books, f"Payer {number}", now=kept.scene.now))
    return start_run(principal=SYSTEM, books=kept.books, month=MARCH, on=THE_2ND, now=NOW)


def worker(run: Run) -> subprocess.Popen:
    """A process that works at the run without transactions, and stops before the first entry in the ledger."""
    given = {**os.environ, "TEST_NAME": connection.settings_dict["NAME"]}
    made = subprocess.Popen(  # noqa: S603  this test's own code
        [sys.executable, "-c", PROCESS, str(run.pk)], env=given, stdout=subprocess.PIPE, text=True
    )
    assert made.stdout is not None
    assert made.stdout.readline() == "ready\n"
    return made


def first_written() -> None:
    """Until there is an invoice."""
    for _try in range(600):
        if Invoice.objects.exists():
            return
        time.sleep(0.05)
    raise AssertionError("the worker wrote nothing in half a minute")


def faults() -> list[str]:
    """What is wrong in the books, in words."""
    found = []
    invoices = list(Invoice.objects.order_by("number"))
    if [each.number for each in invoices] != list(range(1, len(invoices) + 1)):
        found.append("a number is missing")
    if len({each.payer_id for each in invoices}) != len(invoices):
        found.append("asked twice")
    sums = dict(InvoiceLine.objects.order_by().values_list("invoice").annotate(Sum("amount")))
    if any(each.total != sums.get(each.pk) for each in invoices):
        found.append("an invoice without its lines")
    owed = JournalLine.objects.filter(account="receivable").aggregate(sum=Sum("amount"))["sum"] or 0
    if owed != sum(each.total for each in invoices):
        found.append("the ledger differs from the invoices")
    return found


def test_a_run_whose_process_is_killed_at_any_statement_and_resumed_is_whole(going):
    """Parts of two invoices; what a process wrote of a part when it died was never there."""
    chance = random.Random(20260402)  # noqa: S311  the same moments each time
    for _kill in range(KILLS):
        killed_inside(WORK.format(run=going.pk), point="statement", times=chance.randint(60, 120))
        assert faults() == []
    assert 0 < Invoice.objects.count() < FAMILIES
    assert work_off_waiting(now=NOW) == 1
    going.refresh_from_db()
    assert (going.state, Invoice.objects.count(), faults()) == (RunState.DONE, FAMILIES, [])
    # five Mondays x 12.34, 24 families
    assert JournalLine.objects.filter(account="receivable").aggregate(sum=Sum("amount"))["sum"] == Decimal(
        "1480.80"
    )


@pytest.fixture
def untied():
    """The database takes an invoice without its lines and its entry."""
    uri = "billing.Invoice:invoice_is_posted"
    pgtrigger.disable(uri)
    yield
    pgtrigger.enable(uri)


def test_without_transactions_the_database_refuses_half_an_invoice(going):
    with worker(going) as made:
        assert made.wait(timeout=60)
    assert not Invoice.objects.exists()


def test_without_transactions_and_ties_a_kill_leaves_books_that_are_wrong(going, untied):
    with worker(going) as made:
        first_written()
        made.send_signal(signal.SIGKILL)
    assert faults() != []


def test_two_workers_at_one_run_ask_once(going, monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 3)
    found = side_by_side([lambda: work_off(going.pk, now=NOW)] * 2)
    assert sum(each for each in found if isinstance(each, int)) == FAMILIES
    assert faults() == []


def test_without_the_lock_two_workers_meet(going, monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 100)
    monkeypatch.setattr(locks, "ENABLED", False)
    both_drafted = Barrier(2, timeout=60)

    def drafted_together(*what):
        found = drafted(*what)
        both_drafted.wait()
        return found

    monkeypatch.setattr(runs, "drafted", drafted_together)
    found = side_by_side([lambda: work_off(going.pk, now=NOW)] * 2)
    assert [each for each in found if isinstance(each, IntegrityError)], "the database refuses the second"
    assert faults() == []


def test_of_two_runs_of_a_month_at_once_one_is_refused(going):
    work_off(going.pk, now=NOW)
    begin = {"principal": SYSTEM, "books": going.books, "month": MARCH, "on": THE_2ND, "now": NOW}
    found = side_by_side([lambda: start_run(**begin)] * 2)
    assert sum(isinstance(each, Run) for each in found) == 1
    assert sum(isinstance(each, RefusedError) for each in found) == 1
