"""LMTP as bytes: replies read from them, commands and messages written to them (RFC 2033, 5321).

Nothing here knows a socket. The peer is not trusted: lines, and lines in a reply, are counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

MAX_LINE = 1000
"""Octets in one reply line without its CRLF; RFC 5321 4.5.3.1.5 promises 510, hosts write more."""

MAX_LINES = 100
"""Lines in one reply; the longest honest one is the list of extensions after LHLO."""

MAX_TEXT_LINE = 998
"""Octets in one line of a message without its CRLF (RFC 5321 4.5.3.1.6)."""

SHOWN = 200
"""Characters of a peer's words that are kept."""

_BARE_CR = re.compile(rb"\r(?!\n)")
_LINE = re.compile(rb"([2-5][0-5][0-9])(?:([ -])(.*))?", re.DOTALL)
_PATH = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?|\[[0-9A-Fa-fv:.IP]{3,60}\])"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply, all its lines; ``text`` is theirs without the code, joined by line feeds."""

    code: int
    text: str

    @property
    def kind(self) -> int:
        """The first digit: 2 yes, 3 go on, 4 not now, 5 no."""
        return self.code // 100


@dataclass(frozen=True, slots=True)
class Garbage:
    """The bytes stopped being LMTP; nothing after them can be trusted."""

    why: str


class ReplyReader:
    """Bytes in, replies out, however the bytes are split; the last event may be ``Garbage``.

    After ``Garbage`` every further byte is ignored.
    """

    __slots__ = ("_buffer", "_code", "_spoilt", "_texts")

    def __init__(self) -> None:
        self._buffer = b""
        self._code = 0
        self._texts: list[str] = []
        self._spoilt = False

    @property
    def idle(self) -> bool:
        """Whether nothing of a next reply has been read."""
        return not self._buffer and not self._texts

    def feed(self, data: bytes) -> list[Reply | Garbage]:
        """Every reply that these bytes complete, in order."""
        events: list[Reply | Garbage] = []
        if self._spoilt:
            return events
        *lines, rest = (self._buffer + data).split(b"\n")
        self._buffer = rest
        for line in lines:
            event = self._line(line)
            if event is None:
                continue
            events.append(event)
            if isinstance(event, Garbage):
                return events
        if len(rest) - rest.endswith(b"\r") > MAX_LINE:
            events.append(self._spoil(f"a reply line is longer than {MAX_LINE} octets"))
        return events

    def _spoil(self, why: str) -> Garbage:
        self._spoilt = True
        self._buffer = b""
        return Garbage(why)

    def _line(self, line: bytes) -> Reply | Garbage | None:
        read = _read_line(line)
        if isinstance(read, Garbage):
            return self._spoil(read.why)
        reply, more = read
        if not more and not self._texts:
            return reply
        if self._texts and reply.code != self._code:
            return self._spoil(f"one reply has the codes {self._code} and {reply.code}")
        self._code = reply.code
        self._texts.append(reply.text)
        if more:
            if len(self._texts) >= MAX_LINES:
                return self._spoil(f"one reply has more than {MAX_LINES} lines")
            return None
        whole = Reply(reply.code, "\n".join(self._texts))
        self._texts = []
        return whole


@lru_cache(maxsize=64)
def _read_line(line: bytes) -> tuple[Reply, bool] | Garbage:
    """One line as a reply of its own, and whether more lines follow.

    Most lines of a deposit are the same few words; remembering them halves the cost of reading.
    """
    if len(line) - line.endswith(b"\r") > MAX_LINE:
        return Garbage(f"a reply line is longer than {MAX_LINE} octets")
    match = _LINE.fullmatch(line[:-1])
    if not match or not line.endswith(b"\r") or b"\r" in line[:-1] or b"\0" in line:
        return Garbage(f"this is no reply line: {printable(line)}")
    return Reply(int(match[1]), (match[3] or b"").decode("ascii", "replace")), match[2] == b"-"


def printable(words: bytes | str) -> str:
    """A peer's words fit to show and keep: printable ASCII on one line, ``SHOWN`` characters."""
    text = words.decode("ascii", "replace") if isinstance(words, bytes) else words
    if text.isascii() and text.isprintable():
        return text[:SHOWN].strip()
    text = " ".join(text[: 4 * SHOWN].split())
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in text)[:SHOWN]


