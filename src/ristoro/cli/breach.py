"""``ristoro breach``: the register of personal-data breaches that GDPR article 33(5) asks for."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ristoro import env, wiring
from ristoro.cli.staff import As, signed_in
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel import clock
from ristoro.kernel.errors import Place, bad_input
from ristoro.outages import versions
from ristoro.outages.breaches import paper, register
from ristoro.outages.breaches.models import Kind, Record, Risk
from ristoro.outages.breaches.numbers import numbers

app = typer.Typer(
    help="The register of personal-data breaches (GDPR, article 33).", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(metavar="OUTAGE", help="The outage's name.")]
When = Annotated[
    str, typer.Option("--at", help="When, as 2023-01-23T08:00 in the provider's zone; now if out.")
]


@app.command("open")
def open_(
    name: Name,
    as_: As,
    aware: Annotated[
        str, typer.Option(help="When somebody here first knew, as 2023-01-23T08:00; now if out.")
    ] = "",
) -> None:
    """Open the record of a declared outage; its 72 hours run from when it was known."""
    environment = env.current()
    outage = versions.version(environment.home / "outages", name)
    now = clock.now()
    record = register.open_record(outage, _instant(aware, "--aware"), signed_in(as_), now)
    due = record.due_at.astimezone(wiring.zone_of(environment))
    Console().print(f"{record.outage}: 72 hours end {due:%Y-%m-%d %H:%M}", highlight=False)


@app.command()
def count(
    name: Name,
    estate: Annotated[Path, typer.Option(help="The snapshot, a Parquet file.")],
    as_: As,
) -> None:
    """Write into the record how many mailboxes were touched, by component, from a snapshot."""
    person = signed_in(as_)
    now = clock.now()
    outage = versions.version(env.current().home / "outages", name)
    until = clock.micros(now) if outage.end is None else None
    snapshot = open_snapshot(estate)
    found = numbers(estate, outage, until)
    register.count(name, found, snapshot.digest, person, now)
    Console().print(f"{found.touched} of {found.mailboxes} mailboxes", highlight=False)


@app.command()
def write(
    name: Name,
    kind: Annotated[Kind, typer.Argument(help="What the text is about.")],
    words: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be documented.")],
    as_: As,
) -> None:
    """Add to the record: its nature, the consequences, the measures, who was told."""
    register.write(name, kind, words, signed_in(as_), clock.now())
    Console().print(f"{name}: written", highlight=False)


@app.command()
def assess(
    name: Name,
    risk: Annotated[Risk, typer.Argument(help="How likely harm to people is.")],
    words: Annotated[str, typer.Argument(metavar="REASON", help="Why.")],
    as_: As,
) -> None:
    """Write how likely harm to people is: of it depends whether the authority must be told."""
    register.assess(name, risk, words, signed_in(as_), clock.now())
    Console().print(f"{name}: risk {risk}", highlight=False)


@app.command()
def supplement(name: Name, words: str, as_: As, at: When = "") -> None:
    """Say what more the authority was told, after the first time: in phases (article 33(4))."""
    sent = _instant(at, "--at")
    register.supplement(name, words, sent, signed_in(as_), clock.now())
    Console().print(f"{name}: written", highlight=False)


@app.command()
def notified(name: Name, number: str, as_: As, at: When = "") -> None:
    """Say that the authority was told, under which number; and, if late, why."""
    _settle(name, Kind.NOTIFIED, number, as_, at)


@app.command("not-notified")
def not_notified(name: Name, reason: str, as_: As, at: When = "") -> None:
    """Say why the authority need not be told: a risk to people is unlikely."""
    _settle(name, Kind.NOT_NOTIFIED, reason, as_, at)


@app.command()
def show(
    name: Name,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Print the record as the authority asks for it, in Italian."""
    record = register.named(name)
    if as_json:
        print(json.dumps(paper.as_data(record), ensure_ascii=False, indent=1))
    else:
        here = env.current()
        contact = here.text(paper.CONTACT, "")
        print(paper.as_text(record, clock.now(), wiring.zone_of(here), contact))


@app.command("list")
def list_() -> None:
    """Every record, with the time that is left of its 72 hours."""
    zone, now = wiring.zone_of(env.current()), clock.now()
    console = Console(highlight=False, soft_wrap=True)
    for record in Record.objects.order_by("-aware_at"):
        rest = paper.left(record, now)
        stands = record.standing if rest is None else f"{rest.total_seconds() / 3600:.1f} h left"
        console.print(f"{record.due_at.astimezone(zone):%Y-%m-%d %H:%M}  {stands}  {record.outage}")


def _settle(name: str, kind: Kind, words: str, as_: str, at: str) -> None:
    register.settle(name, kind, words, _instant(at, "--at"), signed_in(as_), clock.now())
    Console().print(f"{name}: {kind}", highlight=False)


def _instant(text: str, option: str) -> datetime:
    if not text:
        return clock.now()
    try:
        return clock.parse_instant(text, wiring.zone_of(env.current()))
    except ValueError as error:
        raise bad_input(
            "wrong-value",
            f"{text!r} is not one instant",
            str(error),
            "write it as 2023-01-23T08:00",
            Place(option),
        ) from None
