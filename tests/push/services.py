"""A scripted push service on a real socket, behind TLS; the last part of a path says what it does.

``gone``, ``later``, ``broken`` and ``denied`` answer with 410, 429, 500 and 403, ``moved``
redirects, ``cut`` closes the line without a word, ``long`` answers at length, ``hang`` waits until
released; all else is 201.
"""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import trustme

STATUSES = {"gone": 410, "lost": 404, "later": 429, "broken": 500, "denied": 403, "moved": 307}


@dataclass(frozen=True)
class Post:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushPeer:
    """Listens as a context; keeps what it was sent. ``client`` trusts it."""

    posts: list[Post] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    lines: int = 0

    def __post_init__(self) -> None:
        authority = trustme.CA()
        self.client = ssl.create_default_context()
        authority.configure_trust(self.client)
        server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(server_side)
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._server.socket = server_side.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def place(self) -> str:
        return f"localhost:{self._server.server_address[1]}"

    def endpoint(self, does: str) -> str:
        return f"https://{self.place}/push/{does}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the script."""


def _handler(peer: PushPeer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            peer.lines += 1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            peer.posts.append(Post(self.path, dict(self.headers), body))
            peer.came.release()
            does = self.path.partition("?")[0].rpartition("/")[2]
            if does == "hang":
                peer.released.wait(30)
            if does == "cut":
                self.close_connection = True
                return
            self.send_response(STATUSES.get(does, 201))
            if does == "moved":
                self.send_header("Location", "https://169.254.169.254/")
            said = b"x" * 100_000 if does == "long" else b""
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the tests look at ``posts``."""

    return Handler
