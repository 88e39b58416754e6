"""Whether a code is that of a letter which we put into a mailbox.

A code alone does not say to whom it was given (``notices.codes``): the address is asked for, and
the answer tells whoever typed both only whether the two belong together.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from ristoro.notices import codes
from ristoro.notices.models import Notice, NoticeState
from ristoro.notices.singles.models import Single
from ristoro.notices.singles.writing import NAMED
from ristoro.remedies.models import Run

TOLD = (NoticeState.ACCEPTED, NoticeState.VERIFIED, NoticeState.UNKNOWN, NoticeState.SENDING)
"""States in which the letter may lie in the mailbox."""

LONGEST = 254


class Finding(enum.Enum):
    """What is known of a code, or of a code with an address."""

    NO_CODE = "no-code"
    WELL_FORMED = "well-formed"
    UNKNOWN = "unknown"
    GENUINE = "genuine"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``code`` as it is printed, ``mailbox`` masked, and the run, where there are any: some letters
    are of no run."""

    finding: Finding
    code: str = ""
    mailbox: str = ""
    run: Run | None = None


def verdict(secret: bytes, typed: str, address: str) -> Verdict:
    """What is known of the code that was typed, in the mailbox with that address."""
    code = codes.check(typed)
    if code is None:
        return Verdict(Finding.NO_CODE)
    address = address.strip().casefold()
    if not address:
        return Verdict(Finding.WELL_FORMED, code)
    for notice in _notices(address):
        if codes.matches(secret, notice.run.name, notice.pk, code):
            return Verdict(Finding.GENUINE, code, masked(notice.address), notice.run)
    for single in Single.objects.filter(address=address, state__in=TOLD):
        if codes.matches(secret, NAMED, single.pk, code):
            return Verdict(Finding.GENUINE, code, masked(single.address))
    return Verdict(Finding.UNKNOWN, code, masked(address))


def _notices(address: str) -> list[Notice]:
    """The letters that were told to a mailbox."""
    return list(Notice.objects.filter(address=address, state__in=TOLD).select_related("run"))


def masked(address: str) -> str:
    """``m•••@libero.it``: enough to know one's own, too little to learn another's."""
    name, at, domain = address[:LONGEST].partition("@")
    return f"{name[:1]}•••{at}{domain}"
