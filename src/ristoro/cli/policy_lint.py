"""``ristoro policy lint``: what a policy may still get wrong for people, before anybody is paid."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ristoro.kernel.errors import bad_input
from ristoro.remedies.authoring.cases import policy_files
from ristoro.remedies.authoring.lint.beside import NOTHING, in_estate
from ristoro.remedies.authoring.lint.lint import lint_file


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"


def lint(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Policies, or folders of them.", show_default=False)
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", help="Print the findings as text or as JSON.")
    ] = Format.TEXT,
    estate: Annotated[
        Path | None,
        typer.Option(help="A snapshot, to see which plans there are and how they are sold."),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="The day on which deadlines must still be ahead."),
    ] = None,
) -> None:
    """Look for what a policy gets wrong for people; exit with 1 if anything is found."""
    files = policy_files(paths or [Path("policies")])
    beside = NOTHING if estate is None else in_estate(estate)
    beside = replace(beside, on=None if on is None else _day(on))
    findings = [finding for path in files for finding in lint_file(path, beside)]
    if form is Format.JSON:
        told = [finding.as_fields() for finding in findings]
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            typer.echo(f"{finding}\n")
        typer.echo(f"{len(files)} policies, {len(findings)} findings")
    if findings:
        raise typer.Exit(1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise bad_input(
            "bad-day", f"{text!r} is no day", str(error), "write it as 2023-01-31"
        ) from None
