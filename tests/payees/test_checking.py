"""What may be typed as an account, and what the bank will read of a name."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.payees.made import IBAN, NAME

from ristoro.edges.billing.sepa.characters import is_written
from ristoro.fulfilment.payees.checking import LONGEST_NAME, checked
from ristoro.fulfilment.payees.sealing import masked
from ristoro.kernel.errors import BadInput


def codes(iban: str, name: str = NAME) -> list[str]:
    with pytest.raises(BadInput) as refused:
        checked(iban, name)
    return [one.code for one in refused.value.problems]


@pytest.mark.parametrize(
    ("typed", "country", "bank"),
    [
        ("it60 x054 2811 1010 0000 0123 456", "IT", "Unione Di Banche Italiane SpA"),
        ("IT60-X054-2811-1010-0000-0123-456", "IT", "Unione Di Banche Italiane SpA"),
        ("DE89370400440532013000", "DE", "Commerzbank"),
        ("SM86U0322509800000000270100", "SM", ""),
    ],
)
def test_an_account_of_the_area_is_taken_however_it_is_spaced(
    typed: str, country: str, bank: str
) -> None:
    one = checked(typed, NAME)
    assert (one.country, one.bank) == (country, bank)
    assert one.iban == "".join(typed.split()).replace("-", "").upper()
    assert one.masked == f"{one.iban[:4]} … {one.iban[-4:]}"
    assert one.written.replace(" ", "") == one.iban


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "iban-missing"),
        ("   ", "iban-missing"),
        ("IT60X0542811101000000123457", "iban-digits"),
        ("IT60X054281110100000012345", "iban-length"),
        ("XX60X0542811101000000123456", "iban-country"),
        ("TR330006100519786457841326", "iban-area"),
        ("IT60X0542811101000000123456;drop", "iban-wrong"),
        ("4111111111111111", "iban-wrong"),
        ("carla@libero.it", "iban-wrong"),
    ],
)
def test_what_is_no_account_of_the_area_is_refused_and_never_repeated(
    typed: str, code: str
) -> None:
    assert codes(typed) == [code]
    with pytest.raises(BadInput) as refused:
        checked(typed, NAME)
    assert not typed.strip() or typed not in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Carlà  D’Angiò", "Carla D'Angio"),
        ("Jürgen Groß & Co.", "Jurgen Gross + Co."),
        ("Łukasz Żółw", "Lukasz Zolw"),
        (f" {NAME} ", NAME),
    ],
)
def test_a_name_is_shown_as_the_bank_will_read_it(typed: str, read: str) -> None:
    assert checked(IBAN, typed).name == read


@pytest.mark.parametrize("typed", ["", "  ", "12345", "漢字", "A"])
def test_a_name_without_letters_that_banks_take_is_refused(typed: str) -> None:
    assert codes(IBAN, typed) == ["payee-name"]


def test_a_name_is_refused_rather_than_cut() -> None:
    assert codes(IBAN, "A" * 71) == ["payee-name-long"]
    assert checked(IBAN, "A" * 70).name == "A" * 70


def test_both_fields_are_told_at_once() -> None:
    assert codes("", "") == ["iban-missing", "payee-name"]


@given(st.text(max_size=300), st.text(max_size=300))
@example(IBAN, "\0" * 80)
@example("IT" + "9" * 300, NAME)
def test_nothing_that_is_typed_breaks_it_or_gets_through_unwritten(iban: str, name: str) -> None:
    try:
        one = checked(iban, name)
    except BadInput:
        return
    assert is_written(one.name)
    assert 2 <= len(one.name) <= LONGEST_NAME


def test_neither_repr_nor_mask_tells_the_number() -> None:
    one = checked(IBAN, NAME)
    assert masked(IBAN) == "IT60 … 3456"
    assert "0542811" not in repr(one)
    assert "Bianchi" not in repr(one)
