"""The bank's files read: kept once they were read whole, looked at, applied, each line once.

Nothing that the bank says is dropped: a line moves a payment, says what is known already, or is
listed as a stray until a person has said what became of it. A payment of which the bank said
nothing stays where it is. A file is read as a stream, however large it is, and what was applied is
known line by line: whoever goes on after a process that ended goes on behind the last one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction

from ristoro.edges.billing.sepa.elements import MOST_BYTES
from ristoro.edges.billing.sepa.messages import Message
from ristoro.edges.billing.sepa.saying import PayeeAnswer, Word
from ristoro.fulfilment.payments import effects, files
from ristoro.fulfilment.payments.booking import book
from ristoro.fulfilment.payments.deciding import note
from ristoro.fulfilment.payments.effects import ANSWERED, KNOWN, STRAYS, Effect
from ristoro.fulfilment.payments.failing import follow
from ristoro.fulfilment.payments.letters import Told
from ristoro.fulfilment.payments.models import BankFile, Payment, PaymentState, Stray
from ristoro.fulfilment.payments.steps import Move, move_many, written_reason
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import BadInput, Missing, NotAllowed, Place, Problem, bad_input
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

SAMPLES = 10
"""Lines of each kind that are kept to be looked at."""

Progress = Callable[[int], None]


def _unwatched(_: int) -> None:
    """For whoever does not want to know how far it is."""


def arrive(pieces: Iterable[bytes], name: str, folder: Path) -> str:
    """Put a file that comes in under its digest, unread; ``BadInput`` where it is too large.

    What nobody takes in is removed after a time (``files.sweep``).
    """

    def write(out: BinaryIO) -> None:
        size = 0
        for piece in pieces:
            size += len(piece)
            if size > MOST_BYTES:
                raise bad_input(
                    "too-large",
                    "the bank's file was refused; nothing of it was taken",
                    f"it has more than {MOST_BYTES} bytes",
                    "have the bank send it in several files",
                    Place(name),
                )
            out.write(piece)

    return files.keep(folder, write, lambda _: None)


def take_in(
    digest: str,
    name: str,
    folder: Path,
    person: Person,
    at: datetime,
    progress: Progress = _unwatched,
) -> BankFile:
    """Know a file that has arrived, once it was read whole; nothing is applied.

    ``progress`` is told the bytes that were read. ``BadInput`` with the line and why where it is
    refused, and the file is removed then. The same bytes again are the same file.
    """
    people.require(person, Role.FINANCE)
    path = folder / files.named(digest)
    message, lines = Message(name), 0
    try:
        for _ in message.words(_told(files.pieces(path), progress)):
            lines += 1
    except BadInput:
        if not BankFile.objects.filter(digest=digest).exists():
            path.unlink(missing_ok=True)
        raise
    with transaction.atomic():
        kept, made = BankFile.objects.get_or_create(
            digest=digest,
            defaults={
                "name": name[:120],
                "kind": message.kind,
                "message_id": message.message_id,
                "octets": path.stat().st_size,
                "lines": lines,
                "received_by": person.name,
                "received_at": at,
            },
        )
        if made:
            data = {"sha256": digest, "name": kept.name, "kind": kept.kind}
            append(person.name, names.BANK_FILE_RECEIVED, f"bank file {digest}", data, at)
    return kept


def receive(
    pieces: Iterable[bytes], name: str, folder: Path, person: Person, at: datetime
) -> BankFile:
    """``arrive`` and ``take_in``."""
    people.require(person, Role.FINANCE)
    return take_in(arrive(pieces, name, folder), name, folder, person, at)


def look(file: BankFile, folder: Path, at: datetime, progress: Progress = _unwatched) -> BankFile:
    """Note in the file's ``looked`` what it would change, were the rest of it applied now.

    ``counts`` are of every line, ``samples`` of the first of each kind, to be looked at.
    """
    counts: Counter[str] = Counter()
    samples: dict[str, list[dict[str, Any]]] = {}
    moved: dict[int, PaymentState] = {}
    for words in effects.parts(_rest(file, folder)):
        for some in _looked(words, moved):
            for one in some:
                counts[one.code] += 1
                shown = samples.setdefault(one.code, [])
                if len(shown) < SAMPLES:
                    shown.append(_sample(one))
        progress(len(words))
    BankFile.objects.filter(pk=file.pk).update(
        looked={"counts": dict(counts), "samples": samples}, looked_at=at
    )
    return BankFile.objects.get(pk=file.pk)


def apply(
    file: BankFile,
    folder: Path,
    person: Person,
    at: datetime,
    progress: Progress = _unwatched,
) -> BankFile:
    """Apply the rest of the file; what it changed is in its ``counts``, what it did not is listed.

    Five hundred lines are one transaction, with their entries in the books and how far it is. All
    that a file changes has the instant at which it was first begun.
    """
    people.require(person, Role.FINANCE)
    if file.applied_at is not None:
        return file
    if file.begun_at is None:
        BankFile.objects.filter(pk=file.pk, begun_at=None).update(begun_at=at)
    going = BankFile.objects.get(pk=file.pk)
    began = going.begun_at or at
    for words in effects.parts(_rest(going, folder)):
        if words[0].whole:
            _apply_whole(going, words[0], began)
        else:
            with transaction.atomic():
                found = effects.of_singles(words, {}, locked=True)
                _advance(going, len(words), _done(going, found, began))
        progress(len(words))
    with transaction.atomic():
        closed = BankFile.objects.filter(pk=file.pk, applied_at=None).update(
            applied_by=person.name, applied_at=at
        )
        if closed:
            data = {"sha256": file.digest, "kind": file.kind, **going.counts}
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


def _rest(file: BankFile, folder: Path) -> Iterator[Word]:
    """What the file says behind what was applied; ``Missing`` where it is not as it was kept."""
    path = folder / files.named(file.digest)
    if not files.is_whole(folder, file.digest):
        raise Missing(
            Problem(
                "not-there",
                f"the file {file.name!r} is not in the folder any more as it was received",
                f"it was kept as {path}",
                "receive it again from the bank",
            )
        )
    return islice(Message(file.name).words(files.pieces(path)), file.done, None)


def _told(pieces: Iterable[bytes], progress: Progress) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        progress(len(piece))


def _looked(words: Sequence[Word], moved: dict[int, PaymentState]) -> Iterator[list[Effect]]:
    """What these lines would do; where that moves payments, ``moved`` says so from then on."""
    if not words[0].whole:
        yield list(_in_turn(effects.of_singles(words, moved), moved))
        return
    batch, code = effects.of_whole(words[0], moved)
    any_, last = False, 0
    while batch is not None:
        some, last = effects.open_of(words[0], batch, moved, last)
        if not last:
            break
        any_ = any_ or bool(some)
        yield list(_in_turn(some, moved))
    if not any_:
        yield [Effect(words[0], code or KNOWN)]


def _in_turn(found: Iterable[Effect], moved: dict[int, PaymentState]) -> Iterator[Effect]:
    """The same effects, each reckoned from where those before it leave its payment."""
    turned: set[int] = set()
    for one in found:
        row, effect = one.payment, one
        if row is not None and row.pk in turned:
            row.state = moved[row.pk]
            effect = effects.again(one)
        if row is not None and effect.after is not None:
            moved[row.pk] = effect.after
            turned.add(row.pk)
        yield effect


def _sample(one: Effect) -> dict[str, Any]:
    word, row = one.word, one.payment
    return {
        "payment": None if row is None else row.pk,
        "reference": word.end_to_end or word.whole,
        "code": word.code,
        "answer": None if word.answer is None else int(word.answer),
    }


def _apply_whole(file: BankFile, word: Word, at: datetime) -> None:
    """Apply what is said of a whole message, to some of its payments at a time."""
    batch, code = effects.of_whole(word, {})
    any_, last = False, 0
    while batch is not None:
        with transaction.atomic():
            some, last = effects.open_of(word, batch, {}, last, locked=True)
            if some:
                _advance(file, 0, _done(file, some, at))
        if not last:
            break
        any_ = any_ or bool(some)
    with transaction.atomic():
        end = Counter[str]() if any_ else _done(file, [Effect(word, code or KNOWN)], at)
        _advance(file, 1, end)


def _advance(file: BankFile, lines: int, counts: Mapping[str, int]) -> None:
    """Note that so many more lines were applied, and what they did, in their transaction.

    ``NotAllowed`` where somebody else has gone on with the file meanwhile: nothing is kept then.
    """
    total = Counter(file.counts)
    total.update(counts)
    same = BankFile.objects.filter(pk=file.pk, applied_at=None, done=file.done)
    if not same.update(done=file.done + lines, counts=dict(total)):
        raise NotAllowed(
            Problem(
                "payment-moved",
                f"somebody else is applying {file.name!r}",
                "a file is applied by one process at a time",
                "look at the file again",
            )
        )
    file.done, file.counts = file.done + lines, dict(total)


def _done(file: BankFile, found: Iterable[Effect], at: datetime) -> Counter[str]:
    """Do what the lines do; how many of each."""
    moves: list[Move] = []
    told: dict[int, Told] = {}
    strays: list[Stray] = []
    counts: Counter[str] = Counter()
    for effect in _in_turn(found, {}):
        row = effect.payment
        if row is not None and effect.after is not None:
            moves.append(_moved(row, effect.word, effect.after))
            told[row.pk] = Told(row, effect.word.on)
        elif row is not None and effect.code == ANSWERED:
            note(row, PayeeAnswer(effect.word.answer or 0), effect.word.name)
        elif effect.code in STRAYS:
            strays.append(_stray(file, effect))
        counts[effect.code] += 1
    Stray.objects.bulk_create(strays, ignore_conflicts=True)
    move_many(moves, at)
    book([(one.payment, one.before, one.after) for one in moves], at)
    follow(told.values(), (one.end_to_end for one in strays), at)
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
