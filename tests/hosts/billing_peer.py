"""A billing system on a real socket, with a ledger file behind it, that fails when told to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from ristoro.edges.billing.contract import CreditAsk, ExtensionAsk, Where
from ristoro.edges.billing.ledger import Ledger
from ristoro.kernel.outcome import Result

TOKEN = "una-parola-che-sanno-in-due"
ASKS = ("/extensions", "/credits")


@dataclass
class Peer:
    """``faults`` are what becomes of the next requests, in order; without any, all goes well.

    ``lose``: done, and hung up without a word. ``drop``: hung up, and nothing done. ``late``: done,
    and answered only when ``release`` is set. ``garbage``, ``cut``, ``twice``, ``partly``: done,
    and an answer that is no JSON, breaks off, says each result twice, or leaves out the last.
    ``fail``: done, and 500. ``busy``: 429, and nothing done. ``away``: 302, and nothing done.
    """

    path: Path
    faults: list[str] = field(default_factory=list)
    heard: list[tuple[str, str, list[str]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    release: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/ristoro/v1"

    def sent(self) -> Counter[str]:
        """How often each key was asked for."""
        return Counter(key for path, _, keys in self.heard if path in ASKS for key in keys)


@contextmanager
def billing_peer(path: Path) -> Iterator[Peer]:
    """A billing system whose ledger is the file at ``path``."""
    peer = Peer(path)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            _serve(self, peer)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    peer.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield peer
    finally:
        peer.release.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _serve(request: BaseHTTPRequestHandler, peer: Peer) -> None:
    body = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
    path = request.path.removeprefix("/ristoro/v1")
    with peer.lock:
        keys = [one["key"] for one in body.get("asks", [])] or body.get("keys", [])
        peer.heard.append((path, request.headers.get("Idempotency-Key", ""), keys))
        peer.headers.append(dict(request.headers))
        fault = peer.faults.pop(0) if peer.faults else ""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _answer(request, 401, b"who are you?")
        if fault in ("drop", "busy", "away"):
            status = {"busy": 429, "away": 302}.get(fault)
            return _answer(request, status, b"") if status else _hang_up(request)
        with closing(Ledger(peer.path)) as ledger:
            told = _ACTS[path](ledger, body)
    if fault == "late":
        peer.release.wait(10)
    if fault == "lose":
        return _hang_up(request)
    if fault == "fail":
        return _answer(request, 500, b"something broke after the work was done")
    name = next(iter(told))
    if fault == "twice":
        told = {name: [*told[name], *told[name]]}
    if fault == "partly":
        told = {name: told[name][:-1]}
    sent = b"<html>everything is fine</html>" if fault == "garbage" else json.dumps(told).encode()
    return _answer(request, 200, sent, cut=fault == "cut")


def _hang_up(request: BaseHTTPRequestHandler) -> None:
    request.close_connection = True


def _answer(request: BaseHTTPRequestHandler, status: int, body: bytes, cut: bool = False) -> None:
    request.send_response(status)
    request.send_header("Content-Length", str(len(body)))
    if status == 302:
        request.send_header("Location", "http://127.0.0.1:9/")
    request.end_headers()
    with suppress(OSError):  # whoever asked has gone
        request.wfile.write(body[: len(body) // 2] if cut else body)
    request.close_connection = True


def _extensions(ledger: Ledger, body: Any) -> dict[str, list[Any]]:
    asks = [
        ExtensionAsk(
            one["key"],
            one["address"],
            date.fromisoformat(one["base_until"]),
            date.fromisoformat(one["until"]),
        )
        for one in body["asks"]
    ]
    return _results(body, ledger.extend(asks, reason=body["reason"]))


def _credits(ledger: Ledger, body: Any) -> dict[str, list[Any]]:
    asks = [CreditAsk(**{**one, "where": Where(one["where"])}) for one in body["asks"]]
    return _results(body, ledger.credit(asks, reason=body["reason"]))


def _results(body: Any, results: list[Result]) -> dict[str, list[Any]]:
    return {
        "results": [
            {"key": one["key"], "ending": got.ending.value, "code": got.code, "text": got.text}
            for one, got in zip(body["asks"], results, strict=True)
        ]
    }


def _lookups(ledger: Ledger, body: Any) -> dict[str, list[Any]]:
    told = []
    for key, got, reading in zip(
        body["keys"], ledger.look(body["keys"]), ledger.read_credits(body["keys"]), strict=True
    ):
        entry: dict[str, Any] = {"key": key, "state": "booked" if got.done else "absent"}
        if (credit := reading.credit) is not None:
            entry["credit"] = {
                "address": credit.address,
                "amount": credit.amount,
                "currency": credit.currency,
                "where": credit.where.value,
            }
        told.append(entry)
    return {"results": told}


def _subscriptions(ledger: Ledger, body: Any) -> dict[str, list[Any]]:
    readings = ledger.read(body["addresses"])
    return {
        "results": [
            {"address": address, "paid_until": one.paid_until and one.paid_until.isoformat()}
            for address, one in zip(body["addresses"], readings, strict=True)
        ]
    }


_ACTS: dict[str, Callable[[Ledger, Any], dict[str, list[Any]]]] = {
    "/extensions": _extensions,
    "/credits": _credits,
    "/lookups": _lookups,
    "/subscriptions": _subscriptions,
}
