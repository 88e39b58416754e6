"""What each line of a bank's file does to a payment: a move, an answer, nothing, or a stray."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from ristoro.edges.billing.sepa.saying import Said, Word
from ristoro.fulfilment.payments.models import Attempt, Batch, BatchState, Payment, PaymentState
from ristoro.fulfilment.payments.states import OPEN, after

AT_ONCE = 500

KNOWN = "known"
"""What a line says is known already."""

ANSWERED = "answered"
FOREIGN, AMOUNT, CONTRADICTS, TWICE = "foreign", "amount-differs", "contradicts", "booked-twice"
SUM, UNCLEAR = "sum-differs", "unclear"
STRAYS: Mapping[str, str] = {
    FOREIGN: "The reference is of no payment of ours.",
    AMOUNT: "The amount, or the currency, is not that of the payment.",
    CONTRADICTS: "It cannot have happened to the payment where that stands.",
    TWICE: "The bank booked the payment once more.",
    SUM: "What was booked in one sum is not what is open of that batch.",
    UNCLEAR: "The bank says something that is not known here, or that contradicts itself.",
}
"""The codes of lines that change nothing and are listed."""

Moved = Mapping[int, PaymentState]
"""By payment: where lines before these would have moved it, had they been applied."""

_HAS_AMOUNT = frozenset({Said.BOOKED, Said.RETURNED})
_PAST_REFUSING = frozenset({PaymentState.BOOKED, PaymentState.RETURNED})


@dataclass(frozen=True, slots=True)
class Effect:
    """What one line does to one payment: a move, or nothing, by ``code``."""

    word: Word
    code: str
    """``booked``, ``refused``, …; ``answered``; ``known``; or one of ``STRAYS``."""
    payment: Payment | None = None
    after: PaymentState | None = None


def of_singles(words: Sequence[Word], moved: Moved, *, locked: bool = False) -> list[Effect]:
    """What lines about single payments do, in order, each as if those of the list were none."""
    references = {word.end_to_end for word in words}
    found = {row.end_to_end: row for row in _rows(locked).filter(end_to_end__in=references)}
    former = {
        one.end_to_end: PaymentState(one.state)
        for one in Attempt.objects.filter(end_to_end__in=references - found.keys())
    }
    for row in found.values():
        row.state = moved.get(row.pk, row.state)
    return [_of_word(word, found.get(word.end_to_end), former) for word in words]


def again(effect: Effect) -> Effect:
    """The same line, reckoned from where its payment stands by now."""
    if effect.payment is None:
        return effect
    return _of_word(effect.word, effect.payment, {})


def of_whole(word: Word, moved: Moved) -> tuple[Batch | None, str]:
    """The batch whose open payments a line about a whole message moves; else what it is.

    One booked sum is of all that the bank has not refused: where it is another sum, nothing moves.
    Nor does anything where a file is refused of which something was booked.
    """
    batch = Batch.objects.filter(name=word.whole, state=BatchState.RELEASED).first()
    if batch is None:
        return None, FOREIGN
    if word.said is Said.UNCLEAR:
        return None, UNCLEAR
    if word.said in (Said.RETURNED, Said.CREDITED):
        return None, CONTRADICTS
    count = total = 0
    states: set[PaymentState] = set()
    rows = Payment.objects.filter(batch=batch).values_list("pk", "amount", "state")
    for pk, amount, state in rows.iterator(chunk_size=AT_ONCE):
        stands = moved.get(pk, PaymentState(state))
        states.add(stands)
        if stands is not PaymentState.REFUSED:
            count, total = count + 1, total + amount
    if word.said is Said.BOOKED:
        agrees = (word.amount, word.currency) == (total, batch.currency)
        if not agrees or word.count not in (None, count):
            return None, SUM
    if word.said is Said.REFUSED and states & _PAST_REFUSING:
        return None, CONTRADICTS
    return (batch, "") if states & OPEN else (None, KNOWN)


def open_of(
    word: Word, batch: Batch, moved: Moved, last: int, *, locked: bool = False
) -> tuple[list[Effect], int]:
    """What the line does to the next open payments of the batch, and behind which they go on.

    What is known of one already is left out. Nothing, and nought, where there are no more.
    """
    rows = list(_rows(locked).filter(batch=batch, pk__gt=last).order_by("pk")[:AT_ONCE])
    if not rows:
        return [], 0
    effects = []
    for row in rows:
        row.state = moved.get(row.pk, row.state)
        if row.state in OPEN:
            effects.append(_of_word(_about(word, row), row, {}))
    return [one for one in effects if one.code != KNOWN], rows[-1].pk


def parts(words: Iterator[Word]) -> Iterator[list[Word]]:
    """Lines about single payments, so many at once; each about a whole message by itself."""
    some: list[Word] = []
    for word in words:
        if word.whole:
            if some:
                yield some
            yield [word]
            some = []
            continue
        some.append(word)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _rows(locked: bool) -> QuerySet[Payment]:
    return Payment.objects.select_for_update() if locked else Payment.objects.all()


def _of_word(word: Word, row: Payment | None, former: Mapping[str, PaymentState]) -> Effect:
    if row is None:
        return Effect(word, _of_former(word, former.get(word.end_to_end)))
    if word.said is Said.UNCLEAR:
        return Effect(word, UNCLEAR, row)
    told = word.amount is not None or word.currency or word.said in _HAS_AMOUNT
    if told and (word.amount, word.currency) != (row.amount, row.currency):
        return Effect(word, AMOUNT, row)
    before = PaymentState(row.state)
    if word.said is Said.VERIFIED:
        if row.answer == word.answer:
            return Effect(word, KNOWN, row)
        can = before in OPEN or before is PaymentState.REFUSED
        return Effect(word, ANSWERED if can else CONTRADICTS, row)
    later = after(before, word.said)
    if later is None:
        return Effect(word, CONTRADICTS, row)
    if word.again or (later is before and word.said is Said.BOOKED and _differ(row, word)):
        return Effect(word, TWICE, row)
    if later is before:
        return Effect(word, KNOWN, row)
    return Effect(word, later.name.lower(), row, later)


def _of_former(word: Word, ended: PaymentState | None) -> str:
    """What a line about an attempt that was tried once more is: nothing moves by it."""
    if ended is None:
        return FOREIGN
    if word.said is Said.UNCLEAR:
        return UNCLEAR
    return KNOWN if after(ended, word.said) is ended else CONTRADICTS


def _differ(row: Payment, word: Word) -> bool:
    return bool(row.booking) and bool(word.booking) and row.booking != word.booking


def _about(word: Word, row: Payment) -> Word:
    """The line about the whole, as one about a payment in it: the sum was held against all."""
    return replace(
        word,
        end_to_end=row.end_to_end,
        whole="",
        amount=row.amount,
        currency=row.currency,
        count=None,
    )
