"""The letters of a run as everybody may read them before the first goes out: with no holder's own.

A specimen is written by the desk that writes the letters, once for all that read alike but for
their figures: brand, kind, and what the grants are. A figure in which they differ is given by its
two ends. What is a mailbox's own (its space, its days) is left out where fewer than ``FEWEST``
mailboxes get the letter, for the ends would be somebody's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from ristoro.kernel import frames
from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.kernel.keys import BUCKETS, digest_of
from ristoro.notices.facts import LANGUAGES, GrantFacts, NoticeKind, Phase, Subject
from ristoro.notices.letters import Desk
from ristoro.notices.models import Wording
from ristoro.notices.plain import plain_of
from ristoro.notices.plan import with_choices
from ristoro.notices.previews import BUCKETS_AT_ONCE, letters_of
from ristoro.notices.sheet import OWN, Ends, render
from ristoro.remedies import runs
from ristoro.remedies.decided import Decided
from ristoro.remedies.models import Run
from ristoro.staff.people import Person

FEWEST = 10
CODE = "••••-••••"
"""Where each letter has its own code."""

UNSAID = "[…]"
_RANGED = ("amount", *OWN, "deadline")
_OWED = """
    WITH owed AS (
      SELECT mailbox_id, list(struct_pack(
          remedy := remedy_no, kind, amount, currency, base, target, base_until, until,
          consent, deadline) ORDER BY remedy_no) AS grants
      FROM read_parquet($outcomes)
      WHERE bucket >= $first AND bucket < $end AND reason = ''
      GROUP BY mailbox_id
    ),
    boxes AS (
      SELECT mailbox_id, brand FROM read_parquet($snapshot)
      WHERE bucket >= $first AND bucket < $end
    )
    SELECT brand, grants, count(*) FROM owed JOIN boxes USING (mailbox_id)
    GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Specimen:
    """One letter in one language. ``mailboxes`` may get it, now or after an answer."""

    brand: str
    locale: str
    kind: str
    line: str
    plain: str
    mailboxes: int


@dataclass(slots=True)
class _Alike:
    """Letters that differ in figures only: the one with every least figure, and every greatest."""

    least: Subject
    most: Subject
    mailboxes: int

    def take(self, subject: Subject, mailboxes: int) -> None:
        self.least = _ends(self.least, subject, min)
        self.most = _ends(self.most, subject, max)
        self.mailboxes += mailboxes


def draw_up(
    decided: Decided,
    desk: Desk,
    reminds: bool,
    progress: Callable[[int], None] = lambda buckets: None,
) -> tuple[Specimen, ...]:
    """Every letter of a decided run, in both languages; with ``reminds``, reminders too.

    ``progress`` is told the buckets that were read. ``BadInput`` for a brand that may not write.
    """
    found: dict[tuple[object, ...], _Alike] = {}
    for brand, grants, mailboxes in _owed(decided, progress):
        for subject in _subjects(brand, grants, desk, reminds):
            alike = found.setdefault(_likeness(subject), _Alike(subject, subject, 0))
            alike.take(subject, mailboxes)
    alikes = sorted(found.values(), key=lambda one: (one.least.brand.code, one.least.kind.value))
    return tuple(_specimen(one, desk, lang) for one in alikes for lang in LANGUAGES)


def keep(run: Run, specimens: Sequence[Specimen], at: datetime) -> Wording:
    """Keep the wording of a run, in place of what was drawn up before, until it is public."""
    letters = [asdict(one) for one in specimens]
    with transaction.atomic():
        held = Run.objects.select_for_update().get(pk=run.pk)
        before = of_run(held)
        if before is not None and held.published_at is not None:
            return before
        kept, _ = Wording.objects.update_or_create(
            run=held, defaults={"letters": letters, "digest": digest_of(letters), "drawn_at": at}
        )
    return kept


def publish(run: Run, digest: str, person: Person, at: datetime) -> Run:
    """Publish a run's page of facts with the wording of that digest, which somebody has read.

    ``NotAllowed`` where it was not drawn up, or anew since, and unless the run is approved.
    """
    with transaction.atomic():
        wording = of_run(run)
        if wording is None or wording.digest != digest:
            raise NotAllowed(
                Problem(
                    "wording-not-read",
                    f"the letters of {run.name} were not drawn up, or anew since they were read",
                    "what becomes public is what somebody has read",
                    "draw them up and read them: `ristoro public publish` does both",
                )
            )
        facts = {"wording": wording.digest, "letters": len(wording.letters)}
        return runs.publish(run, person, facts, at)


def of_run(run: Run) -> Wording | None:
    """The wording of a run's letters, where it was drawn up."""
    return Wording.objects.filter(run=run).first()


def read(wording: Wording) -> tuple[Specimen, ...]:
    """The specimens that were kept."""
    return tuple(Specimen(**one) for one in wording.letters)


def _subjects(
    brand: str, grants: Sequence[dict[str, Any]], desk: Desk, reminds: bool
) -> Iterator[Subject]:
    for number, subject in enumerate(letters_of(brand, LANGUAGES[0], grants, desk)):
        yield subject
        asked = [fact for fact in subject.grants if fact.phase is Phase.ASKED]
        if number == 0 and reminds and asked:
            yield replace(subject, kind=NoticeKind.REMINDER, grants=with_choices(asked))


def _likeness(subject: Subject) -> tuple[object, ...]:
    """Equal for letters that differ in their figures only."""
    grants = [
        (one.kind, one.phase, one.channel, one.currency, one.fallback, one.choice, *_given(one))
        for one in subject.grants
    ]
    return (subject.brand.code, subject.kind, *grants)


def _given(grant: GrantFacts) -> tuple[bool, ...]:
    return tuple(getattr(grant, name) is not None for name in _RANGED)


def _ends(one: Subject, other: Subject, end: Callable[[Any, Any], Any]) -> Subject:
    """A letter with, for each figure, the end of the two: the least, or the greatest."""
    grants = []
    for a, b in zip(one.grants, other.grants, strict=True):
        ends = {
            name: end(getattr(a, name), getattr(b, name))
            for name in _RANGED
            if getattr(a, name) is not None
        }
        grants.append(replace(a, **ends))
    return replace(one, grants=tuple(grants))


def _specimen(alike: _Alike, desk: Desk, lang: str) -> Specimen:
    least, most = (
        replace(one, locale=lang, outage=desk.outage[lang]) for one in (alike.least, alike.most)
    )
    own = UNSAID if alike.mailboxes < FEWEST else ""
    line, html = render(least, CODE, Ends(most, own))
    return Specimen(
        brand=least.brand.code,
        locale=lang,
        kind=least.kind.folder,
        line=line,
        plain=plain_of(html),
        mailboxes=alike.mailboxes,
    )


def _owed(
    decided: Decided, progress: Callable[[int], None]
) -> Iterator[tuple[str, list[dict[str, Any]], int]]:
    files: Mapping[str, object] = {
        "outcomes": str(decided.outcomes),
        "snapshot": str(decided.snapshot),
    }
    with frames.connect(reads=[decided.outcomes, decided.snapshot]) as con:
        for first in range(0, BUCKETS, BUCKETS_AT_ONCE):
            bounds = {"first": first, "end": first + BUCKETS_AT_ONCE}
            yield from con.execute(_OWED, {**files, **bounds}).fetchall()
            progress(BUCKETS_AT_ONCE)
