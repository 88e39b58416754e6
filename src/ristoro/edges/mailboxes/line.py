"""The line to an IMAP service: to the addresses that were judged, and with an end to listening."""

from __future__ import annotations

import imaplib
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

from imapclient import IMAPClient, SocketTimeout
from imapclient.imapclient import join_message_ids

from ristoro.edges.mailboxes import fetched
from ristoro.edges.mailboxes.server import Service

if TYPE_CHECKING:
    from typing_extensions import Buffer


class Line(IMAPClient):  # type: ignore[misc]  # the library has no types
    """A connected client of a service, in clear until TLS where it is by STARTTLS."""

    def __init__(self, service: Service) -> None:
        self._service = service
        super().__init__(
            service.host,
            service.port,
            ssl=service.tls is not None and not service.starttls,
            ssl_context=service.tls,
            timeout=SocketTimeout(service.connect_timeout, service.reply_timeout),
        )
        self.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _create_IMAP4(self) -> imaplib.IMAP4:
        return _Spoken(self._service)

    def fetch(self, messages: Sequence[int], items: Sequence[str]) -> fetched.Answers:
        """As the library's, with whatever else the host told of these messages; days are aware."""
        if not messages:
            return {}
        command = ["FETCH", join_message_ids(messages), f"({' '.join(items)})"]
        tag = self._imap._command(*(["UID"] if self.use_uid else []), *command)
        kind, told = self._imap._command_complete("FETCH", tag)
        self._checkok("fetch", kind, told)
        _, told = self._imap._untagged_response(kind, told, "FETCH")
        found = fetched.parse(told, self.use_uid)
        return {message: found[message] for message in messages if message in found}

    def fresh(self) -> int:
        """How many messages the open folder has now; the numbers of messages are those of now."""
        self.noop()
        self._imap.untagged_responses.clear()  # or the next FETCH would tell of other messages
        return self.messages

    @property
    def messages(self) -> int:
        """How many messages the open folder has, by what was heard last."""
        count: int = self._imap.messages
        return count


class _Spoken(imaplib.IMAP4):
    """The same as the library's own, but for where it connects and how much it hears."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._heard = 0
        self.messages = 0
        super().__init__(service.host, service.port)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        service = self._service
        plain = _connected(service)
        if service.tls is None or service.starttls:
            return plain
        try:
            return service.tls.wrap_socket(plain, server_hostname=service.host)
        except OSError:
            plain.close()
            raise

    def send(self, data: Buffer) -> None:
        self._heard = 0
        super().send(data)

    def read(self, size: int) -> bytes:
        self._hear(size)
        return super().read(size)

    def readline(self) -> bytes:
        line = super().readline()
        self._hear(len(line))
        return line

    def _append_untagged(self, typ: str, dat: bytes | None) -> None:
        """Keep what the host tells unasked, and count along (RFC 3501, 7.3.1 and 7.4.1)."""
        if typ == "EXISTS":
            self.messages = int(dat or 0)
        elif typ == "EXPUNGE":
            self.messages -= 1
        super()._append_untagged(typ, dat)  # type: ignore[misc]

    def _hear(self, size: int) -> None:
        most = self._service.most_heard
        self._heard += size
        if most is not None and self._heard > most:
            raise self.abort(f"a reply is longer than {most} bytes")


def _connected(service: Service) -> socket.socket:
    """A connection to the first of the service's addresses that takes one."""
    failed: OSError | None = None
    for address in service.addresses or (service.host,):
        try:
            return socket.create_connection((address, service.port), service.connect_timeout)
        except OSError as error:
            failed = error
    assert failed is not None
    raise failed
