"""Who pays: the debtor's name, account and address, read from a file and refused when wrong.

There is no default: whose account it is cannot be guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from ristoro.edges.billing.sepa.characters import is_reference, written
from ristoro.kernel.documents import Fields, Value, read_file

LONGEST_NAME = 70
MOST_IN_A_FILE = 20_000
"""Payments in a file: what a bank takes at once is in its contract; many stop at 50,000 or less."""


@dataclass(frozen=True, slots=True)
class Address:
    """A structured address; town and country are what every bank asks for since November 2026."""

    town: str
    country: str
    street: str = ""
    number: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Debtor:
    """The account that pays, and how its bank takes files."""

    name: str
    iban: str = field(repr=False)
    address: Address
    bic: str = ""
    identifier: str = ""
    """The code that the bank or its network gave (in Italy the CUC); empty where none was."""
    issuer: str = ""
    most: int = MOST_IN_A_FILE
    batch_booking: bool = False
    """Whether the bank books a file as one sum; otherwise it books each payment."""
    payees_verified: bool = True
    """Whether the bank verifies payees of files; an undertaking may have agreed that it does not,
    but for a file of one payment."""


def masked(iban: str) -> str:
    """``IT60 •••• 3456``: enough to tell accounts apart, too little to use one."""
    return f"{iban[:4]} •••• {iban[-4:]}"


def read_debtor(path: Path) -> Debtor:
    """The debtor of a YAML file; ``BadInput`` with the line and field that is wrong."""
    root = read_file(path).mapping(
        required=("name", "iban", "address"),
        optional=("bic", "identifier", "issuer", "most", "batch_booking", "payees_verified"),
    )
    return Debtor(
        name=_written(root["name"], LONGEST_NAME),
        iban=_iban(root["iban"]),
        address=_address(root["address"]),
        bic=_bic(root["bic"]) if "bic" in root else "",
        identifier=_reference(root, "identifier"),
        issuer=_reference(root, "issuer"),
        most=root["most"].as_int(1, 100_000) if "most" in root else MOST_IN_A_FILE,
        batch_booking="batch_booking" in root and root["batch_booking"].as_bool(),
        payees_verified="payees_verified" not in root or root["payees_verified"].as_bool(),
    )


def _address(value: Value) -> Address:
    fields = value.mapping(required=("town", "country"), optional=("street", "number", "postcode"))
    country = fields["country"].as_text()
    if len(country) != 2 or not country.isascii() or not country.isupper():
        raise fields["country"].wrong("a country's two letters", "write it as IT (ISO 3166)")
    return Address(
        town=_written(fields["town"], 35),
        country=country,
        street=_text(fields, "street", 70),
        number=_text(fields, "number", 16),
        postcode=_text(fields, "postcode", 16),
    )


def _iban(value: Value) -> str:
    try:
        return str(IBAN(value.as_text()).compact)
    except SchwiftyException as error:
        raise value.wrong("an IBAN", f"look at it again: {error}") from error


def _bic(value: Value) -> str:
    try:
        return str(BIC(value.as_text()).compact)
    except SchwiftyException as error:
        raise value.wrong("a BIC", f"look at it again: {error}") from error


def _text(fields: Fields, name: str, most: int) -> str:
    return _written(fields[name], most) if name in fields else ""


def _reference(fields: Fields, name: str) -> str:
    if name not in fields:
        return ""
    text = fields[name].as_text()
    if not is_reference(text):
        todo = "write it as the bank gave it: no slash at an end, no two together"
        raise fields[name].wrong("1 to 35 characters that banks take", todo)
    return text


def _written(value: Value, most: int) -> str:
    text = value.as_text()
    if len(written(text, len(text) * 3)) > most:
        raise value.wrong(f"at most {most} characters", "write it shorter")
    return written(text, most)
