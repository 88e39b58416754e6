"""A stored message as a reader shows it: its header, its text, its page, its files.

The tree is cut by our own splitter rather than by ``email.parser``, whose generators are nested as
deep as the message is: a message of a few kilobytes exhausts the stack. Header fields are read by
the library, one block at a time.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import policy
from email.errors import HeaderParseError
from email.message import Message
from email.parser import HeaderParser
from email.utils import getaddresses, parsedate_to_datetime

from ristoro.edges.mailboxes.addresses import decoded
from ristoro.edges.mailboxes.contract import Person
from ristoro.edges.mailboxes.filenames import FileName, safe_name
from ristoro.edges.mailboxes.leaves import NOT_BASE64, Leaf
from ristoro.edges.mailboxes.texts import flown_together, text_in, without_controls

DEEPEST = 20
MOST_PARTS = 300
LONGEST_HEADER = 256 * 1024
LONGEST_TEXT = 2 * 1024 * 1024
"""Limits: levels of nesting, parts, octets of one header block, characters of shown text. What
lies beyond is not shown, and ``Opened.cut`` says so: the source has all of it."""

MOST_PEOPLE = 1000
LONGEST_PARAMETERS = 8 * 1024

_DELIMITER_END = re.compile(rb"(--)?[ \t]*(?=\r?\n|\Z)")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_ENDINGS = {
    "text/plain": "txt",
    "text/html": "html",
    "text/calendar": "ics",
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "message/rfc822": "eml",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the tree. ``number`` is as in IMAP (``2.1``); ``media`` is what the sender says.

    ``missing`` are the octets after ``raw`` that were not read.
    """

    number: str
    media: str
    charset: str
    name: FileName
    named: bool
    disposition: str
    content_id: str
    encoding: str
    raw: bytes
    flowed: str = ""
    missing: int = 0

    @property
    def whole(self) -> bool:
        return not self.missing

    @property
    def size(self) -> int:
        """Octets of the content; a close guess where not all of it was read."""
        if self.whole:
            return len(self.content())
        encoded = len(self.raw) + self.missing
        return encoded * 57 // 78 if self.encoding == "base64" else encoded

    def content(self) -> bytes:
        """The octets with the transfer encoding taken off; what is not base64 in it is skipped."""
        if self.encoding == "base64":
            return _base64(self.raw)
        if self.encoding == "quoted-printable":
            return binascii.a2b_qp(self.raw)
        return self.raw

    def text(self) -> str:
        """The content in its charset, without control characters; never an error."""
        text = without_controls(text_in(self.content(), self.charset))
        return flown_together(text, self.flowed) if self.flowed else text


