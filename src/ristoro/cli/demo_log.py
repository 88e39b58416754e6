"""The demo's mail log: lines that Postfix and Dovecot wrote while a store was stopped twice.

They are real, of five minutes in another year, for a domain of a test. Here they are moved to the
sample's: the clock by one and the same span, the domain and a few names to mailboxes of the sample.
No line is added, left out or put elsewhere.
"""

from __future__ import annotations

import lzma
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

REAL = Path("tests/evidence/logs/mail-outage.iso.log.xz")
BEGINS = datetime(2023, 1, 26, 12, tzinfo=UTC)
"""13:00 in Rome: the first stores open again, and mail from outside is taken again."""

NAMES: Mapping[str, str] = {
    "carla.rossi@example.test": "plus100@virgilio.it",
    "carla.verdi@example.test": "ends.31aug@libero.it",
    "carla.bianchi@example.test": "free@libero.it",
    "@example.test": "@libero.it",
    "client@partner.test": "ufficio@partner.test",
}
"""Whose lines stand for whom: to each of the first three came a message that was never delivered,
for somebody deleted it from the queue."""

_STAMP = re.compile(r"^(\S+) ", re.MULTILINE)


def place(real: Path, out: Path) -> None:
    """Write the log as if it were of the sample."""
    with lzma.open(real, "rt", encoding="utf-8") as file:
        text = file.read()
    first = datetime.fromisoformat(text[: text.index(" ")])
    moved = BEGINS - first
    for name, other in NAMES.items():
        text = text.replace(name, other)
    text = _STAMP.sub(lambda found: _later(found[1], moved), text)
    out.write_text(text, encoding="utf-8")


def _later(stamp: str, span: timedelta) -> str:
    return (datetime.fromisoformat(stamp) + span).isoformat(timespec="microseconds") + " "
