"""Where payments find the account that pays, and the folder that their files are kept in."""

from __future__ import annotations

from pathlib import Path

from ristoro import env
from ristoro.edges.billing.sepa.accounts import Debtor, read_debtor
from ristoro.errands.places import home
from ristoro.kernel.errors import Missing, Problem

SETTING = "RISTORO_SEPA"


def folder() -> Path:
    """Files to and from the bank, which nobody but this program's user may read."""
    return home() / "payments"


def debtor() -> Debtor:
    """The account that pays, from the file that ``RISTORO_SEPA`` names; there is no default."""
    named = env.current().values.get(SETTING, "")
    if not named:
        raise Missing(
            Problem(
                "no-debtor",
                f"{SETTING} is not set",
                "whose account pays cannot be guessed",
                f"write the account into a file and name it in {SETTING} (docs/payments.md)",
            )
        )
    return read_debtor(Path(named))
