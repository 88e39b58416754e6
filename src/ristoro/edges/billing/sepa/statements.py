"""Statements and notifications, camt.053 and camt.054: what was booked, and what came back."""

from __future__ import annotations

from collections.abc import Iterator

from ristoro.edges.billing.sepa.elements import Element
from ristoro.edges.billing.sepa.figures import amount, day, whole
from ristoro.edges.billing.sepa.saying import Said, Word

_RETURNS = frozenset({"RRTN", "RPCR", "PRRF"})
"""Families of bank transaction codes: a credit transfer sent back, recalled, reversed."""


class Entries:
    """Takes a camt.053 or camt.054 element by element."""

    def take(self, element: Element, around: tuple[str, ...]) -> list[Word] | None:
        """What an entry says once it is whole; ``None`` where it is a part of another."""
        if element.name == "Ntry" and len(around) == 1:
            return list(_entry(element))
        return None


def _entry(entry: Element) -> Iterator[Word]:
    status = entry.said("Sts", "Cd") or entry.said("Sts")
    if status != "BOOK":
        return  # pending or for information: not booked
    details = list(entry.all("NtryDtls", "TxDtls"))
    total = amount(entry.first("Amt"))
    on = day(entry.first("BookgDt"))
    reference = entry.said("AcctSvcrRef")[:50]
    for one in details:
        value, currency = _amount_of(one)
        if value is None and len(details) == 1:
            value, currency = total
        yield Word(
            one.line,
            _said(entry, one),
            end_to_end=one.said("Refs", "EndToEndId")[:35],
            amount=value,
            currency=currency,
            code=_code(one),
            text=_words(one, entry),
            booking=one.said("Refs", "AcctSvcrRef")[:50] or reference,
            on=on,
        )
    if details:
        return
    value, currency = total
    # A file booked as one sum names the order that it was, and how many payments there were.
    batch = entry.first("NtryDtls", "Btch")
    order = "" if batch is None else (batch.said("PmtInfId") or batch.said("MsgId"))[:35]
    yield Word(
        entry.line,
        _said(entry, entry),
        whole=order,
        amount=value,
        currency=currency,
        text=_words(entry, entry),
        booking=reference,
        on=on,
        count=None if batch is None else whole(batch.first("NbOfTxs")),
    )


def _said(entry: Element, one: Element) -> Said:
    side = one.said("CdtDbtInd") or entry.said("CdtDbtInd")
    if side == "DBIT":
        return Said.BOOKED
    codes = {part.said("BkTxCd", "Domn", "Fmly", "SubFmlyCd") for part in (one, entry)}
    if one.first("RtrInf") or entry.said("RvslInd") in ("true", "1") or codes & _RETURNS:
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


def _words(one: Element, entry: Element) -> str:
    told = [" ".join(each.text.split()) for each in one.all("RtrInf", "AddtlInf")]
    more = one.said("AddtlTxInf") or entry.said("AddtlNtryInf")
    return " ".join([*told, more]).strip()[:500]
