"""A policy as if it had held on an earlier day: to try a new version on an outage before it.

Only days change: that from which it holds, and those from which its amounts first have a value.
They are replaced where they stand, so that every line keeps its number. Nothing decided by such a
text is a run; it is for comparing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from ristoro.kernel import documents
from ristoro.kernel.clock import instant
from ristoro.kernel.documents import Value
from ristoro.outages.declare import read_outage
from ristoro.remedies.language.read import read_policy


def backdated(policy: Path, outage: Path, to: Path) -> Path:
    """The policy itself where it held on the outage's first day, else a copy that did, at ``to``.

    ``BadInput`` for a policy or an outage that cannot be read.
    """
    read = read_policy(policy)
    first = instant(read_outage(outage).start).astimezone(read.zone).date()
    late = [value for value in _days(documents.read_file(policy)) if _later(value, first)]
    if not late:
        return policy
    lines = policy.read_text("utf-8-sig").splitlines(keepends=True)
    for value in late:
        line, column = value.place.line, value.place.column
        assert line is not None
        assert column is not None
        assert value.text is not None
        text, at = lines[line - 1], column - 1 + value.quoted
        lines[line - 1] = text[:at] + first.isoformat() + text[at + len(value.text) :]
    to.write_text("".join(lines), encoding="utf-8")
    return to


def _later(value: Value, first: date) -> bool:
    return date.fromisoformat(value.text or "") > first


def _days(root: Value) -> Iterator[Value]:
    """The day from which the policy holds, and the first day of each amount."""
    fields = root.entries or {}
    if "valid_from" in fields:
        yield fields["valid_from"]
    for amount in ((fields["amounts"].entries or {}) if "amounts" in fields else {}).values():
        dated = (amount.items or ())[:1]
        yield from ((one.entries or {})["from"] for one in dated)
