"""Webhooks over the API, and told by the process that ``ristoro serve`` starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connection
from standardwebhooks import Webhook as Judge
from tests.api.conftest import Program
from tests.api.test_door import refused
from tests.faces.programme import Programme

from ristoro.staff.models import Ask
from ristoro.workers.hooks.models import Webhook


@dataclass
class Receiver:
    """Another program, on this machine: keeps what it is sent."""

    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    url: str = ""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("RISTORO_WEBHOOK_NETWORKS", "127.0.0.0/8")
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.posts.append((dict(self.headers), body))
            self.send_response(204)
            self.end_headers()
            kept.came.release()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield kept
        server.shutdown()
        thread.join()


def test_a_webhook_is_added_with_a_secret_that_is_shown_once(
    olga: Program, ivo: Program, aldo: Program, receiver: Receiver
) -> None:
    body = {"url": receiver.url, "events": ["run.approved"]}
    made = olga.post("webhooks", body, key="k")
    assert made.status_code == 201, made.content
    path, secret = f"webhooks/{made.json()['id']}", made.json()["secret"]
    assert made["Location"] == f"/api/v1/{path}"
    assert olga.post("webhooks", body, key="k").json() == made.json()
    assert secret.encode() not in bytes(Ask.objects.get().answer)
    assert "secret" not in ivo.get(path).json()
    assert ivo.get("webhooks").json()["items"] == [ivo.get(path).json()]
    assert olga.post(f"{path}/rotate").json()["secret"] != secret
    assert olga.post(f"{path}/enable").json()["disabled_at"] is None
    refused(aldo.get("webhooks"), 403, "role-missing")
    refused(ivo.post("webhooks", body), 403, "role-missing")
    assert olga.delete(path).status_code == 204
    refused(olga.get(path), 404, "no-webhook")


def test_a_webhook_is_refused_where_it_may_not_be(olga: Program) -> None:
    inside = {"url": "http://127.0.0.1:9/x"}
    refused(olga.post("webhooks", inside), 422, "webhook-address")
    unheard = {"url": "https://hooks.example/x", "events": ["run.exploded"]}
    assert olga.post("webhooks", unheard).status_code == 422


def test_what_happens_is_told_signed_by_the_process_behind(
    programme: Programme, olga: Program, receiver: Receiver
) -> None:
    made = olga.post("webhooks", {"url": receiver.url}).json()
    programme.approve()
    url = f"sqlite://{connection.settings_dict['NAME']}"
    environment = {**os.environ, "RISTORO_DATABASE_URL": url}
    environment["RISTORO_SECRET_KEY"] = "a key for sessions in tests"
    with subprocess.Popen([sys.executable, "-m", "ristoro", "errands"], env=environment) as process:
        try:
            for _ in range(3):
                assert receiver.came.acquire(timeout=60)
        finally:
            process.terminate()
    assert process.returncode == 0
    told = [Judge(made["secret"]).verify(body, headers) for headers, body in receiver.posts]
    assert [one["type"] for one in told] == [
        "webhook.added",
        "run.approved",
        "run.published",
    ]
    assert told[1]["data"]["run"] == programme.name
    assert "Aldo" not in json.dumps(told)
    webhook = Webhook.objects.get()
    assert webhook.trouble == ""
    assert webhook.delivered_at is not None
