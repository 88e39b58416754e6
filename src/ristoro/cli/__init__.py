"""The command ``ristoro``: one file a verb."""

from __future__ import annotations

import sys

import typer

from ristoro.kernel.errors import RistoroError

app = typer.Typer(
    name="ristoro",
    help="Makes every mailbox whole after an outage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def root() -> None:
    """Decide, tell, give, prove."""


def main() -> None:
    """Run a command; an error meant for people is printed without a traceback, exit code 2."""
    try:
        app()
    except RistoroError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
