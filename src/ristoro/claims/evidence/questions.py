"""Everything that the imports show of one mailbox in one window.

The tables lie in the order of mailboxes (``sorting``), so that a question reads a few thousand
rows however large an import is. What two imports both tell counts once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import duckdb

from ristoro.claims.evidence.coverage import Coverage, limits_of, read_coverage
from ristoro.claims.evidence.found import (
    NOT_DELIVERED,
    Came,
    Cause,
    Deposit,
    Found,
    Limit,
    Limitation,
    Line,
    Message,
    Refusal,
    ServiceEdge,
    SignedIn,
    Totals,
)
from ristoro.claims.evidence.sorting import Sorted, by_mailbox, step
from ristoro.edges.mail_logs.columns import Edge, Fate, SignIn
from ristoro.edges.mail_logs.folder import Folder
from ristoro.kernel import frames
from ristoro.kernel.spans import Span

MOST = 500
"""Facts of one kind that are listed."""

_STEPS = {
    "histories": "11_messages.sql",
    "deposits": "12_deposits.sql",
    "doors": "13_doors.sql",
    "sign_ins": "14_sign_ins.sql",
    "edges": "15_edges.sql",
}
_ASKED = """
CREATE OR REPLACE TEMP TABLE asked AS
SELECT * FROM read_parquet($histories, filename = true) WHERE mailbox = $mailbox
"""
_UNNAMED = """
SELECT count(*) FROM read_parquet($sign_ins)
WHERE mailbox = '' AND ended IN ('ours', 'cut')
  AND epoch_us("at") >= $since AND epoch_us("at") < $until
"""
_OURS = frozenset({SignIn.OURS, SignIn.CUT})
_WAITING = frozenset({Came.HELD, Came.WAITING, Came.NOT_SHOWN})

Row = dict[str, Any]
T = TypeVar("T")


def of_mailbox(folders: Sequence[Folder], address: str, window: Span, most: int = MOST) -> Found:
    """What the imports show of a mailbox in a window; of each kind at most ``most`` are listed.

    The window holds a message whose life in the queue touches it. Where more were found than are
    listed, those that did not arrive come before those that wait, and these before the late ones.
    """
    mailbox = address.strip().lower()
    if not folders:
        limits = limits_of(window, Coverage(), ())
        return Found(mailbox, window, Totals(), (), (), (), (), (), (), limits)
    asked = _Asked({str(one.path): one for one in map(by_mailbox, folders)}, mailbox, window)
    imports = tuple(asked.imports.values())
    reads = [path for one in imports for path in (one.path, one.folder.path)]
    with frames.connect(reads=reads) as con:
        stored = asked.rows(con, "deposits")
        messages = [_message(asked, row, stored) for row in asked.rows(con, "histories")]
        straight = [_deposit(asked, row) for row in _unaccounted(stored, messages)]
        refusals = [_refusal(asked, row) for row in asked.rows(con, "doors")]
        sign_ins = [_sign_in(asked, row) for row in asked.rows(con, "sign_ins")]
        edges = [_edge(asked, row) for row in asked.rows(con, "edges")]
        unnamed = asked.unnamed(con)
        covered = read_coverage(con, imports)
    totals = _totals(messages, straight, refusals, sign_ins)
    found = Found(
        address=mailbox,
        window=window,
        totals=totals,
        messages=_most(messages, most, _rank, lambda one: (_when(one), one.first)),
        deposits=tuple(straight[:most]),
        refusals=tuple(refusals[:most]),
        sign_ins=_most(sign_ins, most, lambda one: not one.ours, lambda one: (one.at, one.where)),
        edges=tuple(one for one in edges if one.at >= window.start)[:most],
        sources=covered.within(window),
        limits=(),
    )
    cut = max(len(messages), len(straight), len(refusals), len(sign_ins)) > most
    shown = (*limits_of(window, covered, edges), *_limits(totals, unnamed, cut))
    return replace(found, limits=shown)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question to some imports, by the folders of their sorted tables."""

    imports: dict[str, Sorted]
    mailbox: str
    window: Span

    def rows(self, con: duckdb.DuckDBPyConnection, table: str) -> list[Row]:
        """The rows that a step gives."""
        values: Row = {"until": self.window.end}
        if table != "edges":  # what stands before the window says how a service stood in it
            values["since"] = self.window.start
        if table == "histories":
            con.execute(step("10_words.sql"))
            con.execute(_ASKED, {table: self._paths(table), "mailbox": self.mailbox})
        else:
            values[table] = self._paths(table)
            values |= {} if table == "edges" else {"mailbox": self.mailbox}
        asked = con.execute(step(_STEPS[table]), values)
        names = [column[0] for column in asked.description]
        return [dict(zip(names, row, strict=True)) for row in asked.fetchall()]

    def unnamed(self, con: duckdb.DuckDBPyConnection) -> int:
        """Sign-ins that failed by the host's fault, of nobody knows whom."""
        values = {"since": self.window.start, "until": self.window.end}
        paths = {"sign_ins": self._paths("sign_ins")}
        row = con.execute(_UNNAMED, paths | values).fetchone()
        return int(row[0]) if row else 0

    def line(self, place: Row) -> Line:
        """A place with the digests of its file and its import."""
        folder = self.imports[place["filename"].rpartition("/")[0]].folder
        sha256 = folder.source(place["file"]).sha256
        return Line(place["file"], place["line"], sha256, folder.digest)

    def _paths(self, table: str) -> list[str]:
        return [str(one.table(table)) for one in self.imports.values()]


