"""A holder's mailbox over IMAP, on any host: few commands, and nothing that grows with a folder.

The newest page of a folder is its last sequence numbers, so that a folder of a hundred thousand
opens like one of five hundred: no SORT, no THREAD, no cache. A list page costs SELECT, FETCH and,
for the folders beside it, one LIST with STATUS (RFC 5819); a message costs SELECT and FETCH.
"""

from __future__ import annotations

import imaplib
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError
from imapclient.imap_utf7 import decode as decode_utf7
from imapclient.response_parser import parse_response

from ristoro.edges.mailboxes.addresses import decoded, has_attachments, people
from ristoro.edges.mailboxes.contract import (
    PAGE_SIZE,
    Cursor,
    Facts,
    Folder,
    Found,
    Gone,
    Moved,
    Naming,
    Page,
    Person,
    Query,
    Role,
    Row,
    SignInRefused,
    Space,
    Unreachable,
)
from ristoro.edges.mailboxes.leaves import Leaf, leaves_of
from ristoro.edges.mailboxes.server import Service
from ristoro.kernel.errors import Problem

_ROLES = {
    b"\\inbox": Role.INBOX,
    b"\\drafts": Role.DRAFTS,
    b"\\sent": Role.SENT,
    b"\\archive": Role.ARCHIVE,
    b"\\junk": Role.JUNK,
    b"\\trash": Role.TRASH,
}
_ORDER = list(Role)
_CLOSED = frozenset((b"\\noselect", b"\\nonexistent"))
_NOBODY = Person("", "")
_ROW_ITEMS = ("UID", "FLAGS", "RFC822.SIZE", "INTERNALDATE", "ENVELOPE", "BODYSTRUCTURE")
_AT_ONCE = 20
"""Messages whose bytes are fetched in one command of an export: few, so that few are in memory."""
_FACTS_AT_ONCE = 1000
_PIECE = 1 << 20
"""Octets of a message that are fetched in one command where it is handed on in pieces."""


def sign_in(service: Service, address: str, password: str, origin: str = "") -> ImapMailbox:
    """A mailbox, opened as its holder; ``SignInRefused`` or ``Unreachable`` where it cannot be.

    ``origin`` is the holder's network address. Dovecot makes whoever comes from where a password
    was wrong wait (4 s after one), and told nothing takes all holders for one; it believes this
    only from its ``login_trusted_networks``.
    """
    with _told(service):
        client = IMAPClient(
            service.host,
            service.port,
            ssl=service.tls is not None and not service.starttls,
            ssl_context=service.tls,
            timeout=SocketTimeout(service.connect_timeout, service.reply_timeout),
        )
    try:
        with _told(service):
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if service.starttls:
                client.starttls(service.tls)
            if origin and client.has_capability("ID"):
                client.id_({"x-originating-ip": origin})
            client.plain_login(address, password)
            return ImapMailbox(client, service, address)
    except BaseException:
        with suppress(OSError):
            client.shutdown()
        raise


