"""Two policies over one estate: who gains, who loses, and how much.

Both are decided as runs are; then one join a range of buckets sets every outcome beside the other.
Amounts are compared only where both are of one kind and currency; months and days that end on
another day count as a gain or a loss too. What one policy does not know is a zero.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel import frames
from ristoro.kernel.keys import BUCKETS
from ristoro.remedies.comparing.backdate import backdated
from ristoro.remedies.comparing.policy_changes import PolicyChange, changes_between
from ristoro.remedies.deciding.decide import OUTCOMES, Decision, decide
from ristoro.remedies.language.check import load_policy

CHANGES, SUMMARY = "changes.parquet", "diff.json"
SAMPLES = 3
ROWS_AT_ONCE = 250_000

GAINS, LOSES, OTHER_KIND, TOLD_OTHERWISE = "gains", "loses", "other-kind", "told-otherwise"
EFFECTS = (GAINS, LOSES, OTHER_KIND, TOLD_OTHERWISE)
"""More, or something where there was nothing; less; something that cannot be compared; the same
amount by another rule, on other terms, or nothing for another reason."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the totals: mailboxes of one brand and plan that one remedy treats alike."""

    remedy: str
    effect: str
    rule_before: str
    rule_after: str
    brand: str
    plan: str
    kind_before: str
    kind_after: str
    unit: str
    currency: str
    """Of what is owed after, or where nothing is, of what was owed before."""
    mailboxes: int
    before: int
    after: int

    @property
    def difference(self) -> int:
        """After less before; of no meaning where the kinds differ."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Sample:
    """One mailbox that is treated otherwise."""

    remedy: str
    effect: str
    address: str
    mailbox_id: int
    plan: str
    rule_before: str
    rule_after: str
    kind_before: str
    kind_after: str
    unit: str
    currency: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two policies, and what it gives over the whole estate."""

    policy: str
    version: int
    outcomes_digest: str
    approval_total: str
    as_if_in_force: bool
    """It holds only from a later day than the outage's, and was compared as if it had held."""

    @classmethod
    def of(cls, decision: Decision, as_if_in_force: bool) -> Side:
        totals = decision.totals
        return cls(
            totals["policy"], totals["policy_version"], decision.digest, decision.approval_total,
            as_if_in_force,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Diff:
    """Everything that two policies do otherwise over one estate."""

    old: Side
    new: Side
    mailboxes: int
    rules: tuple[PolicyChange, ...]
    lines: tuple[Line, ...]
    samples: tuple[Sample, ...]
    unchanged: dict[str, int]
    """By remedy: outcomes equal in every field."""

    def as_dict(self) -> dict[str, Any]:
        """For machines, and what ``diff.json`` says."""
        return {
            "format": "ristoro-diff-1",
            "mailboxes": self.mailboxes,
            "old": asdict(self.old),
            "new": asdict(self.new),
            "rules": [asdict(change) for change in self.rules],
            "unchanged": self.unchanged,
            "changed": [asdict(line) | {"difference": line.difference} for line in self.lines],
            "samples": [asdict(sample) for sample in self.samples],
        }


def diff(
    old: Path,
    new: Path,
    estate: Path,
    outage: Path,
    out: Path | None = None,
    *,
    facts: Path | None = None,
    until: datetime | None = None,
    limits: frames.Limits = frames.Limits(),
    progress: Callable[[int], None] = lambda mailboxes: None,
) -> Diff:
    """Decide two policies and compare every outcome; ``BadInput`` as ``decide`` has it.

    One that holds only from a later day is compared as if it had held at the outage.
    In ``out``, a new folder, stand ``changes.parquet``, one row for each mailbox and remedy treated
    otherwise, and ``diff.json``. Of ``facts`` each policy is given the columns that are its inputs.
    """
    if out is not None:
        out.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix=".diff.", dir=out) as name:
        folder = Path(name)
        sides = []
        for which, policy in (("old", old), ("new", new)):
            stated = _its_facts(facts, policy, folder / f"{which}.facts.parquet")
            held = backdated(policy, outage, folder / f"{which}.yaml")
            decided = decide(
                estate, outage, held, folder / which,
                limits=limits, facts=stated, until=until, progress=progress,
            )  # fmt: skip
            sides.append(Side.of(decided, as_if_in_force=held != policy))
        mailboxes = open_snapshot(estate).rows
        lines, samples, unchanged = _compare(folder, estate, mailboxes, out, limits)
    rules = changes_between(old, new)
    found = Diff(sides[0], sides[1], mailboxes, rules, lines, samples, unchanged)
    if out is not None:
        text = json.dumps(found.as_dict(), indent=2, ensure_ascii=False) + "\n"
        (out / SUMMARY).write_text(text, encoding="utf-8")
    return found


