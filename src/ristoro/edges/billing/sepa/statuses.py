"""Status reports, pain.002: what the bank says of a file, of its parts, of each payment in it.

The answers about payees come in the same message, by the codes of ISO 20022's external status
list: RCVC, RVMC, RVNM and RVNA of a payment; RCVC, RVCM and RVNC of a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ristoro.edges.billing.sepa.elements import Element
from ristoro.edges.billing.sepa.figures import amount
from ristoro.edges.billing.sepa.saying import PayeeAnswer, Said, Word

STATUSES: Mapping[str, Said] = {
    "RCVD": Said.RECEIVED,
    "ACTC": Said.RECEIVED,
    "PDNG": Said.RECEIVED,
    "PATC": Said.RECEIVED,
    "ACFC": Said.ACCEPTED,
    "ACCP": Said.ACCEPTED,
    "ACSP": Said.ACCEPTED,
    "ACWC": Said.ACCEPTED,
    "ACWP": Said.ACCEPTED,
    # Settled between banks. What counts as booked is the account's own statement.
    "ACSC": Said.ACCEPTED,
    "ACCC": Said.ACCEPTED,
    "RJCT": Said.REFUSED,
    "CANC": Said.REFUSED,
}

ANSWERS: Mapping[str, PayeeAnswer] = {
    "RCVC": PayeeAnswer.MATCH,
    "RVMC": PayeeAnswer.CLOSE,
    "RVNM": PayeeAnswer.NO_MATCH,
    "RVNA": PayeeAnswer.NOT_POSSIBLE,
}

_TELLS_NOTHING = frozenset({"PART", "RVCM", "RVNC"})
"""Of a whole file: each payment is spoken of by itself."""


class Statuses:
    """Takes a pain.002 element by element."""

    def __init__(self) -> None:
        self._message = ""

    def take(self, element: Element, around: tuple[str, ...]) -> list[Word] | None:
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
    if status in ANSWERS:
        answer = ANSWERS[status]
        yield Word(element.line, Said.VERIFIED, whole=message, answer=answer, text=text)
        return
    said = STATUSES.get(status, Said.RECEIVED)
    yield Word(element.line, said, whole=message, code=code or status, text=text)


def _single(element: Element) -> Iterator[Word]:
    status = element.said("TxSts")
    reference = element.said("OrgnlEndToEndId")[:35]
    value, currency = amount(element.first("OrgnlTxRef", "Amt", "InstdAmt"))
    code, text = _reason(element)
    known = status in ANSWERS
    yield Word(
        element.line,
        Said.VERIFIED if known else STATUSES.get(status, Said.RECEIVED),
        end_to_end=reference,
        amount=value,
        currency=currency,
        code=code or status,
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
