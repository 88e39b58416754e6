"""The web process: it starts once, answers, says what is wrong, and ends when asked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.templatetags.static import static
from tests.databases import Database, free_port

from ristoro.cli.serve import stop_web, web_of

PATIENCE = 60


@dataclass(frozen=True)
class Home:
    """A home folder and the environment of commands that work in it."""

    path: Path
    environment: dict[str, str]

    def serve(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run ``ristoro serve`` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "ristoro", "serve", *options],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )


@pytest.fixture
def home(database: Database, tmp_path: Path) -> Iterator[Home]:
    path = tmp_path / "home"
    known = {**database.environment(), "RISTORO_HOME": str(path)}
    yield Home(path, {**known, "RISTORO_SECRET_KEY": "a key for sessions in tests"})
    stop_web(path)


def test_the_web_starts_behind_answers_and_stops(home: Home) -> None:
    port = str(free_port())
    started = home.serve("--background", "--port", port)
    assert started.returncode == 0, started.stderr
    assert f"http://127.0.0.1:{port}/it/" in started.stdout
    with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
        assert answer.read() == b"ok\n"
    with urlopen(f"http://127.0.0.1:{port}{static('ristoro.css')}", timeout=10) as style:
        assert style.headers["content-type"].startswith("text/css")
    web = web_of(home.path)
    assert web.running() == int(web.pid_file.read_text())
    again = home.serve("--port", port)
    assert (again.returncode, "port-taken" in again.stderr) == (2, True)
    elsewhere = home.serve("--port", str(free_port()))
    assert (elsewhere.returncode, "already-running" in elsewhere.stderr) == (2, True)
    assert stop_web(home.path)
    assert web.running() is None
    assert not stop_web(home.path)
    assert web.log.exists()


def test_a_web_without_its_secret_does_not_start(home: Home) -> None:
    without = {k: v for k, v in home.environment.items() if k != "RISTORO_SECRET_KEY"}
    refused = Home(home.path, without).serve("--port", str(free_port()))
    assert refused.returncode == 2
    assert "the secret RISTORO_SECRET_KEY is not set" in refused.stderr
    assert "ristoro init" in refused.stderr


def test_a_stale_pid_file_signals_nobody(tmp_path: Path) -> None:
    web = web_of(tmp_path)
    web.pid_file.write_text(f"{os.getpid()}\n")
    assert web.running() is None
    assert not stop_web(tmp_path)
    assert not web.pid_file.exists()
