"""The books for accountants: CSV files, and one archive of them with the SHA-256 of each.

Amounts stand twice: as whole minor units, and as a text with two decimals whose mark is the one
asked for. Nothing is rounded, and no amount has a sign: what is owed and what is had are columns.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

from ristoro.fulfilment.books.accounts import ACCOUNTS_IN, IN_KIND, Account, Side
from ristoro.fulfilment.books.entries import Line
from ristoro.fulfilment.books.models import Term
from ristoro.fulfilment.books.posting import NO_RUN
from ristoro.fulfilment.books.reading import Row, Wanted, rows, summed, walk
from ristoro.kernel.money import Money
from ristoro.kernel.sheets import Cell, lines
from ristoro.remedies.models import Run

SUMS = "SHA256SUMS"
JOURNAL, BALANCE = "journal.csv", "trial-balance.csv"
BY_NATURE, BY_RUN, ACCOUNTS, READ_ME = "by-nature.csv", "by-run.csv", "accounts.csv", "READ-ME.txt"

_SIDES = ("debit", "credit", "debit_units", "credit_units")
HEADS: Mapping[str, Sequence[str]] = {
    JOURNAL: (
        *("entry", "line", "at", "what", "about", "key", "run", "remedy", "mailbox_id"),
        *("account", "account_name", "nature", *_SIDES, "unit"),
    ),
    BALANCE: ("account", "account_name", *_SIDES, "balance_debit", "balance_credit", "unit"),
    BY_NATURE: ("nature", "account", "account_name", *_SIDES, "unit"),
    BY_RUN: ("run", "nature", "account", "account_name", *_SIDES, "unit"),
    ACCOUNTS: ("account", "name_it", "name_en", "group"),
}

_READ_ME = """\
Books of Ristoro, {what}, drawn up {at} UTC.

journal.csv        every line of every entry, oldest first; an entry's debits equal its credits
trial-balance.csv  each account and unit: both sides, and which way it balances
by-nature.csv      the same by accounting nature
by-run.csv         the same by run and nature
accounts.csv       the accounts, in Italian and English
SHA256SUMS         the SHA-256 of each of these files: sha256sum --check SHA256SUMS

