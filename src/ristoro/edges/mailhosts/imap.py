"""Reading mailboxes over IMAP as a master user: quotas, and whether a message is there.

Nothing here changes a mailbox: folders are opened with EXAMINE and bodies fetched with PEEK. Each
mailbox is read in a session of its own, because Dovecot keeps the limit it read at login for the
life of a session.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from ristoro.edges.mailhosts.contract import LookAsk, QuotaReading, Sighting
from ristoro.kernel.errors import Missing, Problem
from ristoro.kernel.outcome import DONE, Ending, Result

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")

_NOT_FOLDERS = frozenset((b"\\noselect", b"\\nonexistent", b"\\all", b"\\flagged"))
"""Not openable, or (RFC 6154) a view of messages that live elsewhere: a copy would count twice."""

_MESSAGE_ID = re.compile(r"<[!#-\[\]-~]{1,900}>")
"""Printable ASCII in angle brackets, without what would need quoting in a SEARCH."""


@dataclass(frozen=True, slots=True)
class ImapServer:
    """Where a mail host's IMAP is and the master user who may read every mailbox there.

    ``tls`` is a context for TLS from the first byte, or for STARTTLS if ``starttls``. Without one,
    only a loopback address is spoken to, unless ``plaintext`` allows it. With an empty
    ``separator`` the mailbox goes as the authorization identity (RFC 4616); else the login name is
    ``address`` + separator + ``master_user``. Timeouts are seconds, for connecting and for each
    reply.
    """

    host: str
    port: int
    master_user: str
    master_password: str = field(repr=False)
    separator: str = "*"
    tls: ssl.SSLContext | None = None
    starttls: bool = False
    plaintext: bool = False
    connect_timeout: float = 10.0
    reply_timeout: float = 60.0

    def __post_init__(self) -> None:
        if self.tls is None and not self.plaintext and not is_loopback(self.host):
            raise Missing(
                Problem(
                    "plaintext",
                    f"IMAP to {self.host}:{self.port} would go without TLS",
                    "the master user's password opens every mailbox",
                    "set `tls: yes` or `tls: starttls`, or `plaintext: true` on a closed network",
                )
            )


def is_loopback(host: str) -> bool:
    """Whether a host name or address stays on this machine; other names are not resolved."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def session(
    server: ImapServer, user: str, password: str, authorize: str = ""
) -> Iterator[IMAPClient]:
    """A session logged in as ``user``; left by LOGOUT, or by closing the line after an error."""
    client = IMAPClient(
        server.host,
        server.port,
        ssl=server.tls is not None and not server.starttls,
        ssl_context=server.tls,
        timeout=SocketTimeout(server.connect_timeout, server.reply_timeout),
    )
    try:
        # imaplib sends a continuation and its CRLF in two writes; the second would wait 40 ms for
        # the delayed acknowledgement of the first (RFC 896 and RFC 1122, 4.2.3.2).
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.starttls:
            client.starttls(server.tls)
        client.plain_login(user, password, authorize or None)
        yield client
    except BaseException:
        with suppress(OSError):
            client.shutdown()
        raise
    with suppress(OSError, IMAPClientError):
        client.logout()


@contextmanager
def master_session(server: ImapServer, address: str) -> Iterator[IMAPClient]:
    """A session in the mailbox of ``address``, opened by the master user."""
    if server.separator:
        user, authorize = f"{address}{server.separator}{server.master_user}", ""
    else:
        user, authorize = server.master_user, address
    with session(server, user, server.master_password, authorize) as client:
        yield client


