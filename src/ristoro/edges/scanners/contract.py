"""What Ristoro asks of a program that looks into files."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol


class Verdict(enum.Enum):
    """What a scanner says of a file."""

    CLEAN = "clean"
    """Nothing that it knows was found."""
    HARMFUL = "harmful"
    FAILED = "failed"
    """It did not answer, or could not look: nothing is known of the file."""
    NOT_SCANNED = "not-scanned"
    """No scanner is configured."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A verdict, with the scanner's own words for what it found, or for why it could not look."""

    verdict: Verdict
    text: str = ""


class Scanner(Protocol):
    """Looks into files, one at a time."""

    def scan(self, data: bytes) -> Scan:
        """Look into these bytes now. It raises nothing: what goes wrong is ``FAILED``."""
