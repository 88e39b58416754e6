"""Whether what a holder typed is an account that can be paid to, and what its bank will read.

The number is checked by schwifty: country, length, check digits, the bank's own structure. The
name is written in the letters that every bank of the area takes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from schwifty import IBAN
from schwifty.exceptions import (
    InvalidChecksumDigits,
    InvalidCountryCode,
    InvalidLength,
    SchwiftyException,
)

from ristoro.edges.billing.sepa import characters
from ristoro.fulfilment.payees.sealing import masked
from ristoro.kernel.errors import BadInput, Problem

LONGEST_NAME = 70
LONGEST_TYPED = 200


@dataclass(frozen=True, slots=True)
class Checked:
    """An account that can be paid to: the number without blanks, the name as banks will read it.

    ``bank`` is its bank's name where the list of banks has it, else empty.
    """

    iban: str = field(repr=False)
    name: str = field(repr=False)
    country: str
    bank: str = ""

    @property
    def masked(self) -> str:
        """The number as it may be shown."""
        return masked(self.iban)

    @property
    def written(self) -> str:
        """The number in groups of four, as it is printed on cards and statements."""
        return " ".join(self.iban[at : at + 4] for at in range(0, len(self.iban), 4))


def checked(iban: str, name: str) -> Checked:
    """The account that was typed; ``BadInput`` with a problem for each field that is wrong.

    No problem repeats what was typed.
    """
    problems: list[Problem] = []
    number = _number(iban, problems)
    written = _name(name, problems)
    if problems or number is None:
        raise BadInput(*problems)
    return Checked(number.compact, written, number.country_code, number.bank_name or "")


def _number(typed: str, problems: list[Problem]) -> IBAN | None:
    def wrong(code: str, what: str) -> None:
        todo = "copy it from a statement or from the bank's own pages"
        problems.append(Problem(code, what, "a transfer would not arrive", todo))

    bare = "".join(typed[:LONGEST_TYPED].split()).replace("-", "")
    if not bare:
        wrong("iban-missing", "no number was given")
        return None
    try:
        number = IBAN(bare, validate_bban=True)
    except InvalidCountryCode:
        wrong("iban-country", "the number does not begin with the letters of a country")
    except InvalidLength:
        wrong("iban-length", "the number is too long or too short for its country")
    except InvalidChecksumDigits:
        wrong("iban-digits", "the number's check digits do not fit: a letter or digit is wrong")
    except SchwiftyException:
        wrong("iban-wrong", "the number is not written as those of its country are")
    else:
        if number.in_sepa_zone:
            return number
        wrong("iban-area", "the account is outside the euro payments area (SEPA)")
    return None


def _name(typed: str, problems: list[Problem]) -> str:
    name = characters.written(typed, LONGEST_TYPED)
    if sum(letter.isalpha() for letter in name) < 2:
        problems.append(
            Problem("payee-name", "no name was given in letters that banks take",
                    "the bank compares it with the account's", "write it as the bank has it")
        )  # fmt: skip
    elif len(name) > LONGEST_NAME:
        problems.append(
            Problem("payee-name-long", f"the name has {len(name)} letters",
                    f"banks take {LONGEST_NAME}", "shorten the first names")
        )  # fmt: skip
    return name
