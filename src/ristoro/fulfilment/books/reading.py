"""The books to look at: the trial balance, what each nature and run comes to, and the entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet, Sum

from ristoro.fulfilment.books.accounts import Account, Nature, Side
from ristoro.fulfilment.books.entries import LINES_AN_ENTRY, Line
from ristoro.fulfilment.books.models import Balance, BookEntry, BookLine
from ristoro.fulfilment.books.posting import NO_RUN

AT_ONCE = 200
SPLIT = 1 << 24
"""Sums of bytes are made in two parts: together they would not fit into a database's integers."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of which run, account and nature entries are to be found, and between which instants.

    ``run_id`` 0 is for entries of no run; ``None`` is for any.
    """

    run_id: int | None = None
    account: Account | None = None
    nature: Nature | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What the lines of an account, a nature, a unit and a run come to on both sides."""

    run_id: int
    account: Account
    nature: Nature
    unit: str
    debit: int
    credit: int
    lines: int

    @property
    def balance(self) -> int:
        """Debit less credit."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class Posted:
    """An entry as it stands in the books."""

    id: int
    key: str
    at: datetime
    about: str
    code: str
    mailbox_id: int | None
    run_id: int | None
    remedy: int | None
    lines: tuple[Line, ...]


def rows(wanted: Wanted = Wanted()) -> list[Row]:
    """The balances by run, account, nature and unit, of what is wanted at any time."""
    found = _filtered(Balance.objects.all(), wanted)
    sums = (
        found.values("run_id", "account", "nature", "unit")
        .annotate(
            debit_high=Sum(F("debit") / SPLIT),
            debit_low=Sum(F("debit") % SPLIT),
            credit_high=Sum(F("credit") / SPLIT),
            credit_low=Sum(F("credit") % SPLIT),
            count=Sum("lines"),
        )
        .order_by("account", "nature", "unit", "run_id")
    )
    return [
        Row(
            run_id=one["run_id"],
            account=Account(one["account"]),
            nature=Nature(one["nature"]),
            unit=one["unit"],
            debit=int(one["debit_high"]) * SPLIT + int(one["debit_low"]),
            credit=int(one["credit_high"]) * SPLIT + int(one["credit_low"]),
            lines=int(one["count"]),
        )
        for one in sums
    ]


def summed(
    found: Sequence[Row], by_run: bool = False, by_nature: bool = False, by_account: bool = True
) -> list[Row]:
    """The rows put together; what is not kept apart is of the first row's, by account and unit."""
    groups: dict[tuple[int, int, int, str], list[Row]] = defaultdict(list)
    for row in found:
        key = (
            row.run_id if by_run else 0,
            int(row.account) if by_account else 0,
            int(row.nature) if by_nature else 0,
            row.unit,
        )
        groups[key].append(row)
    return [
        Row(
            run_id=each[0].run_id,
            account=each[0].account,
            nature=each[0].nature,
            unit=key[3],
            debit=sum(one.debit for one in each),
            credit=sum(one.credit for one in each),
            lines=sum(one.lines for one in each),
        )
        for key, each in sorted(groups.items())
    ]


def page(wanted: Wanted, below: int | None, most: int) -> list[Posted]:
    """At most so many entries, the newest first, with an id below one; by indexes alone."""
    if wanted.account is None and wanted.nature is None:
        entries = _of_run(BookEntry.objects.all(), wanted)
        if below is not None:
            entries = entries.filter(id__lt=below)
        ids = list(entries.order_by("-id").values_list("id", flat=True)[:most])
    else:
        ids = sorted(_with_lines(wanted, below, most), reverse=True)[:most]
    return read(ids)


def one(number: int) -> Posted | None:
    """The entry with this id."""
    found = read([number])
    return found[0] if found else None


def read(ids: Sequence[int]) -> list[Posted]:
    """These entries with their lines, in the order given; what is not there is left out."""
    entries = {entry.id: entry for entry in BookEntry.objects.filter(id__in=list(ids))}
    lines = _lines(ids)
    return [_posted(entries[one], lines[one]) for one in ids if one in entries]