def _message(asked: _Asked, row: Row, stored: Sequence[Row]) -> Message:
    session = row["session"]
    folder = next(
        (one["folder"] for one in stored if session and one["session"] == session and one["saved"]),
        None,
    )
    return Message(
        host=row["host"],
        queue_id=row["queue_id"],
        arrived_at=row["arrived_at"],
        came=Came(row["came"]),
        fate=Fate(row["fate"]),
        cause=Cause(row["cause"]) if row["cause"] else None,
        waited_us=row["waited_us"],
        deferrals=row["deferrals"],
        first_deferred_at=row["first_deferred_at"],
        ended_at=row["ended_at"],
        message_id=row["message_id"] or None,
        sender=row["sender"],
        recipient=row["recipient"],
        original_recipient=row["original_recipient"] or None,
        size=row["size"] if row["size"] is not None and row["size"] >= 0 else None,
        dsn=row["dsn"] or None,
        relay=row["relay"] or None,
        folder=folder,
        first_reason=row["first_reason"] or None,
        reason=row["reason"] or None,
        first=asked.line(row["first"]),
        last=asked.line(row["last"]),
    )


def _unaccounted(stored: Sequence[Row], messages: Sequence[Message]) -> list[Row]:
    """Deposits that no history tells of: what other programs gave to the store."""
    known = {one.message_id for one in messages if one.message_id}
    return [row for row in stored if row["message_id"] not in known]


def _deposit(asked: _Asked, row: Row) -> Deposit:
    return Deposit(
        host=row["host"],
        at=row["at_us"],
        message_id=row["message_id"] or None,
        folder=row["folder"] or None,
        saved=row["saved"],
        reason=row["reason"] or None,
        where=asked.line(row["place"]),
    )


def _refusal(asked: _Asked, row: Row) -> Refusal:
    return Refusal(
        host=row["host"],
        at=row["at_us"],
        code=row["code"],
        dsn=row["dsn"] or None,
        cause=Cause(row["cause"]),
        sender=row["sender"],
        recipient=row["recipient"],
        reason=row["reason"] or None,
        where=asked.line(row["place"]),
    )


def _sign_in(asked: _Asked, row: Row) -> SignedIn:
    ended = SignIn(row["ended"])
    return SignedIn(
        host=row["host"],
        at=row["at_us"],
        way=row["way"],
        ended=ended,
        ours=ended in _OURS,
        reason=row["reason"] or None,
        where=asked.line(row["place"]),
    )


def _edge(asked: _Asked, row: Row) -> ServiceEdge:
    where = asked.line(row["place"])
    return ServiceEdge(row["host"], row["at_us"], row["service"], Edge(row["edge"]), where)


def _rank(message: Message) -> int:
    """What is listed first where not everything is."""
    if message.came in NOT_DELIVERED:
        return 0
    return 1 if message.came in _WAITING else 2 if message.came is Came.LATE else 3


def _when(message: Message) -> int:
    for at in (message.arrived_at, message.first_deferred_at, message.ended_at):
        if at is not None:
            return at
    return 0


def _most(
    items: Sequence[T], most: int, rank: Callable[[T], Any], order: Callable[[T], Any]
) -> tuple[T, ...]:
    """The first of them by rank, in their order."""
    ordered = sorted(items, key=order)
    return tuple(sorted(sorted(ordered, key=rank)[:most], key=order))


def _totals(
    messages: Sequence[Message],
    deposits: Sequence[Deposit],
    refusals: Sequence[Refusal],
    sign_ins: Sequence[SignedIn],
) -> Totals:
    came = Counter(one.came for one in messages)
    late = [one.waited_us or 0 for one in messages if one.came is Came.LATE]
    ours = sum(one.ours for one in sign_ins)
    good = sum(one.ended is SignIn.GOOD for one in sign_ins)
    return Totals(
        messages=len(messages),
        delivered=came[Came.DELIVERED],
        late=len(late),
        longest_wait_us=max(late, default=0),
        bounced=came[Came.BOUNCED],
        expired=came[Came.EXPIRED],
        deleted=came[Came.DELETED],
        held=came[Came.HELD],
        waiting=came[Came.WAITING],
        not_shown=came[Came.NOT_SHOWN],
        never_ours=came[Came.NEVER_OURS],
        passed_on=came[Came.PASSED_ON],
        deposits=len(deposits),
        refused_at_door=len(refusals),
        sign_ins_good=good,
        sign_ins_refused=len(sign_ins) - good - ours,
        sign_ins_ours=ours,
    )


def _limits(totals: Totals, unnamed: int, cut: bool) -> list[Limitation]:
    waiting = totals.held + totals.waiting + totals.not_shown
    limits = [Limitation(Limit.NO_LINE)] if totals == Totals() else []
    for limit, number in ((Limit.UNNAMED_SIGN_INS, unnamed), (Limit.STILL_WAITING, waiting)):
        if number:
            limits.append(Limitation(limit, number=number))
    return [*limits, Limitation(Limit.CUT)] if cut else limits
