"""A whole mailbox as one zip: a Maildir or a mbox for each folder, and a manifest of hashes.

The zip is made as it is sent, with one batch of messages in memory, and can begin at any byte: the
same catalogue gives the same bytes. What lies before the asked byte is not fetched again if it was
read once. A message that went meanwhile ends the export, which says so: it is not left out in
silence.
"""

from __future__ import annotations

import csv
import enum
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NoReturn

from ristoro.edges.mailboxes import maildirs, mboxes, zipping
from ristoro.edges.mailboxes.catalogue import Box, Catalogue, Listed, Read
from ristoro.edges.mailboxes.contract import Gone, Mailbox
from ristoro.edges.mailboxes.zipping import Entry
from ristoro.kernel.errors import Problem, RistoroError

BATCH_BYTES = 4 << 20
BATCH_COUNT = 20
"""A batch ends at either; a message larger than the first is a batch alone."""

README = """\
Questo archivio contiene tutta la tua casella, com'era quando l'esportazione e' cominciata.
manifest.csv ha una riga per messaggio: dove si trova, cartella, UID, contrassegni, arrivo,
dimensione e SHA-256 dei byte che il server di posta conserva (righe terminate da CRLF).
Maildir/ si apre con Dovecot, mutt e molti altri; mbox/ (variante mboxrd, righe terminate da LF)
con Thunderbird, Apple Mail e molti altri.

This archive holds your whole mailbox, as it was when the export began.
manifest.csv has a line for each message: where it is, folder, UID, flags, arrival, size, and the
SHA-256 of the bytes that the mail server keeps (lines end in CRLF).
Maildir/ opens with Dovecot, mutt and many more; mbox/ (the variant mboxrd, lines end in LF) with
Thunderbird, Apple Mail and many more.
"""
COLUMNS = ("path", "folder", "uid", "flags", "arrival", "size", "sha256")
_HUGE = 1 << 32
_NO_HASH = "0" * 64


class Form(enum.Enum):
    """What the zip holds."""

    MAILDIR = "maildir"
    MBOX = "mbox"


class Changed(RistoroError):
    """The mail host told sizes that are not so: the file begins anew, with the right ones."""


@dataclass(slots=True)
class _Place:
    """Where a stream is, and from which byte on it is wanted."""

    wanted: int
    at: int = 0

    def cut(self, data: bytes) -> bytes:
        """What of the next ``data`` is wanted."""
        begins, self.at = self.at, self.at + len(data)
        return data[max(0, self.wanted - begins) :]


