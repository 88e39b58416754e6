"""Statements and notifications, camt.053 and camt.054: what was booked, and what came back.

An entry's own fields stand before its details (ISO 20022, ReportEntry), so that each detail becomes
a few words as it ends: an order of 100,000 payments may be one entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ristoro.edges.billing.sepa.elements import Element
from ristoro.edges.billing.sepa.figures import Refused, amount, day, whole
from ristoro.edges.billing.sepa.saying import Said, Word

SUM_DIFFERS = "SUM"
REVERSED = "RVSL"
"""Codes of what is unclear: details that are not their entry's sum, and a credit taken back."""

_RETURNS = frozenset({"RRTN", "RPCR", "PRRF"})
"""Families of bank transaction codes: a credit transfer sent back, recalled, reversed."""


@dataclass(slots=True)
class _Details:
    """What the details of the entry that is being read say, and what they come to."""

    words: list[Word] = field(default_factory=list)
    total: int = 0
    currency: str = ""
    known: bool = True
    """Whether each has an amount, and all in one currency."""

    def add(self, word: Word, side: str, of_entry: str) -> None:
        self.words.append(word)
        if word.amount is None or self.currency not in ("", word.currency):
            self.known = False
            return
        self.currency = word.currency
        self.total += word.amount if side == of_entry else -word.amount


class Entries:
    """Takes a camt.053 or camt.054 element by element."""

    def __init__(self) -> None:
        self._details = _Details()

    def take(self, element: Element, around: Sequence[Element]) -> list[Word] | None:
        """What an entry says once it is whole; ``None`` where it is a part of another."""
        if element.name == "Ntry" and len(around) == 1:
            details, self._details = self._details, _Details()
            return _entry(element, details)
        inside = [one.name for one in around[1:]]
        if element.name == "TxDtls" and inside == ["Ntry", "NtryDtls"]:
            entry = around[1]
            if entry.first("CdtDbtInd") is None or entry.first("Sts") is None:
                raise Refused("Ntry: its details stand before its side and status", element.line)
            if _is_booked(entry):
                word = _detail(entry, element)
                self._details.add(word, _side(entry, element), entry.said("CdtDbtInd"))
            return []
        return None


def _entry(entry: Element, details: _Details) -> list[Word]:
    if not _is_booked(entry):
        return []  # pending or for information: not booked
    value, currency = amount(entry.first("Amt"))
    on = day(entry.first("BookgDt"))
    more = entry.said("AddtlNtryInf")
    words = details.words
    if len(words) == 1 and words[0].amount is None and not words[0].currency:
        words = [replace(words[0], amount=value, currency=currency)]
    elif details.known and words and (details.total, details.currency) != (value, currency):
        words = [replace(one, said=Said.UNCLEAR, code=SUM_DIFFERS) for one in words]
    if words:
        return [one if one.text or not more else replace(one, text=more[:500]) for one in words]
    # A file booked as one sum names the order that it was, and how many payments there were.
    batch = entry.first("NtryDtls", "Btch")
    order = "" if batch is None else (batch.said("PmtInfId") or batch.said("MsgId"))[:35]
    return [
        Word(
            entry.line,
            _said(entry, entry),
            whole=order,
            amount=value,
            currency=currency,
            text=more[:500],
            booking=entry.said("AcctSvcrRef")[:50],
            on=on,
            count=None if batch is None else whole(batch.first("NbOfTxs")),
        )
    ]


def _detail(entry: Element, one: Element) -> Word:
    value, currency = _amount_of(one)
    said = _said(entry, one)
    return Word(
        one.line,
        said,
        end_to_end=one.said("Refs", "EndToEndId")[:35],
        amount=value,
        currency=currency,
        code=REVERSED if said is Said.UNCLEAR else _code(one),
        text=_words(one),
        booking=one.said("Refs", "AcctSvcrRef")[:50] or entry.said("AcctSvcrRef")[:50],
        on=day(entry.first("BookgDt")),
    )


def _is_booked(entry: Element) -> bool:
    return (entry.said("Sts", "Cd") or entry.said("Sts")) == "BOOK"


def _side(entry: Element, one: Element) -> str:
    return one.said("CdtDbtInd") or entry.said("CdtDbtInd")


def _said(entry: Element, one: Element) -> Said:
    reversal = entry.said("RvslInd") in ("true", "1")
    if _side(entry, one) == "DBIT":
        # A debit that reverses takes back a credit: it is not the transfer being made.
        return Said.UNCLEAR if reversal else Said.BOOKED
    codes = {part.said("BkTxCd", "Domn", "Fmly", "SubFmlyCd") for part in (one, entry)}
    if one.first("RtrInf") or reversal or codes & _RETURNS:
        return Said.RETURNED
    return Said.CREDITED


def _amount_of(one: Element) -> tuple[int | None, str]:
    return amount(
        one.first("Amt")
        or one.first("AmtDtls", "TxAmt", "Amt")
        or one.first("AmtDtls", "InstdAmt", "Amt")
    )


def _code(one: Element) -> str:
    return (one.said("RtrInf", "Rsn", "Cd") or one.said("RtrInf", "Rsn", "Prtry"))[:35]


def _words(one: Element) -> str:
    told = [" ".join(each.text.split()) for each in one.all("RtrInf", "AddtlInf")]
    return " ".join([*told, one.said("AddtlTxInf")]).strip()[:500]
