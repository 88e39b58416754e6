"""The bank's files: received, looked at, and applied to the payments that they speak of.

Applying the same file twice changes nothing, and a process that is ended in between is made good
by applying again: each line moves a payment by compare-and-set, with its entry in the books.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from ristoro.edges.billing.sepa.messages import read
from ristoro.edges.billing.sepa.saying import BankWords, PayeeAnswer, Said, Word
from ristoro.fulfilment.payments import files
from ristoro.fulfilment.payments.booking import book
from ristoro.fulfilment.payments.deciding import note
from ristoro.fulfilment.payments.models import (
    Attempt,
    BankFile,
    Batch,
    BatchState,
    Payment,
    PaymentState,
    Stray,
)
from ristoro.fulfilment.payments.states import OPEN, after
from ristoro.fulfilment.payments.steps import Move, move_many, written_reason
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import Missing, NotAllowed, Problem
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

AT_ONCE = 500

KNOWN = "known"
"""What a line says is known already."""

FOREIGN, AMOUNT, CONTRADICTS, TWICE = "foreign", "amount-differs", "contradicts", "booked-twice"
SUM = "sum-differs"
STRAYS: Mapping[str, str] = {
    FOREIGN: "The reference is of no payment of ours.",
    AMOUNT: "The amount, or the currency, is not that of the payment.",
    CONTRADICTS: "It cannot have happened to the payment where that stands.",
    TWICE: "The bank booked the payment once more, under another reference of its own.",
    SUM: "What was booked in one sum is not what is open of that batch.",
}
"""The codes of lines that change nothing and are listed."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one line does to one payment: a move, or nothing, by ``code``."""

    word: Word
    code: str
    """``booked``, ``refused``, …; ``known``; or one of ``STRAYS``."""
    payment: Payment | None = None
    after: PaymentState | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would change now, by what it would do; the first of each, to look at."""

    counts: Mapping[str, int]
    samples: Mapping[str, Sequence[Effect]]


def receive(
    pieces: Iterable[bytes], name: str, folder: Path, person: Person, at: datetime
) -> BankFile:
    """Keep a file of the bank's under its digest, once it was read whole; nothing is applied.

    ``BadInput`` with the line and why where it is refused, and nothing is kept then. The same
    bytes again are the same file.
    """
    people.require(person, Role.FINANCE)
    found: list[BankWords] = []

    def write(out: BinaryIO) -> None:
        def copied() -> Iterator[bytes]:
            for piece in pieces:
                out.write(piece)
                yield piece

        found.append(read(copied(), name))

    digest = files.keep(folder, write, lambda _: None)
    told = found[0]
    with transaction.atomic():
        kept, made = BankFile.objects.get_or_create(
            digest=digest,
            defaults={
                "name": name[:120],
                "kind": told.kind,
                "message_id": told.message_id,
                "octets": (folder / files.named(digest)).stat().st_size,
                "received_by": person.name,
                "received_at": at,
            },
        )
        if made:
            data = {"sha256": digest, "name": kept.name, "kind": kept.kind}
            append(person.name, names.BANK_FILE_RECEIVED, f"bank file {digest}", data, at)
    return kept


def preview(file: BankFile, folder: Path, most: int = 20) -> Preview:
    """What the file would change, were it applied now; at most ``most`` samples of each."""
    counts: Counter[str] = Counter()
    samples: dict[str, list[Effect]] = {}
    moved: dict[int, PaymentState] = {}
    for some in _effects(_words(file, folder), moved):
        for one in some:
            effect = one
            row = one.payment
            if row is not None and row.pk in moved:
                row.state = moved[row.pk]
                effect = _effect(one.word, row, {})
            if row is not None and effect.after is not None:
                moved[row.pk] = effect.after
            counts[effect.code] += 1
            shown = samples.setdefault(effect.code, [])
            if len(shown) < most:
                shown.append(effect)
    return Preview(dict(counts), samples)


def apply(
    file: BankFile,
    folder: Path,
    person: Person,
    at: datetime,
    progress: Callable[[int], None] = lambda _: None,
) -> BankFile:
    """Apply the file; what it changed is in its ``counts``, what it did not is listed as strays.

    Five hundred lines are one transaction, with their entries in the books.
    """
    people.require(person, Role.FINANCE)
    if file.applied_at is not None:
        return file
    counts: Counter[str] = Counter()
    for words in _slices(_words(file, folder)):
        # The effects are reckoned again in the transaction, behind the rows' locks.
        with transaction.atomic():
            for effects in _effects(words, {}, locked=True):
                counts.update(_done(file, effects, at))
        progress(len(words))
    with transaction.atomic():
        closed = BankFile.objects.filter(pk=file.pk, applied_at=None).update(
            applied_by=person.name, applied_at=at, counts=dict(counts)
        )
        if closed:
            data = {"sha256": file.digest, "kind": file.kind, **counts}
            append(person.name, names.BANK_FILE_APPLIED, f"bank file {file.digest}", data, at)
    return BankFile.objects.get(pk=file.pk)


def handle(stray: Stray, reason: str, person: Person, at: datetime) -> None:
    """Say what became of a line that changed nothing, so that it is no longer open."""
    people.require(person, Role.FINANCE)
    why = written_reason(reason)
    with transaction.atomic():
        moved = Stray.objects.filter(pk=stray.pk, handled_at=None).update(
            handled_by=person.name, handled_reason=why, handled_at=at
        )
        if not moved:
            raise NotAllowed(
                Problem(
                    "payment-moved",
                    "somebody has said so already",
                    "a line is handled once",
                    "look at the list again",
                )
            )
        data = {"code": stray.code, "line": stray.line, "reason": why}
        append(person.name, names.STRAY_HANDLED, f"bank file {stray.file.digest}", data, at)


def file_of(digest: str) -> BankFile:
    """The file with that digest; ``Missing`` where none was received."""
    found = BankFile.objects.filter(digest=digest).first()
    if found is None:
        raise Missing(
            Problem(
                "not-there",
                f"no file of the bank's has the digest {digest!r}",
                "a file is known once it was received",
                "receive it: `ristoro payments read FILE`",
            )
        )
    return found


def _words(file: BankFile, folder: Path) -> Sequence[Word]:
    path = folder / files.named(file.digest)
    if not path.is_file():
        raise Missing(
            Problem(
                "not-there",
                f"the file {file.name!r} is not in the folder any more",
                f"it was kept as {path}",
                "receive it again from the bank",
            )
        )
    return read(files.pieces(path), file.name).words


def _slices(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    for first in range(0, len(words), AT_ONCE):
        yield words[first : first + AT_ONCE]


def _effects(
    words: Sequence[Word], moved: Mapping[int, PaymentState], *, locked: bool = False
) -> Iterator[list[Effect]]:
    """What each line does, a slice at a time; a line about a whole batch has one for each in it.

    ``moved`` is where lines before these would have moved payments, had they been applied.
    """
    rows = Payment.objects.select_for_update() if locked else Payment.objects.all()
    for some in _slices(words):
        singles = [word for word in some if not word.whole]
        references = {word.end_to_end for word in singles}
        found = {row.end_to_end: row for row in rows.filter(end_to_end__in=references)}
        former = {
            one.end_to_end: PaymentState(one.state)
            for one in Attempt.objects.filter(end_to_end__in=references - found.keys())
        }
        for row in found.values():
            row.state = moved.get(row.pk, row.state)
        yield [_effect(word, found.get(word.end_to_end), former) for word in singles]
        for word in some:
            if word.whole:
                batch = Batch.objects.filter(name=word.whole, state=BatchState.RELEASED).first()
                if batch is None:
                    yield [Effect(word, FOREIGN)]
                    continue
                of_batch = list(rows.filter(batch=batch).order_by("pk"))
                for row in of_batch:
                    row.state = moved.get(row.pk, row.state)
                yield from _slices_of(_of_whole(word, batch, of_batch))


def _slices_of(effects: list[Effect]) -> Iterator[list[Effect]]:
    for first in range(0, len(effects), AT_ONCE):
        yield effects[first : first + AT_ONCE]


def _effect(word: Word, row: Payment | None, former: Mapping[str, PaymentState]) -> Effect:
    if row is None:
        if word.end_to_end not in former:
            return Effect(word, FOREIGN)
        said = after(former[word.end_to_end], word.said)
        same = said is former[word.end_to_end]
        return Effect(word, KNOWN if same else CONTRADICTS)
    if word.amount is not None and (word.amount, word.currency) != (row.amount, row.currency):
        return Effect(word, AMOUNT, row)
    before = PaymentState(row.state)
    if word.said is Said.VERIFIED:
        if row.answer == word.answer:
            return Effect(word, KNOWN, row)
        can = before in OPEN or before is PaymentState.REFUSED
        return Effect(word, "answered" if can else CONTRADICTS, row)
    later = after(before, word.said)
    if later is None:
        return Effect(word, CONTRADICTS, row)
    if later is before:
        twice = word.said is Said.BOOKED and _differ(row.booking, word.booking)
        return Effect(word, TWICE if twice else KNOWN, row)
    return Effect(word, later.name.lower(), row, later)


def _differ(booking: str, other: str) -> bool:
    return bool(booking) and bool(other) and booking != other


def _of_whole(word: Word, batch: Batch, rows: Sequence[Payment]) -> list[Effect]:
    """What a line about a whole batch does to each payment that is still open in it.

    One booked sum is of all that the bank has not refused: where it is another sum, nothing moves.
    """
    if word.said in (Said.RETURNED, Said.CREDITED):
        return [Effect(word, CONTRADICTS)]
    if word.said is Said.BOOKED:
        sent = [row for row in rows if row.state != PaymentState.REFUSED]
        agrees = word.amount == sum(row.amount for row in sent) and word.currency == batch.currency
        if not agrees or word.count not in (None, len(sent)):
            return [Effect(word, SUM)]
        rows = sent
    open_ = [row for row in rows if row.state in OPEN]
    if not open_:
        known = word.said is not Said.REFUSED or all(
            row.state in (PaymentState.REFUSED, PaymentState.RETURNED) for row in rows
        )
        return [Effect(word, KNOWN if known else CONTRADICTS)]
    single = [_effect(_about(word, row), row, {}) for row in open_]
    return [one for one in single if one.code != KNOWN] or [Effect(word, KNOWN)]


def _about(word: Word, row: Payment) -> Word:
    return Word(
        line=word.line,
        place=word.place,
        said=word.said,
        end_to_end=row.end_to_end,
        code=word.code,
        text=word.text,
        booking=word.booking,
        on=word.on,
        answer=word.answer,
    )


def _done(file: BankFile, effects: Sequence[Effect], at: datetime) -> Counter[str]:
    """Do what the lines do; how many of each."""
    moves: list[Move] = []
    strays: list[Stray] = []
    counts: Counter[str] = Counter()
    moved: set[int] = set()
    for one in effects:
        row, effect = one.payment, one
        if row is not None and row.pk in moved:
            # A line before this one moved it: what this one does is reckoned from there.
            effect = _effect(one.word, row, {})
        if row is not None and effect.after is not None:
            moves.append(_moved(row, effect.word, effect.after))
            moved.add(row.pk)
        elif row is not None and effect.code == "answered":
            note(row, PayeeAnswer(effect.word.answer or 0), effect.word.name)
        elif effect.code in STRAYS:
            strays.append(_stray(file, effect))
        counts[effect.code] += 1
    Stray.objects.bulk_create(strays, ignore_conflicts=True)
    move_many(moves, at)
    book([(one.payment, one.before, one.after) for one in moves], at)
    return counts


def _moved(row: Payment, word: Word, later: PaymentState) -> Move:
    before = PaymentState(row.state)
    row.state = later
    row.why = word.code[:40] if later in _WITH_REASON else ""
    if later is PaymentState.BOOKED:  # a return has a reference of its own
        row.booking = word.booking[:60]
    return Move(row, before, later)


_WITH_REASON = frozenset({PaymentState.REFUSED, PaymentState.RETURNED})


def _stray(file: BankFile, effect: Effect) -> Stray:
    word = effect.word
    return Stray(
        file=file,
        place=word.place,
        line=word.line,
        end_to_end=word.end_to_end or word.whole,
        code=effect.code,
        said=word.said.value,
        amount=word.amount,
        currency=word.currency,
        text=f"{word.code} {word.text}".strip()[:500],
    )