UTF-8 with a byte-order mark, comma between cells, text in double quotes, RFC 4180. The decimal mark
is a {mark}. debit_units and credit_units are the same amounts as whole numbers: minor units (cents)
of a currency, or the bytes, months or days of what is given in kind. An apostrophe before a cell
that would begin a formula is not part of it.
{scope}
"""
_WHOLE = "The trial balance and the sums are of the whole books."
_PART = (
    "journal.csv has the entries from {since} to before {until}; the other files are of all time."
)


@dataclass(frozen=True, slots=True)
class Style:
    """How amounts and names are written: the decimal mark, and the language of the accounts."""

    mark: str = ","
    lang: str = "it"

    def amount(self, amount: int, unit: str) -> str:
        """``1234,50``: no grouping, so that no program takes it for another number."""
        if not amount:
            return ""
        plain = str(amount) if unit in IN_KIND else Money(amount, unit).plain()
        return plain.replace(".", self.mark)


def journal(wanted: Wanted, style: Style) -> Iterator[Sequence[Cell]]:
    """One row a line."""
    names, remedies = _run_names(), _remedies()
    for entry in walk(wanted):
        about = (
            entry.at.astimezone(UTC),
            entry.code,
            entry.about,
            entry.key,
            names.get(entry.run_id or NO_RUN, ""),
            remedies.get((entry.run_id, entry.remedy), ""),
            entry.mailbox_id,
        )
        for place, line in enumerate(entry.lines):
            yield (entry.id, place + 1, *about, *_account(line.account, style), line.nature.word,
                   *_sides(line, style), line.unit)  # fmt: skip


def trial_balance(found: Sequence[Row], style: Style) -> Iterator[Sequence[Cell]]:
    """One row for each account and unit."""
    for row in summed(found):
        over, under = max(row.balance, 0), max(-row.balance, 0)
        yield (
            *_account(row.account, style),
            *_both(row, style),
            style.amount(over, row.unit),
            style.amount(under, row.unit),
            row.unit,
        )


def by_nature(found: Sequence[Row], style: Style) -> Iterator[Sequence[Cell]]:
    """One row for each nature, account and unit."""
    parted = summed(found, by_nature=True)
    for row in sorted(parted, key=lambda one: (one.nature, one.account, one.unit)):
        yield (row.nature.word, *_account(row.account, style), *_both(row, style), row.unit)


def by_run(found: Sequence[Row], style: Style) -> Iterator[Sequence[Cell]]:
    """One row for each run, nature, account and unit; entries of no run are of none."""
    names = _run_names()
    for row in summed(found, by_run=True, by_nature=True):
        run = names.get(row.run_id, "")
        yield (run, row.nature.word, *_account(row.account, style), *_both(row, style), row.unit)


def accounts() -> Iterator[Sequence[Cell]]:
    """The chart of accounts."""
    for account in Account:
        italian, english = ACCOUNTS_IN["it"][account], ACCOUNTS_IN["en"][account]
        yield (int(account), italian, english, account.group.value)


def write(
    out: IO[bytes],
    wanted: Wanted,
    style: Style,
    at: datetime,
    progress: Callable[[int], None] = lambda rows: None,
) -> dict[str, str]:
    """Write the archive; the SHA-256 of each file in it, by name."""
    found = rows(Wanted(run_id=wanted.run_id))
    tables: dict[str, Iterable[Sequence[Cell]]] = {
        JOURNAL: watched(journal(wanted, style), progress),
        BALANCE: trial_balance(found, style),
        BY_NATURE: by_nature(found, style),
        BY_RUN: by_run(found, style),
        ACCOUNTS: accounts(),
    }
    digests: dict[str, str] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, table in tables.items():
            digests[name] = _put(archive, name, lines(HEADS[name], table), at)
        told = _read_me(wanted, style, at).encode()
        digests[READ_ME] = _put(archive, READ_ME, iter([told]), at)
        sums = "".join(f"{digest}  {name}\n" for name, digest in digests.items())
        _put(archive, SUMS, iter([sums.encode()]), at)
    return digests


def _put(archive: zipfile.ZipFile, name: str, parts: Iterator[bytes], at: datetime) -> str:
    stamp = at.astimezone(UTC)
    info = zipfile.ZipInfo(name, (stamp.year, stamp.month, stamp.day, *(stamp.hour, 0, 0)))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    digest = hashlib.sha256()
    with archive.open(info, "w", force_zip64=True) as file:
        for part in parts:
            digest.update(part)
            file.write(part)
    return digest.hexdigest()


def _read_me(wanted: Wanted, style: Style, at: datetime) -> str:
    run = "" if wanted.run_id is None else _run_names().get(wanted.run_id, "")
    scope = _WHOLE
    if wanted.since is not None or wanted.until is not None:
        since = (
            f"{wanted.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if wanted.since else "the first"
        )
        until = f"{wanted.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if wanted.until else "the end"
        scope = _PART.format(since=since, until=until)
    return _READ_ME.format(
        what=f"the run {run}" if run else "whole",
        at=f"{at.astimezone(UTC):%Y-%m-%d %H:%M}",
        mark={",": "comma", ".": "point"}[style.mark],
        scope=scope,
    )


def watched(
    table: Iterator[Sequence[Cell]], progress: Callable[[int], None]
) -> Iterator[Sequence[Cell]]:
    """The rows of a table, each told to ``progress``."""
    for row in table:
        progress(1)
        yield row


def _account(account: Account, style: Style) -> tuple[int, str]:
    return int(account), ACCOUNTS_IN[style.lang][account]


def _sides(line: Line, style: Style) -> tuple[Cell, Cell, Cell, Cell]:
    shown = style.amount(line.amount, line.unit)
    if line.side is Side.DEBIT:
        return shown, "", line.amount, 0
    return "", shown, 0, line.amount


def _both(row: Row, style: Style) -> tuple[Cell, Cell, Cell, Cell]:
    debit, credit = style.amount(row.debit, row.unit), style.amount(row.credit, row.unit)
    return debit, credit, row.debit, row.credit


def _run_names() -> dict[int, str]:
    return dict(Run.objects.values_list("pk", "name"))


def _remedies() -> dict[tuple[int | None, int | None], str]:
    terms = Term.objects.values_list("run_id", "remedy", "name")
    return {(run, remedy): name for run, remedy, name in terms}
