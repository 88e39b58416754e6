"""What a run gives, as `ristoro decide` shows it and an approver reads it: one table, one total.

Amounts are in words that a person can compare; exact sums stand in ``totals.json`` and in the
line that the approver retypes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ristoro.kernel.money import Money

SIZES = ("KiB", "MiB", "GiB", "TiB", "PiB")
LEAST_OF_A_SIZE = 10
"""A size is said in the largest unit of which there are so many, so that a tenth says enough."""

CONSENTS = {"automatic": "unasked", "confirm": "on a yes", "claim": "on a claim"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ``depth`` 0 is a remedy, 1 a rule, 2 a brand's plan or a reason."""

    depth: int
    what: str
    mailboxes: str = ""
    amount: str = ""


def show(totals: Mapping[str, Any], console: Console) -> None:
    """Print the totals of a run, as ``remedies.totals`` makes them, for any width from 60 up."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("", overflow="fold")
    table.add_column("mailboxes", justify="right", no_wrap=True)
    table.add_column("amount", justify="right", no_wrap=True)
    for number, row in enumerate(rows(totals)):
        if row.depth == 0 and number:
            table.add_row()
        what = Text(row.what, "bold" if row.depth == 0 else "")
        table.add_row(Padding(what, (0, 0, 0, 2 * row.depth)), row.mailboxes, row.amount)
    console.print(table, highlight=False)
    console.print()
    for line in alternatives(totals):
        console.print(line, highlight=False, style="yellow")
    console.print(f"Total to approve: {totals['approval_total']}", highlight=False, soft_wrap=True)


def rows(totals: Mapping[str, Any]) -> Iterator[Row]:
    """Every line of the table: each remedy, its rules that give, then why the rest get nothing."""
    for remedy in totals["remedies"]:
        title = remedy["title"]["en"]
        yield Row(0, f"{remedy['remedy']}: {title}, as {remedy['lane']}")
        for _, group in groupby(remedy["owed"], key=lambda line: (line["rule"], line["kind"])):
            yield from _rule(list(group))
        none = [line for line in remedy["nothing"] if line["count"]]
        if none:
            yield Row(1, "nothing", f"{sum(line['count'] for line in none):,}")
        for line in none:
            yield Row(2, _why(line), f"{line['count']:,}")


def _rule(lines: list[Mapping[str, Any]]) -> Iterator[Row]:
    first = lines[0]
    yield Row(
        1,
        f"{first['rule']}: {first['kind']}, {CONSENTS[first['consent']]}",
        f"{sum(line['count'] for line in lines):,}",
        _amount(lines),
    )
    for brand, group in groupby(lines, key=lambda line: line["brand"]):
        for line in group:
            yield Row(2, f"{brand} {line['plan']}", f"{line['count']:,}", _amount([line]))


def _amount(lines: list[Mapping[str, Any]]) -> str:
    whole = sum(line["amount"] for line in lines)
    return amount_words(whole, lines[0]["unit"], lines[0]["currency"])


def _why(line: Mapping[str, Any]) -> str:
    told = line.get("because", {}).get("en", "")
    return f"{line['reason']}: {told}" if told else str(line["reason"])


def amount_words(amount: int, unit: str, currency: str) -> str:
    """An amount as a person reads it: money exactly, sizes to a tenth of a unit of 1024s."""
    if currency:
        return Money(amount, currency).words("en")
    if unit == "bytes":
        return size_words(amount)
    return f"{amount:,} {unit}"


def size_words(size: int) -> str:
    """``593.8 GiB``; exact where it is below 10 KiB."""
    for power in range(len(SIZES), 0, -1):
        one = 1024**power
        if size >= LEAST_OF_A_SIZE * one:
            whole, tenth = divmod((size * 20 + one) // (2 * one), 10)
            return f"{whole:,}.{tenth} {SIZES[power - 1]}"
    return f"{size:,} bytes"


def alternatives(totals: Mapping[str, Any]) -> list[str]:
    """One plain line for each choice among remedies, so that nobody adds them up as a cost."""
    choices: dict[str, list[str]] = {}
    for remedy in totals["remedies"]:
        if remedy.get("choice"):
            choices.setdefault(remedy["choice"], []).append(remedy["remedy"])
    return [
        f"{', '.join(names[:-1])} and {names[-1]} are alternatives: a mailbox that is owed more"
        " than one of them gets one. The total counts them all: no more than that is given, and"
        " less where a mailbox is owed several."
        for names in choices.values()
        if len(names) > 1
    ]
