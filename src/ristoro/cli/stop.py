"""``ristoro stop``: end what was left running behind."""

from __future__ import annotations

from pathlib import Path

from ristoro import env, wiring
from ristoro.cli.behind import web_of, worker_of
from ristoro.env import Environment


def stop() -> None:
    """Stop what `demo`, `serve --background`, `work --background` and `host start` left running."""
    home = env.current().home
    for each in (home, home / "demo"):
        if each.exists():
            stop_all(each)


def stop_all(home: Path) -> None:
    """Stop the worker, the web faces and the mail host of a home folder, where they run."""
    worker_of(home).stop()
    web_of(home).stop()
    wiring.embedded_host(Environment({"RISTORO_HOME": str(home)})).stop()
