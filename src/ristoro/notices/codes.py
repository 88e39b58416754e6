"""The short code that a notice carries and that its holder types in the webmail.

Eight letters, ``BCDF-GHJK``: no digit, so no telephone or tracking detector sees a number; no
vowel, so it never spells a word. Seven letters are an HMAC-SHA256 of the run and the notice, the
eighth is a check letter. A code is looked up among the notices of one mailbox only: whoever
guesses has one chance in 893 million, and many notices of a run may share a code without harm.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

ALPHABET = "BCDFGHJKLMNPQRSTVXZ"
"""The consonants without W (read as VV). Nineteen is prime, so the check letter finds every
single wrong letter and every two letters that changed places."""

_BASE = len(ALPHABET)
_LETTERS = 7
_HALF = 4


def code_of(secret: bytes, run: str, notice_id: int) -> str:
    """The code of a notice, for instance ``BCDF-GHJK``."""
    digest = hmac.digest(secret, f"ristoro notice\0{run}\0{notice_id}".encode(), sha256)
    number = int.from_bytes(digest) % _BASE**_LETTERS
    places = []
    for _ in range(_LETTERS):
        number, place = divmod(number, _BASE)
        places.append(place)
    places.append(_check(places))
    word = "".join(ALPHABET[place] for place in places)
    return f"{word[:_HALF]}-{word[_HALF:]}"


def check(code: str) -> str | None:
    """The code as it is printed, from what a person typed; ``None`` where it can be none of ours.

    Case, spaces and hyphens do not matter.
    """
    word = "".join(
        letter for letter in code.upper() if not letter.isspace() and letter not in "-–‐"
    )
    if len(word) != _LETTERS + 1 or any(letter not in ALPHABET for letter in word):
        return None
    places = [ALPHABET.index(letter) for letter in word]
    if places[-1] != _check(places[:-1]):
        return None
    return f"{word[:_HALF]}-{word[_HALF:]}"


def matches(secret: bytes, run: str, notice_id: int, typed: str) -> bool:
    """Whether what a person typed is this notice's code; takes the same time for any answer."""
    code = check(typed)
    return code is not None and hmac.compare_digest(code, code_of(secret, run, notice_id))


def _check(places: list[int]) -> int:
    return sum(weight * place for weight, place in enumerate(places, start=1)) % _BASE
