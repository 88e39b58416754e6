"""The npm client ``statuspage.io`` reads our status page unmodified, in every state.

It is under the GPL and no part of this program: npm fetches it into the user's cache for this test
alone. Without npm, or without its registry, the test is left out, and says so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from tests.faces.incidents import AT, BRANDS, HOUR, goes_on, open_one, plan_one
from tests.faces.programme import Programme

from ristoro.outages.incidents import publish
from ristoro.outages.incidents.board import Part
from ristoro.outages.incidents.publish import Told, Words
from ristoro.outages.incidents.states import Condition, Phase
from ristoro.staff.people import Person

CLIENT, VERSION = "statuspage.io", "3.3.8"
INTEGRITY = (
    "sha512-"
    "WGbnTuHrfhKpRwUa6Y8UpJfNOXHnMCUvBNB6o6dgKHX1pWQpY1uDFzQ9e58EyFFVZKhZrCLUdI3o2NNCSYW0rw=="
)
READER = Path(__file__).with_name("statuspage_reader.js")
QUICK = ("--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0")
PATIENCE = 120

Read = Callable[[], dict[str, Any]]


@pytest.fixture(scope="session")
def client() -> Path:
    """The folder of the client, from the cache or else from npm's registry."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("left out: there is no node with npm here (Debian: nodejs npm)")
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    kept = caches / "ristoro" / f"{CLIENT}-{VERSION}"
    if not kept.exists():
        _fetch(npm, kept)
    lock = json.loads((kept / "node_modules/.package-lock.json").read_text("utf-8"))
    assert lock["packages"][f"node_modules/{CLIENT}"]["integrity"] == INTEGRITY
    return kept / "node_modules" / CLIENT


def _fetch(npm: str, kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".npm-", dir=kept.parent))
    command = [npm, "install", *QUICK, "--prefix", str(fresh), f"{CLIENT}@{VERSION}"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=PATIENCE, cwd=fresh
        )
        if done.returncode != 0:
            pytest.skip(f"left out: npm cannot fetch {CLIENT}: {done.stderr[-200:]}")
        fresh.rename(kept)
    except subprocess.TimeoutExpired:
        pytest.skip(f"left out: npm did not fetch {CLIENT} within {PATIENCE} seconds")
    except OSError:
        if not kept.exists():  # another process was faster
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


class Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test asks hundreds of times."""


@pytest.fixture
def address(programme: Programme) -> Iterator[str]:
    """The pages on a port of their own."""
    del programme
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Silent)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def read(client: Path, address: str) -> Iterator[Read]:
    """Reads everything by the client."""
    process = subprocess.Popen(
        ["node", str(READER), str(client), address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None
    assert stdout is not None

    def once() -> dict[str, Any]:
        stdin.write("\n")
        stdin.flush()
        found: dict[str, Any] = json.loads(stdout.readline())
        assert "error" not in found, found
        return found

    with process:
        yield once
        stdin.close()


@pytest.fixture
def olga(programme: Programme) -> Person:
    return programme.staff["Olga"]


WORDS = {
    Condition.UNDER_MAINTENANCE: ("maintenance", "Service Under Maintenance"),
    Condition.DEGRADED: ("minor", "Minor Service Outage"),
    Condition.PARTIAL_OUTAGE: ("major", "Partial System Outage"),
    Condition.MAJOR_OUTAGE: ("critical", "Major Service Outage"),
    Condition.OPERATIONAL: ("none", "All Systems Operational"),
}


def test_every_condition_gives_its_words(read: Read, olga: Person) -> None:
    told = read()
    assert tuple(told["status"]["status"].values()) == WORDS[Condition.OPERATIONAL]
    slug = open_one(olga).slug
    for hours, (condition, words) in enumerate(WORDS.items(), start=1):
        moved = {Part("libero", "webmail"): condition}
        text = Words(f"Ora {condition}.", f"Now {condition}.")
        publish.update(slug, Told(Phase.IDENTIFIED, text, moved), BRANDS, olga, AT + hours * HOUR)
        told = read()
        assert tuple(told["status"]["status"].values()) == words
        assert tuple(told["summary"]["status"].values()) == words
        parts = {
            (one["name"], one["group"], one["group_id"]): one
            for one in told["components"]["components"]
        }
        brand = parts["Libero Mail", True, None]
        assert brand["status"] == condition
        assert parts["Webmail", False, brand["id"]]["status"] == condition
        assert told["summary"]["components"] == told["components"]["components"]


def test_every_phase_of_an_incident_is_in_the_lists_that_it_belongs_to(
    read: Read, olga: Person
) -> None:
    one = open_one(olga)
    phases = (Phase.IDENTIFIED, Phase.MONITORING, Phase.RESOLVED, Phase.POSTMORTEM)
    for hours, phase in enumerate((Phase.INVESTIGATING, *phases)):
        if hours:
            goes_on(olga, one.slug, phase, hours)
        told = read()
        (incident,) = told["incidents"]["incidents"]
        assert (incident["id"], incident["status"]) == (one.code, phase)
        assert incident["incident_updates"][0]["status"] == phase
        assert len(incident["incident_updates"]) == hours + 1
        over = phase in (Phase.RESOLVED, Phase.POSTMORTEM)
        assert bool(told["unresolved"]["incidents"]) != over
        assert told["summary"]["incidents"] == told["unresolved"]["incidents"]
        assert (incident["resolved_at"] is not None) == over


def test_every_phase_of_planned_work_is_in_the_lists_that_it_belongs_to(
    read: Read, olga: Person
) -> None:
    work = plan_one(olga)
    phases = (Phase.SCHEDULED, Phase.IN_PROGRESS, Phase.VERIFYING, Phase.COMPLETED)
    for place, phase in enumerate(phases):
        if place:
            goes_on(olga, work.slug, phase, 24 + place)
        told = read()
        lists = {
            name: [one["status"] for one in told[name]["scheduled_maintenances"]]
            for name in ("maintenances", "upcoming", "active", "summary")
        }
        upcoming = [phase] if phase is Phase.SCHEDULED else []
        assert lists == {
            # This version of the client asks for the upcoming ones by each of its three verbs.
            "maintenances": upcoming,
            "upcoming": upcoming,
            "active": upcoming,
            "summary": [phase] if phase is not Phase.COMPLETED else [],
        }
        assert told["incidents"]["incidents"] == []
