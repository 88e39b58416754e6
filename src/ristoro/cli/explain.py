"""``ristoro explain``: why one mailbox got what it got, and what it would get otherwise."""

from __future__ import annotations

import json
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ristoro.kernel import clock
from ristoro.kernel.errors import Place, bad_input
from ristoro.remedies.explaining.explain import explain as explain_one
from ristoro.remedies.explaining.what_if import what_if as try_one
from ristoro.remedies.folder.run_folder import open_run


class Language(StrEnum):
    """The languages that explanations are written in."""

    IT = "it"
    EN = "en"


def explain(
    run: Annotated[Path, typer.Option(help="The folder of a decided run.")],
    mailbox: Annotated[str, typer.Option(help="The address, or the mailbox_id as digits.")],
    lang: Annotated[Language, typer.Option(help="The language to explain in.")] = Language.IT,
    what_if: Annotated[
        list[str] | None,
        typer.Option(
            help="Take a value to be different, as plan=libero-plus-5; may be repeated.",
            show_default=False,
        ),
    ] = None,
    on: Annotated[str, typer.Option(help="Take this day to be that of deciding.")] = "",
    check: Annotated[
        bool, typer.Option("--check", help="First read snapshot and outcomes whole.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Say what a mailbox is owed and why: rules, values read, arithmetic; exit 1 if it differs."""
    asked = int(mailbox) if mailbox.isdigit() else mailbox
    if isinstance(asked, str):
        _index_addresses(run)
    if what_if or on:
        tried = try_one(run, asked, lang.value, what_if or [], _day(on) if on else None)
        _print(tried.as_dict() if as_json else tried.text())
        return
    told = explain_one(run, asked, lang.value, check_at=clock.now() if check else None)
    _print(told.as_dict() if as_json else told.text())
    if not told.agrees:
        raise typer.Exit(1)


def _index_addresses(run: Path) -> None:
    """Say what takes seconds at the first question by address, and only then."""
    rows = open_run(run).rows
    if not rows.indexed("address"):
        with Console(stderr=True).status("indexing the addresses, once for this snapshot"):
            rows.make_index("address")


def _print(told: str | dict[str, object]) -> None:
    text = told if isinstance(told, str) else json.dumps(told, indent=2, ensure_ascii=False) + "\n"
    typer.echo(text, nl=False)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise bad_input(
            "bad-day", f"{text!r} is no day", str(error), "write it as 2023-02-15", Place("--on")
        ) from None
