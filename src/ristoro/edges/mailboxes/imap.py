"""A holder's mailbox over IMAP, on any host: few commands, and nothing that grows with a folder.

The newest page of a folder is its last sequence numbers, so that a folder of a hundred thousand
opens like one of five hundred: no SORT, no THREAD, no cache. A list page costs SELECT, FETCH and,
for the folders beside it, one LIST with STATUS (RFC 5819); a message costs SELECT and FETCH. A
folder that is open already costs NOOP in place of SELECT.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from imapclient.exceptions import IMAPClientError

from ristoro.edges.mailboxes import listing, replies
from ristoro.edges.mailboxes.contract import (
    DELETED,
    PAGE_SIZE,
    Cursor,
    Facts,
    Folder,
    Found,
    Moved,
    Naming,
    Page,
    Query,
    Role,
    Row,
    Space,
)
from ristoro.edges.mailboxes.leaves import Leaf, leaves_of
from ristoro.edges.mailboxes.line import Line
from ristoro.edges.mailboxes.opening import Opening
from ristoro.edges.mailboxes.refusals import BROKEN, gone, told
from ristoro.edges.mailboxes.server import Service

_ORDER = list(Role)
# No RFC822.SIZE: Dovecot reads the whole list of a Maildir's files for it, 0.1 s of 100,000.
_ROW_ITEMS = ("UID", "FLAGS", "INTERNALDATE", "ENVELOPE", "BODYSTRUCTURE")
_AT_ONCE = 20
"""Messages whose bytes are fetched in one command of an export: few, so that few are in memory."""
_MANY = 1000
"""Messages named in one command: their UIDs stay below the 8,000 octets every host takes."""
_NEAR = 5_000
"""UIDs on either side among which a conversation is looked for: headers of a whole folder of a
hundred thousand took Dovecot 0.7 to 2.7 s."""
_PIECE = 1 << 18
"""Octets of a message that are fetched in one command where it is handed on in pieces."""


def sign_in(service: Service, address: str, password: str, origin: str = "") -> ImapMailbox:
    """A mailbox, opened as its holder; ``SignInRefused`` or ``Unreachable`` where it cannot be.

    ``origin`` is the holder's network address. Dovecot makes whoever comes from where a password
    was wrong wait (4 s after one), and told nothing takes all holders for one; it believes this
    only from its ``login_trusted_networks``.
    """
    with told(service):
        client = Line(service)
    try:
        with told(service):
            if service.starttls:
                client.starttls(service.tls)
            if origin and client.has_capability("ID"):
                client.id_({"x-originating-ip": origin})
            if client.has_capability("AUTH=PLAIN"):
                client.plain_login(address, password)
            else:
                client.login(address, password)
            return ImapMailbox(client, service, address)
    except BaseException:
        with suppress(OSError):
            client.shutdown()
        raise


class ImapMailbox(Opening):
    """``contract.Mailbox`` over one logged-in connection, for one thread at a time."""

    @property
    def address(self) -> str:
        return self._address

    def folders(self) -> list[Folder]:
        with told(self._service):
            found = listing.folders(self._client, self._can)
        return sorted(found, key=lambda f: (f.role is Role.NONE, _ORDER.index(f.role), f.path))

    def page(self, folder: str, before: Cursor | None = None, size: int = PAGE_SIZE) -> Page:
        with self._open(folder) as total:
            rows: list[tuple[int, Row]] = []
            top = total if before is None else min(before.place - 1, total)
            # The place is a hint: where messages went meanwhile, older ones have moved down.
            while not rows and top > 0:
                low = max(1, top - size + 1)
                found = self._sequence(low, top)
                rows = [pair for pair in found if before is None or pair[1].uid < before.uid]
                top = low - 1
            return self._page(folder, total, rows)

    def page_after(self, folder: str, after: Cursor, size: int = PAGE_SIZE) -> Page:
        with self._open(folder) as total:
            top = min(after.place + size, total)
            rows: list[tuple[int, Row]] = []
            while top > 0 and (not rows or rows[-1][1].uid > after.uid):
                low = max(1, top - size + 1)
                rows += self._sequence(low, top)
                top = low - 1
            newer = [pair for pair in rows if pair[1].uid > after.uid]
            return self._page(folder, total, newer[-size:])

    def search(self, folder: str, query: Query, first: int = 0, size: int = PAGE_SIZE) -> Found:
        with self._open(folder):
            uids = sorted(self._found(replies.criteria(query)), reverse=True)
            rows = self._rows_of(uids[first : first + size])
            return Found(folder, self._uidvalidity, len(uids), rows)

    def rows(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> tuple[Row, ...]:
        with self._open(folder, uidvalidity):
            return self._rows_of(uids)

    def read(self, folder: str, uidvalidity: int, uid: int) -> tuple[Row, bytes]:
        with self._open(folder, uidvalidity):
            data = self._client.fetch([uid], [*self._items, "BODY.PEEK[]"]).get(uid)
            if data is None or b"BODY[]" not in data:
                raise gone(folder, f"message {uid}")
            return replies.row(uid, data), data[b"BODY[]"]

    def beginning(
        self, folder: str, uidvalidity: int, uid: int, most: int
    ) -> tuple[Row, bytes, tuple[Leaf, ...]]:
        with self._open(folder, uidvalidity):
            data = self._client.fetch([uid], [*self._items, f"BODY.PEEK[]<0.{most}>"]).get(uid)
            if data is None or b"BODY[]<0>" not in data:
                raise gone(folder, f"message {uid}")
            return (
                replies.row(uid, data),
                data[b"BODY[]<0>"] or b"",
                leaves_of(data.get(b"BODYSTRUCTURE")),
            )

    def section(self, folder: str, uidvalidity: int, uid: int, number: str = "") -> Iterator[bytes]:
        with self._open(folder, uidvalidity):
            at = 0
            while at % _PIECE == 0:
                asked = [f"BODY.PEEK[{number}]<{at}.{_PIECE}>"]
                data = self._client.fetch([uid], asked).get(uid, {})
                piece = data.get(f"BODY[{number}]<{at}>".encode())
                if piece is None:
                    raise gone(folder, f"message {uid}")
                yield piece
                at += len(piece)
                if not piece:
                    return

    def conversation(self, folder: str, row: Row, references: Sequence[str]) -> tuple[Row, ...]:
        names = [name for name in dict.fromkeys((row.message_id, *references)) if name]
        with self._open(folder):
            found: set[int] = {row.uid}
            criteria: list[Any] = []
            for name in names:
                for header in ("References", "Message-ID"):
                    asked = ["HEADER", header, name]
                    criteria = ["OR", asked, criteria] if criteria else asked
            if criteria:
                near = f"{max(1, row.uid - _NEAR)}:{row.uid + _NEAR}"
                found.update(self._found(["UID", near, *criteria]))
            return self._rows_of(sorted(found)[-PAGE_SIZE:])[::-1]

    def flag(
        self,
        folder: str,
        uidvalidity: int,
        uids: Sequence[int],
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> None:
        with self._open(folder, uidvalidity, write=True):
            if add:
                self._client.add_flags(list(uids), list(add), silent=True)
            if remove:
                self._client.remove_flags(list(uids), list(remove), silent=True)

    def move(self, folder: str, uidvalidity: int, uids: Sequence[int], to: str) -> Moved:
        before = None if b"UIDPLUS" in self._can else self._next(to)
        with self._open(folder, uidvalidity, write=True):
            if b"MOVE" in self._can:
                text = self._client.move(list(uids), to)
                code = self._client._imap.response("COPYUID")[1]
                text = code[-1] if code and code[-1] else text
            else:
                text = self._client.copy(list(uids), to)
                self._expunge(uids)
        moved = replies.moved(to, text)
        return moved if moved.uids or before is None else self._came(to, before, len(uids))

    def remove(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> None:
        with self._open(folder, uidvalidity, write=True):
            self._expunge(uids)

    def empty(self, folder: str, uidvalidity: int, upto: int) -> int:
        with self._open(folder, uidvalidity, write=True):
            uids = sorted(self._client.search(["UID", f"1:{upto}"]))
            for first in range(0, len(uids), _MANY):
                self._expunge(uids[first : first + _MANY])
        return len(uids)

    def append(
        self, folder: str, message: bytes, flags: Sequence[str] = (), at: datetime | None = None
    ) -> int | None:
        with told(self._service):
            try:
                text = self._client.append(folder, message, tuple(flags), at)
            except IMAPClientError as error:
                if "TRYCREATE" not in str(error) and "doesn't exist" not in str(error):
                    raise
                self._client.create_folder(folder)
                text = self._client.append(folder, message, tuple(flags), at)
        _, mark, rest = text.partition(b"[APPENDUID ")
        return int(rest.split(b"]")[0].split()[1]) if mark else None

    def make_folder(self, path: str) -> None:
        with self._changing(path, "made"):
            if not self._client.folder_exists(path):
                self._client.create_folder(path)
                self._client.subscribe_folder(path)

    def rename_folder(self, path: str, to: str) -> None:
        with self._changing(path, "renamed"):
            self._client.rename_folder(path, to)
            self._client.unsubscribe_folder(path)
            self._client.subscribe_folder(to)

    def remove_folder(self, path: str, to: str) -> None:
        uidvalidity, uids = self.uids(path)
        for first in range(0, len(uids), _MANY):
            self.move(path, uidvalidity, uids[first : first + _MANY], to)
        with self._changing(path, "removed"):
            self._selected("INBOX", write=False)  # no host removes what is open
            self._client.delete_folder(path)
            self._client.unsubscribe_folder(path)

    def space(self) -> Space | None:
        if b"QUOTA" not in self._can:
            return None
        with told(self._service):
            _, quotas = self._client.get_quota_root("INBOX")
        limits = [
            Space(int(quota.usage) * 1024, int(quota.limit) * 1024)
            for quota in quotas
            if quota.resource.upper() == "STORAGE"
        ]
        return min(limits, key=lambda space: space.limit or 0, default=None)

    def uids(self, folder: str) -> tuple[int, list[int]]:
        with self._open(folder):
            return self._uidvalidity, sorted(self._client.search("ALL"))

    def named(self, folder: str, message_id: str) -> tuple[int, list[int]]:
        with self._open(folder):
            found = self._found(["HEADER", "Message-ID", message_id])
            return self._uidvalidity, sorted(found)

    def stored(
        self, folder: str, uidvalidity: int, uids: Sequence[int]
    ) -> Iterator[tuple[int, frozenset[str], datetime, bytes]]:
        for first in range(0, len(uids), _AT_ONCE):
            with self._open(folder, uidvalidity):
                wanted = list(uids[first : first + _AT_ONCE])
                found = self._client.fetch(wanted, ["FLAGS", "INTERNALDATE", "BODY.PEEK[]"])
            for uid in wanted:
                data = found.pop(uid, {})
                if b"BODY[]" in data:
                    yield uid, replies.flags(data), replies.arrived(data), data[b"BODY[]"]

    def facts(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> Iterator[Facts]:
        for first in range(0, len(uids), _MANY):
            with self._open(folder, uidvalidity):
                wanted = list(uids[first : first + _MANY])
                found = self._client.fetch(wanted, ["FLAGS", "INTERNALDATE", "RFC822.SIZE"])
            for uid in wanted:
                if uid in found:
                    data = found[uid]
                    yield Facts(
                        uid, replies.flags(data), replies.arrived(data), int(data[b"RFC822.SIZE"])
                    )

    def naming(self) -> Naming:
        with told(self._service):
            if b"NAMESPACE" in self._can:
                own = self._client.namespace().personal
                if own:
                    return Naming(own[0][0] or "", own[0][1] or "")
            for _, delimiter, _ in self._client.list_folders("", ""):
                return Naming("", delimiter.decode("ascii") if delimiter else "")
        return Naming("", "")

    def alive(self) -> bool:
        """Whether the host still answers on this connection."""
        try:
            self._client.noop()
        except BROKEN:
            return False
        return True

    def close(self) -> None:
        with suppress(*BROKEN):
            self._client.logout()

    @property
    def _items(self) -> list[str]:
        preview = {b"PREVIEW", b"PREVIEW=FUZZY"} & self._can
        return [*_ROW_ITEMS, "PREVIEW"] if preview else list(_ROW_ITEMS)

    def _page(self, folder: str, total: int, rows: Sequence[tuple[int, Row]]) -> Page:
        """A page of rows by their sequence numbers, newest first."""
        older = newer = None
        if rows:
            (first, newest), (last, oldest) = rows[0], rows[-1]
            older = Cursor(oldest.uid, last) if last > 1 else None
            newer = Cursor(newest.uid, first) if first < total else None
        shown = tuple(row for _, row in rows)
        return Page(folder, self._uidvalidity, total, shown, older, newer)

    def _sequence(self, low: int, high: int) -> list[tuple[int, Row]]:
        """Rows by sequence number, newest first."""
        self._client.use_uid = False
        try:
            found = self._client.fetch(list(range(low, high + 1)), self._items)
        finally:
            self._client.use_uid = True
        pairs = [
            (place, replies.row(int(data[b"UID"]), data))
            for place, data in found.items()
            if b"ENVELOPE" in data  # a host may tell of others' flags in between
        ]
        return sorted(pairs, key=lambda pair: pair[0], reverse=True)

    def _rows_of(self, uids: Sequence[int]) -> tuple[Row, ...]:
        if not uids:
            return ()
        found = self._client.fetch(list(uids), self._items)
        told_of = [uid for uid in sorted(found, reverse=True) if b"ENVELOPE" in found[uid]]
        return tuple(replies.row(uid, found[uid]) for uid in told_of)

    def _expunge(self, uids: Sequence[int]) -> None:
        """Remove exactly these from the folder that is open."""
        if b"UIDPLUS" in self._can:
            self._client.add_flags(list(uids), [DELETED], silent=True)
            self._client.uid_expunge(list(uids))
            return
        # EXPUNGE takes whatever is marked: what others marked is unmarked until it is over.
        others = sorted(set(self._client.search("DELETED")) - set(uids))
        if others:
            self._client.remove_flags(others, [DELETED], silent=True)
        try:
            self._client.add_flags(list(uids), [DELETED], silent=True)
            self._client.expunge()
        finally:
            if others:
                self._client.add_flags(others, [DELETED], silent=True)

    def _next(self, folder: str) -> int | None:
        """The UID that the next message of a folder gets; ``None`` where it is not told."""
        with told(self._service), suppress(IMAPClientError):
            return int(self._client.folder_status(folder, ["UIDNEXT"])[b"UIDNEXT"])
        return None

    def _came(self, folder: str, first: int, count: int) -> Moved:
        """The messages that came into a folder from a UID on, if they are as many as were moved."""
        with self._open(folder):
            uids = sorted(uid for uid in self._found(["UID", f"{first}:*"]) if uid >= first)
            return Moved(folder, self._uidvalidity, tuple(uids) if len(uids) == count else ())
