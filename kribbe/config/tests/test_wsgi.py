"""The server's processes, as they stand before the first request."""

import os
import subprocess
import sys

ASKED = (
    "import gc, sys, kribbe.config.wsgi as entry; "
    "print(gc.get_freeze_count(), gc.get_threshold()[0] == entry.YOUNG, "
    "'kribbe.planning.pages.week' in sys.modules, 'ortools' in sys.modules)"
)


def test_what_stays_for_good_is_loaded_and_left_out_of_garbage_collection():
    """All pages are loaded, and the solver of rosters isn't."""
    done = subprocess.run(  # noqa: S603  the entry under test
        [sys.executable, "-c", ASKED],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "kribbe.config.settings"},
    )
    frozen, *rest = done.stdout.split()
    assert int(frozen) > 100_000
    assert rest == ["True", "True", "False"]
