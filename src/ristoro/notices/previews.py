"""The letters of a decided run as they will be written, judged before it enters a database.

Every class of letters is looked at (``letters``): the run's own, of grants made and asked about,
and those that follow a yes. Classes come from the outcomes, a range of buckets at a time, so that
nine million mailboxes are a few hundred letters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from ristoro.kernel import frames
from ristoro.kernel.errors import BadInput, Place, Problem
from ristoro.kernel.keys import BUCKETS
from ristoro.notices.facts import GrantFacts, NoticeKind, Phase, Subject
from ristoro.notices.letters import Desk, Preview
from ristoro.notices.plan import MONEYS, GrantRow, Held, NoticeRow, kind_of
from ristoro.notices.sheet import likeness_of
from ristoro.remedies.runs import Decided

BUCKETS_AT_ONCE = 32
MOST_NAMED = 50
TRANSFER = "transfer"

_FIGURES = (
    *("remedy", "kind", "amount", "currency", "base", "target", "base_until", "until"),
    *("consent", "deadline"),
)
# Most mailboxes are owed one grant, and few such grants differ: only of several is a list made.
_OWED = """
    WITH decided AS (
      SELECT mailbox_id, remedy_no AS remedy, kind, amount, currency, base, target, base_until,
        until, consent, deadline
      FROM read_parquet($outcomes)
      WHERE bucket >= $first AND bucket < $end AND reason = ''
    ),
    boxes AS (
      SELECT mailbox_id, brand, locale FROM read_parquet($snapshot)
      WHERE bucket >= $first AND bucket < $end
    ),
    several AS (SELECT mailbox_id FROM decided GROUP BY mailbox_id HAVING COUNT(*) > 1),
    alone AS (
      SELECT DISTINCT brand, locale, decided.* EXCLUDE (mailbox_id)
      FROM decided JOIN boxes USING (mailbox_id) ANTI JOIN several USING (mailbox_id)
    ),
    together AS (
      SELECT mailbox_id, list(struct_pack(remedy, kind, amount, currency, base, target,
        base_until, until, consent, deadline) ORDER BY remedy) AS grants
      FROM decided SEMI JOIN several USING (mailbox_id)
      GROUP BY mailbox_id
    )
    SELECT brand, locale, [struct_pack(remedy, kind, amount, currency, base, target,
      base_until, until, consent, deadline)] AS grants
    FROM alone
    UNION ALL
    SELECT DISTINCT brand, locale, grants FROM together JOIN boxes USING (mailbox_id)
    ORDER BY ALL
"""


Progress = Callable[[int], None]
"""Told the buckets that were looked at since it was last, of ``keys.BUCKETS``."""


def unheard(buckets: int) -> None:
    """Progress that nobody waits for."""


def previews(decided: Decided, desk: Desk, progress: Progress = unheard) -> Iterator[Preview]:
    """Each class of letters once, in no order that means anything; ``BadInput`` for a brand that
    may not write.
    """
    return desk.previews(subjects(decided, desk, progress))


def refuse_findings(decided: Decided, desk: Desk, progress: Progress = unheard) -> int:
    """How many classes of letters the run has; ``BadInput`` where the lint refuses any of them.

    The error names every letter and its offending words, up to 50.
    """
    problems: dict[tuple[str, str], Problem] = {}
    classes = 0
    for preview in previews(decided, desk, progress):
        classes += 1
        for problem in problems_of(preview, decided.directory):
            problems.setdefault((problem.what, problem.why), problem)
    if problems:
        raise BadInput(*list(problems.values())[:MOST_NAMED])
    return classes


def problems_of(preview: Preview, folder: Path) -> Iterator[Problem]:
    """The findings of a class as problems that name the letter and the words."""
    subject = preview.subject
    letter = f"{subject.kind.folder}, {subject.brand.code}, {subject.locale}"
    for finding in preview.findings:
        yield Problem(
            f"notice-{finding.code}",
            f"the letter ({letter}) has {finding.words!r} in its {finding.part}",
            finding.why,
            finding.todo,
            Place(str(folder)),
        )


def subjects(decided: Decided, desk: Desk, progress: Progress = unheard) -> Iterator[Subject]:
    """A subject for each likeness of the run's letters, before and after the answers."""
    seen: set[str] = set()
    for brand, locale, grants in _owed(decided, progress):
        for subject in letters_of(brand, locale, grants, desk):
            likeness = likeness_of(subject)
            if likeness not in seen:
                seen.add(likeness)
                yield subject