def _its_facts(facts: Path | None, policy: Path, to: Path) -> Path | None:
    """The facts with only the columns that the policy has inputs for."""
    if facts is None:
        return None
    inputs = load_policy(policy).policy.inputs
    names = pq.read_schema(facts).names
    if all(name == "mailbox_id" or name in inputs for name in names):
        return facts
    kept = [name for name in names if name == "mailbox_id" or name in inputs]
    pq.write_table(pq.read_table(facts, columns=kept), to)
    return to


def _compare(
    folder: Path, estate: Path, mailboxes: int, out: Path | None, limits: frames.Limits
) -> tuple[tuple[Line, ...], tuple[Sample, ...], dict[str, int]]:
    """Join both runs range by range; totals, samples, and the rows into the file."""
    summed: dict[tuple[Any, ...], list[int]] = {}
    samples: dict[tuple[str, str], list[Sample]] = {}
    unchanged: dict[str, int] = {}
    writer: pq.ParquetWriter | None = None
    with frames.connect(limits, reads=[estate, folder], scratch=folder) as con:
        con.read_parquet(str(estate.resolve())).create_view("estate")
        for which in ("old", "new"):
            path = folder / which / OUTCOMES
            con.read_parquet(str(path.resolve())).create_view(which)
        try:
            for first, after in _ranges(mailboxes):
                buckets = {"first": first, "after": after}
                con.execute(_CHANGED, buckets)
                con.execute(_TOLD, buckets)
                for key, *sums in _grouped(con):
                    held = summed.setdefault(tuple(key), [0, 0, 0])
                    summed[tuple(key)] = [a + b for a, b in zip(held, sums, strict=True)]
                for sample in _sampled(con):
                    lot = samples.setdefault((sample.remedy, sample.effect), [])
                    lot.extend([sample] if len(lot) < SAMPLES else [])
                for remedy, count in con.execute(_SAME).fetchall():
                    unchanged[remedy] = unchanged.get(remedy, 0) + count
                if out is not None:
                    batches = con.sql(_ROWS).to_arrow_reader(frames.ROWS_A_BATCH)
                    writer = writer or pq.ParquetWriter(
                        out / CHANGES, batches.schema, compression="zstd"
                    )
                    for batch in batches:
                        writer.write_batch(batch)
        finally:
            if writer is not None:
                writer.close()
    lines = tuple(Line(*key, *sums) for key, sums in sorted(summed.items(), key=_order))
    told = tuple(one for key in sorted(samples, key=_effect_order) for one in samples[key])
    return lines, told, dict(sorted(unchanged.items()))


