"""Which folder of a mailbox is open on a connection, and what is asked of that one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from imapclient.exceptions import IMAPClientError

from ristoro.edges.mailboxes.line import Line
from ristoro.edges.mailboxes.refusals import gone, is_broken, not_done, told
from ristoro.edges.mailboxes.server import Service


class Opening:
    """One logged-in connection, and the folder that is open on it."""

    def __init__(self, client: Line, service: Service, address: str) -> None:
        self._client = client
        self._service = service
        self._address = address
        self._can = frozenset(client.capabilities())
        self._folder, self._writes = "", False
        self._state: dict[bytes, Any] = {}

    @property
    def _uidvalidity(self) -> int:
        return int(self._state[b"UIDVALIDITY"])

    @contextmanager
    def _open(
        self, folder: str, uidvalidity: int | None = None, *, write: bool = False
    ) -> Iterator[int]:
        """The folder opened, and how many messages it has; ``Gone`` where it is another one now."""
        with told(self._service):
            total = self._still_open(folder, write)
            if total is None or uidvalidity not in (None, self._uidvalidity):
                total = self._selected(folder, write)
            if uidvalidity not in (None, self._uidvalidity):
                raise gone(folder, "the folder as it was")
            yield total

    def _still_open(self, folder: str, write: bool) -> int | None:
        """How many messages the folder has, if it is the one that is open; one NOOP.

        Opening it anew has Dovecot read the list of a Maildir's files: 0.1 s of 100,000.
        """
        if folder != self._folder or (write and not self._writes):
            return None
        return self._client.fresh()

    def _selected(self, folder: str, write: bool) -> int:
        self._folder = ""
        try:
            self._state = self._client.select_folder(folder, readonly=not write)
        except IMAPClientError as error:
            if is_broken(error):
                raise
            raise gone(folder, "the folder") from error
        self._folder, self._writes = folder, write
        return self._client.messages

    def _found(self, criteria: Sequence[Any]) -> list[int]:
        """UIDs by SEARCH, which every host takes in ASCII, and few in nothing else."""
        ascii_ = all(part.isascii() for part in _texts(criteria))
        return list(self._client.search(list(criteria), None if ascii_ else "UTF-8"))

    @contextmanager
    def _changing(self, path: str, what: str) -> Iterator[None]:
        """A change of folders; ``Refused`` where the host says no to it."""
        self._folder = ""  # which may come to have another name
        with told(self._service):
            try:
                yield
            except IMAPClientError as error:
                if is_broken(error):
                    raise
                raise not_done(path, what, error) from error


def _texts(criteria: Sequence[Any]) -> Iterator[str]:
    for one in criteria:
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            yield from _texts(one)
