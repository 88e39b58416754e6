"""``ristoro policy new``: a policy to begin with, and its cases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ristoro.remedies.authoring.starter import Start, write_start


def new(
    name: Annotated[str, typer.Argument(help="Small letters, digits and hyphens.")],
    kind: Annotated[Start, typer.Option("--kind", help="What it gives.")] = Start.SERVICE_CREDIT,
    folder: Annotated[
        Path, typer.Option("--folder", help="Where to write it.", file_okay=False)
    ] = Path("policies"),
) -> None:
    """Write a commented policy and its cases to begin with; nothing is written over."""
    policy, cases = write_start(name, kind, folder)
    typer.echo(f"Written: {policy}")
    typer.echo(f"Written: {cases}")
    typer.echo(f"Next: mend what follows CHANGE, then `ristoro policy test {policy}`")
