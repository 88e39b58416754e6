"""``ristoro host``: the embedded mail host, for the demo and for trying things out."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Annotated

import pyarrow.parquet as pq
import typer
from imapclient.exceptions import IMAPClientError
from rich.console import Console
from rich.progress import Progress

from ristoro import wiring
from ristoro.edges.mailhosts.imap import ImapServer, session
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel.errors import BadInput, Missing, Problem, bad_input

NOTICES = "<ristoro."
"""How the Message-ID of every notice begins."""

_COLUMNS = ["address", "storage_bytes", "used_bytes", "closed_at"]

app = typer.Typer(
    help="The embedded mail host: a private Dovecot that needs no root.", no_args_is_help=True
)


@app.command()
def start() -> None:
    """Start it, unless it runs, and wait until it answers."""
    wiring.embedded_host().start()
    status()


@app.command()
def stop() -> None:
    """Stop it, if it runs. Mail, limits and ports are kept."""
    wiring.embedded_host().stop()
    status()


@app.command()
def status() -> None:
    """Whether it runs, where it listens, how many mailboxes it has, and how to log in."""
    host = wiring.embedded_host()
    now = host.status()
    console = Console(highlight=False, soft_wrap=True)
    console.print("stopped" if now.pid is None else f"running, process {now.pid}")
    for service, port in now.ports.items():
        console.print(f"  {service:<10} 127.0.0.1:{port}")
    console.print(f"  mailboxes  {now.mailboxes}")
    console.print(f"  folder     {now.folder}")
    console.print(f"  password   {host.reader_password()}   (of every sample mailbox)")


@app.command()
def provision(
    estate: Annotated[
        Path, typer.Option(help="The snapshot (.parquet) whose open mailboxes are made.")
    ],
) -> None:
    """Make a snapshot's open mailboxes, with their limits, as full as the snapshot says."""
    snapshot = open_snapshot(estate)
    with Progress() as bar:
        task = bar.add_task("mailboxes", total=snapshot.rows)
        made = wiring.embedded_host().provision_sample(
            open_boxes(snapshot.path), lambda count: bar.update(task, completed=count)
        )
        bar.update(task, completed=snapshot.rows)
    typer.echo(f"{made} mailboxes; {snapshot.rows - made} of the snapshot are closed")


@app.command()
def read(
    address: Annotated[str, typer.Argument(help="The mailbox to read.")],
    password: Annotated[
        str | None, typer.Option(help="Its password, if it is no sample mailbox.")
    ] = None,
) -> None:
    """Print the newest notice of a mailbox, read by IMAP as its holder would."""
    host = wiring.embedded_host()
    raw = newest_notice(host.settings().imap, address, password or host.reader_password())
    if raw is None:
        typer.echo(f"There is no notice in the mailbox {address}.")
        return
    typer.echo(shown(raw))


def open_boxes(path: Path) -> Iterator[tuple[str, int, int]]:
    """Address, limit and use in bytes of each mailbox that is not closed."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=10_000, columns=_COLUMNS):
            for address, limit, used, closed in zip(
                *(batch.column(name).to_pylist() for name in _COLUMNS), strict=True
            ):
                if closed is None:
                    yield address, limit, used


def newest_notice(server: ImapServer, address: str, password: str) -> bytes | None:
    """The bytes of the newest notice in INBOX; ``None`` where there is none.

    Raises ``BadInput`` where the mailbox cannot be opened, ``Missing`` where the host is down.
    """
    try:
        with session(server, address, password) as client:
            client.select_folder("INBOX", readonly=True)
            uids = client.search(["HEADER", "Message-ID", NOTICES])
            if not uids:
                return None
            raw: bytes = client.fetch([max(uids)], ["BODY.PEEK[]"])[max(uids)][b"BODY[]"]
            return raw
    except IMAPClientError as error:
        raise _closed(address, error) from error
    except OSError as error:
        raise Missing(
            Problem(
                "host-down", "the mail host does not answer", str(error), "`ristoro host start`"
            )
        ) from error


def _closed(address: str, error: IMAPClientError) -> BadInput:
    return bad_input(
        "mailbox-closed",
        f"the mailbox {address} does not open",
        str(error),
        "check the address; give its password with --password if it is no sample mailbox",
    )


def shown(raw: bytes) -> str:
    """A message as text: who, what, when, then its plain text as a reader shows it."""
    message = message_from_bytes(raw, _class=EmailMessage, policy=default)
    named = ("From", "To", "Subject", "Date")
    lines = [f"{name}: {message[name]}" for name in named if name in message]
    body = message.get_body(("plain",))
    return "\n".join([*lines, "", "" if body is None else body.get_content()])
