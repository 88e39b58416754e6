"""``ristoro explain``: why one mailbox got what it got."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ristoro.remedies.explain import explain as explain_one


class Language(StrEnum):
    """The languages that explanations are written in."""

    IT = "it"
    EN = "en"


def explain(
    run: Annotated[Path, typer.Option(help="The folder of a decided run.")],
    mailbox: Annotated[str, typer.Option(help="The address, or the mailbox_id as digits.")],
    lang: Annotated[Language, typer.Option(help="The language to explain in.")] = Language.IT,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Say what a mailbox is owed and why: rules, values read, arithmetic; exit 1 if it differs."""
    told = explain_one(run, int(mailbox) if mailbox.isdigit() else mailbox, lang.value)
    if as_json:
        typer.echo(json.dumps(told.as_dict(), indent=2, ensure_ascii=False))
    else:
        typer.echo(told.text(), nl=False)
    if not told.agrees:
        raise typer.Exit(1)
