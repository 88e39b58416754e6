"""Sums of any size in words that no reader takes for a telephone number."""

from __future__ import annotations

from ristoro.kernel.money import MINOR_DIGITS
from ristoro.notices import words as said

TEN = 10
"""Thousands from which an amount has five digits."""
THOUSAND = {"it": "mila", "en": "thousand"}
MILLIONS = {"it": ("milione", "milioni"), "en": ("million", "million")}


def said_sum(minor: int, currency: str, lang: str) -> str:
    """``12 mila 345 euro e 67 centesimi``: detectors take five digits together for a telephone."""
    digits = MINOR_DIGITS[currency]
    high, low = divmod(minor, 1_000 * 10**digits)
    if high < TEN:
        return said.money(minor, currency, lang)
    millions, thousands = divmod(high, 1_000)
    named = MILLIONS[lang][millions != 1]
    told = [f"{millions} {named}"] if millions else []
    told += [f"{thousands} {THOUSAND[lang]}"] if thousands else []
    rest = said.money(low, currency, lang)
    if low < 10**digits:  # so that the coin is named: nought euros of nothing are none
        unit = said.money(2 * 10**digits, currency, lang).partition(" ")[2]
        told.append(("di " if lang == "it" and not thousands else "") + unit)
        rest = f"{'e' if lang == 'it' else 'and'} {rest}" if low else ""
    return " ".join([*told, rest]).strip()
