"""What somebody who watches a run sees: how fast it goes, how long it takes yet, who is at it.

Read from the tallies, the leases and the journal's last entries, each by an index and bounded: as
quick on nine million rows as on nine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Max, Min

from ristoro.journal import names
from ristoro.journal.models import Detail, Entry
from ristoro.remedies.models import Run, RunState
from ristoro.workers import snags
from ristoro.workers.models import Act, Chunk, ChunkState, Snag
from ristoro.workers.progress import ENDED, Progress, progress

WINDOW = timedelta(seconds=30)
"""How far back the rate looks."""

MOST_ENTRIES = 200
SAMPLES = 3
WORKER = "worker "


@dataclass(frozen=True, slots=True)
class Pulse:
    """One act: how far it is, rows ended a second of late, and how long the rest takes so.

    ``left`` is ``None`` where nothing moves, or nothing is left.
    """

    progress: Progress
    a_second: int
    left: timedelta | None


@dataclass(frozen=True, slots=True)
class Alive:
    """A worker that holds a chunk: since when nothing was heard of it, and until when it holds."""

    owner: str
    act: Act
    bucket: int
    holds_until: datetime
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The last recording: from here a run goes on, whatever happens to its workers."""

    at: datetime
    act: Act
    rows: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A kind of rows that did not go through, and some of them."""

    kind: snags.Kind
    samples: tuple[Snag, ...]


@dataclass(frozen=True, slots=True)
class Watched:
    """A run at an instant."""

    at: datetime
    pulses: tuple[Pulse, ...]
    alive: tuple[Alive, ...]
    held_by_dead: int
    checkpoint: Checkpoint | None
    troubles: tuple[Trouble, ...]

    @property
    def over(self) -> bool:
        """Whether workers have nothing left to do."""
        return all(one.progress.ended == one.progress.rows for one in self.pulses)


@dataclass(frozen=True, slots=True)
class _Recorded:
    at: datetime
    actor: str
    act: Act
    rows: int
    ended: int


def watch(run: Run, at: datetime) -> Watched:
    """The run as it is now."""
    recorded = _recorded(run)
    last = recorded[0] if recorded else None
    alive, dead = _workers(run, at, recorded)
    return Watched(
        at=at,
        pulses=tuple(_pulse(run, line, recorded, at) for line in progress(run.pk)),
        alive=alive,
        held_by_dead=dead,
        checkpoint=None if last is None else Checkpoint(last.at, last.act, last.rows),
        troubles=troubles(run),
    )


def troubles(run: Run) -> tuple[Trouble, ...]:
    """Every kind of rows that did not go through, with the first few of each."""
    return tuple(
        Trouble(kind, tuple(snags.page(run.pk, act, kind.state, kind.code, -1, SAMPLES)))
        for act in snags.STATES
        for kind in snags.kinds(run.pk, act)
    )


def _pulse(run: Run, line: Progress, recorded: Sequence[_Recorded], at: datetime) -> Pulse:
    late = [one for one in recorded if at - one.at <= WINDOW]
    # Where a busy run's entries reach less far back than the window, so does the rate.
    whole = len(recorded) == MOST_ENTRIES and len(late) == len(recorded)
    since = late[-1].at if whole else at - WINDOW
    begun = _begun_at(run)
    if begun is not None and begun > since:
        since = begun
    seconds = max(1, int((at - since).total_seconds()))
    ended = sum(one.ended for one in late if one.act is line.act)
    rest = line.rows - line.ended
    a_second = -(-ended // seconds)
    moving = ended > 0 and rest > 0 and run.state == RunState.ACTING and not run.paused
    left = timedelta(seconds=-(-rest * seconds // ended)) if moving else None
    return Pulse(line, a_second, left)


def _begun_at(run: Run) -> datetime | None:
    """When the run began: one of its first entries, so it is looked for from there."""
    begun = Entry.objects.filter(subject=f"run {run.pk}", name=names.RUN_BEGUN)
    return begun.order_by("number").values_list("at", flat=True).first()


def _recorded(run: Run) -> list[_Recorded]:
    """The last recordings of the run's workers, newest first."""
    newest = Entry.objects.filter(subject=f"run {run.pk}").order_by("-number")[:MOST_ENTRIES]
    entries = [one for one in newest if one.name == names.CHUNK_RECORDED]
    details = Detail.objects.in_bulk([one.number for one in entries])
    found = []
    for entry in entries:
        detail = details.get(entry.number)
        if detail is not None and detail.data:
            found.append(_one(entry, detail.data))
    return found


def _one(entry: Entry, data: Mapping[str, object]) -> _Recorded:
    act = Act[str(data["rows"]).upper()]
    moves = data["moves"]
    rows = ended = 0
    for before, after, _, count in moves if isinstance(moves, list) else ():
        rows += count
        ended += count if after in ENDED[act] and before not in ENDED[act] else 0
    return _Recorded(entry.at, entry.actor, act, rows, ended)


def _workers(
    run: Run, at: datetime, recorded: Sequence[_Recorded]
) -> tuple[tuple[Alive, ...], int]:
    """Who holds a chunk now, and how many chunks are held by workers whose lease has ended."""
    held = Chunk.objects.filter(run=run, state=ChunkState.LEASED)
    alive = []
    for owner, act, bucket, until in (
        held.filter(lease_until__gt=at)
        .values_list("owner", "act")
        .annotate(Min("bucket"), Max("lease_until"))
        .order_by("owner")[:64]
    ):
        heard = [one.at for one in recorded if one.actor == f"{WORKER}{owner}"]
        alive.append(
            Alive(owner, Act(act), bucket, until.astimezone(UTC), heard[0] if heard else None)
        )
    return tuple(alive), held.filter(lease_until__lte=at).count()
