"""All verbs of the command ``ristoro``, each imported only when it is asked for.

A verb imports what it works with, and all of them together take seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer

DECIDE = "Decide: no database, and nothing is done"
ACT = "Give and tell"
PROVE = "Prove"
HOUSE = "The house"

GROUPS: Mapping[str, str] = {
    "estate": DECIDE,
    "outage": DECIDE,
    "policy": DECIDE,
    "incident": ACT,
    "payments": ACT,
    "evidence": PROVE,
    "public": PROVE,
    "books": PROVE,
    "breach": PROVE,
    "claims": PROVE,
    "holds": PROVE,
    "notice": PROVE,
    "mailbox": HOUSE,
    "staff": HOUSE,
    "token": HOUSE,
    "webhook": HOUSE,
    "host": HOUSE,
    "ledger": HOUSE,
}
"""Verbs with verbs of their own, as the ``app`` of the file that is named after them."""

VERBS: Mapping[str, tuple[str, str]] = {
    "decide": ("decide", DECIDE),
    "explain": ("explain", DECIDE),
    "load": ("load", ACT),
    "approve": ("approve", ACT),
    "run": ("run", ACT),
    "work": ("work", ACT),
    "pause": ("pause", ACT),
    "resume": ("pause", ACT),
    "confirm": ("confirm", ACT),
    "lapse": ("confirm", ACT),
    "remind": ("remind", ACT),
    "tend": ("tend", ACT),
    "reverse": ("reverse", ACT),
    "unheard": ("tend", PROVE),
    "report": ("report", PROVE),
    "close": ("report", PROVE),
    "verify": ("verify", PROVE),
    "demo": ("demo", HOUSE),
    "stop": ("stop", HOUSE),
    "init": ("init", HOUSE),
    "serve": ("serve", HOUSE),
    "errands": ("errands", HOUSE),
}
"""The file of each, in which a function has its name."""


def program(asked: str = "") -> typer.Typer:
    """The verb that is asked for; all of them where that is none of them, for their help."""
    app = typer.Typer(name="ristoro", no_args_is_help=True, add_completion=False)
    app.pretty_exceptions_enable = False
    app.callback()(ristoro)
    known = asked in GROUPS or asked in VERBS
    for name, panel in GROUPS.items():
        if asked == name or not known:
            app.add_typer(_file(name).app, name=name, rich_help_panel=panel)
    for name, (file, panel) in VERBS.items():
        if asked == name or not known:
            app.command(name, rich_help_panel=panel)(getattr(_file(file), name))
    return app


def ristoro() -> None:
    """Makes every mailbox whole after an outage: decide, tell, give, prove."""


def _file(name: str) -> Any:
    return import_module(f"ristoro.cli.{name}")
