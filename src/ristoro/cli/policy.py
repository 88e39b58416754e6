"""``ristoro policy``: run the cases that stand beside policies."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import typer

from ristoro.cli import policy_coverage, policy_diff, policy_lint, policy_new, policy_schema
from ristoro.cli.policy_coverage import Least, LeastEdges, tell_of
from ristoro.remedies.authoring.cases import Failure, policy_files, run_policy

app = typer.Typer(help="Policies and their cases.", no_args_is_help=True)


@app.callback()
def policy() -> None:
    """Policies and their cases."""


@app.command("test")
def run_cases(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Policies, or folders of them.", show_default=False)
    ] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Tell too what no case reaches.")
    ] = False,
    least: Least = 0,
    least_edges: LeastEdges = 0,
) -> None:
    """Run every case beside each policy; exit with 1 if any fails."""
    cases, failed = 0, set()
    files = policy_files(paths or [Path("policies")])
    for path, (count, failures) in zip(files, _run(files), strict=True):
        cases += count
        for failure in failures:
            typer.echo(str(failure))
            failed.add((path, failure.case))
    typer.echo(f"{cases} cases, {len(failed)} failed")
    asked = coverage or least or least_edges
    enough = tell_of(files, least, least_edges) if asked and not failed else True
    if failed or not enough:
        raise typer.Exit(1)


def _run(files: Sequence[Path]) -> Iterator[tuple[int, list[Failure]]]:
    """Each policy's cases, by a process for each core where there is more than one policy."""
    if len(files) < 2:
        yield from map(run_policy, files)
        return
    with ProcessPoolExecutor(min(len(files), os.cpu_count() or 1), get_context("spawn")) as crew:
        yield from crew.map(run_policy, files)


app.command("coverage")(policy_coverage.coverage)
app.command("schema")(policy_schema.schema)
app.command("lint")(policy_lint.lint)
app.command("diff")(policy_diff.diff)
app.command("new")(policy_new.new)
