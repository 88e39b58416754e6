"""Writes messages in mbox's variant *mboxrd*, which can be undone without a loss.

Lines end in LF (RFC 4155, appendix A). A line that is ``From `` after any number of ``>`` gets one
more ``>``, so that taking one away gives the message back.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.parser import BytesHeaderParser
from email.utils import parseaddr

_FROM = re.compile(rb"^(>*From )", re.MULTILINE)
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_UNDECIDED = re.compile(rb"(F(r(om?)?)?)?\r?\Z")
"""The end of a piece that may go on as ``From `` or as the end of a line."""
_LONGEST = len(b"From\r")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NOBODY = "MAILER-DAEMON"


def quoted(message: bytes, at: datetime) -> bytes:
    """A message with CRLF lines as it stands in a mbox, with its ``From `` line before it.

    A message whose last line is not ended is given its end: a mbox has no way not to.
    """
    quoting = Quoting(at)
    return quoting.take(message) + quoting.end()


class Quoting:
    """The same for a message that comes in pieces, of which the first has the whole header."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._begun = False
        self._held = b""
        self._last = b""
        self._open = True
        """Whether a line has begun, and nothing but ``>`` has come of it so far."""

    def take(self, piece: bytes) -> bytes:
        """What stands in the mbox for this piece, and for what was held back of the one before."""
        before = b"" if self._begun else _separator(piece, self._at)
        self._begun = True
        text = self._held + piece
        undecided = _UNDECIDED.search(text[-_LONGEST:])
        held = len(undecided[0]) if undecided else 0
        self._held = text[len(text) - held :]
        return before + self._told(text[: len(text) - held])

    def end(self) -> bytes:
        """What stands in the mbox behind the last piece."""
        before = b"" if self._begun else _separator(b"", self._at)
        last = self._told(self._held)
        return before + last + (b"\n" if self._last == b"\n" else b"\n\n")

    def _told(self, text: bytes) -> bytes:
        text = text.replace(b"\r\n", b"\n")
        if not text:
            return b""
        mark = b"" if self._open else b"x"  # in the midst of a line nothing is quoted
        form = _FROM.sub(rb">\1", mark + text)[len(mark) :]
        line = text[text.rfind(b"\n") + 1 :]
        begun = b"\n" in text or self._open
        self._open = begun and not line.strip(b">")
        self._last = text[-1:]
        return form


def unquoted(text: bytes) -> bytes:
    """A message as it was, from what stands between two ``From `` lines without the empty line."""
    return _QUOTED.sub(rb"\1", text).replace(b"\n", b"\r\n")


def _separator(message: bytes, at: datetime) -> bytes:
    """``From sender asctime``, in UTC; the C library's names, whatever the locale."""
    utc = at.astimezone(UTC)
    day, month = _DAYS[utc.weekday()], _MONTHS[utc.month - 1]
    clock = f"{utc.hour:02}:{utc.minute:02}:{utc.second:02}"
    line = f"From {_sender(message)} {day} {month} {utc.day:2} {clock} {utc.year}\n"
    return line.encode("ascii")


def _sender(message: bytes) -> str:
    head = message[: message.find(b"\r\n\r\n") + 4 or len(message)][:65536]
    try:
        headers = BytesHeaderParser().parsebytes(head)
        named = headers.get("Return-Path") or headers.get("From") or ""
        address = parseaddr(str(named))[1]
    except (HeaderParseError, ValueError, LookupError):
        return _NOBODY
    if not address.isascii() or not address.isprintable() or " " in address:
        return _NOBODY
    return address or _NOBODY
