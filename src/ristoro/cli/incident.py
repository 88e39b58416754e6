"""``ristoro incident``: tell the public what does not work, in both languages, as it goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ristoro import env, wiring
from ristoro.cli.staff import As, signed_in
from ristoro.kernel import clock
from ristoro.kernel.errors import Place, bad_input
from ristoro.outages.incidents import publish
from ristoro.outages.incidents.models import Incident
from ristoro.outages.incidents.written import read

MOST = 50

app = typer.Typer(help="What the public is told of incidents and planned work.")

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="What to tell, as YAML, in both languages.")
]


@app.command("open")
def open_(file: File, as_: As) -> None:
    """Publish a new incident, or announce planned work, at once."""
    written = read(file, wiring.zone_of(env.current()))
    if written.opening is None:
        raise bad_input(
            "no-title",
            "the file has no title",
            "a new incident is found by its title",
            "write title, impact and from; or tell how one goes on: ristoro incident update",
            Place(str(file)),
        )
    brands = tuple(wiring.brands_of(env.current()))
    made = publish.publish(written.opening, written.told, brands, signed_in(as_), clock.now())
    Console().print(f"Published: {made.slug}", highlight=False, soft_wrap=True)


@app.command()
def update(
    slug: Annotated[str, typer.Argument(metavar="INCIDENT", help="Its name, from the list.")],
    file: File,
    as_: As,
) -> None:
    """Publish how an incident goes on; resolved or completed has everything work again."""
    written = read(file, wiring.zone_of(env.current()))
    if written.opening is not None:
        raise bad_input(
            "title-again",
            "the file has a title",
            "an incident keeps the title that people were told first",
            "take title, impact, from and until out; or open another incident",
            Place(str(file)),
        )
    brands = tuple(wiring.brands_of(env.current()))
    publish.update(slug, written.told, brands, signed_in(as_), clock.now())
    Console().print(f"Published: {slug}, {written.told.phase}", highlight=False, soft_wrap=True)


@app.command("list")
def list_() -> None:
    """The newest incidents and planned works, with how far each is."""
    zone = wiring.zone_of(env.current())
    console = Console(highlight=False, soft_wrap=True)
    for one in Incident.objects.order_by("-started_at", "-id")[:MOST]:
        begun = f"{one.started_at.astimezone(zone):%Y-%m-%d %H:%M}"
        console.print(f"{begun}  {one.phase:<13}  {one.impact:<11}  {one.slug}")
