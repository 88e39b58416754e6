"""Walking the journal's chain from its first entry, to find the first thing wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ristoro.journal.append import FIRST_PREVIOUS, Head, hash_of_data, hash_of_entry
from ristoro.journal.models import Detail, Entry
from ristoro.kernel.errors import Place, Problem
from ristoro.kernel.keys import canonical_json

ENTRIES_A_STEP = 2_000


@dataclass(frozen=True, slots=True)
class Verification:
    """How far the chain was walked, and what stopped it; ``problem`` is ``None`` when whole."""

    entries: int
    shredded: int
    head: Head | None
    problem: Problem | None

    @property
    def whole(self) -> bool:
        return self.problem is None


def length() -> int:
    """How many entries the chain has, as far as its last number tells."""
    last = Entry.objects.order_by("-number").values_list("number", flat=True).first()
    return last or 0


def is_as_written(entry: Entry, detail: Detail | None) -> bool:
    """Whether an entry and its detail hash to what the chain vouches for, the links aside."""
    whole = entry.hash == hash_of_entry(entry) and detail is not None
    if not whole or detail is None or detail.data is None:
        return whole
    return entry.data_hash == hash_of_data(detail.salt, canonical_json(detail.data))


def verify(
    expected: Head | None = None, progress: Callable[[int], None] = lambda entries: None
) -> Verification:
    """Walk the whole chain and stop at the first gap, broken link, or altered entry or detail.

    ``progress`` is told how many more entries were walked, some at a time. A shredded detail is in
    order: its hash remains. A chain that was cut short at its end is whole in itself; only
    ``expected``, a head noted earlier, can tell.
    """
    entries = shredded = 0
    head: Head | None = None
    expected_seen = expected is None
    for entry, detail in _walk():
        problem = _wrong(entry, detail, head)
        if problem:
            return Verification(entries, shredded, head, problem)
        head = Head(entry.number, entry.hash)
        expected_seen = expected_seen or head == expected
        entries += 1
        if entries % ENTRIES_A_STEP == 0:
            progress(ENTRIES_A_STEP)
        shredded += detail is not None and detail.data is None
    progress(entries % ENTRIES_A_STEP)
    problem = None
    if not expected_seen and expected is not None:
        problem = _problem(
            "journal-cut",
            expected.number,
            "the head noted earlier is not in the chain",
            "entries after it, and perhaps it, were cut off or made anew",
        )
    elif extra := Detail.objects.filter(number__gt=head.number if head else 0).first():
        problem = _problem(
            "journal-cut",
            extra.number,
            "there is a detail without its entry",
            "the entries at the end of the chain were cut off",
        )
    return Verification(entries, shredded, head, problem)


def _walk() -> Iterator[tuple[Entry, Detail | None]]:
    after = None
    while True:
        entries = Entry.objects.order_by("number")
        if after is not None:
            entries = entries.filter(number__gt=after)
        step = list(entries[:ENTRIES_A_STEP])
        if not step:
            return
        details = Detail.objects.in_bulk([entry.number for entry in step])
        for entry in step:
            yield entry, details.get(entry.number)
        after = step[-1].number


def _wrong(entry: Entry, detail: Detail | None, before: Head | None) -> Problem | None:
    number, previous = (before.number + 1, before.hash) if before else (1, FIRST_PREVIOUS)
    if entry.number != number:
        return _problem(
            "journal-gap",
            number,
            f"entry {number} is missing: entry {entry.number} follows",
            "an entry was removed, or numbers were changed",
        )
    if entry.previous != previous:
        return _problem(
            "journal-link",
            number,
            f"entry {number} names another hash than that of the entry before",
            "an entry was put in, replaced or changed",
        )
    if entry.hash != hash_of_entry(entry):
        return _problem(
            "journal-entry",
            number,
            f"entry {number} does not hash to its hash",
            "its time, actor, name or subject was changed",
        )
    if detail is None:
        return _problem(
            "journal-detail",
            number,
            f"the detail of entry {number} is missing",
            "shredding keeps the row; this one was deleted",
        )
    if detail.data is None:
        if detail.shredded_at is None:
            return _problem(
                "journal-detail",
                number,
                f"the detail of entry {number} is empty and nobody shredded it",
                "shredding notes when and why",
            )
        return None
    if entry.data_hash != hash_of_data(detail.salt, canonical_json(detail.data)):
        return _problem(
            "journal-detail",
            number,
            f"the detail of entry {number} does not hash to its hash",
            "the data was changed",
        )
    return None


def _problem(code: str, number: int, what: str, why: str) -> Problem:
    return Problem(
        code,
        what,
        why,
        "keep the database as it is and compare with a backup from before",
        Place("journal", line=number),
    )
