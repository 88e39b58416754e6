"""Reads the messages of a list for an export, and adds to the list what only their bytes tell.

What is small is fetched several at once, and what is large in pieces: in memory there is about one
batch, whatever the mailbox has.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn, Protocol

from ristoro.edges.mailboxes.catalogue import Box, Catalogue, Listed, Read
from ristoro.edges.mailboxes.contract import Gone, Mailbox
from ristoro.edges.mailboxes.mboxes import Quoting, quoted
from ristoro.kernel.errors import Problem, RistoroError

BATCH_BYTES = 1 << 19
BATCH_COUNT = 20
"""A batch ends at either; a message larger than the first is read in pieces."""
_STEP = 1 << 16

WHY = "it was moved or removed, here or by another program, after the export began"


class Changed(RistoroError):
    """The mail host told sizes that are not so: the file begins anew, with the right ones."""


class Message(Protocol):
    """A message whose bytes can be taken once; ``row`` knows all of it when they were."""

    row: Listed

    def pieces(self) -> Iterator[bytes]:
        """The bytes as the mail host keeps them."""
        ...

    def quoted(self) -> Iterator[bytes]:
        """The bytes as a mbox has them."""
        ...


class Reader:
    """The messages of one list, from the mailbox that was listed."""

    def __init__(self, catalogue: Catalogue, mailbox: Mailbox) -> None:
        self._catalogue, self._mailbox = catalogue, mailbox

    def messages(self, box: Box, after: int) -> Iterator[Message]:
        """A folder's messages behind an ordinal, each to be taken before the next.

        ``Gone`` where one is not there any more, ``Changed`` where one has another size.
        """
        crc = self._catalogue.mbox_crc_before(box.number, after + 1)
        for batch in _batches(self._catalogue.messages(box.number, after)):
            if is_large(batch[0]):
                large = _Large(batch[0], self._section(box, batch[0]), crc, self._checked)
                yield large
                crc = _crc(large.row, crc)
                continue
            texts = self._texts(box, batch)
            pairs = []
            for row, text in zip(batch, texts, strict=True):
                digest = Digest(row.at, crc)
                digest.take(text)
                digest.end()
                pairs.append((self._right(row, digest), text))
                crc = digest.read().mbox_crc
            self._keep(batch, [row for row, _ in pairs])
            for row, text in pairs:
                yield _Small(row, text)

    def learn(self, progress: Callable[[int], None] = lambda _: None) -> None:
        """Read what has not been read; where a size was not as listed, the list is revised."""
        right = True
        for box in self._catalogue.boxes():
            for batch in _batches(self._catalogue.messages(box.number)):
                unread = [row for row in batch if row.read is None]
                found = list(self._learned(box, unread))
                self._catalogue.learned([(row, row.read) for row in found if row.read])
                right = right and [row.size for row in found] == [row.size for row in unread]
                progress(len(batch))
        if not right:
            self._catalogue.revise()

    def _learned(self, box: Box, rows: list[Listed]) -> Iterator[Listed]:
        if not rows:
            return
        crc = self._catalogue.mbox_crc_before(box.number, rows[0].ordinal)
        large = is_large(rows[0])
        texts: Iterable[Iterable[bytes]] = (
            [self._section(box, rows[0])] if large else ([one] for one in self._texts(box, rows))
        )
        for row, pieces in zip(rows, texts, strict=True):
            digest = Digest(row.at, crc)
            for piece in pieces:
                digest.take(piece)
            digest.end()
            crc = digest.read().mbox_crc
            yield replace(row, size=digest.size, read=digest.read())

    def _checked(self, row: Listed, digest: Digest) -> Listed:
        """A large row with what its bytes tell, which is kept."""
        after = self._right(row, digest)
        self._keep([row], [after])
        return after

    def _keep(self, before: list[Listed], after: list[Listed]) -> None:
        pairs = zip(before, after, strict=True)
        new = [(now, now.read) for old, now in pairs if old.read is None and now.read is not None]
        if new:
            self._catalogue.learned(new)

    def _right(self, row: Listed, digest: Digest) -> Listed:
        """The row with what its bytes tell; they are those that were listed, and read before."""
        if digest.size != row.size:
            self.learn()
            raise Changed(
                Problem(
                    "size-differs",
                    f"message {row.uid} does not have {row.size} bytes",
                    "the mail host told that size before",
                    "begin the download again: the sizes are right now",
                )
            )
        read = digest.read()
        if row.read is not None and row.read.sha256 != read.sha256:
            self._broken(f"message {row.uid} is not what it was")
        return replace(row, read=read)

    def _texts(self, box: Box, rows: list[Listed]) -> Iterator[bytes]:
        """The bytes of these messages, each of which must be there."""
        uids = [row.uid for row in rows]
        waiting = iter(uids)
        try:
            for uid, _, _, text in self._mailbox.stored(box.path, box.uidvalidity, uids):
                if uid != next(waiting):
                    break
                yield text
            else:
                if next(waiting, None) is None:
                    return
        except Gone as error:
            self._broken(f"the folder {box.path} is not there any more as it was", error)
        self._broken(f"a message of {box.path} is not there any more")

    def _section(self, box: Box, row: Listed) -> Iterator[bytes]:
        try:
            for piece in self._mailbox.section(box.path, box.uidvalidity, row.uid):
                # Each step that follows has a copy of its own.
                for first in range(0, len(piece), _STEP):
                    yield piece[first : first + _STEP]
        except Gone as error:
            self._broken(f"a message of {box.path} is not there any more", error)

    def _broken(self, because: str, error: Gone | None = None) -> NoReturn:
        self._catalogue.break_(because)
        raise Gone(Problem("export-changed", because, WHY, "begin a new export")) from error


class Digest:
    """What reading a message tells, piece by piece; ``crc`` is its folder's mbox so far."""

    def __init__(self, at: datetime, crc: int) -> None:
        self.size = 0
        self._sha256 = hashlib.sha256()
        self._crc = self._mbox_size = 0
        self._mbox_crc = crc
        self._quoting = Quoting(at)

    def take(self, piece: bytes) -> bytes:
        """The piece as a mbox has it, as far as it can be told by now."""
        self.size += len(piece)
        self._sha256.update(piece)
        self._crc = zlib.crc32(piece, self._crc)
        return self._count(self._quoting.take(piece))

    def end(self) -> bytes:
        """What a mbox has behind the last piece."""
        return self._count(self._quoting.end())

    def read(self) -> Read:
        return Read(self._sha256.hexdigest(), self._crc, self._mbox_size, self._mbox_crc)

    def _count(self, form: bytes) -> bytes:
        self._mbox_size += len(form)
        self._mbox_crc = zlib.crc32(form, self._mbox_crc)
        return form


