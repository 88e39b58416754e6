"""``ristoro notice``: keys, codes and the linkless lint."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from django.db.models import QuerySet
from rich.console import Console
from rich.table import Table

from ristoro import env, wiring
from ristoro.kernel import clock
from ristoro.kernel.errors import bad_input
from ristoro.notices import codes, previews
from ristoro.notices.brands import read_brands
from ristoro.notices.facts import Brand
from ristoro.notices.keys import dns_record, make_keys, read_signers
from ristoro.notices.lint import lint as lint_message
from ristoro.notices.models import Notice, NoticeState
from ristoro.notices.verify import verify
from ristoro.remedies.runs import read_decided

app = typer.Typer(
    help="Notices: previews, signing keys, codes, the linkless lint.", no_args_is_help=True
)

CODE_SECRET = "RISTORO_NOTICE_SECRET"  # noqa: S105 - the secret's name, not the secret
"""The secret that codes are made with; ``Environment.make_secret`` fills it."""


class Language(StrEnum):
    """A language that letters are written in."""

    IT = "it"
    EN = "en"


BrandsFile = Annotated[
    Path | None,
    typer.Option(help="File of the brands that may write, if not the one in RISTORO_BRANDS."),
]
Message = Annotated[Path, typer.Argument(help="A message as a file (.eml).")]


@app.command()
def keys(brands: BrandsFile = None) -> None:
    """Make the signing keys that are missing, and print the DNS records to publish."""
    folder = wiring.dkim_folder(env.current())
    for brand in brands_of(brands).values():
        for path in make_keys(folder, brand):
            typer.echo(f"; made {path}")
        for signer in read_signers(folder, brand):
            typer.echo(dns_record(signer).zone_line())


@app.command()
def check(
    code: Annotated[str, typer.Argument(help="The code as the holder reads it.")],
    mailbox: Annotated[
        str, typer.Option(help="The holder's address; without it only the form is checked.")
    ] = "",
) -> None:
    """Say whether a code is that of a notice in this mailbox."""
    printed = codes.check(code)
    if printed is None:
        typer.echo("No: no notice has such a code. Look for a letter read or typed wrong.")
        raise typer.Exit(1)
    if not mailbox:
        typer.echo(f"{printed} has the form of a code. Name the mailbox to know whose it is.")
        return
    secret = env.current().secret(CODE_SECRET).encode()
    notices: QuerySet[Notice] = Notice.objects.filter(address=mailbox).select_related("run")
    for notice in notices:
        if codes.matches(secret, notice.run.name, notice.id, printed):
            state = NoticeState(notice.state).label.lower()
            typer.echo(f"Yes: notice {notice.id} of run {notice.run.name} to {mailbox}, {state}.")
            return
    typer.echo(f"No: no notice to {mailbox} has the code {printed}.")
    raise typer.Exit(1)


@app.command()
def lint(
    file: Message,
    signed: Annotated[bool, typer.Option(help="Judge the signatures too, by our keys.")] = False,
    brands: BrandsFile = None,
) -> None:
    """Judge a message as the linkless lint does; exit code 1 where it has findings."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise bad_input(
            "no-file", f"{file} cannot be read", str(error.strerror), "name a message's file"
        ) from error
    findings = lint_message(raw)
    if findings:
        table = Table("part", "at", "code", "words", "why", "write instead")
        for found in findings:
            words = found.words.encode("unicode_escape").decode()
            table.add_row(found.part, str(found.offset), found.code, words, found.why, found.todo)
        Console().print(table)
    typer.echo(f"{len(findings)} findings")
    genuine = not signed or _signatures(raw, brands)
    if findings or not genuine:
        raise typer.Exit(1)


@app.command()
def preview(
    run: Annotated[
        Path, typer.Option(metavar="DIR", help="The folder that `ristoro decide` wrote.")
    ],
    lang: Annotated[Language | None, typer.Option(help="Only letters in this language.")] = None,
) -> None:
    """Print the letters of a decided run, and judge every class of them; exit 1 on a finding.

    One of each kind, brand and language is shown, and all that have findings.
    """
    decided = read_decided(run)
    shown: set[tuple[str, str, str]] = set()
    classes = refused = 0
    for one in previews.previews(decided, wiring.preview_desk(decided, clock.now())):
        subject = one.subject
        if lang is not None and subject.locale != lang.value:
            continue
        classes += 1
        refused += bool(one.findings)
        letter = (subject.kind.folder, subject.brand.code, subject.locale)
        if letter not in shown or one.findings:
            shown.add(letter)
            typer.echo(f"=== {', '.join(letter)} ===\nSubject: {one.line}\n\n{one.plain}")
            for problem in previews.problems_of(one, decided.directory):
                typer.echo(f"REFUSED {problem}\n")
    verdict = f"{refused} refused" if refused else "no link, and nothing that becomes one"
    typer.echo(f"{classes} classes of letters judged, {len(shown)} shown: {verdict}.")
    if refused:
        raise typer.Exit(1)


def brands_of(file: Path | None) -> Mapping[str, Brand]:
    """The brands of a file, else those of the house."""
    return wiring.brands_of(env.current()) if file is None else read_brands(file)


def _signatures(raw: bytes, brands: Path | None) -> bool:
    folder = wiring.dkim_folder(env.current())
    signers = [s for brand in brands_of(brands).values() for s in read_signers(folder, brand)]
    found = verify(raw, [dns_record(signer) for signer in signers])
    for selector in found.valid:
        typer.echo(f"signature {selector}: holds")
    for failure in found.failed:
        typer.echo(f"signature {failure}")
    return found.genuine