def letters_of(
    brand: str, locale: str, grants: Iterable[dict[str, Any]], desk: Desk
) -> Iterator[Subject]:
    """The letters that one mailbox may get: its own, and one for each answer it may give.

    Each as money may be paid, by any way that is decided only when it is.
    """
    told: set[Subject] = set()
    for rows in product(*(_rows(grant, desk) for grant in grants)):
        for subject in _letters_of(brand, locale, rows, desk):
            if subject not in told:
                told.add(subject)
                yield subject


def _rows(grant: dict[str, Any], desk: Desk) -> list[GrantRow]:
    """The grant as it may stand when its letter is written."""
    figures = {name: grant[name] for name in _FIGURES}
    state = "verified" if grant["consent"] == "automatic" else "waiting"
    ways = desk.channels.get(grant["remedy"], ("",)) if grant["kind"] in MONEYS else ("",)
    rows = [GrantRow(**figures, state=state, channel=way) for way in ways]
    if state == "verified" and TRANSFER in ways:
        rows.append(GrantRow(**figures, state="deferred", channel=TRANSFER))
    return rows


def _letters_of(brand: str, locale: str, rows: Sequence[GrantRow], desk: Desk) -> Iterator[Subject]:
    notice = NoticeRow(0, "preview", "", brand, locale, NoticeKind.SEVERAL)
    of_all = desk.subject(notice, rows, desk.brand(brand))
    if isinstance(of_all, Held):
        return
    yield replace(of_all, grants=tuple(_undecided(fact) for fact in of_all.grants))
    asked = [fact for fact in of_all.grants if fact.phase is Phase.ASKED]
    given = [
        replace(fact, phase=phase, deadline=None, choice="")
        for fact in asked
        for phase in ([Phase.DONE, Phase.PAYABLE] if fact.channel == TRANSFER else [Phase.DONE])
    ]
    for news in given:
        yield replace(of_all, kind=kind_of([news]), grants=(news,))
    if asked and len(of_all.grants) > 1:
        # answered before the run's own letter was written
        done = [one for one in given if one.phase is Phase.DONE]
        rest = [fact for fact in of_all.grants if fact.phase is not Phase.ASKED]
        for answered in _one_of_each_choice(asked, done):
            told = rest + answered
            yield replace(of_all, kind=kind_of(told), grants=tuple(told))


def _undecided(fact: GrantFacts) -> GrantFacts:
    """Of what is asked about, nobody has decided yet by which way it would be paid."""
    return replace(fact, channel="") if fact.phase in (Phase.ASKED, Phase.CLAIM) else fact


def _one_of_each_choice(
    asked: Sequence[GrantFacts], given: Sequence[GrantFacts]
) -> Iterator[list[GrantFacts]]:
    """What may have been given once all is answered: of alternatives, each in its turn."""
    within: dict[str | int, list[GrantFacts]] = {}
    for number, (fact, news) in enumerate(zip(asked, given, strict=True)):
        within.setdefault(fact.choice or number, []).append(news)
    yield from map(list, product(*within.values()))


def _owed(decided: Decided, progress: Progress) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    files = {"outcomes": str(decided.outcomes), "snapshot": str(decided.snapshot)}
    with frames.connect(reads=[decided.outcomes, decided.snapshot]) as con:
        for first in range(0, BUCKETS, BUCKETS_AT_ONCE):
            bounds = {"first": first, "end": first + BUCKETS_AT_ONCE}
            yield from con.execute(_OWED, files | bounds).fetchall()
            progress(BUCKETS_AT_ONCE)
