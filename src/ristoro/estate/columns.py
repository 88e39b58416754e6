"""The columns of a snapshot: one row a mailbox, sorted by bucket and mailbox_id.

Instants are ``TIMESTAMP`` in UTC (microseconds, no zone stored), days are ``DATE``, money is in
minor units of ``currency`` for one billing period, sizes are in bytes.
"""

from __future__ import annotations

import pyarrow as pa

WAYS = ("webmail", "imap", "pop3", "submission", "ios", "android")
"""The ways in that a holder uses; each is also a component of an outage (as is ``inbound``)."""

STANDINGS = ("good", "arrears", "suspended", "abuse")
LOCALES = ("it", "en")

_INSTANT = pa.timestamp("us")

SNAPSHOT = pa.schema(
    [
        pa.field("mailbox_id", pa.int64(), nullable=False),
        pa.field("bucket", pa.int16(), nullable=False),
        pa.field("address", pa.string(), nullable=False),
        pa.field("brand", pa.string(), nullable=False),
        pa.field("store", pa.string(), nullable=False),
        pa.field("holder_id", pa.string()),
        pa.field("locale", pa.string(), nullable=False),
        pa.field("standing", pa.string(), nullable=False),
        pa.field("created_at", _INSTANT, nullable=False),
        pa.field("closed_at", _INSTANT),
        # the plan as it is now, since when, and until when it is paid (null: not a paid plan)
        pa.field("plan", pa.string(), nullable=False),
        pa.field("plan_since", _INSTANT, nullable=False),
        pa.field("price_minor", pa.int64(), nullable=False),
        pa.field("currency", pa.string(), nullable=False),
        pa.field("billing_months", pa.int64(), nullable=False),
        pa.field("paid_until", pa.date32()),
        pa.field("storage_bytes", pa.int64(), nullable=False),
        pa.field("used_bytes", pa.int64(), nullable=False),
        # the plan before the last change; all null where there was none
        pa.field("before_plan", pa.string()),
        pa.field("before_price_minor", pa.int64()),
        pa.field("before_billing_months", pa.int64()),
        pa.field("before_paid_until", pa.date32()),
        pa.field("before_storage_bytes", pa.int64()),
        # the ways in: a bit each, in the order of WAYS; last use of each, null for never
        pa.field("ways", pa.int64(), nullable=False),
        *(pa.field(f"seen_{way}", _INSTANT) for way in WAYS),
    ]
)


def ways_mask(ways: tuple[str, ...]) -> int:
    """The bits of these ways in; ``ValueError`` for one that is none."""
    return sum(1 << WAYS.index(way) for way in set(ways))
