"""The scanner that an installation has configured, if any."""

from __future__ import annotations

from ristoro.edges.scanners.clamd import Clamd, place_of
from ristoro.edges.scanners.contract import Scanner
from ristoro.env import Environment
from ristoro.kernel.errors import Missing, Problem

SETTING = "RISTORO_CLAMD"


def scanner_of(environment: Environment) -> Scanner | None:
    """ClamAV's daemon where ``RISTORO_CLAMD`` names it; ``Missing`` for what is no place."""
    named = environment.text(SETTING, "").strip()
    if not named:
        return None
    try:
        return Clamd(place_of(named))
    except ValueError as error:
        raise Missing(
            Problem(
                "setting",
                f"{SETTING} is {named!r}: {error}",
                "the program does not start on a guess",
                "write the path of clamd's socket, as /run/clamav/clamd.ctl, or HOST:3310",
            )
        ) from error
