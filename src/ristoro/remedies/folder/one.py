"""Everything that one mailbox is judged by: its fields, its inputs, its measures, the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from ristoro.estate.columns import WAYS
from ristoro.kernel.clock import EPOCH, MICROSECOND, micros, start_of_day
from ristoro.outages.measure import ExposureClass
from ristoro.remedies.deciding.setting import Setting
from ristoro.remedies.language.policy import Measure
from ristoro.remedies.language.types import Scalar
from ristoro.remedies.language.vocabulary import fields_of
from ristoro.remedies.measuring import exposure
from ristoro.remedies.measuring.clocks import own_class


def naive_micros(value: datetime) -> int:
    """Microseconds of a snapshot's instant, which is in UTC and carries no zone."""
    return (value - EPOCH.replace(tzinfo=None)) // MICROSECOND


def class_of(row: Mapping[str, Any], setting: Setting) -> ExposureClass:
    """The exposure class of a snapshot row, as ``outages.spread`` makes it in SQL."""
    hull = setting.sight.hull

    def clamp(value: datetime | None, otherwise: int) -> int:
        at = otherwise if value is None else naive_micros(value)
        return min(max(at, hull.start), hull.end)

    used, since = 0, used_since(setting)
    if since is not None:
        for bit, way in enumerate(WAYS):
            seen = row[f"seen_{way}"]
            used |= (seen is not None and naive_micros(seen) >= since) << bit
    return ExposureClass(
        row["brand"],
        row["store"],
        row["ways"],
        used,
        clamp(row["created_at"], hull.start),
        clamp(row["closed_at"], hull.end),
    )


def used_since(setting: Setting) -> int | None:
    """From when a way in counts as used; ``None`` where no measure asks."""
    policy = setting.policy
    if policy.used_since is None or not any(m.used_only for m in policy.measures.values()):
        return None
    return micros(start_of_day(policy.used_since, policy.zone))


def known_of(
    row: Mapping[str, Any],
    setting: Setting,
    names: Sequence[str],
    inputs: Mapping[str, Scalar],
    pooled: Mapping[str, Fraction | None],
) -> dict[str, Scalar]:
    """Every leaf by name; ``pooled`` has the uptime of each population measure for the mailbox."""
    cls = class_of(row, setting)
    known: dict[str, Scalar] = {
        **fields_of(row, setting.sight.hull.start, setting.policy.currency),
        **setting.known,
        **setting.defaults,
        **inputs,
        **{f"{measure}.uptime": value for measure, value in pooled.items()},
    }

    def own(measure: Measure) -> ExposureClass:
        return own_class(measure, cls, setting, known)

    measured = exposure.measured(setting.policy, names, setting.sight, own, setting.every)
    return {**known, **measured}


def group_of(row: Mapping[str, Any], population: str) -> tuple[str, object]:
    """Who a mailbox is weighed together with; one without a holder is alone."""
    if population == "everyone":
        return ("everyone", None)
    if population == "holder":
        holder = row["holder_id"]
        return ("mailbox", row["mailbox_id"]) if holder is None else ("holder", holder)
    return (population, row[population] if population == "brand" else (row["brand"], row["store"]))
