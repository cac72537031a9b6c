"""Serving the desk: processes that answer requests, and one that does the jobs."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path

STOP_SECONDS = 10
THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)
"""Requests that one process answers side by side; each may hold a connection to the database."""
PORTS_TRIED = 50
STAMP = ".collected"


class PortTakenError(Exception):
    """Something else listens on the port; `free` is one that nothing listens on, if one was found."""

    def __init__(self, port: int, free: int | None) -> None:
        self.free = free
        remedy = f"try --port {free}" if free else "choose another with --port"
        super().__init__(f"Port {port} is taken: {remedy}.")


def serve(*, host: str, port: int | None) -> None:
    """Answer requests and do jobs until stopped (Ctrl-C or SIGTERM). Settings give port and workers.

    PortTakenError, before anything is started, if the port can't be had.
    """
    from django.conf import settings
    from granian import Granian
    from granian.constants import Interfaces

    port = port or settings.ENVIRONMENT.port
    if not is_free(host, port):
        raise PortTakenError(port, free_port(host, port + 1))
    collect_static()
    server = Granian(
        "kribbe.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.ENVIRONMENT.workers,
        blocking_threads=THREADS,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    with worker():
        server.serve()


def collect_static() -> None:
    """Gather style sheets, scripts and pictures for serving, unless they are those of last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    found = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=itemgetter(0)):
            modified = storage.get_modified_time(path).isoformat()
            found.update(f"{path} {storage.size(path)} {modified}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == found.hexdigest():
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(found.hexdigest(), encoding="utf-8")


@contextmanager
def worker() -> Iterator[None]:
    """The process that does the jobs, stopped at the end. It finishes the job at hand, if that is quick."""
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "procrastinate", "worker", "--shutdown-graceful-timeout", "5"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]},
        start_new_session=True,
    )
    try:
        yield
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str, first: int) -> int | None:
    """The first port from `first` on that is free, or None if the next ones are all taken."""
    return next((port for port in range(first, first + PORTS_TRIED) if is_free(host, port)), None)