class ImapReader:
    """Reads many mailboxes at a time, each in its own session, ``sessions`` of them in parallel.

    A folder of more than ``tail`` messages is searched from its end: its last ``tail`` UIDs first,
    the rest only where no folder's tail held the message. So ``copies`` counts every copy in
    ordinary folders, and in the tails of huge ones.
    """

    def __init__(self, server: ImapServer, *, sessions: int = 4, tail: int = 2_000) -> None:
        self.server = server
        self.sessions = sessions
        self.tail = tail
        self._pool: ThreadPoolExecutor | None = None

    def read_quota(self, addresses: Sequence[str]) -> list[QuotaReading]:
        """The storage limit and use of each mailbox, as a fresh session sees them."""
        return self._each(self._read_quota, addresses)

    def look(self, asks: Sequence[LookAsk], *, fetch: bool = False) -> list[Sighting]:
        """Whether each message is in its mailbox, in any folder."""

        def one(ask: LookAsk) -> Sighting:
            return self._look(ask, fetch)

        return self._each(one, asks)

    def close(self) -> None:
        """End the threads; the reader may be used again."""
        if self._pool is not None:
            self._pool.shutdown(wait=True)
            self._pool = None

    def _each(self, act: Callable[[Ask], Answer], asks: Sequence[Ask]) -> list[Answer]:
        if len(asks) < 2 or self.sessions < 2:
            return [act(ask) for ask in asks]
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.sessions, thread_name_prefix="imap")
        return list(self._pool.map(act, asks))

    def _read_quota(self, address: str) -> QuotaReading:
        try:
            with master_session(self.server, address) as client:
                _, quotas = client.get_quota_root("INBOX")
            limits = [
                (int(quota.limit), int(quota.usage))
                for quota in quotas
                if quota.resource.upper() == "STORAGE"
            ]
        except (OSError, IMAPClientError, ValueError, LookupError) as error:
            return QuotaReading(failure(error))
        # where several roots limit a mailbox, the tightest is the one its holder meets
        return QuotaReading(DONE, *min(limits)) if limits else QuotaReading(DONE)

    def _look(self, ask: LookAsk, fetch: bool) -> Sighting:
        if not _MESSAGE_ID.fullmatch(ask.message_id):
            return Sighting(
                Result(Ending.REFUSED, "bad-message-id", f"{ask.message_id!r} is no Message-ID")
            )
        try:
            with master_session(self.server, ask.address) as client:
                return _search(client, ask.message_id, self.tail, fetch)
        except (OSError, IMAPClientError, ValueError, LookupError) as error:
            return Sighting(failure(error))


def _search(client: IMAPClient, message_id: str, tail: int, fetch: bool) -> Sighting:
    wanted = ["HEADER", "Message-ID", message_id]
    found: list[tuple[str, int]] = []
    unread: list[tuple[str, int]] = []
    for folder in _folders(client):
        status = client.select_folder(folder, readonly=True)
        if not status[b"EXISTS"]:
            continue
        # UIDNEXT may be left out (RFC 3501, 6.3.1); then the folder is searched whole
        first = status.get(b"UIDNEXT", 1) - tail if status[b"EXISTS"] > tail else 1
        if first > 1:
            uids = client.search(["UID", f"{first}:*", *wanted])
            unread.append((folder, first))
        else:
            uids = client.search(wanted)
        found += [(folder, uid) for uid in sorted(uids)]
    if not found:
        for folder, first in unread:
            client.select_folder(folder, readonly=True)
            uids = client.search(["UID", f"1:{first - 1}", *wanted])
            found += [(folder, uid) for uid in sorted(uids)]
    if not found:
        return Sighting(DONE)
    folder, uid = found[0]
    stored = None
    if fetch:
        client.select_folder(folder, readonly=True)
        stored = client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]
    return Sighting(DONE, len(found), folder, uid, stored)


def _folders(client: IMAPClient) -> list[str]:
    """Every folder that can hold a message, INBOX first."""
    names = [
        name
        for flags, _, name in client.list_folders()
        if not _NOT_FOLDERS.intersection(flag.lower() for flag in flags)
    ]
    return ["INBOX", *(name for name in names if name.upper() != "INBOX")]


def failure(error: Exception) -> Result:
    """A read that failed: always deferred, for a read changes nothing and may be tried again."""
    text = str(error) or type(error).__name__
    match error:
        case LoginError():
            code = "imap-busy" if "[UNAVAILABLE]" in text else "imap-login"
        case ssl.SSLError():
            code = "imap-tls"
        case TimeoutError():
            code = "imap-slow"
        case ConnectionRefusedError():
            code = "imap-down"
        case IMAPClientAbortError() | OSError():
            code = "imap-cut"
        case IMAPClientError():
            code = "imap-no"
        case _:
            code = "imap-garbage"
    return Result(Ending.DEFERRED, code, text[:500])
