"""Status reports, pain.002: what the bank says of a file, of its parts, of each payment in it.

The codes are those of ISO 20022's external code sets ExternalPaymentTransactionStatus1Code and
ExternalPaymentGroupStatus1Code. The answers about payees are among them: RCVC, RVMC, RVNM and RVNA
of a payment; RCVC, RVCM and RVNC of a file. A code that is in no table here is unclear: a person
looks, and nothing follows from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ristoro.edges.billing.sepa.elements import Element
from ristoro.edges.billing.sepa.figures import amount
from ristoro.edges.billing.sepa.saying import PayeeAnswer, Said, Word

STATUSES: Mapping[str, Said] = {
    "RCVD": Said.RECEIVED,
    "ACTC": Said.RECEIVED,
    "PDNG": Said.RECEIVED,
    "PATC": Said.RECEIVED,
    "ACFW": Said.RECEIVED,
    "RVNC": Said.RECEIVED,
    "ACFC": Said.ACCEPTED,
    "ACCP": Said.ACCEPTED,
    "ACSP": Said.ACCEPTED,
    "ACWC": Said.ACCEPTED,
    "ACPD": Said.ACCEPTED,
    # Settled between banks. What counts as booked is the account's own statement.
    "ACSC": Said.SETTLED,
    "ACCC": Said.SETTLED,
    "ACWP": Said.SETTLED,
    "RJCT": Said.REFUSED,
    "CANC": Said.REFUSED,
}

ANSWERS: Mapping[str, PayeeAnswer] = {
    "RCVC": PayeeAnswer.MATCH,
    "RVMC": PayeeAnswer.CLOSE,
    "RVNM": PayeeAnswer.NO_MATCH,
    "RVNA": PayeeAnswer.NOT_POSSIBLE,
}

OF_A_FILE = frozenset({"RCVC"})
"""The one answer that a whole file can have; the others are of its payments."""

_TELLS_NOTHING = frozenset({"PART", "RVCM", "RVNC"})
"""Of a whole file: each payment is spoken of by itself."""


class Statuses:
    """Takes a pain.002 element by element."""

    def __init__(self) -> None:
        self._message = ""

    def take(self, element: Element, around: Sequence[Element]) -> list[Word] | None:
        """What the element says once it is whole; ``None`` where it is a part of another."""
        if element.name == "OrgnlGrpInfAndSts" and not around:
            self._message = element.said("OrgnlMsgId")[:35]
            return list(_whole(element, "GrpSts", self._message))
        if element.name == "TxInfAndSts":
            return list(_single(element))
        if element.name == "OrgnlPmtInfAndSts" and not around:
            part = element.said("OrgnlPmtInfId")[:35] or self._message
            return list(_whole(element, "PmtInfSts", part))
        return None


def _whole(element: Element, name: str, message: str) -> Iterator[Word]:
    status = element.said(name)
    if not status or status in _TELLS_NOTHING or not message:
        return
    code, text = _reason(element)
    if status in OF_A_FILE:
        answer = ANSWERS[status]
        yield Word(element.line, Said.VERIFIED, whole=message, answer=answer, text=text)
        return
    said = STATUSES.get(status, Said.UNCLEAR)
    told = status if said is Said.UNCLEAR else code or status
    yield Word(element.line, said, whole=message, code=told[:35], text=text)


def _single(element: Element) -> Iterator[Word]:
    status = element.said("TxSts")
    reference = element.said("OrgnlEndToEndId")[:35]
    value, currency = amount(element.first("OrgnlTxRef", "Amt", "InstdAmt"))
    code, text = _reason(element)
    known = status in ANSWERS
    said = Said.VERIFIED if known else STATUSES.get(status, Said.UNCLEAR)
    yield Word(
        element.line,
        said,
        end_to_end=reference,
        amount=value,
        currency=currency,
        code=(status if said is Said.UNCLEAR else code or status)[:35],
        text=text,
        answer=ANSWERS[status] if known else None,
        # The name that the payee's bank knows is the additional information of a close match.
        name=text[:140] if status == "RVMC" else "",
    )


def _reason(element: Element) -> tuple[str, str]:
    why = element.first("StsRsnInf")
    if why is None:
        return "", ""
    words = " ".join(" ".join(one.text.split()) for one in why.all("AddtlInf"))
    return (why.said("Rsn", "Cd") or why.said("Rsn", "Prtry"))[:35], words[:500]
