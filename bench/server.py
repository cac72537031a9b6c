"""The server that is measured, and the one client."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

from kribbe.config.serving import THREADS, free_port

HOST = "127.0.0.1"
FIRST_PORT = 8700
START_SECONDS = 30
STOP_SECONDS = 10
LANGUAGE = "nl"
CSRF = "bench" * 6 + "ok"
"""A token of the right length, sent as cookie and with the form, as a browser would."""


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took from sending to the last byte, in milliseconds."""

    status: int
    location: str
    body: str
    milliseconds: float


@contextmanager
def server(workers: int = 1) -> Iterator[HTTPConnection]:
    """So many workers on a free port of this machine, as the product starts them, and a connection to it.

    Both are closed at the end.
    """
    collect()
    port = free_port(HOST, FIRST_PORT)
    if port is None:
        raise RuntimeError(f"no free port from {FIRST_PORT} on")
    command = ["-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    size = ["--workers", str(workers), "--blocking-threads", str(THREADS)]
    quiet = ["--log-level", "error", "--no-ws"]
    process = subprocess.Popen(  # noqa: S603  the product's own server
        [sys.executable, *command, *size, *quiet, "kribbe.config.wsgi:application"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "bench.settings"},
        start_new_session=True,
    )
    connection = HTTPConnection(HOST, port, timeout=START_SECONDS)
    try:
        _wait(process, connection)
        yield connection
    finally:
        connection.close()
        _stop(process)


def collect() -> None:
    """Styles and scripts where pages find them."""
    from django.core.management import call_command

    call_command("collectstatic", verbosity=0, interactive=False)


def _wait(process: "subprocess.Popen[bytes]", connection: HTTPConnection) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connection.request("GET", "/livez")
            connection.getresponse().read()
        except OSError:
            connection.close()
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server doesn't start")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def ask(
    connection: HTTPConnection, address: str, *, session: str = "", form: Mapping[str, str] | None = None
) -> Answer:
    """One request over the kept connection: a form is posted, anything else is got."""
    cookies = f"csrftoken={CSRF}" + (f"; sessionid={session}" if session else "")
    if form is None:
        return _timed(connection, "GET", address, cookies)
    body = urlencode({"csrfmiddlewaretoken": CSRF, **form})
    return _timed(connection, "POST", address, cookies, body, "application/x-www-form-urlencoded")


def tell(connection: HTTPConnection, address: str, *, cookies: str, message: object) -> Answer:
    """A message as JSON, as a tablet sends it."""
    return _timed(connection, "POST", address, cookies, json.dumps(message), "application/json")


def _timed(
    connection: HTTPConnection,
    method: str,
    address: str,
    cookies: str,
    body: str | None = None,
    kind: str = "",
) -> Answer:
    headers = {"Cookie": cookies, "Accept-Language": LANGUAGE, "Host": f"localhost:{connection.port}"}
    if kind:
        headers["Content-Type"] = kind
    begun = time.perf_counter()
    connection.request(method, address, body, headers)
    response = connection.getresponse()
    content = response.read()
    took = (time.perf_counter() - begun) * 1000
    return Answer(response.status, response.getheader("Location", ""), content.decode(), took)
