"""A bank, as far as its files go: it reads an order, and answers with reports and statements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.sax.saxutils import escape

from lxml import etree

ISO = "urn:iso:std:iso:20022:tech:xsd:"


@dataclass(frozen=True, slots=True)
class Ordered:
    """A payment as it came to the bank."""

    end_to_end: str
    amount: str
    name: str
    iban: str


@dataclass(frozen=True, slots=True)
class Order:
    """A file as it came to the bank."""

    message_id: str
    payments: tuple[Ordered, ...]
    total: str


def received(path: Path) -> Order:
    """The order in a pain.001 file."""
    root = etree.parse(str(path)).getroot()
    names = {"p": f"{ISO}pain.001.001.09"}

    def text(element: etree._Element, where: str) -> str:
        return str(element.findtext(where, namespaces=names))

    payments = tuple(
        Ordered(
            text(one, "p:PmtId/p:EndToEndId"),
            text(one, "p:Amt/p:InstdAmt"),
            text(one, "p:Cdtr/p:Nm"),
            text(one, "p:CdtrAcct/p:Id/p:IBAN"),
        )
        for one in root.iterfind(".//p:CdtTrfTxInf", names)
    )
    head = "p:CstmrCdtTrfInitn/p:GrpHdr/"
    return Order(text(root, f"{head}p:MsgId"), payments, text(root, f"{head}p:CtrlSum"))


def status_report(
    order: str,
    singles: Iterable[tuple[str, str, str, str]] = (),
    *,
    group: str = "",
    version: str = "10",
    message_id: str = "REPORT-1",
) -> bytes:
    """A pain.002: a status of the whole, and of payments (reference, status, reason, words)."""
    whole = f"<GrpSts>{group}</GrpSts>" if group else ""
    inside = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        f"{_why(reason, words)}</TxInfAndSts>\n"
        for reference, status, reason, words in singles
    )
    part = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{order}</OrgnlPmtInfId>\n{inside}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{ISO}pain.002.001.{version}">'
        f"<CstmrPmtStsRpt><GrpHdr><MsgId>{message_id}</MsgId>"
        "<CreDtTm>2026-11-24T09:00:00</CreDtTm></GrpHdr>\n"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{order}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09"
        f"</OrgnlMsgNmId>{whole}</OrgnlGrpInfAndSts>\n"
        f"{part}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>\n"
    ).encode()


def _why(reason: str, words: str) -> str:
    if not reason and not words:
        return ""
    code = f"<Rsn><Cd>{reason}</Cd></Rsn>" if reason else ""
    more = f"<AddtlInf>{escape(words)}</AddtlInf>" if words else ""
    return f"<StsRsnInf>{code}{more}</StsRsnInf>"


@dataclass(frozen=True, slots=True)
class Line:
    """A booking: a debit, or a credit that sends a payment back for a reason."""

    end_to_end: str
    amount: str
    returned: str = ""
    currency: str = "EUR"
    booking: str = ""
    status: str = "BOOK"
    reversal: bool = False


def statement(
    lines: Sequence[Line], *, notification: bool = False, message_id: str = "STATEMENT-1"
) -> bytes:
    """A camt.053.001.08, or a camt.054.001.08, with a booking a line."""
    kind, body, part = (
        ("054", "BkToCstmrDbtCdtNtfctn", "Ntfctn")
        if notification
        else ("053", "BkToCstmrStmt", "Stmt")
    )
    balance = (
        ""
        if notification
        else "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>1000.00</Amt>"
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-24</Dt></Dt></Bal>\n"
    )
    entries = "".join(_entry(line, number) for number, line in enumerate(lines))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{ISO}camt.{kind}.001.08">'
        f"<{body}><GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>2026-11-24T20:00:00</CreDtTm>"
        f"</GrpHdr><{part}><Id>1</Id><CreDtTm>2026-11-24T20:00:00</CreDtTm>"
        "<Acct><Id><IBAN>IT60X0542811101000000123456</IBAN></Id></Acct>"
        f"{balance}{entries}</{part}></{body}></Document>\n"
    ).encode()


def batch_booking(order: str, count: int, total: str) -> bytes:
    """A camt.053 in which a whole order is one booking."""
    single = statement([Line("@", total)]).decode()
    first, last = single.index("<TxDtls>"), single.index("</TxDtls>") + len("</TxDtls>")
    batch = f"<Btch><PmtInfId>{order}</PmtInfId><NbOfTxs>{count}</NbOfTxs></Btch>"
    return (single[:first] + batch + single[last:]).encode()


def one_entry(lines: Sequence[Line], total: str) -> bytes:
    """A camt.053 in which these bookings are the details of one entry of so much."""
    raw = statement([replace(line, booking="B") for line in lines]).decode()
    entries = re.findall(r"<Ntry>.*?</Ntry>", raw)
    details = "".join(re.findall(r"<TxDtls>.*?</TxDtls>", raw))
    one = re.sub(r"<TxDtls>.*</TxDtls>", details, entries[0])
    one = re.sub(r"<Amt Ccy=\"EUR\">[0-9.]+</Amt>", f'<Amt Ccy="EUR">{total}</Amt>', one, count=1)
    return (raw[: raw.index("<Ntry>")] + one + raw[raw.rindex("</Ntry>") + 7 :]).encode()


def _entry(line: Line, number: int) -> str:
    side = "CRDT" if line.returned else "DBIT"
    family = "RRTN" if line.returned else "ESCT"
    amount = f'<Amt Ccy="{line.currency}">{line.amount}</Amt>'
    back = f"<RtrInf><Rsn><Cd>{line.returned}</Cd></Rsn></RtrInf>" if line.returned else ""
    reference = line.booking or f"B{number}{line.end_to_end}"[:35]
    return (
        f"<Ntry>{amount}<CdtDbtInd>{side}</CdtDbtInd>"
        f"{'<RvslInd>true</RvslInd>' if line.reversal else ''}<Sts><Cd>{line.status}</Cd></Sts>"
        "<BookgDt><Dt>2026-11-24</Dt></BookgDt>"
        f"<AcctSvcrRef>{reference}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd>"
        f"<SubFmlyCd>{family}</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{line.end_to_end}</EndToEndId></Refs>{amount}"
        f"<CdtDbtInd>{side}</CdtDbtInd>{back}</TxDtls></NtryDtls></Ntry>\n"
    )
