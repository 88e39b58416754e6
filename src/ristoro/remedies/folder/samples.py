"""Named mailboxes for every way in which a decision treats one, drawn from the decided rows.

Which are drawn follows from the digest of the outcomes, so nobody chooses them and everybody draws
the same: of each rule and reason of a remedy those with the lowest number, where each mailbox's
number is its id put through a step that the digest sets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from ristoro.kernel.keys import bucket_of

DRAWN = 5
"""Of each rule and reason."""
_PRIME = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Drawn:
    """One mailbox, and what it gets of the remedy; days in ISO form, empty for none."""

    mailbox_id: int
    address: str
    brand: str
    plan: str
    amount: int
    base: int | None
    target: int | None
    base_until: str
    until: str
    deadline: str


@dataclass(frozen=True, slots=True)
class Sample:
    """Mailboxes that one rule of a remedy treats alike: how many there are, and a few of them.

    ``reason`` is empty where they get something.
    """

    remedy_no: int
    remedy: str
    rule: str
    reason: str
    kind: str
    unit: str
    currency: str
    consent: str
    mailboxes: int
    drawn: tuple[Drawn, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Sample:
        """From what ``as_dict`` gave."""
        return cls(**{**told, "drawn": tuple(Drawn(**one) for one in told["drawn"])})


def masked(address: str) -> str:
    """``a…@libero.it``: for people who may know that there is somebody, not who."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}…{at}{domain}"


def draw(
    con: duckdb.DuckDBPyConnection, outcomes: Path, snapshot: Path, digest: str
) -> tuple[Sample, ...]:
    """Draw from the outcomes with this digest, in order of remedy, givers first, then rule.

    One pass over the outcomes, and one over the few rows of the mailboxes drawn.
    """
    step = {"factor": 1 + int(digest[:8], 16) % (_PRIME - 1), "shift": int(digest[8:16], 16)}
    groups = con.execute(_DRAWN, {"outcomes": str(outcomes), **step}).fetchall()
    ids = sorted({one["mailbox_id"] for group in groups for one in group[-1]})
    rows = _rows(con, outcomes, snapshot, ids)
    samples = []
    for remedy_no, rule, reason, mailboxes, lowest in groups:
        chosen = [rows[remedy_no, one["mailbox_id"]] for one in lowest]
        same = {name: chosen[0][name] for name in ("remedy", "kind", "unit", "currency", "consent")}
        samples.append(
            Sample(
                remedy_no=remedy_no, rule=rule, reason=reason, mailboxes=mailboxes,
                drawn=tuple(_drawn(one) for one in chosen), **same,
            )
        )  # fmt: skip
    return tuple(samples)


def _rows(
    con: duckdb.DuckDBPyConnection, outcomes: Path, snapshot: Path, ids: Sequence[int]
) -> dict[tuple[int, int], dict[str, Any]]:
    """What was decided for these mailboxes, by remedy and mailbox, with who they are."""
    files = {"outcomes": str(outcomes), "snapshot": str(snapshot)}
    buckets = sorted({bucket_of(one) for one in ids})
    answer = con.execute(_ROWS, {**files, "ids": list(ids), "buckets": buckets})
    names = [one[0] for one in answer.description]
    found = (dict(zip(names, row, strict=True)) for row in answer.fetchall())
    return {(one["remedy_no"], one["mailbox_id"]): one for one in found}


def _drawn(row: Mapping[str, Any]) -> Drawn:
    kept = ("mailbox_id", "address", "brand", "plan", "amount", "base", "target")
    days = {name: _day(row[name]) for name in ("base_until", "until", "deadline")}
    return Drawn(**({name: row[name] for name in kept} | days))


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


# An id is taken below the prime first, so that the product stays within 64 bits whatever it is.
_DRAWN = f"""
SELECT remedy_no, rule, reason, COUNT(*),
  min(struct_pack(
    place := ((mailbox_id % {_PRIME} + {_PRIME}) % {_PRIME} * $factor + $shift) % {_PRIME},
    mailbox_id := mailbox_id), {DRAWN})
FROM read_parquet($outcomes)
GROUP BY remedy_no, rule, reason
ORDER BY remedy_no, reason <> '', rule, reason"""  # noqa: S608 - constants of this module

_ROWS = """
SELECT decided.*, boxes.address, boxes.brand, boxes.plan
FROM (
  SELECT * FROM read_parquet($outcomes)
  WHERE list_contains($buckets, bucket) AND list_contains($ids, mailbox_id)
) AS decided
INNER JOIN (
  SELECT mailbox_id, address, brand, plan FROM read_parquet($snapshot)
  WHERE list_contains($buckets, bucket) AND list_contains($ids, mailbox_id)
) AS boxes USING (mailbox_id)"""
