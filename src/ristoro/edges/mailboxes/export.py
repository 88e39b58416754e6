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
from dataclasses import dataclass

from ristoro.edges.mailboxes import maildirs, zipping
from ristoro.edges.mailboxes.catalogue import Box, Catalogue, Listed, Read
from ristoro.edges.mailboxes.contract import Gone, Mailbox
from ristoro.edges.mailboxes.reading import WHY, Reader, is_large
from ristoro.edges.mailboxes.zipping import Entry
from ristoro.kernel.errors import Problem

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
        Reader(self.catalogue, mailbox).learn(progress)

    def stream(self, mailbox: Mailbox, first: int = 0) -> Iterator[bytes]:
        """The file from byte ``first`` on; ``Gone`` where a message is not there any more."""
        self._whole()
        place = _Place(first)
        for data in self._contents(Reader(self.catalogue, mailbox), place):
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
            raise Gone(Problem("export-changed", because, WHY, "begin a new export"))

    def _contents(self, reader: Reader, place: _Place) -> Iterator[bytes]:
        """Every entry with its data; data that is known and not wanted is stepped over."""
        yield _small(self._readme())
        for box in self.catalogue.boxes():
            yield from (
                self._maildir(reader, box, place)
                if self.form is Form.MAILDIR
                else (self._mbox(reader, box, place))
            )
        yield zipping.header(self._manifest())
        yield from self._lines()

    def _maildir(self, reader: Reader, box: Box, place: _Place) -> Iterator[bytes]:
        yield from map(zipping.header, self._directories(box))
        last = self._stepped_over(box, place, lambda row, _: _span(_message(box, row)))
        for message in reader.messages(box, last):
            yield zipping.header(_message(box, message.row))
            yield from message.pieces()
            yield zipping.descriptor(_message(box, message.row))

    def _mbox(self, reader: Reader, box: Box, place: _Place) -> Iterator[bytes]:
        yield zipping.header(self._file(box)[0])
        last = self._stepped_over(box, place, lambda _, read: read.mbox_size)
        for message in reader.messages(box, last):
            yield from message.quoted()
        yield zipping.descriptor(self._file(box)[0])

    def _stepped_over(self, box: Box, place: _Place, span: Callable[[Listed, Read], int]) -> int:
        """The ordinal of a folder's last message that is known and lies before what is wanted."""
        last = -1
        for row in self.catalogue.messages(box.number):
            if row.read is None or place.at + span(row, row.read) > place.wanted:
                break
            place.at += span(row, row.read)
            last = row.ordinal
        return last

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


def _message(box: Box, row: Listed) -> Entry:
    name = maildirs.file_name(box.uidvalidity, row.uid, row.at, row.size, row.flags)
    crc = row.read.crc if row.read else 0
    return Entry(f"{_directory(box)}cur/{name}", row.at, crc, row.size, follows=is_large(row))


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