class ImapMailbox:
    """``contract.Mailbox`` over one logged-in connection, for one thread at a time."""

    def __init__(self, client: IMAPClient, service: Service, address: str) -> None:
        self._client = client
        self._service = service
        self._address = address
        self._can = frozenset(client.capabilities())
        self._folder = ""
        self._state: dict[bytes, Any] = {}

    @property
    def address(self) -> str:
        return self._address

    def folders(self) -> list[Folder]:
        with _told(self._service):
            listed = self._listed() if b"LIST-STATUS" in self._can else self._asked()
        return sorted(listed, key=lambda f: (f.role is Role.NONE, _ORDER.index(f.role), f.path))

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
            uids = sorted(self._client.search(_criteria(query), "UTF-8"), reverse=True)
            rows = self._rows_of(uids[first : first + size])
            return Found(folder, self._uidvalidity, len(uids), rows)

    def rows(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> tuple[Row, ...]:
        with self._open(folder, uidvalidity):
            return self._rows_of(uids)

    def read(self, folder: str, uidvalidity: int, uid: int) -> tuple[Row, bytes]:
        with self._open(folder, uidvalidity):
            data = self._client.fetch([uid], [*self._items, "BODY.PEEK[]"]).get(uid)
            if data is None or b"BODY[]" not in data:
                raise _gone(folder, f"message {uid}")
            return _row(uid, data), data[b"BODY[]"]

    def beginning(
        self, folder: str, uidvalidity: int, uid: int, most: int
    ) -> tuple[Row, bytes, tuple[Leaf, ...]]:
        with self._open(folder, uidvalidity):
            data = self._client.fetch([uid], [*self._items, f"BODY.PEEK[]<0.{most}>"]).get(uid)
            if data is None or b"BODY[]<0>" not in data:
                raise _gone(folder, f"message {uid}")
            return _row(uid, data), data[b"BODY[]<0>"] or b"", leaves_of(data.get(b"BODYSTRUCTURE"))

    def section(self, folder: str, uidvalidity: int, uid: int, number: str = "") -> Iterator[bytes]:
        with self._open(folder, uidvalidity):
            at, piece = 0, b""
            while at == 0 or len(piece) == _PIECE:
                asked = [f"BODY.PEEK[{number}]<{at}.{_PIECE}>"]
                told = self._client.fetch([uid], asked).get(uid, {})
                piece = told.get(f"BODY[{number}]<{at}>".encode())
                if piece is None:
                    raise _gone(folder, f"message {uid}")
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
                found.update(self._client.search(criteria, "UTF-8"))
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
        with self._open(folder, uidvalidity, write=True):
            if b"MOVE" in self._can:
                told = self._client.move(list(uids), to)
                code = self._client._imap.response("COPYUID")[1]
                told = code[-1] if code and code[-1] else told
            else:
                told = self._client.copy(list(uids), to)
                self._expunge(uids)
        return _moved(to, told)

    def remove(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> None:
        with self._open(folder, uidvalidity, write=True):
            self._expunge(uids)

    def append(
        self, folder: str, message: bytes, flags: Sequence[str] = (), at: datetime | None = None
    ) -> int | None:
        with _told(self._service):
            try:
                told = self._client.append(folder, message, tuple(flags), at)
            except IMAPClientError as error:
                if "TRYCREATE" not in str(error) and "doesn't exist" not in str(error):
                    raise
                self._client.create_folder(folder)
                told = self._client.append(folder, message, tuple(flags), at)
        _, mark, rest = told.partition(b"[APPENDUID ")
        return int(rest.split(b"]")[0].split()[1]) if mark else None

    def make_folder(self, path: str) -> None:
        with _told(self._service):
            if not self._client.folder_exists(path):
                self._client.create_folder(path)

    def space(self) -> Space | None:
        if b"QUOTA" not in self._can:
            return None
        with _told(self._service):
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
            found = self._client.search(["HEADER", "Message-ID", message_id], "UTF-8")
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
                    yield uid, _flags(data), _arrived(data), data[b"BODY[]"]

    def facts(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> Iterator[Facts]:
        for first in range(0, len(uids), _FACTS_AT_ONCE):
            with self._open(folder, uidvalidity):
                wanted = list(uids[first : first + _FACTS_AT_ONCE])
                found = self._client.fetch(wanted, ["FLAGS", "INTERNALDATE", "RFC822.SIZE"])
            for uid in wanted:
                if uid in found:
                    data = found[uid]
                    yield Facts(uid, _flags(data), _arrived(data), int(data[b"RFC822.SIZE"]))

    def naming(self) -> Naming:
        with _told(self._service):
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
        except (OSError, IMAPClientError, imaplib.IMAP4.error):
            return False
        return True

    def close(self) -> None:
        with suppress(OSError, IMAPClientError, imaplib.IMAP4.error):
            self._client.logout()

    @property
    def _uidvalidity(self) -> int:
        return int(self._state[b"UIDVALIDITY"])

    @property
    def _items(self) -> list[str]:
        preview = {b"PREVIEW", b"PREVIEW=FUZZY"} & self._can
        return [*_ROW_ITEMS, "PREVIEW"] if preview else list(_ROW_ITEMS)

    @contextmanager
    def _open(
        self, folder: str, uidvalidity: int | None = None, *, write: bool = False
    ) -> Iterator[int]:
        """The folder opened, and how many messages it has; ``Gone`` where it is another one now."""
        with _told(self._service):
            try:
                self._state = self._client.select_folder(folder, readonly=not write)
            except IMAPClientError as error:
                if _is_broken(error):
                    raise
                raise _gone(folder, "the folder") from error
            if uidvalidity is not None and uidvalidity != self._uidvalidity:
                raise _gone(folder, "the folder as it was")
            yield int(self._state[b"EXISTS"])

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
        pairs = [(place, _row(int(data[b"UID"]), data)) for place, data in found.items()]
        return sorted(pairs, key=lambda pair: pair[0], reverse=True)

    def _rows_of(self, uids: Sequence[int]) -> tuple[Row, ...]:
        if not uids:
            return ()
        found = self._client.fetch(list(uids), self._items)
        return tuple(_row(uid, found[uid]) for uid in sorted(found, reverse=True))

    def _expunge(self, uids: Sequence[int]) -> None:
        self._client.add_flags(list(uids), ["\\Deleted"], silent=True)
        self._client.uid_expunge(list(uids))

    def _listed(self) -> list[Folder]:
        """Folders and their counts by one command."""
        raw = self._client._imap
        raw._simple_command("LIST", '""', '"*"', "RETURN", "(SPECIAL-USE STATUS (MESSAGES UNSEEN))")
        folders = self._client._proc_folder_list(raw.response("LIST")[1] or [])
        counts: dict[str, tuple[int, int]] = {}
        for line in raw.response("STATUS")[1] or []:
            name, values = parse_response([line] if isinstance(line, bytes) else list(line))
            pairs = dict(zip(values[::2], values[1::2], strict=True))
            counts[self._named(name)] = (int(pairs[b"MESSAGES"]), int(pairs[b"UNSEEN"]))
        return [
            _folder(flags, delimiter, path, counts.get(path)) for flags, delimiter, path in folders
        ]

    def _asked(self) -> list[Folder]:
        """The same where the host lacks RFC 5819: a STATUS for each folder."""
        found = []
        for flags, delimiter, path in self._client.list_folders():
            counts = None
            if not _CLOSED & {flag.lower() for flag in flags}:
                with suppress(IMAPClientError):
                    told = self._client.folder_status(path, ["MESSAGES", "UNSEEN"])
                    counts = (int(told[b"MESSAGES"]), int(told[b"UNSEEN"]))
            found.append(_folder(flags, delimiter, path, counts))
        return found

    def _named(self, name: bytes | int) -> str:
        """A folder's path from its name on the wire, which may look like a number."""
        return str(decode_utf7(str(name).encode() if isinstance(name, int) else name))


def _folder(
    flags: Sequence[bytes], delimiter: bytes | None, path: str, counts: tuple[int, int] | None
) -> Folder:
    lower = {flag.lower() for flag in flags}
    role = next((role for flag, role in _ROLES.items() if flag in lower), Role.NONE)
    if path.upper() == "INBOX":
        role = Role.INBOX
    mark = delimiter.decode("ascii") if delimiter else "\0"
    total, unseen = counts if counts and not lower & _CLOSED else (None, None)
    return Folder(path, path.rpartition(mark)[2], path.count(mark), role, total, unseen)


def _row(uid: int, data: dict[bytes, Any]) -> Row:
    envelope = data[b"ENVELOPE"]
    preview = data.get(b"PREVIEW")
    return Row(
        uid=uid,
        flags=_flags(data),
        size=int(data[b"RFC822.SIZE"]),
        subject=decoded(envelope.subject),
        sender=next(iter(people(envelope.from_)), _NOBODY),
        recipients=people(envelope.to),
        at=_arrived(data),
        attachments=has_attachments(data.get(b"BODYSTRUCTURE")),
        message_id=decoded(envelope.message_id),
        preview=preview.decode("utf-8", "replace") if isinstance(preview, bytes) else "",
    )


def _flags(data: dict[bytes, Any]) -> frozenset[str]:
    return frozenset(flag.decode("ascii", "replace") for flag in data[b"FLAGS"])


def _arrived(data: dict[bytes, Any]) -> datetime:
    at = data[b"INTERNALDATE"]
    assert isinstance(at, datetime)
    return at.astimezone(UTC)


def _criteria(query: Query) -> list[Any]:
    found: list[Any] = []
    for word in query.words:
        found += ["TEXT", word]
    for key, text in (("FROM", query.sender), ("TO", query.recipient), ("SUBJECT", query.subject)):
        if text:
            found += [key, text]
    for key, day in (("SINCE", query.since), ("BEFORE", query.before)):
        if day is not None:
            found += [key, day.date()]
    if query.unseen:
        found.append("UNSEEN")
    if query.flagged:
        found.append("FLAGGED")
    return found or ["ALL"]


def _moved(to: str, told: bytes | str | None) -> Moved:
    """The new names from a COPYUID response code: ``uidvalidity source-uids target-uids``."""
    text = (told or b"").decode("ascii", "replace") if not isinstance(told, str) else told
    text = text.partition("COPYUID ")[2].partition("]")[0] or text
    words = text.split()
    if len(words) != 3 or not words[0].isdigit():
        return Moved(to, 0, ())
    uids: list[int] = []
    for piece in words[2].split(","):
        first, _, last = piece.partition(":")
        uids += range(int(first), int(last or first) + 1)
    return Moved(to, int(words[0]), tuple(uids))


def _gone(folder: str, what: str) -> Gone:
    return Gone(
        Problem(
            "gone",
            f"{what} is not in {folder} any more",
            "it was moved or removed, here or by another program",
            "open the folder again",
        )
    )


def _is_broken(error: Exception) -> bool:
    return isinstance(error, imaplib.IMAP4.abort)


@contextmanager
def _told(service: Service) -> Iterator[None]:
    """What a library raises, said in the words of the contract."""
    try:
        yield
    except LoginError as error:
        if "[UNAVAILABLE]" in str(error):
            raise _failed(service, error) from error
        raise SignInRefused(
            Problem(
                "sign-in-refused",
                "the mail host does not take this address with this password",
                "it does not say which of the two is wrong",
                "type them again",
            )
        ) from error
    except (OSError, IMAPClientError, imaplib.IMAP4.error) as error:
        raise _failed(service, error) from error


def _failed(service: Service, error: Exception) -> Unreachable:
    return Unreachable(
        Problem(
            "imap-failed",
            f"the mail host at {service.host}:{service.port} does not answer as it should",
            str(error) or type(error).__name__,
            "try again in a minute",
        )
    )
