"""Money and the roundings that a policy may name."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.kernel.money import MINOR_DIGITS, Money, Rounding

DECIMAL = {
    Rounding.UP: ROUND_CEILING,
    Rounding.DOWN: ROUND_FLOOR,
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
}


@pytest.mark.parametrize("rounding", list(Rounding))
@given(a=st.integers(0, 10**18), b=st.integers(1, 10**9))
def test_a_quotient_is_rounded_as_the_decimal_module_rounds_it(
    rounding: Rounding, a: int, b: int
) -> None:
    # Digits enough that no quotient of these numbers can look like a half without being one.
    quotient = Context(prec=80).divide(Decimal(a), Decimal(b))
    assert rounding.divide(a, b) == int(quotient.to_integral_value(DECIMAL[rounding]))


@pytest.mark.parametrize(
    ("rounding", "five", "seven"),
    [
        (Rounding.UP, 3, 4),
        (Rounding.DOWN, 2, 3),
        (Rounding.HALF_UP, 3, 4),
        (Rounding.HALF_EVEN, 2, 4),
    ],
)
def test_halves_go_where_the_rounding_says(rounding: Rounding, five: int, seven: int) -> None:
    assert (rounding.divide(5, 2), rounding.divide(7, 2)) == (five, seven)


def test_a_fifth_more_of_a_gibibyte_is_rounded_up() -> None:
    assert Rounding.UP.divide(2**30 * 12, 10) == 1_288_490_189  # LI-1
    assert Rounding.UP.divide(3 * 2**30 * 12, 10) == 3_865_470_567  # LI-2


@pytest.mark.parametrize(("a", "b"), [(-1, 2), (1, 0), (1, -2)])
def test_what_cannot_be_rounded_is_refused(a: int, b: int) -> None:
    with pytest.raises(ValueError, match="cannot round"):
        Rounding.HALF_UP.divide(a, b)


@given(st.sampled_from(sorted(MINOR_DIGITS)), st.integers(-(10**15), 10**15))
def test_plain_text_of_an_amount_reads_back_as_the_amount(currency: str, minor: int) -> None:
    money = Money(minor, currency)
    assert Money.parse(money.plain(), currency) == money


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("12.345", "EUR"), ("1.5", "JPY"), ("12,34", "EUR"), ("", "EUR"), ("NaN", "EUR"),
        ("Infinity", "EUR"), ("1", "XXX"), ("1e999999", "EUR"),
        ("12.340000000000000000000000000000000001", "EUR"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError):
        Money.parse(text, currency)


@pytest.mark.parametrize(
    ("money", "italian", "english"),
    [
        (Money(123456, "EUR"), "€ 1.234,56", "€1,234.56"),
        (Money(5, "EUR"), "€ 0,05", "€0.05"),
        (Money(1999, "GBP"), "£ 19,99", "£19.99"),
        (Money(1234, "JPY"), "¥ 1.234", "¥1,234"),
    ],
)
def test_an_amount_is_written_as_each_language_writes_it(
    money: Money, italian: str, english: str
) -> None:
    assert (money.words("it"), money.words("en")) == (italian, english)
