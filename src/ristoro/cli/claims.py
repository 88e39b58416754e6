"""``ristoro claims``: the signed bundle of a claim, its check, and what becomes of settled ones."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from django.db import transaction
from rich.console import Console

from ristoro import env, wiring
from ristoro.claims import choosing, giving, settle, terms
from ristoro.claims.bundle.gather import gather
from ristoro.claims.bundle.pack import digest, pack
from ristoro.claims.bundle.verify import MOST_BYTES, Checked
from ristoro.claims.bundle.verify import verify as verify_bundle
from ristoro.claims.models import Claim, ClaimState
from ristoro.claims.moving import journal
from ristoro.cli.public import trusted_key
from ristoro.cli.staff import As, signed_in
from ristoro.journal import names
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, Missing, Place, Problem, bad_input
from ristoro.kernel.visible import on_one_line
from ristoro.staff import people
from ristoro.staff.models import Role

app = typer.Typer(help="Claims for damages: their bundles, and what becomes of the settled ones.")


@app.command()
def bundle(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The claim: R-2023-000123.")],
    as_: As,
    out: Annotated[
        Path | None, typer.Option(help="The file to write; NUMBER.zip if left out.")
    ] = None,
) -> None:
    """Write the signed bundle of a claim: facts, evidence with custody, rule, decision, letters.

    For an examiner or an auditor; it is in the journal, with the bundle's digest.
    """
    person = signed_in(as_)
    people.require(person, Role.EXAMINER, Role.AUDITOR)
    claim = Claim.objects.filter(number=number).exclude(state=ClaimState.DRAFT).first()
    if claim is None:
        raise Missing(
            Problem(
                "no-claim",
                f"there is no claim {number!r}",
                "a number is given when a claim is filed",
                "look for it among the claims of the console",
            )
        )
    environment, now = env.current(), clock.now()
    contents = gather(claim, environment.home, wiring.writer(environment))
    packed = pack(contents, now, wiring.facts_key(environment))
    with transaction.atomic():
        journal(claim, names.CLAIM_BUNDLED, person, {"sha256": digest(packed)}, now)
    file = out or Path(f"{number}.zip")
    try:
        file.write_bytes(packed)
    except OSError as error:
        raise _wrong(file, str(error.strerror), "name a file that can be written") from error
    print(f"{file}: {len(packed):,} octets, SHA-256 {digest(packed)}")


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The bundle, a zip file.")],
    key: Annotated[
        Path, typer.Option(help="The key, in PEM, from a place that you trust.", metavar="FILE")
    ],
) -> None:
    """Say whether a bundle is, to the last byte, what the provider signed; exit 1 where not.

    Needs no database and no network. Each thing that is wrong is named with the file it is in.
    """
    try:
        with file.open("rb") as opened:
            octets = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise _wrong(file, str(error.strerror), "name a file that can be read") from error
    checked = verify_bundle(octets, trusted_key(key))
    if not checked.whole:
        _say_faults(file, checked)
        raise typer.Exit(1)
    print(
        f"{file}: claim {checked.claim}, as it stood at {checked.at}; {checked.files} files,"
        " signed by the holder of this key, and unchanged"
    )


@app.command()
def follow() -> None:
    """Look how settled claims stand, and write it down. For a timer; `ristoro tend` does it too.

    What a holder chose in kind is given and looked at; where nobody chose by the last day, the
    money is listed to be paid. No payment is made by it, and none is asked for again.
    """
    for line in follow_all(clock.now()):
        print(line)


def follow_all(at: datetime) -> list[str]:
    """What moved of settled claims, a line each: choices not made, gifts in kind, payments."""
    today = terms.of_house().day(at)
    return [
        f"{choosing.lapse(today, at)} choices passed their last day: the money is paid",
        f"{giving.follow(wiring.claim_doors, at)} gifts in kind stand otherwise than before",
        f"{settle.follow(at)} payments stand otherwise than before",
    ]


def _say_faults(file: Path, checked: Checked) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"{file}: NOT as it was signed", markup=False)
    for fault in checked.faults:
        where = f"{fault.file}: " if fault.file else ""
        console.print(f"  {on_one_line(where + fault.words)} [{fault.code}]", markup=False)


def _wrong(file: Path, what: str, todo: str) -> BadInput:
    return bad_input("not-readable", what, "nothing can be done with it", todo, Place(str(file)))