@dataclass(frozen=True, slots=True)
class Offer:
    """The extensions a host announced after LHLO, as far as they matter here.

    ``size`` is the largest message in octets; 0 where no limit was named (RFC 1870).
    """

    pipelining: bool = False
    chunking: bool = False
    eight_bit: bool = False
    starttls: bool = False
    sized: bool = False
    size: int = 0


def offer_of(reply: Reply) -> Offer:
    """Read the extensions from LHLO's reply; its first line is the host's greeting to us."""
    words = [line.upper().split() for line in reply.text.split("\n")[1:]]
    keys = {line[0]: line[1:] for line in words if line}
    size = keys.get("SIZE", [])
    return Offer(
        pipelining="PIPELINING" in keys,
        chunking="CHUNKING" in keys,
        eight_bit="8BITMIME" in keys,
        starttls="STARTTLS" in keys,
        sized="SIZE" in keys,
        size=int(size[0]) if size and re.fullmatch(r"[0-9]{1,18}", size[0]) else 0,
    )


RSET = b"RSET\r\n"
NOOP = b"NOOP\r\n"
DATA = b"DATA\r\n"
QUIT = b"QUIT\r\n"
STARTTLS = b"STARTTLS\r\n"


def is_path(address: str) -> bool:
    """Whether an address may stand between angle brackets: ASCII, one ``@``, no quoted part.

    Dots may stand anywhere in the local part, as some old mailboxes have them. Nothing that
    passes can end the command line or the path early.
    """
    return len(address) <= 254 and _PATH.fullmatch(address) is not None


def lhlo(name: str) -> bytes:
    """Say who we are; the name is a host name or an address literal."""
    if not re.fullmatch(r"[A-Za-z0-9.:\[\]-]{1,255}", name):
        raise ValueError(f"not a host name: {name!r}")
    return b"LHLO " + name.encode() + b"\r\n"


def mail(sender: str, *, size: int | None = None, eight_bit: bool = False) -> bytes:
    """Open a transaction; the empty sender is the null path, to which nothing bounces."""
    if sender and not is_path(sender):
        raise ValueError(f"not an address: {sender!r}")
    line = f"MAIL FROM:<{sender}>"
    if size is not None:
        line += f" SIZE={size}"
    if eight_bit:
        line += " BODY=8BITMIME"
    return line.encode("ascii") + b"\r\n"


def rcpt(address: str) -> bytes:
    """Name one recipient."""
    if not is_path(address):
        raise ValueError(f"not an address: {address!r}")
    return b"RCPT TO:<" + address.encode("ascii") + b">\r\n"


def bdat_last(octets: int) -> bytes:
    """Announce the whole message as one last chunk (RFC 3030); the octets follow at once."""
    return b"BDAT %d LAST\r\n" % octets


def fault_of(message: bytes) -> str | None:
    """Why a message may not be sent as it is, or ``None``.

    It must be whole CRLF lines: a bare CR or LF is read differently by different hosts, and that
    difference is how one message is smuggled inside another.
    """
    if not message.endswith(b"\r\n"):
        return "the message does not end with CRLF"
    if _BARE_CR.search(message) or message.count(b"\n") != message.count(b"\r"):
        return "the message has a bare CR or LF"
    if b"\0" in message:
        return "the message has a NUL octet"
    at, size = 0, len(message)
    while at < size:
        # The last end of line within reach: the lines before it are no longer than that.
        end = message.rfind(b"\n", at, at + MAX_TEXT_LINE + 2)
        if end < 0:
            return f"the message has a line longer than {MAX_TEXT_LINE} octets"
        at = end + 1
    return None


def stuffed(message: bytes) -> bytes:
    """A message of CRLF lines as DATA wants it: dots doubled, the final dot behind it."""
    head = b"." if message.startswith(b".") else b""
    return head + message.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def unstuffed(body: bytes) -> bytes:
    """What a host reads from ``stuffed``."""
    if body != b".\r\n" and not body.endswith(b"\r\n.\r\n"):
        raise ValueError("the final dot is not there")
    text = body[:-3].replace(b"\r\n.", b"\r\n")
    return text[1:] if text.startswith(b".") else text
