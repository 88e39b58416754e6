"""Copies a whole mailbox to another provider, message by message, each exactly once.

Flags, arrival and folders are kept; nothing is removed at the source. A move that was cut off at
any moment goes on where it was: the one message that may have arrived is looked for at the target
before it is sent again. Moving again later copies what has come meanwhile.
"""

from __future__ import annotations

import imaplib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NoReturn

from ristoro.edges.mailboxes.contract import (
    ANSWERED,
    DELETED,
    DRAFT,
    FLAGGED,
    SEEN,
    Folder,
    Gone,
    Mailbox,
    Naming,
    Role,
    Row,
    Unreachable,
)
from ristoro.edges.mailboxes.maildirs import levels_of
from ristoro.edges.mailboxes.passage import Passage, UnderWay, Way
from ristoro.kernel.errors import Problem, RistoroError

_SYSTEM = frozenset((SEEN, ANSWERED, FLAGGED, DELETED, DRAFT))
_FULL = ("[OVERQUOTA]", "[LIMIT]", "[UNAVAILABLE]", "[INUSE]", "[SERVERBUG]")
"""Response codes (RFC 5530) after which the next message would fare no better."""
MOST_REFUSED = 20
"""Refused in a row: the target takes nothing more, whatever it says."""
BATCH_BYTES = 1 << 20
BATCH_COUNT = 20


class Stopped(RistoroError):
    """The move was stopped, and can go on where it was."""