@dataclass(slots=True)
class _Small:
    row: Listed
    text: bytes

    def pieces(self) -> Iterator[bytes]:
        yield self.text

    def quoted(self) -> Iterator[bytes]:
        yield quoted(self.text, self.row.at)


class _Large:
    def __init__(
        self,
        row: Listed,
        pieces: Iterator[bytes],
        crc: int,
        checked: Callable[[Listed, Digest], Listed],
    ) -> None:
        self.row = row
        self._pieces, self._checked = pieces, checked
        self._digest = Digest(row.at, crc)

    def pieces(self) -> Iterator[bytes]:
        return (piece for piece, _ in self._both())

    def quoted(self) -> Iterator[bytes]:
        return (form for _, form in self._both())

    def _both(self) -> Iterator[tuple[bytes, bytes]]:
        digest = self._digest
        for piece in self._pieces:
            form = digest.take(piece)
            if digest.size > self.row.size:
                break
            yield piece, form
        end = digest.end()
        self.row = self._checked(self.row, digest)
        yield b"", end


def is_large(row: Listed) -> bool:
    """Whether the message is read in pieces."""
    return row.size > BATCH_BYTES


def _batches(rows: Iterable[Listed]) -> Iterator[list[Listed]]:
    """Rows together that are fetched together; one that is large is alone."""
    batch: list[Listed] = []
    size = 0
    for row in rows:
        if batch and (len(batch) == BATCH_COUNT or size + row.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += row.size
    if batch:
        yield batch


def _crc(row: Listed, before: int) -> int:
    return row.read.mbox_crc if row.read else before
