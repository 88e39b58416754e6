"""``ristoro mailbox``: a whole mailbox exported, or moved to another provider, for its holder."""

from __future__ import annotations

import getpass
import os
import sys
from contextlib import closing
from glob import escape
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ristoro import env, wiring
from ristoro.edges.mailboxes.catalogue import Catalogue
from ristoro.edges.mailboxes.contract import Mailbox
from ristoro.edges.mailboxes.elsewhere import service_elsewhere
from ristoro.edges.mailboxes.export import Export, Form
from ristoro.edges.mailboxes.imap import sign_in
from ristoro.edges.mailboxes.moving import move as move_all
from ristoro.edges.mailboxes.passage import Passage, name_of
from ristoro.edges.mailboxes.reading import Changed
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing, Problem, bad_input

OWN, OTHER = "RISTORO_MAILBOX_PASSWORD", "RISTORO_TARGET_PASSWORD"

app = typer.Typer(help="A holder's whole mailbox, to take along.", no_args_is_help=True)

Address = Annotated[
    str,
    typer.Argument(metavar="ADDRESS", help=f"The mailbox; asks for its password, or reads {OWN}."),
]


@app.command()
def export(
    address: Address,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The zip to write.")],
    form: Annotated[
        Form, typer.Option("--format", help="One file for each message, or for each folder.")
    ] = Form.MAILDIR,
) -> None:
    """Write the whole mailbox into a zip with a manifest of checksums.

    The file is there when it is whole. The same command goes on where an interrupted one was.
    """
    if out.exists():
        raise bad_input(
            "out-exists",
            f"{out} is there already",
            "it may be a whole mailbox",
            "name another file, or remove it",
        )
    with (
        closing(_signed_in(address)) as mailbox,
        closing(_listed(out, mailbox, address)) as catalogue,
        _bar() as bar,
    ):
        whole = Export(catalogue, form)
        try:
            part = _written(out, whole, mailbox, bar)
        except Changed:  # the sizes are right now, and the bytes another file's
            part = _written(out, whole, mailbox, bar)
        count = catalogue.count()[0]
    part.rename(out)
    for left in _unfinished(out):
        left.unlink()
    _say(f"{out}: {count} messages, {out.stat().st_size} bytes.")


def _listed(out: Path, mailbox: Mailbox, address: str) -> Catalogue:
    """The list that an interrupted export of this mailbox left, or a new one."""
    kept = out.with_name(f"{out.name}.list")
    if kept.exists():
        catalogue = Catalogue(kept)
        about = catalogue.about()
        if about.owner == address.lower() and not about.broken:
            return catalogue
        catalogue.close()
    for left in _unfinished(out):
        left.unlink()
    return Catalogue.made(kept, mailbox, address.lower(), clock.now())


def _written(out: Path, export: Export, mailbox: Mailbox, bar: Progress) -> Path:
    """The whole zip, in a file named for exactly these bytes: what it has is their start."""
    part = out.with_name(f"{out.name}.{export.token()}.part")
    part.touch(mode=0o600)
    first = part.stat().st_size
    task = bar.add_task("bytes", total=export.length(), completed=first)
    with part.open("ab") as file:
        for data in export.stream(mailbox, first):
            file.write(data)
            bar.advance(task, len(data))
        file.flush()
        os.fsync(file.fileno())
    return part


def _unfinished(out: Path) -> list[Path]:
    """What exports into this file have left beside it."""
    return [
        *out.parent.glob(f"{escape(out.name)}.*.part"),
        *out.parent.glob(f"{escape(out.name)}.list"),
    ]


@app.command()
def move(
    address: Address,
    to: Annotated[
        str, typer.Option(metavar="NAME", help=f"The new mailbox; asks, or reads {OTHER}.")
    ],
    host: Annotated[str, typer.Option(metavar="HOST", help="The new provider's IMAP server.")],
    starttls: Annotated[
        bool, typer.Option("--starttls", help="STARTTLS on port 143, not TLS on port 993.")
    ] = False,
) -> None:
    """Copy a whole mailbox to another provider: folders, flags and dates, each message once.

    A move that was cut off goes on where it was; moved again, only what is new is copied.
    """
    reach = wiring.holders(env.current()).moves
    service = service_elsewhere(host, reach, starttls=starttls)
    home = env.current().home
    path = home / "moves" / f"{name_of(address, service.host, to)}.sqlite"
    with (
        closing(_signed_in(address)) as source,
        closing(sign_in(service, to, _password(OTHER, f"Password of {to}: "))) as target,
        closing(Passage(path)) as passage,
        _bar() as bar,
    ):
        task = bar.add_task("messages", total=None)

        def step(count: int) -> None:
            told = passage.progress()
            bar.update(task, advance=count, total=told.total if told else None)

        move_all(source, target, passage, clock.now, progress=step)
        told, refused = passage.progress(), passage.refused()
    assert told is not None
    _say(f"{told.copied} of {told.total} messages are at {told.target}.")
    for one in refused:
        _say(f"not taken: {one.folder}, message {one.uid}: {one.because}")
    if told.missing or refused:
        raise typer.Exit(1)


def _signed_in(address: str) -> Mailbox:
    service = wiring.holders(env.current()).imap
    return sign_in(service, address, _password(OWN, f"Password of {address}: "))


def _password(name: str, prompt: str) -> str:
    environment = env.current()
    if environment.values.get(name) or environment.values.get(f"{name}_FILE"):
        return environment.secret(name)
    if not sys.stdin.isatty():
        raise Missing(
            Problem(
                "no-password",
                "there is nobody to ask for a password",
                "standard input is not a terminal",
                f"set {name} or {name}_FILE",
            )
        )
    return getpass.getpass(prompt)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _say(text: str) -> None:
    Console().print(text, highlight=False, soft_wrap=True)
