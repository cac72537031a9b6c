"""Work in a process of its own that is killed at one known point, with what it wrote there not yet kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from django.db import connection

PROCESS = """
import os, sys, time
from importlib import import_module
import django
from django.db import connection
django.setup()
connection.settings_dict["NAME"] = os.environ["TEST_NAME"]
module, name = os.environ["POINT"].rsplit(".", 1)
place = import_module(module)
reached, times = getattr(place, name), []
def held(*given, **named):
    found = reached(*given, **named)
    times.append(name)
    if len(times) == int(os.environ["TIMES"]):
        print("inside", flush=True)
        time.sleep(120)
    return found
setattr(place, name, held)
exec(os.environ["WORK"])
"""


def killed_inside(work: str, *, point: str, times: int) -> None:
    """Run this code in a process; SIGKILL it as soon as `point` (module.function) was carried out so many times.

    For tests marked `django_db(transaction=True)`. AssertionError where the work ends before it comes there.
    """
    given = {
        **os.environ, "TEST_NAME": connection.settings_dict["NAME"], "POINT": point, "TIMES": f"{times}",
        "WORK": work,
    }  # fmt: skip
    with subprocess.Popen(  # noqa: S603  a test's own code
        [sys.executable, "-c", PROCESS], env=given, stdout=subprocess.PIPE, text=True
    ) as made:
        assert made.stdout is not None
        reached = made.stdout.readline()
        made.send_signal(signal.SIGKILL)
    assert reached == "inside\n", f"the work ended before {point} was reached {times} times"
