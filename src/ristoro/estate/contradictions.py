"""What a row must not say at once: rules between the columns of one mailbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ristoro.estate.values import Unfit

Truths = npt.NDArray[np.bool_]

_BEFORE = ("before_plan", "before_price_minor", "before_billing_months", "before_storage_bytes")


def contradictions(
    columns: Mapping[str, pa.Array], as_of: datetime
) -> Iterator[tuple[Truths, str, Unfit]]:
    """Each rule that some rows break: which rows, the column to name, and why."""
    for mask, column, unfit in _rules(columns, as_of):
        broken = pc.fill_null(mask, False).to_numpy(zero_copy_only=False)
        if broken.any():
            yield broken, column, unfit


def _rules(
    columns: Mapping[str, pa.Array], as_of: datetime
) -> Iterator[tuple[pa.Array, str, Unfit]]:
    yield (
        pc.less(columns["closed_at"], columns["created_at"]),
        "closed_at",
        Unfit(
            "closed-before-created",
            "closed before it was created",
            "check which of the two is wrong",
        ),
    )
    moment = pa.scalar(as_of.astimezone(UTC).replace(tzinfo=None), pa.timestamp("us"))
    for name in ("created_at", "plan_since"):
        yield (
            pc.greater(columns[name], moment),
            name,
            Unfit(
                "in-the-future",
                f"after {as_of.isoformat()}, the instant of the snapshot",
                "check it, or name the instant at which the estate was exported with --as-of",
            ),
        )
    yield from _paid("", columns)
    yield from _paid("before_", columns)
    present = {name: pc.is_valid(columns[name]) for name in (*_BEFORE, "before_paid_until")}
    some = pc.or_(present[_BEFORE[0]], present["before_paid_until"])
    for name in _BEFORE[1:]:
        some = pc.or_(some, present[name])
    for name in _BEFORE:
        yield (
            pc.and_not(some, present[name]),
            name,
            Unfit(
                "before-incomplete",
                "a plan before has a name, a price, billing months and a storage, or is not there",
                f"fill in {', '.join(_BEFORE)}, or empty them all",
            ),
        )


def _paid(prefix: str, columns: Mapping[str, pa.Array]) -> Iterator[tuple[pa.Array, str, Unfit]]:
    paid = pc.greater(columns[f"{prefix}price_minor"], 0)
    yield (
        pc.and_(paid, pc.equal(columns[f"{prefix}billing_months"], 0)),
        f"{prefix}billing_months",
        Unfit(
            "no-billing-period",
            "a price without the months it is for",
            "write 12 for a yearly price",
        ),
    )
    yield (
        pc.and_(paid, pc.is_null(columns[f"{prefix}paid_until"])),
        f"{prefix}paid_until",
        Unfit(
            "no-paid-until", "a paid plan is paid until some day", "write the last day that is paid"
        ),
    )
