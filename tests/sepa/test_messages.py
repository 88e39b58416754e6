"""The bank's files: what they say of each payment, and files that are refused whole."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from tests.sepa import bank
from tests.sepa.bank import ISO, Line

from ristoro.edges.billing.sepa import elements
from ristoro.edges.billing.sepa.messages import Message
from ristoro.edges.billing.sepa.saying import PayeeAnswer, Said, Word
from ristoro.kernel.errors import BadInput

SCHEMAS = Path(__file__).parent / "schemas"


@dataclass(frozen=True)
class BankWords:
    kind: str
    message_id: str
    words: list[Word]


def words(raw: bytes) -> BankWords:
    message = Message("from-the-bank.xml")
    found = list(message.words([raw]))
    assert [one.place for one in found] == list(range(len(found)))
    return BankWords(message.kind, message.message_id, found)


def test_a_status_report_says_what_became_of_each() -> None:
    report = bank.status_report(
        "RISTORO-1",
        [
            ("A-1", "ACCP", "", ""),
            ("A-2", "RJCT", "AC04", "Account closed"),
            ("A-3", "PDNG", "", ""),
        ],
        group="PART",
    )
    found = words(report)
    assert (found.kind, found.message_id) == ("pain.002", "REPORT-1")
    assert [(one.end_to_end, one.said, one.code) for one in found.words] == [
        ("A-1", Said.ACCEPTED, "ACCP"),
        ("A-2", Said.REFUSED, "AC04"),
        ("A-3", Said.RECEIVED, "PDNG"),
    ]
    assert found.words[1].text == "Account closed"
    assert found.words[1].line == 6


def test_a_whole_file_may_be_refused_or_accepted() -> None:
    found = words(bank.status_report("RISTORO-1", group="RJCT"))
    assert [(one.whole, one.said) for one in found.words] == [("RISTORO-1", Said.REFUSED)]
    found = words(bank.status_report("RISTORO-1", [("A-1", "RJCT", "AC01", "")], group="ACCP"))
    assert [one.whole for one in found.words] == ["", "RISTORO-1"], "single ones come first"


def test_the_four_answers_about_payees_are_read() -> None:
    singles = [
        ("A-1", "RCVC", "", ""),
        ("A-2", "RVMC", "", "Rossi Anna Maria"),
        ("A-3", "RVNM", "", ""),
        ("A-4", "RVNA", "", ""),
    ]
    found = words(bank.status_report("RISTORO-1", singles, group="RVCM")).words
    assert [one.answer for one in found] == list(PayeeAnswer)
    assert {one.said for one in found} == {Said.VERIFIED}
    assert [one.name for one in found] == ["", "Rossi Anna Maria", "", ""]


@pytest.mark.parametrize("notification", [False, True])
def test_statements_and_notifications_say_what_was_booked(notification: bool) -> None:
    raw = bank.statement(
        [
            Line("A-1", "19.99"),
            Line("A-2", "5.00", returned="AC04"),
            Line("A-3", "1", status="PDNG"),
        ],
        notification=notification,
    )
    kind = "camt.054" if notification else "camt.053"
    schema = etree.XMLSchema(etree.parse(str(SCHEMAS / f"{kind}.001.08.xsd")))
    schema.assertValid(etree.fromstring(raw))
    found = words(raw)
    assert found.kind == kind
    assert [(one.end_to_end, one.said, one.amount, one.code) for one in found.words] == [
        ("A-1", Said.BOOKED, 1999, ""),
        ("A-2", Said.RETURNED, 500, "AC04"),
    ]


def test_an_older_statement_is_read_too() -> None:
    raw = bank.statement([Line("A-1", "19.99")]).decode()
    raw = raw.replace("camt.053.001.08", "camt.053.001.02")
    raw = raw.replace("<Sts><Cd>BOOK</Cd></Sts>", "<Sts>BOOK</Sts>")
    assert words(raw.encode()).words[0].said is Said.BOOKED


def test_a_file_booked_as_one_sum_names_its_order() -> None:
    found = words(bank.batch_booking("RISTORO-1", 3, "30.00")).words[0]
    assert (found.whole, found.count, found.amount) == ("RISTORO-1", 3, 3000)


def test_money_that_came_in_without_being_a_return_is_said_so() -> None:
    raw = bank.statement([Line("A-1", "5.00", returned="AC04")]).decode()
    raw = raw.replace("<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>", "").replace("RRTN", "ESCT")
    assert words(raw.encode()).words[0].said is Said.CREDITED


def test_a_code_that_is_in_no_table_is_never_taken_for_another() -> None:
    singles = [(f"A-{code}", code, "", "") for code in ("BLCK", "XXXX", "RVCM", "RVNC")]
    found = words(bank.status_report("RISTORO-1", singles, group="ZZZZ")).words
    assert [(one.said, one.code) for one in found] == [
        (Said.UNCLEAR, "BLCK"),
        (Said.UNCLEAR, "XXXX"),
        (Said.UNCLEAR, "RVCM"),
        (Said.RECEIVED, "RVNC"),
        (Said.UNCLEAR, "ZZZZ"),
    ]
    assert words(bank.status_report("RISTORO-1", group="RVMC")).words[0].said is Said.UNCLEAR


def test_a_credit_that_is_reversed_is_not_a_transfer_made() -> None:
    found = words(bank.statement([Line("A-1", "19.99", reversal=True)])).words[0]
    assert (found.said, found.code) == (Said.UNCLEAR, "RVSL")
    back = words(bank.statement([Line("A-1", "19.99", returned="AC04", reversal=True)])).words[0]
    assert back.said is Said.RETURNED


def test_details_that_are_not_their_entry_s_sum_say_nothing_certain() -> None:
    lines = [Line("A-1", "19.99"), Line("A-2", "5.00")]
    assert {one.said for one in words(bank.one_entry(lines, "24.99")).words} == {Said.BOOKED}
    found = words(bank.one_entry(lines, "24.98")).words
    assert [(one.end_to_end, one.said, one.code) for one in found] == [
        ("A-1", Said.UNCLEAR, "SUM"),
        ("A-2", Said.UNCLEAR, "SUM"),
    ]


def test_the_same_booking_twice_in_one_file_is_said_so() -> None:
    lines = [Line("A-1", "1.00", booking=" "), Line("A-1", "1.00", booking=" "), Line("A-2", "1")]
    assert [one.again for one in words(bank.statement(lines)).words] == [False, True, False]


def test_details_before_their_entry_s_status_are_refused() -> None:
    raw = bank.statement([Line("A-1", "1.00")]).decode()
    late = raw.replace("<Sts><Cd>BOOK</Cd></Sts>", "").replace(
        "</NtryDtls>", "</NtryDtls><Sts><Cd>BOOK</Cd></Sts>"
    )
    with pytest.raises(BadInput, match="before its side and status"):
        words(late.encode())


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;">]>'
    f'<Document xmlns="{ISO}pain.002.001.10">&y;</Document>'
)
FILE = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    f'<Document xmlns="{ISO}pain.002.001.10">&x;</Document>'
)


@pytest.mark.parametrize(
    ("raw", "match"),
    [
        (b"", "not XML"),
        (b"hello", "not XML"),
        (BOMB.encode(), "document type"),
        (FILE.encode(), "document type"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "not XML"),
        (b"<Document/>", "namespace"),
        (f'<Document xmlns="{ISO}pacs.008.001.08"/>'.encode(), "namespace"),
        (f'<Document xmlns="{ISO}camt.053.001.01"/>'.encode(), "namespace"),
        (f'<Document xmlns="{ISO}pain.002.001.10"></Document>'.encode(), "not one of"),
        (b"<a>" * 80 + b"</a>" * 80, "deep"),
    ],
)
def test_a_bad_file_is_refused_whole(raw: bytes, match: str) -> None:
    with pytest.raises(BadInput, match=match) as refused:
        words(raw)
    place = refused.value.problems[0].place
    assert place is not None
    assert place.line is not None


def test_a_broken_value_is_refused_with_its_line() -> None:
    raw = bank.statement([Line("A-1", "19.99"), Line("A-2", "19.999")])
    with pytest.raises(BadInput, match=r"from-the-bank.xml:4") as refused:
        words(raw)
    assert "19.999" in str(refused.value)


def test_a_file_that_is_cut_off_is_refused() -> None:
    raw = bank.statement([Line("A-1", "19.99")])
    with pytest.raises(BadInput, match="not XML"):
        words(raw[: len(raw) // 2])


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elements, "MOST_BYTES", 1000)
    with pytest.raises(BadInput, match="more than 1000 bytes"):
        words(bank.statement([Line(f"A-{number}", "1.00") for number in range(9)]))
    monkeypatch.undo()
    huge = bank.statement([Line("A-1", "1.00")]).replace(b"A-1", b"A" * 20_000)
    with pytest.raises(BadInput, match="longer than"):
        words(huge)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with pytest.raises(BadInput):
        words(raw)


def test_a_large_statement_is_read_in_little_time() -> None:
    raw = bank.statement([Line(f"A-{number}", "1.00") for number in range(5_000)])
    begun = time.perf_counter()
    assert len(words(raw).words) == 5_000
    assert time.perf_counter() - begun < 5