def move(
    source: Mailbox,
    target: Mailbox,
    passage: Passage,
    now: Callable[[], datetime],
    keep_on: Callable[[], bool] = lambda: True,
    progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Copy what ``passage`` does not know as copied; ``progress`` is told of each message.

    ``Stopped`` when ``keep_on`` says no, when the target takes nothing more, or when it is the very
    mailbox that is moved; ``Unreachable``
    when either line breaks. After each, the same call goes on.
    """
    passage.held()
    passage.begin(source.address, target.address, now())
    if not passage.ways():
        _apart(source, target)
    _plan(source, target, passage)
    under_way = passage.under_way()
    for way in passage.ways():
        _Folder(source, target, passage, way, keep_on, progress).copy(
            under_way if under_way and under_way.folder == way.number else None
        )
    passage.end(now())


def _apart(source: Mailbox, target: Mailbox) -> None:
    """``Stopped`` where both are one mailbox: every message would be there twice.

    A host may go by several names, and a mailbox too; its INBOX has the same numbers by each.
    """
    own = source.uids("INBOX")
    if own[1] and own == target.uids("INBOX"):
        raise Stopped(
            Problem(
                "same-mailbox",
                "the mailbox would be moved into itself",
                "the new mailbox has the very messages of this one",
                "name the mailbox at your new provider",
            )
        )


def _plan(source: Mailbox, target: Mailbox, passage: Passage) -> None:
    known = {way.path: way for way in passage.ways()}
    folders = [folder for folder in source.folders() if folder.total is not None]
    names = mapped(
        folders,
        source.naming(),
        target.folders(),
        target.naming(),
        {path: way.target for path, way in known.items()},
    )
    found = []
    for folder in folders:
        uidvalidity, uids = source.uids(folder.path)
        if folder.path in known and known[folder.path].uidvalidity != uidvalidity:
            _rebuilt(folder.path)
        found.append((folder.path, uidvalidity, names[folder.path], len(uids)))
    passage.add_ways(found)


def mapped(
    folders: Sequence[Folder],
    naming: Naming,
    others: Sequence[Folder],
    other_naming: Naming,
    known: dict[str, str] | None = None,
) -> dict[str, str]:
    """Where each folder goes: by its role, else by its name under where its parent goes.

    ``known`` are folders that went somewhere before, and go there again. No two share a target.
    """
    roles = {one.role: one.path for one in others if one.role is not Role.NONE}
    found = dict(known or {})
    by_levels = {levels_of(folder): folder for folder in folders}
    prefix = naming.prefix.rstrip(naming.delimiter or "\0")
    for levels, folder in sorted(by_levels.items(), key=lambda pair: len(pair[0])):
        if folder.path in found:
            continue
        if folder.role in roles and roles[folder.role] not in found.values():
            found[folder.path] = roles[folder.role]
            continue
        own = levels[1:] if len(levels) > 1 and levels[0] == prefix else levels
        parent = by_levels.get(levels[:-1]) if len(own) > 1 else None
        divider = other_naming.delimiter or "-"
        if parent is not None and parent.path in found:
            wanted = found[parent.path] + divider + _level(own[-1], divider)
        else:
            wanted = other_naming.prefix + divider.join(_level(one, divider) for one in own)
        found[folder.path] = _free(wanted, found)
    return found


def _level(name: str, divider: str) -> str:
    return name.replace(divider, "_")


def _free(wanted: str, found: dict[str, str]) -> str:
    taken = {path.lower() for path in found.values()}
    name, number = wanted, 2
    while name.lower() in taken:
        name, number = f"{wanted} {number}", number + 1
    return name


class _Folder:
    """The copying of one folder."""

    def __init__(
        self,
        source: Mailbox,
        target: Mailbox,
        passage: Passage,
        way: Way,
        keep_on: Callable[[], bool],
        progress: Callable[[int], None],
    ) -> None:
        self._source, self._target = source, target
        self._passage, self._way = passage, way
        self._keep_on, self._progress = keep_on, progress
        self._uidvalidity = self._after = 0
        self._refused = 0

    def copy(self, under_way: UnderWay | None) -> None:
        way, passage = self._way, self._passage
        self._target.make_folder(way.target)
        self._uidvalidity, there = self._target.uids(way.target)
        self._after = max(there, default=0)
        if under_way is not None:
            self._settle(under_way)
        try:
            uidvalidity, uids = self._source.uids(way.path)
        except Gone:
            return  # removed by the holder meanwhile: its messages are elsewhere, or nowhere
        if uidvalidity != way.uidvalidity:
            _rebuilt(way.path)
        done = passage.copied(way.number)
        self._progress(len(done))
        missing = [uid for uid in uids if uid not in done]
        for batch in self._batches(missing):
            for uid, flags, at, text in self._source.stored(way.path, uidvalidity, batch):
                if not self._keep_on():
                    _stop("it was asked to stop", "go on when you like", "asked-to-stop")
                self._send(uid, flags - {"\\Recent"}, at, text)
                self._progress(1)

    def _batches(self, uids: Sequence[int]) -> list[list[int]]:
        """Few enough messages at once that their bytes fit in memory."""
        batches: list[list[int]] = []
        size = 0
        for facts in self._source.facts(self._way.path, self._way.uidvalidity, uids):
            over = size + facts.size > BATCH_BYTES or (batches and len(batches[-1]) == BATCH_COUNT)
            if not batches or over:
                batches.append([])
                size = 0
            batches[-1].append(facts.uid)
            size += facts.size
        return batches

    def _send(self, uid: int, flags: frozenset[str], at: datetime, text: bytes) -> None:
        way = self._way
        self._passage.leave(UnderWay(way.number, uid, self._uidvalidity, self._after))
        try:
            new = self._taken(flags, at, text)
        except Unreachable as error:
            because = _refusal(error)
            if because is None:
                raise
            self._passage.refuse(way.number, uid, because)
            self._refused += 1
            if self._refused >= MOST_REFUSED:
                _stop(because, "ask the new provider what it does not take, then go on")
            return
        self._refused = 0
        if new is None:
            # It was taken, and the host has no word for where (no UIDPLUS, RFC 4315).
            new = self._found(uid, self._after, self._uidvalidity) or 0
        self._after = max(self._after, new)
        self._passage.arrived(way.number, uid, new)

    def _taken(self, flags: frozenset[str], at: datetime, text: bytes) -> int | None:
        """Append the message; without its keywords where the target has no room for such."""
        try:
            return self._target.append(self._way.target, text, sorted(flags), at)
        except Unreachable as error:
            if _refusal(error) is None or flags <= _SYSTEM:
                raise
        return self._target.append(self._way.target, text, sorted(flags & _SYSTEM), at)

    def _settle(self, under_way: UnderWay) -> None:
        """Find out whether the message that was under way arrived."""
        found = self._found(under_way.uid, under_way.after, under_way.uidvalidity)
        if found is None:
            self._passage.not_arrived()
        else:
            self._passage.arrived(under_way.folder, under_way.uid, found)

    def _found(self, uid: int, after: int, uidvalidity: int) -> int | None:
        """The copy of a message at the target: one that is not the copy of another."""
        way = self._way
        own = self._row(self._source, way.path, way.uidvalidity, uid)
        if own is None:
            return None
        now, there = self._target.uids(way.target)
        others = self._passage.targets(way.number)
        least = after if now == uidvalidity else 0
        candidates = [each for each in there if each > least and each not in others]
        same = [
            row.uid
            for row in self._target.rows(way.target, now, candidates)
            if (row.at, row.message_id) == (own.at, own.message_id)
        ]
        if same and not own.message_id:
            # A size proves nothing where the target adds a header of its own to what it takes, so
            # it is asked for only where there is nothing better.
            [size] = [one.size for one in self._source.facts(way.path, way.uidvalidity, [uid])]
            found = self._target.facts(way.target, now, sorted(same))
            same = [one.uid for one in found if one.size == size]
        return min(same, default=None)

    @staticmethod
    def _row(mailbox: Mailbox, folder: str, uidvalidity: int, uid: int) -> Row | None:
        try:
            return next(iter(mailbox.rows(folder, uidvalidity, [uid])), None)
        except Gone:
            return None


def _refusal(error: Unreachable) -> str | None:
    """What the target said of one message; ``None`` where it is about more than that one."""
    cause = error.__cause__
    if not isinstance(cause, imaplib.IMAP4.error) or isinstance(cause, imaplib.IMAP4.abort):
        return None
    said = str(cause)
    if any(code in said.upper() for code in _FULL):
        _stop(said, "make room at the new provider, or wait, and go on")
    return said


def _stop(why: str, todo: str, code: str = "move-stopped") -> NoReturn:
    raise Stopped(Problem(code, "the move was stopped", why, todo))


def _rebuilt(folder: str) -> NoReturn:
    raise Stopped(
        Problem(
            "folder-rebuilt",
            f"the folder {folder} is another one than when the move began",
            "its messages have new numbers, so that it is not known which were copied",
            "move into an empty mailbox, from the beginning",
        )
    )
