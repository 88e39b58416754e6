"""``ristoro policy``: run the cases that stand beside policies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ristoro.remedies.cases import policy_files, run_policy

app = typer.Typer(help="Policies and their cases.", no_args_is_help=True)


@app.callback()
def policy() -> None:
    """Policies and their cases."""


@app.command("test")
def run_cases(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Policies, or folders of them.", show_default=False)
    ] = None,
) -> None:
    """Run every case beside each policy; exit with 1 if any fails."""
    cases, failed = 0, set()
    for path in policy_files(paths or [Path("policies")]):
        count, failures = run_policy(path)
        cases += count
        for failure in failures:
            typer.echo(str(failure))
            failed.add((path, failure.case))
    typer.echo(f"{cases} cases, {len(failed)} failed")
    if failed:
        raise typer.Exit(1)
