"""What the evidence shows of one mailbox in one window, and what it cannot show.

Facts are codes, instants and the host's own words; sentences are made where they are shown.
Instants are whole microseconds since 1970-01-01T00:00Z, spans are half-open.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any

from ristoro.edges.mail_logs.columns import Edge, Fate, SignIn
from ristoro.kernel import keys
from ristoro.kernel.clock import instant
from ristoro.kernel.spans import Span

FORMAT = "ristoro-evidence-1"


class Cause(StrEnum):
    """Whose a failure is, as far as the reply code tells."""

    OURS = "ours"
    """The store or its database did not answer, or an administrator intervened."""
    MAILBOX_FULL = "mailbox-full"
    NO_SUCH_ADDRESS = "no-such-address"
    SENDER = "sender"
    """The sender, its message or a policy: refused, and its sender was told."""
    UNCLEAR = "unclear"


class Came(StrEnum):
    """What became of a message, for the one who waited for it."""

    DELIVERED = "delivered"
    LATE = "late"
    """Delivered after it had been deferred at least once."""
    BOUNCED = "bounced"
    EXPIRED = "expired"
    DELETED = "deleted"
    HELD = "held"
    WAITING = "waiting"
    """Deferred, and not delivered where the log ends."""
    NOT_SHOWN = "not-shown"
    """In the queue where the log ends, or gone from it with no line that says how."""
    NEVER_OURS = "never-ours"
    """The sender hung up before the message was whole."""
    PASSED_ON = "passed-on"
    """Handed to another queue, where it has a history of its own."""


NOT_DELIVERED = frozenset({Came.BOUNCED, Came.EXPIRED, Came.DELETED})
"""What is shown not to have arrived."""


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """Where a fact stands: a line of a file, by the file's digest, as an import read it."""

    file: str
    line: int
    sha256: str
    evidence: str
    """The digest of the import."""


@dataclass(frozen=True, slots=True)
class Message:
    """The history of one message for this recipient."""

    host: str
    queue_id: str
    arrived_at: int | None
    """``None`` where it arrived before the log begins."""
    came: Came
    fate: Fate
    cause: Cause | None
    """Of the failure that kept it or ended it; ``None`` where there was none."""
    waited_us: int | None
    """From arrival to the end told of; ``None`` where either is not known."""
    deferrals: int
    first_deferred_at: int | None
    ended_at: int | None
    message_id: str | None
    sender: str | None
    recipient: str
    original_recipient: str | None
    size: int | None
    dsn: str | None
    relay: str | None
    folder: str | None
    """Where the store saved it, where the store's own line says so."""
    first_reason: str | None
    reason: str | None
    first: Line
    last: Line


@dataclass(frozen=True, slots=True)
class Deposit:
    """What the store says of a message that no history here accounts for."""

    host: str
    at: int
    message_id: str | None
    folder: str | None
    saved: bool
    reason: str | None
    where: Line


@dataclass(frozen=True, slots=True)
class Refusal:
    """Refused at the door: never ours, and its sender knows. A code of 4xx asks it to try again."""

    host: str
    at: int
    code: int
    dsn: str | None
    cause: Cause
    sender: str | None
    recipient: str
    reason: str | None
    where: Line


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One attempt to sign in."""

    host: str
    at: int
    way: str
    ended: SignIn
    ours: bool
    """Refused by the host's fault."""
    reason: str | None
    where: Line


@dataclass(frozen=True, slots=True)
class ServiceEdge:
    """A service started or stopped."""

    host: str
    at: int
    service: str
    edge: Edge
    where: Line


@dataclass(frozen=True, slots=True)
class Source:
    """One file that was read, whoever it is about."""

    evidence: str
    file: str
    sha256: str
    lines: int
    first: int | None
    last: int | None
    hosts: tuple[str, ...]


class Limit(StrEnum):
    """Why something in this window is not provable, one way or the other."""

    NO_EVIDENCE = "no-evidence"
    """Nothing was imported that reaches into the window."""
    NOT_COVERED = "not-covered"
    """No file tells of this time."""
    SILENT_HOST = "silent-host"
    """A host tells nothing of this time, while another does."""
    SERVICE_STOPPED = "service-stopped"
    """A stopped service leaves no line: who tried to sign in then is not in any log."""
    NO_LINE = "no-line"
    """No line of this mailbox: neither that mail came, nor that it did not."""
    UNNAMED_SIGN_INS = "unnamed-sign-ins"
    """Sign-ins that failed by the host's fault before it was known whose they were."""
    STILL_WAITING = "still-waiting"
    """Messages of which the log ends before their end."""
    UNKNOWN_LINES = "unknown-lines"
    """Lines that were not understood."""
    BEFORE_OUR_DOOR = "before-our-door"
    """Mail that never reached a host of these logs is in none of them. Always true."""
    CUT = "cut"
    """More than is listed; the totals count them all."""


@dataclass(frozen=True, slots=True)
class Limitation:
    """One thing that the evidence cannot show."""

    limit: Limit
    span: Span | None = None
    host: str | None = None
    number: int | None = None
    """Of lines, messages or sign-ins."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything that was found, also where not all of it is listed."""

    messages: int = 0
    delivered: int = 0
    late: int = 0
    longest_wait_us: int = 0
    """Of the messages that came late."""
    bounced: int = 0
    expired: int = 0
    deleted: int = 0
    held: int = 0
    waiting: int = 0
    not_shown: int = 0
    never_ours: int = 0
    passed_on: int = 0
    deposits: int = 0
    refused_at_door: int = 0
    sign_ins_good: int = 0
    sign_ins_refused: int = 0
    sign_ins_ours: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What the evidence shows of one mailbox in one window: sorted by time, and bounded."""

    address: str
    window: Span
    totals: Totals
    messages: tuple[Message, ...]
    deposits: tuple[Deposit, ...]
    refusals: tuple[Refusal, ...]
    sign_ins: tuple[SignedIn, ...]
    edges: tuple[ServiceEdge, ...]
    sources: tuple[Source, ...]
    limits: tuple[Limitation, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of ``as_json()``: the same evidence gives the same one."""
        return keys.digest_of(self.as_json())

    def as_json(self) -> dict[str, Any]:
        """Plain values with one spelling (``keys.canonical_json``): instants in ISO 8601 UTC."""
        return {"format": FORMAT, **_plain(self)}


_INSTANTS = frozenset({"at", "arrived_at", "first_deferred_at", "ended_at", "first", "last"})


def _plain(value: Any) -> dict[str, Any]:
    return {one.name: _value(one.name, getattr(value, one.name)) for one in fields(value)}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, Span):
        return {"from": stamp(value.start), "to": stamp(value.end)}
    if is_dataclass(value):
        return _plain(value)
    if isinstance(value, tuple):
        return [_value("", item) for item in value]
    if isinstance(value, StrEnum):
        return value.value
    if name in _INSTANTS and value is not None:
        return stamp(value)
    return value


def stamp(at: int) -> str:
    """``2023-01-23T15:00:00.000000Z``."""
    return instant(at).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
