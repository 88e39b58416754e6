"""``ristoro webhook``: other programs that are told what happens."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from ristoro import env, wiring
from ristoro.cli.staff import As, signed_in
from ristoro.kernel import clock
from ristoro.workers.hooks import register
from ristoro.workers.hooks.events import KINDS
from ristoro.workers.hooks.models import Webhook

app = typer.Typer(help="Other programs that are told what happens.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="Its number, from the list.")]


@app.command()
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where events are sent: https.")],
    as_: As,
    event: Annotated[
        list[str] | None,
        typer.Option(help="An event to tell it; may be given several times. Left out: all."),
    ] = None,
) -> None:
    """Tell a program what happens from now on; its secret is printed this once."""
    environment = env.current()
    environment.secret("RISTORO_SECRET_KEY")
    check = wiring.webhook_carrier(environment).check
    made = register.add(url, event or (), signed_in(as_), clock.now(), check)
    _show(made)


@app.command("list")
def list_() -> None:
    """List the webhooks, how far each has been told, and what stands against it."""
    console = Console(highlight=False, soft_wrap=True)
    for one in Webhook.objects.order_by("pk"):
        state = "disabled" if one.disabled_at else ("failing" if one.failing_since else "well")
        told = f"told up to entry {one.told}"
        console.print(f"{one.pk}  {state:<8}  {one.url}  {', '.join(one.events) or 'all'}, {told}")
        if one.trouble:
            console.print(f"   {one.trouble}; {one.tries} tries; next {one.next_at:%Y-%m-%d %H:%M}")


@app.command()
def events() -> None:
    """List the events that there are."""
    console = Console(highlight=False, soft_wrap=True)
    for kind in KINDS.values():
        console.print(f"{kind.type:<20}  {kind.said}")


@app.command()
def rotate(number: Number, as_: As) -> None:
    """Sign by a new secret; the one before signs beside it for a day."""
    env.current().secret("RISTORO_SECRET_KEY")
    _show(register.rotate(number, signed_in(as_), clock.now()))


@app.command()
def enable(number: Number, as_: As) -> None:
    """Try a webhook again at once, from the event that it did not take."""
    register.enable(number, signed_in(as_), clock.now())
    Console(highlight=False).print(f"Webhook {number} is tried again.")


@app.command()
def remove(number: Number, as_: As) -> None:
    """Tell a webhook nothing more, and forget its secret."""
    register.remove(number, signed_in(as_), clock.now())
    Console(highlight=False).print(f"Webhook {number} is removed.")


def _show(made: register.Made) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"Webhook {made.webhook.pk}: {made.webhook.url}")
    console.print(f"Its secret is not shown again:\n{made.secret}")
