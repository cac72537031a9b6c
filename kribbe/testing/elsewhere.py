"""What a page asks elsewhere (the base map), answered on this machine with an empty picture.

The browser is told that every other name is this server. So requests need not pass through the tests one by one,
which would also take the browser's cache away from every page.
"""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

EMPTY_PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)
HERE = ("localhost", "127.0.0.1")


@contextmanager
def answered_here() -> Iterator[str]:
    """The browser's rule that leads every name but HERE to a server of ours, gone at the end."""
    with _Server(("127.0.0.1", 0), _EmptyPicture) as server:
        server.socket = _certified().wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        Thread(target=server.serve_forever, daemon=True).start()
        kept = "".join(f", EXCLUDE {name}" for name in HERE)
        try:
            yield f"--host-resolver-rules=MAP * 127.0.0.1:{server.server_port}{kept}"
        finally:
            server.shutdown()


class _Server(ThreadingHTTPServer):
    def handle_error(self, _request: object, _client_address: object) -> None:
        """A browser opens connections that it may not need, and leaves."""


class _EmptyPicture(BaseHTTPRequestHandler):
    timeout = 10

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(EMPTY_PICTURE)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(EMPTY_PICTURE)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def _certified() -> ssl.SSLContext:
    """A certificate that nobody vouches for; the browser of the tests is told to take it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "elsewhere")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        file = Path(folder, "elsewhere.pem")
        file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
        context.load_cert_chain(file)
    return context
