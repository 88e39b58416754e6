"""``ristoro policy schema``: the JSON Schemas by which an editor helps with policies and cases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ristoro.remedies.authoring.schema.files import write_schemas


def schema(
    out: Annotated[
        Path, typer.Option("--out", help="The folder to write them into.", file_okay=False)
    ] = Path("schemas"),
) -> None:
    """Write the JSON Schemas of policies and cases, for editors."""
    for path in write_schemas(out):
        typer.echo(f"Written: {path}")
