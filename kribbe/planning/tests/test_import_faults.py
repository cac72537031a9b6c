"""A worker that is killed at a list, and two workers at one list: every row once, and a ledger that is true."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from kribbe.enrolment.models import Placement
from kribbe.places.ledger import miscounted, recount
from kribbe.places.models import GroupCapacity, LedgerTake
from kribbe.planning.importing import run as runs
from kribbe.planning.importing.run import work_off, work_off_waiting
from kribbe.planning.models import AgreementImport, CareAgreement
from kribbe.planning.tests.import_scene import asked, given, line
from kribbe.planning.tests.scene import notelaar
from kribbe.testing.races import side_by_side
from kribbe.testing.worlds import built_once
from kribbe.trust import locks

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 24
KILLS = 4
PROCESS = """
import contextlib, os, sys, time
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = os.environ["TEST_NAME"]
from datetime import datetime
from kribbe.planning.importing import run, writing
run.AT_ONCE = 2
if os.environ["GUARD"] == "none":
    class Nothing:
        def atomic(self): return contextlib.nullcontext()
    run.transaction = Nothing()
    run.lock_rows = lambda *rows: None
agree = writing._agree
def slow(*given):
    time.sleep(float(os.environ["PAUSE"]))
    agree(*given)
writing._agree = slow
print("ready", flush=True)
run.work_off(int(sys.argv[1]), now=datetime.fromisoformat(sys.argv[2]))
"""


@built_once
def scene():
    made = notelaar(now=timezone.now(), places=5, day_price=30)
    GroupCapacity.objects.update(licensed_places=90, staffed_places=90, bookable_places=90)
    recount(group_ids=[made.group.pk], today=made.now.date(), now=made.now)
    return made


@pytest.fixture
def going(scene):
    """A list of as many children, two of each family, that was asked for."""
    rows = [line(scene, f"Kind{n}", days="ma", email=f"{n // 2}@ouders.example") for n in range(ROWS)]
    return asked(scene, given(scene, *rows))


def killed(run, scene, wait, *, guard, pause="0.05"):
    """A worker in a process of its own, killed after waiting."""
    told = {**os.environ, "TEST_NAME": connection.settings_dict["NAME"], "GUARD": guard, "PAUSE": pause}
    with subprocess.Popen(  # noqa: S603  this test's own code
        [sys.executable, "-c", PROCESS, str(run.pk), scene.now.isoformat()],
        env=told,
        stdout=subprocess.PIPE,
        text=True,
    ) as made:
        assert made.stdout is not None
        assert made.stdout.readline() == "ready\n"
        wait()
        made.send_signal(signal.SIGKILL)


def placed():
    """Until a place of the list is written."""
    for _try in range(600):
        if Placement.objects.count() > 2:
            return
        time.sleep(0.05)
    raise AssertionError("the worker wrote nothing in half a minute")


def faults(scene):
    """What is wrong in the register, in words; two places stood there before."""
    found = []
    places = Placement.objects.count() - 2
    if CareAgreement.objects.count() != places:
        found.append("a place without its agreement")
    if LedgerTake.objects.filter(holder__startswith="placement:").count() != places + 2:
        found.append("a place that holds no half-days")
    if Placement.objects.values("child").distinct().count() != places + 2:
        found.append("a child twice")
    if miscounted(group_ids=[scene.group.pk], today=scene.now.date()):
        found.append("the ledger is miscounted")
    return found


def test_a_list_killed_at_random_and_resumed_is_whole(scene, going):
    chance = random.Random(20261127)  # noqa: S311  the same moments each time
    for _kill in range(KILLS):
        killed(going, scene, lambda: time.sleep(chance.uniform(0.05, 0.6)), guard="whole")
        assert faults(scene) == []
    assert work_off_waiting(now=scene.now) <= 1
    going.refresh_from_db()
    assert (going.is_going, going.stopped, going.totals["new"], faults(scene)) == (False, False, ROWS, [])
    homes = Placement.objects.filter(imported__run=going).values("child__household").distinct()
    assert homes.count() == ROWS // 2


def test_without_transactions_a_kill_leaves_a_place_without_its_agreement(scene, going):
    killed(going, scene, placed, guard="none", pause="60")
    assert faults(scene) != []


def test_two_workers_at_one_list_write_each_row_once(scene, going, monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 3)
    found = side_by_side([lambda: work_off(going.pk, now=scene.now)] * 2)
    assert sum(each for each in found if isinstance(each, int)) == ROWS
    assert faults(scene) == []


def test_without_the_lock_two_workers_meet(scene, going, monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 100)
    monkeypatch.setattr(locks, "ENABLED", False)
    found = side_by_side([lambda: work_off(going.pk, now=scene.now)] * 2)
    assert [each for each in found if isinstance(each, IntegrityError)], "the database refuses the second"
    assert faults(scene) == []


def test_asked_from_two_windows_a_list_is_asked_once(scene):
    run = given(scene, line(scene))
    side_by_side([lambda: asked(scene, run)] * 2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [runs.TASK])
        assert cursor.fetchone()[0] == 1
    assert AgreementImport.objects.get().is_going
