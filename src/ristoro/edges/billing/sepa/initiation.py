"""The file that asks a bank to make transfers: pain.001.001.09, by the EPC's guidelines for SCT.

It is written one payment at a time, so that its size costs no memory. The texts must be in the
SEPA's characters already; whatever a bank would refuse a whole file for is refused here first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import BinaryIO
from xml.sax.saxutils import escape

from ristoro.edges.billing.sepa.accounts import Address, Debtor
from ristoro.edges.billing.sepa.characters import is_reference, is_written
from ristoro.kernel.errors import BadInput, bad_input
from ristoro.kernel.money import Money

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CURRENCY = "EUR"
MOST_MINOR = 99_999_999_999
LONGEST_NAME = 70
LONGEST_REMITTANCE = 140


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment: to whom, how much in minor units of the euro, and what the payee reads."""

    end_to_end: str
    name: str = field(repr=False)
    iban: str = field(repr=False)
    amount: int
    remittance: str
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One file of so many transfers, with their sum: both are told to the bank."""

    message_id: str
    created_at: datetime
    execute_on: date
    debtor: Debtor = field(repr=False)
    count: int
    total: int


def write(order: Order, transfers: Iterable[Transfer], out: BinaryIO) -> None:
    """Write the file. ``BadInput`` where a transfer is none, and where they are not as many, or do
    not add up to as much, as the order says: what was written by then is no file.
    """
    if not is_reference(order.message_id):
        raise _refused(order.message_id, "the message id", "it is no reference that banks take")
    out.write(b'<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write("".join(_head(order)).encode())
    count = total = 0
    seen: set[str] = set()
    for one in transfers:
        _check(one)
        if one.end_to_end in seen:
            raise _refused(one.end_to_end, "the reference", "two payments have it")
        seen.add(one.end_to_end)
        count += 1
        total += one.amount
        out.write("".join(_transfer(one)).encode())
    if (count, total) != (order.count, order.total):
        raise _refused(
            order.message_id,
            "the order",
            f"{count} transfers of {total} are not {order.count} of {order.total}",
        )
    out.write(b"</PmtInf>\n</CstmrCdtTrfInitn>\n</Document>\n")


def _head(order: Order) -> Iterator[str]:
    debtor = order.debtor
    figures = f"<NbOfTxs>{order.count}</NbOfTxs><CtrlSum>{_amount(order.total)}</CtrlSum>"
    yield f'<Document xmlns="{NAMESPACE}">\n<CstmrCdtTrfInitn>\n<GrpHdr>'
    yield f"<MsgId>{_text(order.message_id)}</MsgId>"
    yield f"<CreDtTm>{order.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</CreDtTm>"
    yield f"{figures}<InitgPty><Nm>{_text(debtor.name)}</Nm>{_identifier(debtor)}</InitgPty>"
    yield f"</GrpHdr>\n<PmtInf><PmtInfId>{_text(order.message_id)}</PmtInfId><PmtMtd>TRF</PmtMtd>"
    yield f"<BtchBookg>{'true' if debtor.batch_booking else 'false'}</BtchBookg>{figures}"
    yield "<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf>"
    yield f"<ReqdExctnDt><Dt>{order.execute_on.isoformat()}</Dt></ReqdExctnDt>"
    yield f"<Dbtr><Nm>{_text(debtor.name)}</Nm>{_address(debtor.address)}</Dbtr>"
    yield f"<DbtrAcct><Id><IBAN>{debtor.iban}</IBAN></Id><Ccy>{CURRENCY}</Ccy></DbtrAcct>"
    bank = f"<BICFI>{debtor.bic}</BICFI>" if debtor.bic else "<Othr><Id>NOTPROVIDED</Id></Othr>"
    yield f"<DbtrAgt><FinInstnId>{bank}</FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>\n"


def _identifier(debtor: Debtor) -> str:
    if not debtor.identifier:
        return ""
    issuer = f"<Issr>{_text(debtor.issuer)}</Issr>" if debtor.issuer else ""
    return f"<Id><OrgId><Othr><Id>{_text(debtor.identifier)}</Id>{issuer}</Othr></OrgId></Id>"


def _transfer(one: Transfer) -> Iterator[str]:
    yield f"<CdtTrfTxInf><PmtId><EndToEndId>{_text(one.end_to_end)}</EndToEndId></PmtId>"
    yield f'<Amt><InstdAmt Ccy="{CURRENCY}">{_amount(one.amount)}</InstdAmt></Amt>'
    where = "" if one.address is None else _address(one.address)
    yield f"<Cdtr><Nm>{_text(one.name)}</Nm>{where}</Cdtr>"
    yield f"<CdtrAcct><Id><IBAN>{one.iban}</IBAN></Id></CdtrAcct>"
    yield f"<RmtInf><Ustrd>{_text(one.remittance)}</Ustrd></RmtInf></CdtTrfTxInf>\n"


def _address(address: Address) -> str:
    """Structured, in the schema's order, and without a line of free text."""
    parts = (
        ("StrtNm", address.street),
        ("BldgNb", address.number),
        ("PstCd", address.postcode),
        ("TwnNm", address.town),
        ("Ctry", address.country),
    )
    inside = "".join(f"<{name}>{_text(text)}</{name}>" for name, text in parts if text)
    return f"<PstlAdr>{inside}</PstlAdr>"


def _check(one: Transfer) -> None:
    where = one.end_to_end
    if not is_reference(where):
        raise _refused(where, "the reference", "it is not 1 to 35 characters that banks take")
    if not 1 <= one.amount <= MOST_MINOR:
        raise _refused(where, "the amount", f"{one.amount} is not from 1 to {MOST_MINOR} cents")
    if not one.name or len(one.name) > LONGEST_NAME or not is_written(one.name):
        raise _refused(where, "the payee's name", f"it is not 1 to {LONGEST_NAME} SEPA characters")
    long = not one.remittance or len(one.remittance) > LONGEST_REMITTANCE
    if long or not is_written(one.remittance):
        why = f"it is not 1 to {LONGEST_REMITTANCE} SEPA characters"
        raise _refused(where, "what the payee reads", why)


def _amount(minor: int) -> str:
    return Money(minor, CURRENCY).plain()


def _text(text: str) -> str:
    return escape(text)


def _refused(where: str, what: str, why: str) -> BadInput:
    return bad_input(
        "not-payable",
        f"payment {where!r}: {what} cannot be sent to a bank",
        why,
        "no file was written; put that payment right, or leave it out",
    )
