"""What is kept of mail logs, as columns: shapes and the closed lists of their words."""

from __future__ import annotations

from enum import StrEnum

import pyarrow as pa

INSTANT = pa.timestamp("us", tz="UTC")


class Fate(StrEnum):
    """What became of one message for one recipient, as far as the log tells."""

    SENT = "sent"
    """Handed to the store, or to the next host."""
    BOUNCED = "bounced"
    EXPIRED = "expired"
    """Given up after waiting: returned to its sender."""
    DELETED = "deleted"
    """Taken out of the queue by an administrator."""
    HELD = "held"
    """Put on hold by an administrator, and not let go."""
    DEFERRED = "deferred"
    """Still waiting where the log ends."""
    OPEN = "open"
    """In the queue where the log ends, with no attempt told of."""
    UNFILLED = "unfilled"
    """The sender hung up before the message was whole: it was never ours."""
    UNTOLD = "untold"
    """It left the queue, and no line that was understood says how."""


class SignIn(StrEnum):
    """How a sign-in ended."""

    GOOD = "good"
    REFUSED = "refused"
    """By the password, the address or the policy."""
    OURS = "ours"
    """The service could not say: the fault is the host's."""
    CUT = "cut"
    """The service was stopped while it was being asked: the fault is the host's."""


class Edge(StrEnum):
    """What a service did."""

    STARTED = "started"
    STOPPED = "stopped"


HISTORIES = pa.schema(
    [
        ("host", pa.string()),
        ("queue_id", pa.string()),
        ("arrived_at", INSTANT),
        ("client", pa.string()),
        ("message_id", pa.string()),
        ("sender", pa.string()),
        ("size", pa.int64()),
        ("recipient", pa.string()),
        ("original_recipient", pa.string()),
        ("fate", pa.string()),
        ("deferrals", pa.int32()),
        ("first_deferred_at", INSTANT),
        ("first_reason", pa.string()),
        ("ended_at", INSTANT),
        ("delay_ms", pa.int64()),
        ("dsn", pa.string()),
        ("relay", pa.string()),
        ("reason", pa.string()),
        ("session", pa.string()),
        ("first_line", pa.int64()),
        ("file", pa.string()),
        ("last_line", pa.int64()),
        ("last_file", pa.string()),
    ]
)
"""One row a queue id, arrival and recipient. ``delay_ms`` is Postfix's own figure of the last
attempt, of two significant digits; ``session`` is the store's, by which a delivery is found.
``arrived_at`` is null where the log begins later; ``file`` and ``first_line`` tell of the arrival,
``last_file`` and ``last_line`` of the last that is known."""

DEPOSITS = pa.schema(
    [
        ("host", pa.string()),
        ("at", INSTANT),
        ("mailbox", pa.string()),
        ("session", pa.string()),
        ("message_id", pa.string()),
        ("folder", pa.string()),
        ("saved", pa.bool_()),
        ("reason", pa.string()),
        ("line", pa.int64()),
        ("file", pa.string()),
    ]
)
"""What the store says of a message: saved into a folder, or why not."""

SIGN_INS = pa.schema(
    [
        ("host", pa.string()),
        ("at", INSTANT),
        ("way", pa.string()),
        ("mailbox", pa.string()),
        ("ended", pa.string()),
        ("reason", pa.string()),
        ("remote", pa.string()),
        ("session", pa.string()),
        ("line", pa.int64()),
        ("file", pa.string()),
    ]
)
DOORS = pa.schema(
    [
        ("host", pa.string()),
        ("at", INSTANT),
        ("client", pa.string()),
        ("code", pa.int32()),
        ("dsn", pa.string()),
        ("sender", pa.string()),
        ("recipient", pa.string()),
        ("reason", pa.string()),
        ("line", pa.int64()),
        ("file", pa.string()),
    ]
)
"""Refused at the door: never ours, and its sender knows. 4xx asks it to try again."""

EDGES = pa.schema(
    [
        ("host", pa.string()),
        ("at", INSTANT),
        ("service", pa.string()),
        ("edge", pa.string()),
        ("line", pa.int64()),
        ("file", pa.string()),
    ]
)
UNKNOWN = pa.schema(
    [
        ("program", pa.string()),
        ("why", pa.string()),
        ("lines", pa.int64()),
        ("sample", pa.string()),
        ("line", pa.int64()),
        ("file", pa.string()),
    ]
)
"""Lines that were not understood: how many of a program for one reason, and the first of them."""

TABLES = {
    "histories": HISTORIES,
    "deposits": DEPOSITS,
    "sign_ins": SIGN_INS,
    "doors": DOORS,
    "edges": EDGES,
}
