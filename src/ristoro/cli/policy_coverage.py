"""``ristoro policy coverage``: which rules, bands and edges of policies no case reaches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ristoro.remedies.authoring.cases import policy_files
from ristoro.remedies.authoring.coverage import cover_file, tell

Least = Annotated[
    int,
    typer.Option(
        "--least",
        min=0,
        max=100,
        help="Exit with 1 where fewer percent of the rules and bands are reached.",
    ),
]
LeastEdges = Annotated[
    int,
    typer.Option(
        "--least-edges",
        min=0,
        max=100,
        help="Exit with 1 where fewer percent of the edges are tried.",
    ),
]


def coverage(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Policies, or folders of them.", show_default=False)
    ] = None,
    least: Least = 0,
    least_edges: LeastEdges = 0,
) -> None:
    """Tell which rules and bands no case reaches, and which edges none tries."""
    if not tell_of(policy_files(paths or [Path("policies")]), least, least_edges):
        raise typer.Exit(1)


def tell_of(files: Sequence[Path], least: int, least_edges: int) -> bool:
    """Print the coverage of policies; whether each has as much as is wanted."""
    found = [cover_file(path) for path in files]
    for one in found:
        tell(one, typer.echo)
    return all(one.fulfils(least, least_edges) for one in found)
