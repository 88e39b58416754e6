"""Having a document looked into where a scanner is configured, and saying so where none is."""

from __future__ import annotations

from ristoro.edges.scanners.contract import Scan, Scanner, Verdict
from ristoro.kernel.errors import BadInput, NotAllowed, Problem

HARMFUL = "document-harmful"
UNSCANNED = "document-unscanned"


def scanned(data: bytes, scanner: Scanner | None) -> Verdict:
    """``CLEAN``, or ``NOT_SCANNED`` where there is no scanner.

    ``BadInput`` where harm was found; ``NotAllowed`` where a scanner is configured and does not
    answer: what it cannot look into is not kept.
    """
    if scanner is None:
        return Verdict.NOT_SCANNED
    found = scanner.scan(data)
    if found.verdict is Verdict.HARMFUL:
        raise BadInput(_harmful(found))
    if found.verdict is not Verdict.CLEAN:
        raise NotAllowed(_failed(found))
    return found.verdict


def _harmful(found: Scan) -> Problem:
    return Problem(
        HARMFUL,
        f"the scanner found {found.text or 'something harmful'} in the file",
        "whoever examines the claim would open it",
        "clean the device that it comes from, or send a picture of the document instead",
    )


def _failed(found: Scan) -> Problem:
    return Problem(
        UNSCANNED,
        f"the file could not be looked into: {found.text or 'the scanner did not answer'}",
        "every document is scanned here before it is kept",
        "send it again in some minutes; the rest of the claim is saved",
    )
