"""The file for the bank: valid by the schema, and refused here before the bank would refuse it."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sepa import bank

from ristoro.edges.billing.sepa import schema
from ristoro.edges.billing.sepa.accounts import Address, Debtor, read_debtor
from ristoro.edges.billing.sepa.characters import written
from ristoro.edges.billing.sepa.initiation import MOST_MINOR, Order, Transfer, write
from ristoro.kernel.errors import BadInput

IBAN = "IT60X0542811101000000123456"
DEBTOR = Debtor(
    "Italiaonline S.p.A.",
    IBAN,
    Address("Assago", "IT", "Via del Bosco Rinnovato", "8", "20057"),
    bic="BPMOIT22XXX",
    identifier="A1B2C3D4",
    issuer="CBI",
)
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def file_of(transfers: list[Transfer], tmp_path: Path, debtor: Debtor = DEBTOR) -> Path:
    total = sum(one.amount for one in transfers)
    order = Order("RISTORO-20261123-000001", AT, date(2026, 11, 24), debtor, len(transfers), total)
    path = tmp_path / "order.xml"
    with path.open("wb") as out:
        write(order, transfers, out)
    return path


texts = st.text(min_size=1, max_size=90).filter(lambda text: bool(written(text, 70)))


@settings(max_examples=40)
@given(st.lists(st.tuples(texts, texts, st.integers(1, MOST_MINOR)), min_size=1, max_size=8))
def test_whatever_names_there_are_the_file_is_valid(
    tmp_path_factory: pytest.TempPathFactory, payments: list[tuple[str, str, int]]
) -> None:
    transfers = [
        Transfer(f"run/{number}", written(name, 70), IBAN, amount, written(about, 140))
        for number, (name, about, amount) in enumerate(payments)
    ]
    path = file_of(transfers, tmp_path_factory.mktemp("order"))
    schema.check(path)
    found = bank.received(path)
    assert [one.end_to_end for one in found.payments] == [one.end_to_end for one in transfers]
    assert [one.name for one in found.payments] == [one.name for one in transfers]


def test_addresses_are_structured_and_have_no_free_line(tmp_path: Path) -> None:
    where = Address("Roma", "IT", "Via Appia", "1", "00179")
    path = file_of([Transfer("A-1", "Anna Rossi", IBAN, 1999, "Rimborso", where)], tmp_path)
    schema.check(path)
    text = path.read_text()
    assert "<AdrLine>" not in text
    assert (
        "<PstlAdr><StrtNm>Via Appia</StrtNm><BldgNb>1</BldgNb><PstCd>00179</PstCd>"
        "<TwnNm>Roma</TwnNm><Ctry>IT</Ctry></PstlAdr>"
    ) in text
    assert '<InstdAmt Ccy="EUR">19.99</InstdAmt>' in text
    assert "<NbOfTxs>1</NbOfTxs><CtrlSum>19.99</CtrlSum>" in text


def test_the_same_order_is_the_same_bytes(tmp_path: Path) -> None:
    transfers = [Transfer("A-1", "Anna Rossi", IBAN, 1999, "Rimborso")]
    first = file_of(transfers, tmp_path).read_bytes()
    assert file_of(transfers, tmp_path).read_bytes() == first


def test_a_debtor_without_bic_or_code_is_valid_too(tmp_path: Path) -> None:
    bare = Debtor("Virgilio", IBAN, Address("Milano", "IT"))
    schema.check(file_of([Transfer("A-1", "Anna Rossi", IBAN, 1, "Rimborso")], tmp_path, bare))


@pytest.mark.parametrize(
    ("transfer", "match"),
    [
        (Transfer("a//b", "Anna", IBAN, 1, "x"), "the reference"),
        (Transfer("A-1", "Anna", IBAN, 0, "x"), "the amount"),
        (Transfer("A-1", "Anna", IBAN, MOST_MINOR + 1, "x"), "the amount"),
        (Transfer("A-1", "Niccolò", IBAN, 1, "x"), "the payee's name"),
        (Transfer("A-1", "", IBAN, 1, "x"), "the payee's name"),
        (Transfer("A-1", "A" * 71, IBAN, 1, "x"), "the payee's name"),
        (Transfer("A-1", "Anna", IBAN, 1, "x" * 141), "what the payee reads"),
        (Transfer("A-1", "Anna", IBAN, 1, ""), "what the payee reads"),
    ],
)
def test_what_a_bank_would_refuse_is_refused_first(
    transfer: Transfer, match: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=match):
        file_of([transfer], tmp_path)


def test_a_reference_stands_in_a_file_once(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="two payments have it"):
        file_of([Transfer("A-1", "Anna", IBAN, 1, "x")] * 2, tmp_path)


def test_an_order_that_does_not_add_up_is_no_file() -> None:
    order = Order("M", AT, date(2026, 11, 24), DEBTOR, 1, 2)
    with pytest.raises(BadInput, match="1 transfers of 1 are not 1 of 2"):
        write(order, [Transfer("A-1", "Anna", IBAN, 1, "x")], io.BytesIO())


def test_the_schema_refuses_what_is_not_valid(tmp_path: Path) -> None:
    path = file_of([Transfer("A-1", "Anna", IBAN, 1, "x")], tmp_path)
    path.write_text(path.read_text().replace("<PmtMtd>TRF</PmtMtd>", "<PmtMtd>XXX</PmtMtd>"))
    with pytest.raises(BadInput, match="not valid by"):
        schema.check(path)


def test_neither_payee_nor_debtor_is_in_a_repr() -> None:
    assert IBAN not in repr(Transfer("A-1", "Anna Rossi", IBAN, 1, "x"))
    assert "Anna" not in repr(Transfer("A-1", "Anna Rossi", IBAN, 1, "x"))
    assert IBAN not in repr(DEBTOR)


def test_the_debtor_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "sepa.yaml"
    path.write_text(
        "name: Italiaonline S.p.A.\niban: IT60 X054 2811 1010 0000 0123 456\n"
        "bic: BPMOIT22XXX\nidentifier: A1B2C3D4\nissuer: CBI\n"
        "address: {street: Via del Bosco Rinnovato, number: '8', postcode: '20057',"
        " town: Assago, country: IT}\n"
    )
    assert read_debtor(path) == DEBTOR


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("iban: IT61X0542811101000000123456", "an IBAN"),
        ("bic: NOBANK", "a BIC"),
        ("identifier: /CUC", "35 characters that banks take"),
        ("issuer: A//B", "35 characters that banks take"),
        ("address: {town: Roma, country: Italy}", "two letters"),
        ("payee: x", "no field"),
    ],
)
def test_a_wrong_debtor_is_refused_with_the_field(line: str, match: str, tmp_path: Path) -> None:
    fields = {
        "name": "name: X",
        "iban": f"iban: {IBAN}",
        "address": "address: {town: A, country: IT}",
    }
    fields[line.partition(":")[0]] = line
    path = tmp_path / "sepa.yaml"
    path.write_text("\n".join(fields.values()))
    with pytest.raises(BadInput, match=match):
        read_debtor(path)