def _ranges(mailboxes: int) -> Iterator[tuple[int, int]]:
    at_once = max(1, min(BUCKETS, BUCKETS * ROWS_AT_ONCE // max(1, mailboxes)))
    for first in range(0, BUCKETS, at_once):
        yield first, min(BUCKETS, first + at_once)


def _grouped(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    for row in con.execute(_TOTALS).fetchall():
        yield (row[:-3], *row[-3:])


def _sampled(con: duckdb.DuckDBPyConnection) -> Iterator[Sample]:
    for row in con.execute(_SAMPLES, [SAMPLES]).fetchall():
        yield Sample(*row)


def _order(item: tuple[tuple[Any, ...], list[int]]) -> tuple[Any, ...]:
    key = item[0]
    return (key[0], EFFECTS.index(key[1]), *key[2:])


def _effect_order(key: tuple[str, str]) -> tuple[str, int]:
    return (key[0], EFFECTS.index(key[1]))


# A row of the query is one mailbox and remedy; a remedy that only one policy has is null on the
# other side, and reads as a zero without a rule.
_CHANGED = """
CREATE OR REPLACE TEMP TABLE changed AS
WITH beside AS (
  SELECT
    remedy, bucket, mailbox_id,
    COALESCE(o.rule, '') AS rule_before, COALESCE(n.rule, '') AS rule_after,
    COALESCE(o.reason, 'no-such-remedy') AS reason_before,
    COALESCE(n.reason, 'no-such-remedy') AS reason_after,
    COALESCE(o.kind, n.kind) AS kind_before, COALESCE(n.kind, o.kind) AS kind_after,
    COALESCE(o.unit, n.unit) AS unit_before, COALESCE(n.unit, o.unit) AS unit_after,
    COALESCE(o.currency, n.currency) AS currency_before,
    COALESCE(n.currency, o.currency) AS currency_after,
    COALESCE(o.amount, 0) AS before, COALESCE(n.amount, 0) AS after,
    o.until AS until_before, n.until AS until_after,
    COALESCE(o.consent, '') AS consent_before, COALESCE(n.consent, '') AS consent_after,
    o.deadline AS deadline_before, n.deadline AS deadline_after
  FROM (SELECT * FROM old WHERE bucket >= $first AND bucket < $after) AS o
  FULL OUTER JOIN (SELECT * FROM new WHERE bucket >= $first AND bucket < $after) AS n
  USING (remedy, bucket, mailbox_id)
)
SELECT *, CASE
    WHEN before > 0 AND after > 0 AND (kind_before, currency_before) <> (kind_after, currency_after)
      THEN 'other-kind'
    WHEN after > before THEN 'gains'
    WHEN after < before THEN 'loses'
    WHEN until_after > until_before THEN 'gains'
    WHEN until_after < until_before THEN 'loses'
    WHEN rule_before <> rule_after OR reason_before <> reason_after
      OR consent_before <> consent_after OR deadline_before IS DISTINCT FROM deadline_after
      THEN 'told-otherwise'
    ELSE '' END AS effect
FROM beside"""

_TOLD = """
CREATE OR REPLACE TEMP TABLE told AS
SELECT changed.*, address, brand, plan
FROM changed INNER JOIN (
  SELECT bucket, mailbox_id, address, brand, plan FROM estate
  WHERE bucket >= $first AND bucket < $after
) USING (bucket, mailbox_id)
WHERE effect <> ''"""

_UNIT = """CASE WHEN after > 0 THEN unit_after ELSE unit_before END AS unit,
  CASE WHEN after > 0 THEN currency_after ELSE currency_before END AS currency"""

_TOTALS = f"""
SELECT remedy, effect, rule_before, rule_after, brand, plan, kind_before, kind_after, {_UNIT},
  COUNT(*), CAST(SUM(before) AS HUGEINT), CAST(SUM(after) AS HUGEINT)
FROM told GROUP BY ALL"""  # noqa: S608 - constants of this module

_SAMPLES = f"""
SELECT remedy, effect, address, mailbox_id, plan, rule_before, rule_after, kind_before, kind_after,
  {_UNIT}, before, after
FROM told
QUALIFY ROW_NUMBER() OVER (PARTITION BY remedy, effect ORDER BY bucket, mailbox_id) <= ?
ORDER BY remedy, effect, bucket, mailbox_id"""  # noqa: S608 - constants of this module

_SAME = "SELECT remedy, COUNT(*) FROM changed WHERE effect = '' GROUP BY remedy ORDER BY remedy"

_ROWS = """
SELECT remedy, bucket, mailbox_id, address, brand, plan, effect, rule_before, rule_after,
  reason_before, reason_after, kind_before, kind_after, unit_before, unit_after,
  currency_before, currency_after, before, after, until_before, until_after,
  consent_before, consent_after, deadline_before, deadline_after
FROM told ORDER BY remedy, bucket, mailbox_id"""