def walk(wanted: Wanted) -> Iterator[Posted]:
    """Every entry of a run, or of all, between two instants, the oldest first.

    Account and nature are not asked for: an entry is whole or left out.
    """
    entries = _of_run(BookEntry.objects.all(), wanted)
    if wanted.since is not None:
        entries = entries.filter(at__gte=wanted.since)
    if wanted.until is not None:
        entries = entries.filter(at__lt=wanted.until)
    last = 0
    while some := list(entries.filter(id__gt=last).order_by("id")[:AT_ONCE]):
        lines = _lines([entry.id for entry in some])
        for entry in some:
            yield _posted(entry, lines[entry.id])
        last = some[-1].id


def about_mailbox(mailbox_id: int, most: int) -> list[Posted]:
    """The newest entries of one mailbox."""
    found = BookEntry.objects.filter(mailbox_id=mailbox_id).order_by("-id")
    return read(list(found.values_list("id", flat=True)[:most]))


def _filtered(found: QuerySet[Balance], wanted: Wanted) -> QuerySet[Balance]:
    if wanted.run_id is not None:
        found = found.filter(run_id=wanted.run_id)
    if wanted.account is not None:
        found = found.filter(account=wanted.account)
    if wanted.nature is not None:
        found = found.filter(nature=wanted.nature)
    return found


def _of_run(entries: QuerySet[BookEntry], wanted: Wanted) -> QuerySet[BookEntry]:
    if wanted.run_id is None:
        return entries
    return entries.filter(run_id=None if wanted.run_id == NO_RUN else wanted.run_id)


def _with_lines(wanted: Wanted, below: int | None, most: int) -> set[int]:
    """The newest entries that have a line on the account, of the nature, or both.

    One short read of an index for each account and nature that could be meant.
    """
    found: set[int] = set()
    bound = Q() if below is None else Q(id__lt=below * LINES_AN_ENTRY)
    if wanted.run_id is not None:
        bound &= Q(run_id=None if wanted.run_id == NO_RUN else wanted.run_id)
    for account in [wanted.account] if wanted.account else Account:
        for nature in [wanted.nature] if wanted.nature else Nature:
            lines = BookLine.objects.filter(bound, account=account, nature=nature)
            # both sides of one entry may be on the account: twice as many lines at most are read
            ids = lines.order_by("-id").values_list("id", flat=True)[: 2 * most]
            found.update(number // LINES_AN_ENTRY for number in ids)
    return found


def _lines(ids: Sequence[int]) -> dict[int, list[Line]]:
    """The lines of entries, by entry, in one read."""
    found: dict[int, list[Line]] = defaultdict(list)
    if not ids:
        return found
    wanted = set(ids)
    low, high = min(ids) * LINES_AN_ENTRY, (max(ids) + 1) * LINES_AN_ENTRY
    near = max(ids) - min(ids) < 8 * len(ids) + AT_ONCE
    if near:
        lines = BookLine.objects.filter(id__gte=low, id__lt=high)
    else:
        ranges = (Q(id__gte=one * LINES_AN_ENTRY, id__lt=(one + 1) * LINES_AN_ENTRY) for one in ids)
        either = Q()
        for one_range in ranges:
            either |= one_range
        lines = BookLine.objects.filter(either)
    fields = ("id", "account", "nature", "side", "amount", "unit")
    for number, account, nature, side, amount, unit in lines.order_by("id").values_list(*fields):
        entry = number // LINES_AN_ENTRY
        if entry in wanted:
            line = Line(Account(account), Nature(nature), Side(side), amount, unit)
            found[entry].append(line)
    return found


def _posted(entry: BookEntry, lines: Sequence[Line]) -> Posted:
    return Posted(
        id=entry.id,
        key=entry.key,
        at=entry.at,
        about=entry.about,
        code=entry.code,
        mailbox_id=entry.mailbox_id,
        run_id=entry.run_id,
        remedy=entry.remedy,
        lines=tuple(lines),
    )
