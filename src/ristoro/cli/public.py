"""``ristoro public``: a page of facts published, all pages as files, the check of signed facts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from ristoro.cli.staff import As, signed_in
from ristoro.errands.publishing import draw_up
from ristoro.faces.status import copies
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, Place, bad_input
from ristoro.kernel.keys import BUCKETS
from ristoro.kernel.signed import in_base64, is_signed
from ristoro.notices import specimens
from ristoro.remedies import runs

app = typer.Typer(help="The public pages: publish a programme's, copy all, check what is signed.")


@app.command()
def publish(
    name: Annotated[str, typer.Argument(metavar="RUN", help="The run's name.")],
    as_: As,
    show: Annotated[
        bool, typer.Option("--show", help="Print the letters and publish nothing.")
    ] = False,
) -> None:
    """Publish the page of facts of an approved run, with the wording of its letters.

    Nothing of a run begins before: whoever gets a letter can look up there what it is about.
    """
    person = signed_in(as_)
    run = runs.named(name)
    columns = (SpinnerColumn(), TextColumn("letters"), BarColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("letters", total=BUCKETS)
        wording = draw_up(run, clock.now(), lambda done: bar.advance(task, done))
    if show:
        for one in specimens.read(wording):
            print(f"{one.brand}, {one.locale}, {one.kind}: {one.mailboxes:,}\n\n{one.line}\n")
            print(one.plain)
        return
    specimens.publish(run, wording.digest, person, clock.now())
    print(f"{name}: public, with {len(wording.letters)} letters; `ristoro run {name}` acts")


@app.command()
def copy(
    out: Annotated[Path, typer.Option(help="The folder to make; replaced at once when whole.")],
    url: Annotated[str, typer.Option(help="Where the public reads it: https://stato.example.it/")],
) -> None:
    """Write every public page, feed and answer as files that any web server can serve.

    Run it every minute from a timer, to a place that stands when everything else is down.
    """
    columns = (SpinnerColumn(), TextColumn("{task.completed} files"))
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("files", total=None)
        copied = copies.copy(url, out, lambda done: bar.advance(task, done))
    word = "as it was" if copied.same else "new"
    print(f"{out}: {copied.files} files, {copied.octets:,} octets, {word}")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The facts, a JSON file.")],
    key: Annotated[
        Path, typer.Option(help="The key, in PEM, from a place that you trust.", metavar="FILE")
    ],
) -> None:
    """Say whether facts are, in every figure, what the provider signed; exit 1 where not."""
    if not is_signed(_facts(file), trusted_key(key)):
        Console(stderr=True).print(f"{file}: NOT what the holder of this key signed")
        raise typer.Exit(1)
    print(f"{file}: signed by the holder of this key, and unchanged")


def _facts(file: Path) -> dict[str, object]:
    try:
        found = json.loads(_read(file))
    except ValueError as error:
        raise _wrong(file, f"it is no JSON: {error}", "fetch it again") from error
    if not isinstance(found, dict):
        raise _wrong(file, "it is no JSON object", "fetch it again")
    return found


def trusted_key(file: Path) -> str:
    """The key in a PEM file, in base64; ``BadInput`` where it is none, or not Ed25519."""
    try:
        key = load_pem_public_key(_read(file))
    except ValueError as error:
        raise _wrong(file, "it is no key in PEM", "fetch /.well-known/ristoro-facts.pem") from error
    if not isinstance(key, Ed25519PublicKey):
        raise _wrong(file, "it is no Ed25519 key", "fetch /.well-known/ristoro-facts.pem")
    return in_base64(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _wrong(file, str(error.strerror), "name a file that can be read") from error


def _wrong(file: Path, what: str, todo: str) -> BadInput:
    return bad_input(
        "not-readable", what, "nothing can be said of the facts", todo, Place(str(file))
    )