@dataclass(frozen=True, slots=True)
class Header:
    """What a reader is told of a message. Texts are the sender's: whoever shows them escapes them.

    ``at`` is the Date, ``None`` where there is none that can be read. ``senders`` has every mailbox
    of every From field.
    """

    subject: str
    senders: tuple[Person, ...]
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    reply_to: tuple[Person, ...]
    at: datetime | None
    message_id: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A message taken apart. ``plain`` and ``page`` are its text and its HTML, as sent.

    ``pictures`` are the parts that the page may name by Content-ID; ``files`` all that is neither
    text nor page, pictures included. ``cut`` says that a limit was met.
    """

    header: Header
    plain: str
    page: str
    files: tuple[Part, ...]
    pictures: dict[str, Part]
    cut: bool

    def file(self, number: str) -> Part | None:
        """The file of that number."""
        return next((part for part in self.files if part.number == number), None)


def open_message(stored: bytes, leaves: Sequence[Leaf] = ()) -> Opened:
    """Take a stored message apart. Whatever the bytes are, there is an answer, in linear time.

    Where ``stored`` is the beginning of a large one, its host tells the ``leaves`` of all of it.
    """
    walk = _Walk()
    top = fields(stored)
    parts = list(walk.parts(stored, "", 0, "text/plain"))
    if leaves:
        read = {part.number: part for part in parts}
        parts = [_completed(leaf, read.get(leaf.number)) for leaf in leaves]
    plain, page = _shown(parts, "text/plain"), _shown(parts, "text/html")
    texts = [part.text() for part in plain]
    pages = [part.text() for part in page]
    length = sum(map(len, texts)) + sum(map(len, pages))
    files = tuple(part for part in parts if part not in plain and part not in page)
    pictures = {part.content_id: part for part in reversed(files) if part.content_id}
    return Opened(
        header=header_of(top),
        plain="\n".join(texts)[:LONGEST_TEXT],
        page="\n".join(pages)[:LONGEST_TEXT],
        files=files,
        pictures=pictures,
        cut=walk.cut or length > LONGEST_TEXT or any(part.missing for part in (*plain, *page)),
    )


def fields(stored: bytes) -> Message:
    """The header fields of a message or part, read by the library; 8-bit octets as their text."""
    block, _ = _halves(stored)
    text = text_in(block[:LONGEST_HEADER], "") + "\r\n"
    return HeaderParser(policy=policy.compat32).parsestr(text)


def header_of(message: Message) -> Header:
    """The header that a reader sees."""
    return Header(
        subject=_line(message, "Subject"),
        senders=_people(message, "From"),
        to=_people(message, "To"),
        cc=_people(message, "Cc"),
        reply_to=_people(message, "Reply-To"),
        at=_date(message),
        message_id=_line(message, "Message-ID"),
        references=tuple(_names(message)[-50:]),
    )


class _Walk:
    """The tree of one message, walked once; counts what it has seen."""

    def __init__(self) -> None:
        self.seen = 0
        self.cut = False

    def parts(self, raw: bytes, number: str, depth: int, otherwise: str) -> Iterator[Part]:
        """The leaves below a part, in order. ``otherwise`` is the type of a part without one."""
        self.seen += 1
        if self.seen > MOST_PARTS or depth > DEEPEST:
            self.cut = True
            return
        head, body = fields(raw), _halves(raw)[1]
        media = _media(head, otherwise)
        boundary = _parameter(head, "Content-Type", "boundary")
        if media.startswith("multipart/") and boundary:
            inner = "message/rfc822" if media == "multipart/digest" else "text/plain"
            for place, piece in enumerate(_pieces(body, boundary.encode("utf-8", "replace")), 1):
                if self.seen > MOST_PARTS:
                    self.cut = True
                    return
                yield from self.parts(
                    piece, f"{number}.{place}" if number else str(place), depth + 1, inner
                )
        else:
            yield _leaf(head, body, number or "1", media)


def _leaf(head: Message, body: bytes, number: str, media: str) -> Part:
    given = _parameter(head, "Content-Disposition", "filename") or _parameter(
        head, "Content-Type", "name"
    )
    ending = _ENDINGS.get(media)
    return Part(
        number=number,
        media=media,
        charset=_parameter(head, "Content-Type", "charset").strip().lower()[:40],
        name=safe_name(given, f"part-{number}.{ending}" if ending else f"part-{number}"),
        named=bool(given),
        disposition=_line(head, "Content-Disposition").partition(";")[0].strip().lower(),
        content_id=_line(head, "Content-ID").strip("<> "),
        encoding=_line(head, "Content-Transfer-Encoding").strip().lower(),
        raw=body,
        flowed=_flow(head) if media == "text/plain" else "",
    )


def _completed(leaf: Leaf, read: Part | None) -> Part:
    """A part of a message of which only the beginning was read."""
    if read is None or read.media != leaf.media:
        kind = _header("Content-Type", leaf.media, leaf.parameters)
        shown = _header("Content-Disposition", leaf.disposition or "inline", leaf.told)
        read = _leaf(fields(f"{kind}\r\n{shown}\r\n\r\n".encode()), b"", leaf.number, leaf.media)
        read = replace(read, content_id=leaf.content_id, encoding=leaf.encoding)
    return replace(read, missing=max(leaf.size - len(read.raw), 0))


def _header(name: str, value: str, parameters: Sequence[tuple[str, str]]) -> str:
    """A field with its parameters, written as it might have been sent."""
    quoted = (
        (key, re.sub(r'(["\\])', r"\\\1", " ".join(value.split()))) for key, value in parameters
    )
    return "; ".join((f"{name}: {value}", *(f'{key}="{value}"' for key, value in quoted)))


def _halves(raw: bytes) -> tuple[bytes, bytes]:
    """The header block and the body; a block begins at once or is empty."""
    if raw.startswith((b"\r\n", b"\n")):
        return b"", raw.partition(b"\n")[2]
    end = _HEADER_END.search(raw)
    return (raw, b"") if end is None else (raw[: end.start()], raw[end.end() :])


def _pieces(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """What stands between the boundaries (RFC 2046, 5.1.1); the last may be open-ended."""
    start = -1
    for first, last, ends in _delimiters(body, b"--" + boundary.rstrip()):
        if start >= 0:
            yield _without_first_line_end(body[start:first])
        if ends:
            return
        start = last
    if start >= 0:
        yield _without_first_line_end(body[start:])


def _delimiters(body: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where each delimiter begins, with the line end before it, and ends, without the one after.

    What ends a delimiter's line may begin the next delimiter, where a part is empty.
    """
    at = body.find(mark)
    while at >= 0:
        rest = _DELIMITER_END.match(body, at + len(mark))
        if rest is not None and (at == 0 or body[at - 1 : at] == b"\n"):
            first = at - (2 if body[max(at - 2, 0) : at] == b"\r\n" else min(at, 1))
            yield first, rest.end(), rest[1] is not None
            at = body.find(mark, rest.end())
        else:
            at = body.find(mark, at + 1)


