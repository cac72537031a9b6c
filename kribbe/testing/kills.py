"""Work that is killed, with what it wrote last not yet kept: a process at a known point or at any statement, or this
process, whose work ends as if it were killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

PROCESS = """
import os, time
from functools import partial
from importlib import import_module
import django
from django.db import connection
django.setup()
connection.settings_dict["NAME"] = os.environ["TEST_NAME"]
times = []
def held(reached, *given, **named):
    found = reached(*given, **named)
    times.append(reached)
    if len(times) == int(os.environ["TIMES"]):
        print("inside", flush=True)
        time.sleep(120)
    return found
if os.environ["POINT"] == "statement":
    connection.execute_wrappers.append(held)
else:
    module, name = os.environ["POINT"].rsplit(".", 1)
    place = import_module(module)
    setattr(place, name, partial(held, getattr(place, name)))
exec(os.environ["WORK"])
"""


def killed_inside(work: str, *, point: str, times: int) -> None:
    """Run this code in a process; SIGKILL it as soon as `point` (module.function, or "statement" for any of the
    database) was carried out so many times.

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


class KilledError(BaseException):
    """The end of work that `dies_after` stopped; no handler of faults takes it for one."""


@contextmanager
def dies_after(statements: int) -> Iterator[None]:
    """Have the work within end at one of its statements, as if its process were killed: from there on nothing more
    reaches the database, what tidies up neither. Work that needs fewer statements ends as ever.
    """
    count = 0

    def counted(execute: Callable[..., Any], *given: Any) -> Any:
        nonlocal count
        count += 1
        if count > statements:
            raise KilledError
        return execute(*given)

    try:
        with connection.execute_wrapper(counted):
            yield
    except KilledError:
        connection.close()
