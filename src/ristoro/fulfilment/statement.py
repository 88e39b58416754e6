"""The closing statement: every figure of a run, so arranged that the parts can be seen to sum up.

Nothing is rounded, guessed or left out: what does not agree is a ``Discrepancy`` of its own.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.fulfilment.states import MADE, PENDING, TO_SETTLE
from ristoro.notices.models import NoticeState

UNITS = {
    GrantKind.STORAGE: "bytes",
    GrantKind.EXTENSION: "months",
    GrantKind.SERVICE_DAYS: "days",
}
"""The unit of an amount; money, in minor units, where none is named."""

NOTICES_PENDING = frozenset(
    {NoticeState.PLANNED, NoticeState.SENDING, NoticeState.DEFERRED, NoticeState.UNKNOWN}
)


@dataclass(frozen=True, slots=True)
class Sum:
    """So many grants and what they come to, in the unit of their kind."""

    grants: int = 0
    amount: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.grants + other.grants, self.amount + other.amount)


@dataclass(frozen=True, slots=True)
class Line:
    """One remedy of one kind and currency: what is owed, and where every grant of it stands.

    ``owed`` is counted in the outcomes, everything else in the grants. ``refused_by`` divides the
    refused by the code of the reason; ``waits_until`` is the last day for a yes. ``chose_other``
    are those of the declined that stand back for an alternative which is given.
    """

    remedy_no: int
    remedy: str
    kind: GrantKind
    currency: str
    owed: Sum
    by_state: Mapping[GrantState, Sum]
    refused_by: Mapping[str, Sum]
    waits_until: date | None
    chose_other: Sum = Sum()

    @property
    def unit(self) -> str:
        return UNITS.get(self.kind, "minor")

    @property
    def loaded(self) -> Sum:
        return sum(self.by_state.values(), Sum())

    @property
    def made(self) -> Sum:
        return self.of(*MADE)

    @property
    def unsettled(self) -> Sum:
        """Begun, and not known whether it happened: must be none before a run is closed."""
        return self.of(*TO_SETTLE)

    def of(self, *states: GrantState) -> Sum:
        """The grants in these states."""
        return sum((self.by_state.get(state, Sum()) for state in states), Sum())


class Standing(enum.Enum):
    """How a mailbox that is owed something stands: by the grant that is furthest from its end."""

    IN_HAND = "in-hand"
    WAITING = "waiting"
    REFUSED = "refused"
    GIVEN = "given"
    NOT_GIVEN = "not-given"
    """Declined, lapsed or taken back, and nothing else."""


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """Every mailbox of the run, each in exactly one part."""

    covered: int
    nothing_owed: int
    by_standing: Mapping[Standing, int]


@dataclass(frozen=True, slots=True)
class Zero:
    """So many mailboxes get nothing of a remedy, for one reason."""

    remedy_no: int
    remedy: str
    reason: str
    mailboxes: int


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What the last reading of the world found, of so many grants that were made then."""

    at: datetime
    made: int
    read: int
    agreed: int
    differed: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Two figures that must be equal and are not; ``wording.DISCREPANCIES`` says which by code.

    ``remedy_no`` is ``None`` where they are not of one remedy.
    """

    code: str
    remedy_no: int | None
    expected: int
    found: int


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands against closing the run: so many of something that has not ended."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Statement:
    """The figures of a run as they stood ``at``."""

    run: str
    state: str
    at: datetime
    outcomes_digest: str
    approved_by_two: bool
    mailboxes: Mailboxes
    lines: tuple[Line, ...]
    zeros: tuple[Zero, ...]
    notices: Mapping[NoticeState, int]
    notices_refused_by: Mapping[str, int]
    read_back: ReadBack | None
    discrepancies: tuple[Discrepancy, ...]

    @property
    def obstacles(self) -> tuple[Obstacle, ...]:
        """Why the run cannot be closed yet; empty when it can."""
        counts = {
            "waiting-for-yes": _grants(self.lines, GrantState.WAITING),
            "to-make": _grants(self.lines, GrantState.PLANNED),
            "deferred": _grants(self.lines, GrantState.DEFERRED),
            "unknown": _grants(self.lines, *TO_SETTLE),
            "not-verified": _grants(self.lines, GrantState.APPLIED),
            "notices-pending": sum(self.notices.get(state, 0) for state in NOTICES_PENDING),
            "discrepancies": len(self.discrepancies),
        }
        return tuple(Obstacle(code, count) for code, count in counts.items() if count)


def standing_of(state: GrantState) -> Standing:
    """Where a mailbox stands that has one grant, in this state."""
    if state is GrantState.WAITING:
        return Standing.WAITING
    if state in PENDING:
        return Standing.IN_HAND
    if state is GrantState.REFUSED:
        return Standing.REFUSED
    return Standing.GIVEN if state in MADE else Standing.NOT_GIVEN


def as_data(value: Any) -> Any:
    """The statement, or a part of it, as JSON takes it: exact, with names instead of numbers."""
    if is_dataclass(value) and not isinstance(value, type):
        data = {one.name: as_data(getattr(value, one.name)) for one in fields(value)}
        if isinstance(value, Line):
            data["unit"] = value.unit
            data |= {name: as_data(getattr(value, name)) for name in ("loaded", "made")}
        if isinstance(value, Statement):
            data["obstacles"] = as_data(value.obstacles)
        return data
    if isinstance(value, enum.IntEnum):
        return value.name.lower().replace("_", "-")
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {as_data(key): as_data(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [as_data(each) for each in value]
    return value


def read(data: Mapping[str, Any]) -> Statement:
    """The statement of which ``as_data`` made this; ``KeyError`` or ``ValueError`` for others."""
    boxes, found = data["mailboxes"], data["read_back"]
    return Statement(
        run=data["run"],
        state=data["state"],
        at=datetime.fromisoformat(data["at"]),
        outcomes_digest=data["outcomes_digest"],
        approved_by_two=data["approved_by_two"],
        mailboxes=Mailboxes(
            boxes["covered"],
            boxes["nothing_owed"],
            {Standing(name): count for name, count in boxes["by_standing"].items()},
        ),
        lines=tuple(_line(one) for one in data["lines"]),
        zeros=tuple(Zero(**one) for one in data["zeros"]),
        notices={_named(NoticeState, name): count for name, count in data["notices"].items()},
        notices_refused_by=data["notices_refused_by"],
        read_back=found and ReadBack(**{**found, "at": datetime.fromisoformat(found["at"])}),
        discrepancies=tuple(Discrepancy(**one) for one in data["discrepancies"]),
    )


def _line(data: Mapping[str, Any]) -> Line:
    until = data["waits_until"]
    return Line(
        remedy_no=data["remedy_no"],
        remedy=data["remedy"],
        kind=_named(GrantKind, data["kind"]),
        currency=data["currency"],
        owed=Sum(**data["owed"]),
        by_state={_named(GrantState, name): Sum(**one) for name, one in data["by_state"].items()},
        refused_by={code: Sum(**one) for code, one in data["refused_by"].items()},
        waits_until=until and date.fromisoformat(until),
        chose_other=Sum(**data["chose_other"]),
    )


Named = TypeVar("Named", bound=enum.IntEnum)


def _named(kind: type[Named], name: str) -> Named:
    """The member that ``as_data`` wrote by this name."""
    return kind[name.upper().replace("-", "_")]


def _grants(lines: list[Line] | tuple[Line, ...], *states: GrantState) -> int:
    return sum(line.of(*states).grants for line in lines)
