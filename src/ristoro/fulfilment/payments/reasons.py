"""Which of a bank's reasons are of the payee's account: only its holder can mend those."""

from __future__ import annotations

OF_ACCOUNT = frozenset(
    {
        *("AC01", "AC03", "AC04", "AC06", "AC07", "AC14", "AG01", "BE01", "BE06", "CNOR"),
        *("MD07", "MS02", "MS03", "RC01", "RC04"),
    }
)
"""ISO 20022, external status and return reason codes. MS02 and MS03 are given by banks that may not
say more: the account's is then the likeliest reason, and asking its holder does no harm."""
