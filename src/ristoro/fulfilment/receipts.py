"""The reference number of a grant: short enough to be said on the telephone, and checked.

Crockford's Base32 of the grant's id, which is below 2**50: ten letters and digits without I, L, O
and U, and an eleventh that finds a wrong one and two that changed places. It is a name, no secret:
whoever knows it is shown nothing without signing in.
"""

from __future__ import annotations

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECK = DIGITS + "*~$=U"
"""Thirty-seven of them: a prime larger than 32."""
_LENGTH = 10
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})


def number_of(grant_id: int) -> str:
    """``0K3V7-QW00Z-4``: always the same for a grant; ``ValueError`` outside 0 to 2**50 - 1."""
    if not 0 <= grant_id < 1 << 5 * _LENGTH:
        raise ValueError(f"{grant_id} is no grant's id")
    word = "".join(DIGITS[grant_id >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return f"{word[:5]}-{word[5:]}-{_CHECK[grant_id % len(_CHECK)]}"


def grant_of(number: str) -> int | None:
    """The grant's id, from what somebody typed or said; ``None`` where the check is wrong."""
    word = "".join(number.upper().split()).replace("-", "")
    if len(word) != _LENGTH + 1:
        return None
    body, check = word[:-1].translate(_READ_AS), word[-1]
    if any(letter not in DIGITS for letter in body):
        return None
    value = 0
    for letter in body:
        value = value << 5 | DIGITS.index(letter)
    return value if _CHECK[value % len(_CHECK)] == check else None
