"""``ristoro evidence gaps`` and ``compare``: what was published and declared, beside the logs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ristoro import env
from ristoro.claims.evidence.comparing import Comparison, Disagreement, exposure
from ristoro.claims.evidence.found import Came
from ristoro.claims.evidence.gaps import Flaw, Gaps, Seen, Stores
from ristoro.claims.evidence.gaps import gaps as found_gaps
from ristoro.edges.mail_logs.folder import Folder, all_folders, open_folder
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing, Problem
from ristoro.kernel.spans import Span
from ristoro.kernel.visible import on_one_line
from ristoro.outages.declare import read_outage
from ristoro.outages.outage import Outage
from ristoro.outages.timeline import ranges


class Form(StrEnum):
    """How it is printed."""

    TEXT = "text"
    JSON = "json"


_Outage = Annotated[Path, typer.Option(help="The outage, as YAML.")]
_Evidence = Annotated[
    list[Path] | None,
    typer.Option(help="An import's folder; again for more. Left out: every import there is."),
]
_Form = Annotated[Form, typer.Option("--format", help="How it is printed.")]
_FLAWS: Mapping[Flaw, str] = {
    Flaw.HOLE: "nothing is said of mail that came then",
    Flaw.BEFORE: "shut before the first window of mail, and nothing is said of mail",
    Flaw.AFTER: "still shut after the last window of mail, and nothing is said of mail",
    Flaw.UNSAID: "shut, and nothing is said of mail at all",
    Flaw.CONFLICT: "two windows say different things",
}
_CAME: Mapping[Came, str] = {
    Came.DELIVERED: "delivered at once",
    Came.LATE: "delivered late",
    Came.BOUNCED: "bounced",
    Came.EXPIRED: "given up",
    Came.DELETED: "deleted by hand",
    Came.HELD: "on hold",
    Came.WAITING: "waiting where the logs end",
    Came.NOT_SHOWN: "no line says how it ended",
    Came.NEVER_OURS: "never whole",
    Came.PASSED_ON: "passed on",
}
MOST = 20


def gaps(outage: _Outage, evidence: _Evidence = None, form: _Form = Form.TEXT) -> None:
    """Hold what was published of lost and late mail against itself and against the logs."""
    declared = read_outage(outage)
    found = found_gaps(declared.windows, _folders(evidence), clock.micros(clock.now()))
    console = Console(highlight=False, soft_wrap=True, markup=False)
    if form is Form.JSON:
        console.print(json.dumps(found.as_json(), indent=2))
    else:
        _print_gaps(console, declared, found)


def compare(
    estate: Annotated[Path, typer.Option(help="The snapshot, a Parquet file.")],
    outage: _Outage,
    out: Annotated[Path, typer.Option(help="The folder to write into.")],
    evidence: _Evidence = None,
    form: _Form = Form.TEXT,
) -> None:
    """Write what the logs show for each mailbox, and where they and the outage disagree."""
    declared = read_outage(outage)
    folders = _folders(evidence)
    if not folders:
        raise Missing(
            Problem(
                "no-evidence",
                "no logs were imported",
                "there is nothing to compare the outage with",
                "import some: ristoro evidence import /var/log/mail.log*",
            )
        )
    now = clock.micros(clock.now())
    with Console(stderr=True).status("") as status:
        found = exposure(folders, open_snapshot(estate), declared, out, now, status.update)
    console = Console(highlight=False, soft_wrap=True, markup=False)
    if form is Form.JSON:
        console.print(json.dumps(found.as_json(), indent=2))
    else:
        _print_comparison(console, declared, found, out)


def _folders(named: Sequence[Path] | None) -> list[Folder]:
    if named:
        return [open_folder(path) for path in named]
    return all_folders(env.current().home)


def _print_gaps(console: Console, outage: Outage, found: Gaps) -> None:
    console.print("What was said of mail")
    for one in found.said:
        mark = "  (mail was delivered at once in it)" if one.contradicted else ""
        console.print(f"  {_span(one.span, outage)}  {one.condition}: {one.source}{mark}")
        _print_seen(console, one.seen, one.span, outage)
    console.print(f"\nWhat was not said: {len(found.gaps) or 'nothing'}")
    for gap in found.gaps:
        console.print(f"  {_span(gap.span, outage)}  {_FLAWS[gap.flaw]}")
        console.print(f"    {_stores(gap.stores)}")
        for word, source in (("before", gap.before), ("after", gap.after)):
            if source:
                console.print(f"    {word} it: {source}")
        _print_seen(console, gap.seen, gap.span, outage)


def _print_seen(console: Console, seen: Seen, span: Span, outage: Outage) -> None:
    if not seen.covered:
        console.print("    logs: none of this time, so nothing can be proven of it")
        return
    parts = [f"{_CAME[came]} {number:,}" for came, number in sorted(seen.came.items())]
    told = ", ".join(parts) or "no message came"
    if list(seen.covered) != [span]:
        covered = ", ".join(_span(one, outage) for one in seen.covered)
        told += f" (only of {covered})"
    console.print(f"    logs: {told}")


def _print_comparison(console: Console, outage: Outage, found: Comparison, out: Path) -> None:
    console.print(f"{found.mailboxes:,} mailboxes with faults; written to {out}")
    console.print(
        f"{found.named:,} of {found.estate:,} mailboxes are named by a line;"
        " of the others nothing can be proven"
    )
    console.print(f"{found.faults:,} faults, {found.undeclared:,} of them in no declared window")
    titles = {
        "faults-outside": "Failed outside every declared window",
        "good-inside": "Worked while declared down",
    }
    for kind, title in titles.items():
        lines = [one for one in found.disagreements if one.kind == kind]
        console.print(f"\n{title}: {sum(one.facts for one in lines):,}")
        for one in sorted(lines, key=lambda one: -one.facts)[:MOST]:
            _print_disagreement(console, one, outage)
        if lines[MOST:]:
            console.print(f"  and {len(lines) - MOST} more, in the file")
    for silent in found.silent:
        console.print(
            f"\nNo line of {silent.component} of {silent.brand}, on {ranges(silent.stores)}:"
            " nothing can be proven of it"
        )


def _print_disagreement(console: Console, one: Disagreement, outage: Outage) -> None:
    where = f"{one.component} of {one.brand} on {one.store}"
    span = _span(Span(one.first, one.last), outage)
    console.print(f"  {where}: {one.facts:,}, of {one.mailboxes:,} mailboxes, {span}")
    for sample in one.samples[:2]:
        line = sample.where
        where = on_one_line(f"{line.file}:{line.line}")
        console.print(f"    {sample.what}, mailbox {sample.mailbox_id}: {where}")


def _stores(stores: Stores) -> str:
    brands: dict[str, list[str]] = {}
    for brand, store in stores:
        brands.setdefault(brand, []).append(store)
    return "; ".join(f"{brand}: {ranges(names)}" for brand, names in brands.items())


def _span(span: Span, outage: Outage) -> str:
    first, last = (clock.instant(at).astimezone(outage.zone) for at in span)
    return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"
