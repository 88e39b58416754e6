"""What one letter says: from the rows of a notice and its grants to the subject of a letter.

A run's letter speaks of all its grants to a mailbox, a follow-up letter of the one grant that was
answered; both only of what is so: a grant that is on its way holds the letter back, because nobody
is told of what may not come. A transfer alone is told of before it is made, for its holder has to
say to which account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ristoro.notices.facts import Brand, GrantFacts, NoticeKind, OutageWords, Phase, Subject

NO_CHOICES: Mapping[int, str] = {}
"""Of a policy that offers no alternatives."""
GRANT_REFUSED = "grant-refused"
"""Why a letter is withheld: what it would tell was refused."""
_DONE = frozenset({"applied", "verified"})
_GONE = frozenset({"declined", "reversed", "lapsed"})
_TIMES = frozenset({"extension", "service-days"})
MONEYS = frozenset({"credit", "refund", "indemnity"})
_ASKED = frozenset({"confirm", "claim"})
_AT_BANK = frozenset({"deferred", "unknown"})


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A row of ``Notice``, with its run's name; ``about`` is ``None`` where it speaks of all,
    ``day`` where it is no reminder."""

    id: int
    run: str
    address: str
    brand: str
    locale: str
    kind: NoticeKind
    about: int | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A row of ``Grant`` in words: ``kind``, ``consent`` of ``remedies.columns``; ``state`` is the
    name of its state in lower case; ``remedy`` is its position in the policy. ``channel`` is the
    way by which money is paid, empty where none is decided."""

    remedy: int
    kind: str
    amount: int
    currency: str
    base: int | None
    target: int | None
    base_until: date | None
    until: date | None
    consent: str
    deadline: date | None
    state: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """Why there is no letter now. ``pending`` ends by itself; else the notice is withheld."""

    code: str
    pending: bool


def subject_of(
    notice: NoticeRow,
    grants: Sequence[GrantRow],
    brand: Brand,
    outage: OutageWords,
    fallbacks: Mapping[int, str],
    choices: Mapping[int, str] = NO_CHOICES,
) -> Subject | Held:
    """What the letter says, or why there is none.

    The kind of the row is what was planned; the kind of the letter follows what has become of the
    grants, so a yes given before the letter turns an offer into news. ``fallbacks`` is by remedy,
    and so is ``choices``, the choice that a remedy is one of.
    A reminder speaks of what still waits for a yes or to be asked for, with the alternatives to it,
    and is needless once nothing does; a follow-up letter is needless where its yes was taken back.
    """
    facts = []
    about = _about(notice, choices)
    if notice.kind is NoticeKind.REMINDER:
        grants = [one for one in grants if one.state == "waiting" and one.consent in _ASKED]
    for grant in sorted(grants, key=lambda grant: grant.remedy):
        if grant.state in _GONE or (about and grant.remedy not in about):
            continue
        if _tells_of(notice) and grant.state == "waiting":
            return Held("not-answered", pending=False)
        phase = _phase(grant)
        if isinstance(phase, Held):
            return phase
        fallback = fallbacks.get(grant.remedy, "ask-again")
        facts.append(_facts(grant, phase, fallback, choices.get(grant.remedy, "")))
    reminds = notice.kind is NoticeKind.REMINDER
    if not facts:
        return Held("answered" if reminds else "nothing-to-tell", pending=False)
    kind = NoticeKind.REMINDER if reminds else kind_of(facts)
    return Subject(brand, notice.locale, kind, outage, with_choices(facts))


def with_choices(facts: Sequence[GrantFacts]) -> tuple[GrantFacts, ...]:
    """These facts, those that have no other alternative left in no choice."""
    left = Counter(fact.choice for fact in facts if fact.phase is Phase.ASKED)
    return tuple(
        fact if fact.phase is Phase.ASKED and left[fact.choice] > 1 else replace(fact, choice="")
        for fact in facts
    )


def kind_of(facts: Sequence[GrantFacts]) -> NoticeKind:
    """The letter that speaks of all of these."""
    kinds, phases = {fact.kind for fact in facts}, {fact.phase for fact in facts}
    if phases == {Phase.DONE}:
        if kinds == {"storage"}:
            return NoticeKind.STORAGE_DONE
        if kinds <= _TIMES:
            return NoticeKind.EXTENSION_DONE
        if kinds <= MONEYS:
            return NoticeKind.MONEY_DONE
    if phases == {Phase.ASKED} and kinds <= _TIMES:
        return NoticeKind.EXTENSION_CONFIRM
    if phases == {Phase.CLAIM}:
        return NoticeKind.CLAIM_OPEN
    return NoticeKind.SEVERAL


def _about(notice: NoticeRow, choices: Mapping[int, str]) -> frozenset[int]:
    """The remedies that it speaks of; none where it speaks of all."""
    if notice.about is None:
        return frozenset()
    within = choices.get(notice.about) if notice.kind is NoticeKind.REMINDER else None
    beside = (remedy for remedy, choice in choices.items() if within and choice == within)
    return frozenset((notice.about, *beside))


def _tells_of(notice: NoticeRow) -> bool:
    """Whether it tells that one grant has been made."""
    return notice.about is not None and notice.kind is not NoticeKind.REMINDER


def _phase(grant: GrantRow) -> Phase | Held:
    if grant.state in _DONE:
        return Phase.DONE
    if grant.state == "waiting":
        return Phase.CLAIM if grant.consent == "claim" else Phase.ASKED
    if grant.channel == "transfer" and grant.state in _AT_BANK:
        return Phase.PAYABLE
    if grant.state == "refused":
        return Held(GRANT_REFUSED, pending=False)
    return Held(f"grant-{grant.state}", pending=True)


def _facts(grant: GrantRow, phase: Phase, fallback: str, choice: str) -> GrantFacts:
    return GrantFacts(
        kind=grant.kind,
        phase=phase,
        amount=grant.amount,
        currency=grant.currency,
        base=grant.base,
        target=grant.target,
        base_until=grant.base_until,
        until=grant.until,
        deadline=None if phase in (Phase.DONE, Phase.PAYABLE) else grant.deadline,
        fallback=fallback,
        choice=choice,
        channel=grant.channel,
    )
