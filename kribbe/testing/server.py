"""Where the tests keep their data and which database server they use: never those of a demo or a desk."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kribbe.config import embedded
from kribbe.config.environment import PREFIX, TOOL_VARIABLES
from kribbe.config.server_user import make_folder, reachable_folder

CHECKOUT = Path(__file__).resolve().parents[2]
CHECKOUT_ID = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:8]

UNSAFE_BUT_QUICK: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "300",
}


def data_dir() -> Path:
    """KRIBBE_TEST_DATA_DIR, or a folder of this checkout's in the user's cache."""
    chosen = os.environ.get("KRIBBE_TEST_DATA_DIR")
    if chosen:
        return Path(chosen).absolute()
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return reachable_folder(Path(cache) / "kribbe" / f"tests-{CHECKOUT_ID}")


def address() -> str:
    """URL of the maintenance database: TEST_DATABASE_URL, or one of the tests' own server. Starts nothing."""
    return os.environ.get("TEST_DATABASE_URL") or embedded.address(data_dir())


def use_test_environment() -> None:
    """Replace what this process's environment says about Kribbe, before the settings read it.

    The commands that a test starts keep what Python compiled, so that each of them starts seconds sooner.
    """
    for name in [name for name in os.environ if name.startswith(PREFIX) and name not in TOOL_VARIABLES]:
        del os.environ[name]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["DATABASE_URL"] = address()
    os.environ["KRIBBE_DATA_DIR"] = str(data_dir())
    os.environ["KRIBBE_SECRET_KEY"] = os.environ["KRIBBE_HASH_KEY"] = "for-tests-only-" * 3


@contextmanager
def running() -> Iterator[str]:
    """The server of `address`, started if it is ours to start; whoever leaves last stops it."""
    if os.environ.get("TEST_DATABASE_URL"):
        yield address()
        return
    folder = data_dir()
    make_folder(folder)
    with (folder / "users.lock").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        embedded.ensure(folder, options=UNSAFE_BUT_QUICK)
        yield address()
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        embedded.stop(folder)
