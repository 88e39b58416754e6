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
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NOBODY = "MAILER-DAEMON"


def quoted(message: bytes, at: datetime) -> bytes:
    """A message with CRLF lines as it stands in a mbox, with its ``From `` line before it.

    A message whose last line is not ended is given its end: a mbox has no way not to.
    """
    text = _FROM.sub(rb">\1", message.replace(b"\r\n", b"\n"))
    end = b"\n" if text.endswith(b"\n") else b"\n\n"
    return _separator(message, at) + text + end


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
