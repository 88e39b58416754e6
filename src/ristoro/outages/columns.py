"""The components that an outage speaks of, and the columns of ``exposure.parquet``.

Durations are in whole microseconds; instants are ``TIMESTAMP`` in UTC.
"""

from __future__ import annotations

import pyarrow as pa

from ristoro.estate.columns import WAYS

INBOUND = "inbound"
COMPONENTS = (*WAYS, INBOUND)
"""Every way in of a holder, and ``inbound``: mail from outside, which every mailbox has."""

EXPOSURE = pa.schema(
    [
        pa.field("mailbox_id", pa.int64(), nullable=False),
        pa.field("bucket", pa.int16(), nullable=False),
        pa.field("component", pa.string(), nullable=False),
        pa.field("down_us", pa.int64(), nullable=False),
        pa.field("degraded_us", pa.int64(), nullable=False),  # and not down at the same time
        # of the time that was down or degraded, taken together
        pa.field("stretches", pa.int64(), nullable=False),
        pa.field("longest_us", pa.int64(), nullable=False),
        pa.field("first_start", pa.timestamp("us"), nullable=False),
        pa.field("last_end", pa.timestamp("us"), nullable=False),
    ]
)
"""One row for each mailbox and component of it that the outage touched, in the snapshot's order
and then the order of ``COMPONENTS``; what was not touched has no row."""
