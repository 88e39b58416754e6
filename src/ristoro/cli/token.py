"""``ristoro token``: a person's tokens for programs."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ristoro.cli.staff import As, signed_in
from ristoro.kernel import clock
from ristoro.staff import tokens
from ristoro.staff.models import Role

app = typer.Typer(help="Tokens by which programs of yours use the API.", no_args_is_help=True)


@app.command()
def make(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
    role: Annotated[
        list[Role], typer.Option(help="A role of yours that it holds; may be given several times.")
    ],
    as_: As,
    days: Annotated[
        int, typer.Option(min=1, max=tokens.LONGEST_DAYS, help="How long it lasts.")
    ] = 30,
) -> None:
    """Make a token of your own; it is printed this once, and kept as a hash."""
    made = tokens.make(signed_in(as_), name, role, days, clock.now())
    console = Console(highlight=False, soft_wrap=True)
    until = f"{made.token.ends_at:%Y-%m-%d %H:%M} UTC"
    console.print(f"Token {made.token.pk}, until {until}. It is not shown again:\n{made.secret}")


@app.command("list")
def list_(as_: As) -> None:
    """List your tokens, the newest first."""
    table = Table("number", "name", "roles", "ends", "last used", "")
    for one in tokens.of(signed_in(as_)):
        gone = "revoked" if one.revoked_at else ("ended" if one.ends_at <= clock.now() else "")
        used = f"{one.used_at:%Y-%m-%d %H:%M}" if one.used_at else "never"
        ends = f"{one.ends_at:%Y-%m-%d %H:%M}"
        table.add_row(str(one.pk), one.name, ", ".join(one.roles), ends, used, gone)
    Console().print(table)


@app.command()
def revoke(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Its number, from the list.")],
    as_: As,
) -> None:
    """End a token of yours now."""
    token = tokens.revoke(signed_in(as_), number, clock.now())
    Console(highlight=False).print(f"Token {token.pk} counts no more.")
