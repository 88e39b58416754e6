"""The columns of ``outcomes.parquet``: one row for each mailbox and remedy, zero ones included.

Rows are in canonical order: by ``remedy_no``, then ``bucket``, then ``mailbox_id``. The digest of
the file is ``kernel.frames.digest_of_parquet`` over all columns in the order given here.
"""

from __future__ import annotations

import pyarrow as pa

LANES = ("indemnity", "refund", "damages")
KINDS = ("storage", "extension", "service-days", "credit", "refund", "indemnity")
UNITS = ("bytes", "months", "days", "minor")
CONSENTS = ("automatic", "confirm", "claim")

OUTCOMES = pa.schema(
    [
        pa.field("remedy_no", pa.int16(), nullable=False),  # position in the policy, from 0
        pa.field("bucket", pa.int16(), nullable=False),
        pa.field("mailbox_id", pa.int64(), nullable=False),
        pa.field("remedy", pa.string(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),  # the rule that decided, "" for none
        pa.field("reason", pa.string(), nullable=False),  # why zero, "" where something is owed
        pa.field("lane", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("amount", pa.int64(), nullable=False),  # in ``unit``; 0 where nothing is owed
        pa.field("unit", pa.string(), nullable=False),
        pa.field("currency", pa.string(), nullable=False),  # "" unless unit is minor
        pa.field("base", pa.int64()),  # bytes before a storage grant
        pa.field("target", pa.int64()),  # bytes after it
        pa.field("base_until", pa.date32()),  # paid until, before an extension
        pa.field("until", pa.date32()),  # and after it
        pa.field("consent", pa.string(), nullable=False),
        pa.field("deadline", pa.date32()),  # for a yes or a claim; null where none is asked
        pa.field("trail", pa.string(), nullable=False),  # rules tried in order, and what stopped
    ]
)
