"""What time the imports tell of, and what that leaves unprovable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from ristoro.claims.evidence.found import Limit, Limitation, ServiceEdge, Source
from ristoro.claims.evidence.sorting import Sorted, step
from ristoro.edges.mail_logs.columns import Edge
from ristoro.edges.mail_logs.folder import Folder
from ristoro.kernel.clock import micros
from ristoro.kernel.spans import MINUTE, Span, Spans

QUARTER = 15 * MINUTE
"""Silence between two files, or of a host, that is taken for a quiet moment and not for a hole."""
SILENCE = 60 * MINUTE
"""Silence of one host that is told of."""

_NOT_MAIL = "program"
"""Why a line was not understood where it is of a program that is none of the mail's."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every file of the imports, and when each host told anything."""

    sources: tuple[Source, ...] = ()
    pulses: Mapping[str, Spans] = field(default_factory=dict)
    """By host, in whole quarters of an hour."""
    unknown: int = 0
    """Lines of the mail's programs that were not understood."""

    @property
    def told(self) -> Spans:
        """The time of which some file tells."""
        return spans_of(self.sources)

    def within(self, window: Span) -> tuple[Source, ...]:
        """The files that tell of some of the window."""
        return tuple(one for one in self.sources if touches(one, window))


def sources_of(folder: Folder, hosts: Mapping[str, tuple[str, ...]]) -> Iterator[Source]:
    """The files of an import; ``hosts`` by file."""
    for one in folder.sources:
        yield Source(
            evidence=folder.digest,
            file=one.name,
            sha256=one.sha256,
            lines=one.lines,
            first=None if one.first_at is None else micros(one.first_at),
            last=None if one.last_at is None else micros(one.last_at),
            hosts=hosts.get(one.name, ()),
        )


def spans_of(sources: Sequence[Source]) -> Spans:
    """The time that files tell of; a short silence between two of them is no hole."""
    spans = [(one.first, one.last + 1) for one in sources if one.first is not None and one.last]
    return Spans.of(spans).merge_gaps(QUARTER)


def touches(source: Source, window: Span) -> bool:
    """Whether a file tells of some of a window."""
    if source.first is None or source.last is None:
        return False
    return source.first < window.end and source.last >= window.start


def read_coverage(con: duckdb.DuckDBPyConnection, imports: Sequence[Sorted]) -> Coverage:
    """What the imports cover, each file once however often it was imported."""
    paths = {str(one.table("pulse")): one for one in imports}
    rows = con.execute(step("16_pulse.sql"), {"pulse": list(paths)}).fetchall()
    hosts: dict[tuple[str, str], dict[str, None]] = {}
    slots: dict[str, list[tuple[int, int]]] = {}
    for filename, host, file, slot in rows:
        hosts.setdefault((filename, file), {})[host] = None
        slots.setdefault(host, []).append((slot * QUARTER, (slot + 1) * QUARTER))
    sources: dict[str, Source] = {}
    for path, one in paths.items():
        by_file = {file: tuple(found) for (at, file), found in hosts.items() if at == path}
        for source in sources_of(one.folder, by_file):
            sources.setdefault(source.sha256, source)
    tables = [str(one.folder.table("unknown")) for one in imports]
    query = "SELECT coalesce(sum(lines), 0)::BIGINT FROM read_parquet($tables) WHERE why <> $why"
    unknown = con.execute(query, {"tables": tables, "why": _NOT_MAIL}).fetchone()
    return Coverage(
        sources=tuple(sorted(sources.values(), key=lambda s: (s.first or 0, s.file, s.sha256))),
        pulses={host: Spans.of(found) for host, found in sorted(slots.items())},
        unknown=int(unknown[0]) if unknown else 0,
    )


def limits_of(
    window: Span, covered: Coverage, edges: Sequence[ServiceEdge]
) -> tuple[Limitation, ...]:
    """What the imports cannot show of a window, whoever asks."""
    told = covered.told.clip(*window)
    limits: list[Limitation] = []
    if not told:
        limits.append(Limitation(Limit.NO_EVIDENCE, window))
    else:
        limits += [Limitation(Limit.NOT_COVERED, one) for one in Spans((window,)) - told]
        for host, pulse in covered.pulses.items():
            silent = (told - pulse).at_least(SILENCE)
            limits += [Limitation(Limit.SILENT_HOST, one, host) for one in silent]
        limits += [
            Limitation(Limit.SERVICE_STOPPED, one, host)
            for host, spans in stopped(edges, covered).items()
            for one in spans.clip(*window)
        ]
        if covered.unknown:
            limits.append(Limitation(Limit.UNKNOWN_LINES, number=covered.unknown))
    limits.append(Limitation(Limit.BEFORE_OUR_DOOR))
    return tuple(limits)


def stopped(edges: Sequence[ServiceEdge], covered: Coverage) -> dict[str, Spans]:
    """When each host's service was stopped: from a stop to the next start, or to the log's end."""
    ends = covered.told.hull
    since: dict[tuple[str, str], int] = {}
    spans: dict[str, list[tuple[int, int]]] = {}
    for edge in sorted(edges, key=lambda one: one.at):
        key = (edge.host, edge.service)
        if edge.edge is Edge.STOPPED:
            since.setdefault(key, edge.at)
        elif key in since:
            spans.setdefault(edge.host, []).append((since.pop(key), edge.at))
    for (host, _), start in since.items():
        spans.setdefault(host, []).append((start, ends.end if ends else start))
    return {host: Spans.of(found) for host, found in sorted(spans.items())}
