"""A PostgreSQL as a city would run one: on the network, with a password, and of another version if there is one."""

from __future__ import annotations

import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from kribbe.config import embedded
from kribbe.config.server_user import ServerUser

INSTALLED = Path("/usr/lib/postgresql")
FIRST_VERSION = 15
PASSWORD = "for-tests-only"


def programs() -> Path:
    """The folder of the newest programs that are installed and new enough; without any, of those that come along.

    The latter too, started on a port with a password, are a server like any other.
    """
    found = [path for path in INSTALLED.glob("*") if path.name.isdigit() and int(path.name) >= FIRST_VERSION]
    newest = max(found, key=lambda path: int(path.name), default=None)
    return newest / "bin" if newest else embedded.programs()


@contextmanager
def serving(bin_: Path) -> Iterator[RealServer]:
    """A server on a free port, whose owner of databases is no superuser; gone at the end."""
    user = ServerUser.current()
    folder = Path(tempfile.mkdtemp(prefix="kribbe-real-"))
    folder.chmod(0o711)
    cluster, password = folder / "cluster", folder / "password"
    user.own(cluster)
    password.write_text(PASSWORD, encoding="ascii")
    port = _free_port()
    options = (
        f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={cluster} -c fsync=off"
    )
    _done(
        user,
        bin_ / "initdb",
        "-D",
        cluster,
        "-U",
        "postgres",
        "--auth=scram-sha-256",
        f"--pwfile={password}",
        "--encoding=UTF8",
        "--no-sync",
    )
    try:
        _done(user, bin_ / "pg_ctl", "start", "-D", cluster, "-w", "-l", cluster / "log", "-o", options)
        yield RealServer(port)
    finally:
        user.run([bin_ / "pg_ctl", "stop", "-D", cluster, "-m", "immediate", "-w"])
        shutil.rmtree(folder, ignore_errors=True)


class RealServer:
    """Makes empty databases that belong to an ordinary role."""

    def __init__(self, port: int) -> None:
        self._base = f"@127.0.0.1:{port}"
        self._run(sql.SQL("CREATE ROLE kribbe LOGIN PASSWORD {}").format(sql.Literal(PASSWORD)))

    def new_database(self) -> str:
        """The address of an empty database."""
        name = f"kribbe_{secrets.token_hex(4)}"
        self._run(sql.SQL("CREATE DATABASE {} OWNER kribbe").format(sql.Identifier(name)))
        return f"postgresql://kribbe:{PASSWORD}{self._base}/{name}"

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            f"postgresql://postgres:{PASSWORD}{self._base}/postgres", autocommit=True
        ) as keeper:
            keeper.execute(statement)


def _done(user: ServerUser, *command: str | Path) -> None:
    done = user.run(list(command))
    if done.returncode:
        raise RuntimeError(done.stderr)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