@dataclass(frozen=True, slots=True)
class Export:
    """A catalogue as a file of one form."""

    catalogue: Catalogue
    form: Form

    def token(self) -> str:
        """Changes when, and only when, the bytes may have: a strong validator (RFC 9110, 8.8.1)."""
        about = self.catalogue.about()
        spelled = f"{about.owner} {about.at.isoformat()} {about.revision} {self.form.value}"
        return hashlib.sha256(spelled.encode()).hexdigest()[:32]

    def length(self) -> int | None:
        """The file's bytes; ``None`` for a mbox of which a message has not been read yet."""
        at = lines = count = 0
        for entry, unknown in self._entries():
            if unknown:
                return None
            lines += len(zipping.listed(entry, at))
            at += _span(entry)
            count += 1
        return at + lines + len(zipping.ending(count, at, lines))

    def learn(self, mailbox: Mailbox, progress: Callable[[int], None] = lambda _: None) -> None:
        """Read what has not been read, so that the length is known and nothing else is needed."""
        right = True
        for box in self.catalogue.boxes():
            for batch in _batches(self.catalogue.messages(box.number)):
                found = self._learned(mailbox, box, batch)
                right = right and all(old.size == new.size for old, new in found)
                progress(len(batch))
        if not right:
            self.catalogue.revise()

    def stream(self, mailbox: Mailbox, first: int = 0) -> Iterator[bytes]:
        """The file from byte ``first`` on; ``Gone`` where a message is not there any more."""
        self._whole()
        place = _Place(first)
        for data in self._contents(mailbox, place):
            if wanted := place.cut(data):
                yield wanted
        begins, count = place.at, 0
        at = 0
        for entry, _ in self._entries():
            if wanted := place.cut(zipping.listed(entry, at)):
                yield wanted
            at += _span(entry)
            count += 1
        assert at == begins
        yield place.cut(zipping.ending(count, begins, place.at - begins))

    def _whole(self) -> None:
        if because := self.catalogue.about().broken:
            raise Gone(Problem("export-changed", because, _WHY, "begin a new export"))

    def _contents(self, mailbox: Mailbox, place: _Place) -> Iterator[bytes]:
        """Every entry with its data; data that is known and not wanted is stepped over."""
        yield _small(self._readme())
        for box in self.catalogue.boxes():
            if self.form is Form.MAILDIR:
                yield from map(zipping.header, self._directories(box))
                yield from self._maildir(mailbox, box, place)
            else:
                yield from self._mbox(mailbox, box, place)
        yield zipping.header(self._manifest())
        yield from self._lines()

    def _maildir(self, mailbox: Mailbox, box: Box, place: _Place) -> Iterator[bytes]:
        def span(row: Listed) -> int:
            return _span(_message(box, row))

        for row, message in self._read(mailbox, box, place, span):
            if message is None:
                place.at += span(row)
            else:
                yield zipping.header(_message(box, row)) + message

    def _mbox(self, mailbox: Mailbox, box: Box, place: _Place) -> Iterator[bytes]:
        def span(row: Listed) -> int:
            assert row.read is not None
            return row.read.mbox_size

        yield zipping.header(self._file(box)[0])
        for row, message in self._read(mailbox, box, place, span):
            if message is None:
                place.at += span(row)
            else:
                yield mboxes.quoted(message, row.at)
        yield zipping.descriptor(self._file(box)[0])

    def _read(
        self, mailbox: Mailbox, box: Box, place: _Place, span: Callable[[Listed], int]
    ) -> Iterator[tuple[Listed, bytes | None]]:
        """A folder's messages with their bytes, or ``None`` where these are known and unwanted."""
        crc = 0
        for batch in _batches(self.catalogue.messages(box.number)):
            at, unread = place.at, []
            for row in batch:
                if row.read is None or at + span(row) > place.wanted:
                    unread.append(row.uid)
                at = max(at, place.wanted) if row.read is None else at + span(row)
            texts = self._texts(mailbox, box, unread)
            learned = []
            pairs: list[tuple[Listed, bytes | None]] = []
            for row in batch:
                text = next(texts) if row.uid in set(unread) else None
                known = row
                if text is not None:
                    known = self._checked(mailbox, row, text, crc)
                    if row.read is None and known.read is not None:
                        learned.append((known, known.read))
                pairs.append((known, text))
                crc = known.read.mbox_crc if known.read else crc
            if learned:
                self.catalogue.learned(learned)
            yield from pairs

    def _checked(self, mailbox: Mailbox, row: Listed, text: bytes, crc: int) -> Listed:
        """The row with what its bytes tell; they are those that were listed, and read before."""
        if len(text) != row.size:
            self.learn(mailbox)
            raise Changed(
                Problem(
                    "size-differs",
                    f"message {row.uid} has {len(text)} bytes, and not {row.size}",
                    "the mail host told another size before",
                    "begin the download again: the sizes are right now",
                )
            )
        if row.read is None:
            return replace(row, read=_told(text, row, crc))
        if hashlib.sha256(text).hexdigest() != row.read.sha256:
            self._broken(f"message {row.uid} is not what it was")
        return row

    def _learned(
        self, mailbox: Mailbox, box: Box, batch: list[Listed]
    ) -> list[tuple[Listed, Listed]]:
        """Rows before and after reading those that have not been read."""
        unread = [row for row in batch if row.read is None]
        if not unread:
            return []
        crc = self._crc_before(box, unread[0])
        texts = self._texts(mailbox, box, [row.uid for row in unread])
        found, kept = [], []
        for row, text in zip(unread, texts, strict=True):
            read = _told(text, row, crc)
            crc = read.mbox_crc
            after = replace(row, size=len(text), read=read)
            found.append((row, after))
            kept.append((after, read))
        self.catalogue.learned(kept)
        return found

    def _crc_before(self, box: Box, row: Listed) -> int:
        return self.catalogue.mbox_crc_before(box.number, row.ordinal)

    def _texts(self, mailbox: Mailbox, box: Box, uids: list[int]) -> Iterator[bytes]:
        """The bytes of these messages, each of which must be there."""
        waiting = iter(uids)
        try:
            for uid, _, _, text in mailbox.stored(box.path, box.uidvalidity, uids):
                if uid != next(waiting):
                    break
                yield text
            else:
                if next(waiting, None) is None:
                    return
        except Gone as error:
            self._broken(f"the folder {box.path} is not there any more as it was", error)
        self._broken(f"a message of {box.path} is not there any more")

    def _broken(self, because: str, error: Gone | None = None) -> NoReturn:
        self.catalogue.break_(because)
        raise Gone(Problem("export-changed", because, _WHY, "begin a new export")) from error

    def _entries(self) -> Iterator[tuple[Entry, bool]]:
        """Every entry in order, and whether its size is unknown yet."""
        yield self._readme()[0], False
        for box in self.catalogue.boxes():
            if self.form is Form.MBOX:
                yield self._file(box)
                continue
            yield from ((entry, False) for entry in self._directories(box))
            for row in self.catalogue.messages(box.number):
                yield _message(box, row), False
        yield self._manifest(), False

    def _readme(self) -> tuple[Entry, bytes]:
        text = README.replace("\n", "\r\n").encode()
        at = self.catalogue.about().at
        return Entry("README.txt", at, zlib.crc32(text), len(text)), text

    def _directories(self, box: Box) -> list[Entry]:
        base, at = _directory(box), self.catalogue.about().at
        return [Entry(f"{base}{part}/", at, 0, 0) for part in ("cur", "new", "tmp")]

    def _file(self, box: Box) -> tuple[Entry, bool]:
        """A folder's mbox, and whether its size is unknown yet. The checksum is behind the data,
        which is not read twice to tell it before."""
        count, size, mbox, crc = self.catalogue.sizes(box.number)
        # Quoting makes six bytes seven at worst, and a separator has an address and a date.
        huge = size * 7 // 6 + count * 400 >= _HUGE
        at = self.catalogue.about().at
        entry = Entry(_mbox_name(box), at, crc, mbox or 0, follows=True, huge=huge)
        return entry, mbox is None

    def _manifest(self) -> Entry:
        crc = size = 0
        for line in self._lines():
            crc, size = zlib.crc32(line, crc), size + len(line)
        return Entry("manifest.csv", self.catalogue.about().at, crc, size)

    def _lines(self) -> Iterator[bytes]:
        yield _line(COLUMNS)
        for box in self.catalogue.boxes():
            for row in self.catalogue.messages(box.number):
                path = _message(box, row).name if self.form is Form.MAILDIR else _mbox_name(box)
                yield _line(
                    (
                        path,
                        box.path,
                        row.uid,
                        " ".join(sorted(row.flags)),
                        row.at.isoformat(),
                        row.size,
                        row.read.sha256 if row.read else _NO_HASH,
                    )
                )


