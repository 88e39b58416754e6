"""``ristoro staff add``, and asking who is at the keyboard."""

from __future__ import annotations

import getpass
import os
import sys
from typing import Annotated

import typer
from rich.console import Console

from ristoro import env
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing, Problem
from ristoro.staff import factors, people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

PASSWORD = "RISTORO_PASSWORD"  # noqa: S105 - the setting's name

As = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="NAME",
        help="Who you are; asks for the password, or reads RISTORO_PASSWORD.",
    ),
]


app = typer.Typer(help="The people who work here.", no_args_is_help=True)


@app.callback()
def people_() -> None:
    """The people who work here."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The person's name.")],
    role: Annotated[
        list[Role], typer.Option(help="A role that the person holds; may be given several times.")
    ],
    number: Annotated[
        str, typer.Option(help="Which human it is, as the payroll says; left out: the name.")
    ] = "",
) -> None:
    """Add a person who works here; asks for a password twice, or reads RISTORO_PASSWORD."""
    password = _from_environment()
    if password is None:
        password = _typed("Password: ")
        if _typed("Once more: ") != password:
            raise Missing(
                Problem(
                    "password-differs",
                    "the two passwords differ",
                    "one of them was mistyped",
                    "run the command again",
                )
            )
    actor = f"command {_account()}"
    person = people.add(name, password, role, actor=actor, at=clock.now(), number=number)
    roles = ", ".join(sorted(each.value for each in person.roles))
    Console().print(f"{person.name} may sign in, as {roles}.", highlight=False)


@app.command("reset-factors")
def reset_factors(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The person's name.")],
) -> None:
    """Take away the second factors of somebody who lost them; another is set up at sign-in."""
    gone = factors.reset(name, actor=f"command {_account()}", at=clock.now())
    Console().print(f"{name}: {gone} taken away", highlight=False)


def signed_in(name: str) -> Person:
    """The person of that name, once the password was typed or found in the environment."""
    password = _from_environment()
    return people.authenticate(name, password if password is not None else _typed("Password: "))


def _from_environment() -> str | None:
    environment = env.current()
    if environment.values.get(PASSWORD) or environment.values.get(f"{PASSWORD}_FILE"):
        return environment.secret(PASSWORD)
    return None


def _typed(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise Missing(
            Problem(
                "no-password",
                "there is nobody to ask for a password",
                "standard input is not a terminal",
                f"set {PASSWORD} or {PASSWORD}_FILE",
            )
        )
    return getpass.getpass(prompt)


def _account() -> str:
    return os.environ.get("SUDO_USER") or getpass.getuser()
