"""``ristoro pause`` and ``ristoro resume``: workers finish the chunk they hold, and wait."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from ristoro.cli.staff import As, signed_in
from ristoro.kernel import clock
from ristoro.remedies import runs

Name = Annotated[str, typer.Argument(metavar="RUN", help="The run's name.")]


def pause(name: Name, as_: As) -> None:
    """Let no worker begin another chunk of a run; chunks that are begun are finished."""
    runs.pause(runs.named(name), signed_in(as_), clock.now())
    Console().print(f"{name} is paused; `ristoro resume {name}` lets it go on.", highlight=False)


def resume(name: Name, as_: As) -> None:
    """Let the workers of a paused run go on."""
    runs.resume(runs.named(name), signed_in(as_), clock.now())
    Console().print(f"{name} goes on.", highlight=False)
