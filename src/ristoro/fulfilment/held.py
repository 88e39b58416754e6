"""What one mailbox has, as facts: its outage, what it is owed, its grants, its letters.

``holder`` finds them; whoever shows them says them in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ristoro.fulfilment.consent import Silence
from ristoro.fulfilment.models import Consent, GrantKind, GrantState
from ristoro.fulfilment.states import MADE, PENDING
from ristoro.notices.models import NoticeState
from ristoro.remedies.models import Run

NO_PAYEE, NAME_CLOSE, ACCOUNT_REFUSED = "no-payee", "name-close", "account-refused"
"""What a transfer waits for where its holder has to do something."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some time in which a component was ``down`` or ``degraded``, in the policy's zone."""

    start: datetime
    end: datetime
    condition: str


@dataclass(frozen=True, slots=True)
class Failed:
    """One component of the mailbox; no stretches where it kept working."""

    component: str
    stretches: tuple[Stretch, ...]

    @property
    def lasting(self) -> timedelta:
        """How long in all."""
        return sum((one.end - one.start for one in self.stretches), timedelta())


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the outage did to this mailbox, between the outage's first and last instant."""

    start: datetime
    end: datetime
    failed: tuple[Failed, ...]

    @property
    def touched(self) -> bool:
        return any(one.stretches for one in self.failed)


@dataclass(frozen=True, slots=True)
class Given:
    """The answer that stands: when, by which channel, who wrote it down, and the holder's reason
    where one was given."""

    yes: bool
    channel: str
    recorded_by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """One grant as it stands; ``number`` is what its receipt is known by.

    ``reminders`` are the days on which an answer is asked for again, as long as there is none.
    ``since`` is when it came into its state, where that is known. ``others`` are the remedies that
    are alternatives to its own, ``instead`` the one that is given in its place. ``channel`` is the
    way by which money is paid, empty where none is decided; ``code`` is what came of it last. What
    ``is_for_damages`` is given on a claim with its reasons alone.
    """

    id: int
    number: str
    run_id: int
    remedy: int
    kind: GrantKind
    amount: int
    currency: str
    base: int | None
    target: int | None
    base_until: date | None
    until: date | None
    consent: Consent
    deadline: date | None
    state: GrantState
    since: datetime | None
    silence: Silence
    reminders: tuple[date, ...]
    answer: Given | None
    withdrawable: bool
    others: frozenset[int]
    instead: int | None
    channel: str
    code: str
    is_for_damages: bool

    @property
    def wants_account(self) -> bool:
        """Whether it is paid once the holder says, in the webmail, to which account."""
        return self.coming and self.code in (NO_PAYEE, NAME_CLOSE, ACCOUNT_REFUSED)

    @property
    def asks(self) -> bool:
        """Whether a yes or a no is awaited."""
        return self.state is GrantState.WAITING and self.consent is Consent.CONFIRM

    @property
    def by_request(self) -> bool:
        """Whether it is, or was, given only to whoever asks for it."""
        return self.consent is Consent.CLAIM

    @property
    def to_ask_for(self) -> bool:
        """Whether its holder, and nobody else, gets it by asking for it in the webmail."""
        waits = self.state is GrantState.WAITING and self.by_request
        return waits and not self.is_for_damages

    @property
    def open(self) -> bool:
        """Whether the holder can say something of it in the webmail."""
        return self.asks or self.to_ask_for

    @property
    def made(self) -> bool:
        return self.state in MADE

    @property
    def coming(self) -> bool:
        """Whether it will be made without anybody's further doing."""
        return self.state in PENDING and self.state is not GrantState.WAITING


@dataclass(frozen=True, slots=True)
class Owed:
    """One remedy: what is owed, or that nothing is, and why, as ``ristoro explain`` says it.

    ``why`` are the sentences that stand by themselves, ``steps`` the whole explanation with the
    rule's own text; both are empty where the run's folder could not be read. ``grant`` is ``None``
    where nothing is owed.
    """

    remedy: int
    name: str
    title: str
    lane: str
    headline: str
    why: tuple[str, ...]
    steps: tuple[str, ...]
    reference: str
    grant: GrantFacts | None


@dataclass(frozen=True, slots=True)
class Told:
    """One letter about the run; ``day`` where it is a reminder, ``since`` when it came into its
    state."""

    id: int
    kind: int
    state: NoticeState
    about: int
    day: date | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Programme:
    """All that one run has of one mailbox. ``proven`` is whether its folder is what was approved;
    where it is not, only the rows are told. ``beside`` are the holder's other mailboxes, masked:
    enough to know one's own, too little to learn another's. ``by_person`` is whether the policy
    looks at them together."""

    run: Run
    proven: bool
    title: str
    outage: str
    exposure: Exposure | None
    owed: tuple[Owed, ...]
    told: tuple[Told, ...]
    beside: tuple[str, ...]
    by_person: bool

    @property
    def grants(self) -> tuple[GrantFacts, ...]:
        return tuple(one.grant for one in self.owed if one.grant is not None)


@dataclass(frozen=True, slots=True)
class Together:
    """Several boxes that one person has signed in to, each with its own programmes."""

    boxes: tuple[tuple[str, tuple[Programme, ...]], ...]

    @property
    def open(self) -> tuple[GrantFacts, ...]:
        """Every grant that its holder can say something of, the one due first before."""
        waiting = [
            grant
            for _, programmes in self.boxes
            for programme in programmes
            for grant in programme.grants
            if grant.open
        ]
        return tuple(sorted(waiting, key=lambda one: (one.deadline or date.max, one.id)))