def _without_first_line_end(piece: bytes) -> bytes:
    return piece[2:] if piece.startswith(b"\r\n") else piece.removeprefix(b"\n")


def _shown(parts: list[Part], media: str) -> list[Part]:
    """The parts that are the message's own words rather than files."""
    return [
        part
        for part in parts
        if part.media == media and part.disposition != "attachment" and not part.named
    ]


def _media(head: Message, otherwise: str) -> str:
    media = _line(head, "Content-Type").partition(";")[0].strip().lower()
    return media if re.fullmatch(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+", media) else otherwise


def _parameter(head: Message, field: str, name: str) -> str:
    """A parameter of a field, decoded by RFC 2231 or, where it was sent so, by RFC 2047."""
    try:
        if len(str(head.get(field, ""))) > LONGEST_PARAMETERS:
            return ""
        value = head.get_param(name, "", field)
    except (ValueError, LookupError, HeaderParseError):
        return ""
    if isinstance(value, tuple):
        charset, _, text = value
        # The library has undone the percent signs to one character for each octet.
        return text_in(text.encode("latin-1", "replace"), (charset or "").lower())
    return decoded(str(value).encode())


def _line(head: Message, name: str) -> str:
    """The first field of that name as one line."""
    for key, value in head.raw_items():
        if key.lower() == name.lower():
            return _clean(str(value))
    return ""


def _flow(head: Message) -> str:
    """Whether a text's lines may be joined: ``flowed``, or ``delsp`` without the space between."""
    if _parameter(head, "Content-Type", "format").strip().lower() != "flowed":
        return ""
    without = _parameter(head, "Content-Type", "delsp").strip().lower() == "yes"
    return "delsp" if without else "flowed"


def _names(head: Message) -> list[str]:
    """The messages that this one answers, the oldest first (RFC 5322, 3.6.4)."""
    told = f"{_line(head, 'References')} {_line(head, 'In-Reply-To')}"
    return list(dict.fromkeys(re.findall(r"<[^<>\s]{1,500}>", told)))


def _people(head: Message, name: str) -> tuple[Person, ...]:
    values = [
        str(value).replace("\r", "").replace("\n", " ")
        for key, value in head.raw_items()
        if key.lower() == name.lower()
    ]
    # The library follows nested comments by recursion.
    found = getaddresses(
        [
            value.replace("(", " ") if value.count("(") > 50 else value
            for value in (value[:LONGEST_HEADER] for value in values)
        ]
    )
    return tuple(
        Person(_clean(shown), _clean(address)) for shown, address in found[:MOST_PEOPLE] if address
    )


def _clean(text: str) -> str:
    return without_controls(decoded(text.encode()))


def _date(head: Message) -> datetime | None:
    try:
        at = parsedate_to_datetime(_line(head, "Date"))
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _base64(raw: bytes) -> bytes:
    letters = raw.translate(None, NOT_BASE64)
    return binascii.a2b_base64(letters[: len(letters) - (len(letters) % 4 == 1)] + b"==")