_WHY = "it was moved or removed, here or by another program, after the export began"


def _batches(rows: Iterator[Listed]) -> Iterator[list[Listed]]:
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


def _told(text: bytes, row: Listed, crc: int) -> Read:
    mbox = mboxes.quoted(text, row.at)
    digest = hashlib.sha256(text).hexdigest()
    return Read(digest, zlib.crc32(text), len(mbox), zlib.crc32(mbox, crc))


def _message(box: Box, row: Listed) -> Entry:
    name = maildirs.file_name(box.uidvalidity, row.uid, row.at, row.size, row.flags)
    crc = row.read.crc if row.read else 0
    return Entry(f"{_directory(box)}cur/{name}", row.at, crc, row.size)


def _directory(box: Box) -> str:
    return "Maildir/" + maildirs.directory(box.levels)


def _mbox_name(box: Box) -> str:
    """Levels as folders; what would leave the archive, or no system takes, is replaced."""
    safe = [
        "".join("_" if mark in '/\\:*?"<>|' or ord(mark) < 32 else mark for mark in level)
        for level in box.levels
    ]
    levels = [f"_{level}" if level.strip(". ") == "" else level for level in safe]
    return f"mbox/{box.number:03}-{'/'.join(levels)}.mbox"


def _small(pair: tuple[Entry, bytes]) -> bytes:
    entry, data = pair
    return zipping.header(entry) + data


def _span(entry: Entry) -> int:
    return len(zipping.header(entry)) + entry.size + len(zipping.descriptor(entry))


def _line(values: tuple[object, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue().encode("utf-8", "surrogateescape")
