"""``ristoro policy diff``: who gains and who loses by another version of a policy."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from ristoro.cli.preview import amount_words
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel.clock import parse_instant
from ristoro.kernel.errors import Place, bad_input
from ristoro.kernel.frames import Limits
from ristoro.remedies.comparing import diff as differing
from ristoro.remedies.comparing.diff import OTHER_KIND, TOLD_OTHERWISE, Diff, Line, Sample
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.checked import UNIT_OF

EFFECTS = {
    differing.GAINS: "gain",
    differing.LOSES: "lose",
    OTHER_KIND: "get something of another kind",
    TOLD_OTHERWISE: "get the same on other grounds",
}


def diff(
    old: Annotated[Path, typer.Argument(help="The policy as it was (YAML).")],
    new: Annotated[Path, typer.Argument(help="The policy as it would be (YAML).")],
    estate: Annotated[Path, typer.Option(help="The snapshot (Parquet).")],
    outage: Annotated[Path, typer.Option(help="The declared outage (YAML).")],
    facts: Annotated[
        Path | None, typer.Option(help="Facts for single mailboxes (Parquet), by input.")
    ] = None,
    until: Annotated[
        str, typer.Option(help="The instant at which to count an outage still going as ended.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option(help="A new folder for changes.parquet and diff.json.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
    threads: Annotated[int, typer.Option(min=1, help="Threads to use.")] = 2,
    memory: Annotated[int, typer.Option(min=64, help="Memory for columns, in MiB.")] = 400,
) -> None:
    """Decide two versions over one estate and say who gains, who loses and how much."""
    rows = open_snapshot(estate).rows * sum(len(load_policy(p).remedies) for p in (old, new))
    columns = (
        TextColumn("deciding both"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("deciding", total=rows)
        found = differing.diff(
            old, new, estate, outage, out,
            facts=facts, until=_instant(until) if until else None,
            limits=Limits(threads, memory), progress=lambda done: bar.advance(task, done),
        )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(found.as_dict(), indent=2, ensure_ascii=False))
        return
    _show(found, Console(highlight=False, soft_wrap=True))


def _show(found: Diff, console: Console) -> None:
    for which, side in (("old", found.old), ("new", found.new)):
        console.print(f"{which}: {side.policy} version {side.version}: {side.approval_total}")
        if side.as_if_in_force:
            console.print("     as if it had held at the outage: it holds only from a later day")
    console.print("\nThe rules", style="bold")
    for change in found.rules:
        console.print(f"  {change.words()}", markup=False)
    if not found.rules:
        console.print("  say the same.")
    console.print(f"\nOver {found.mailboxes:,} mailboxes", style="bold")
    if not found.lines:
        console.print("  every outcome is the same.")
    for (remedy, effect), group in groupby(found.lines, key=lambda one: (one.remedy, one.effect)):
        lines = list(group)
        count = sum(line.mailboxes for line in lines)
        console.print(f"\n{remedy}: {count:,} {EFFECTS[effect]}", style="bold", markup=False)
        console.print(_table(lines))
        for sample in found.samples:
            if (sample.remedy, sample.effect) == (remedy, effect):
                console.print(f"  e.g. {_sample(sample)}", markup=False)
    for remedy, count in found.unchanged.items():
        console.print(f"\n{remedy}: {count:,} unchanged", markup=False)


def _table(lines: list[Line]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2), header_style="dim")
    table.add_column("rule, brand, plan", overflow="fold")
    for name in ("mailboxes", "before", "after", "difference"):
        table.add_column(name, justify="right", no_wrap=True)
    for line in lines:
        table.add_row(f"{_rules(line)}, {line.brand} {line.plan}", *_cells([line]))
    kinds = {(line.kind_before, line.kind_after, line.currency) for line in lines}
    if len(lines) > 1 and len(kinds) == 1:
        table.add_row("together", *_cells(lines), style="bold")
    return table


def _rules(line: Line) -> str:
    before, after = line.rule_before or "–", line.rule_after or "–"
    return before if before == after else f"{before} → {after}"


def _cells(lines: list[Line]) -> tuple[str, str, str, str]:
    first = lines[0]
    before, after = sum(one.before for one in lines), sum(one.after for one in lines)
    count = f"{sum(line.mailboxes for line in lines):,}"
    was = _amount(before, first.kind_before, first.currency)
    now = _amount(after, first.kind_after, first.currency)
    if first.effect == OTHER_KIND:
        return count, was, now, "–"
    apart = _amount(abs(after - before), first.kind_after, first.currency)
    return count, was, now, f"{'−' if after < before else '+'}{apart}"


def _amount(amount: int, kind: str, currency: str) -> str:
    unit = UNIT_OF[kind][0]
    return amount_words(amount, unit, currency if unit == "minor" else "")


def _sample(one: Sample) -> str:
    was, now = (
        f"{_amount(number, kind, one.currency)} ({kind})" if number else "nothing"
        for number, kind in ((one.before, one.kind_before), (one.after, one.kind_after))
    )
    return f"{one.address} ({one.plan}): {was} → {now}"


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise bad_input(
            "bad-instant",
            f"{text!r} is no instant",
            str(error),
            "write it as 2023-01-28T18:00+01:00",
            Place("--until"),
        ) from None
