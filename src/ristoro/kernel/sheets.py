"""Tables as CSV for people: RFC 4180, and nothing in them is run by the program that opens them.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or the end of a line
for a formula, and a formula can fetch an address or start a program. What a holder wrote, a mail
host answered or a file contained stands in these tables, so the rule is that of OWASP, "CSV
Injection" (https://owasp.org/www-community/attacks/CSV_Injection; CWE-1236): every cell of text is
in double quotes, double quotes in it are doubled, and an apostrophe stands before what would begin
a formula. The rule speaks of the separator and of quotes too: a spreadsheet whose separator is not
ours (in Italy it is the semicolon) splits a text where we did not. So the apostrophe is put after
every character that may begin a cell there, not only at the start. The full-width signs are taken
for the plain ones by programs of East Asia.

Whole numbers, days and instants are ours and are written as they are.
"""

from __future__ import annotations

import csv
import enum
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

Cell: TypeAlias = "str | int | date | datetime | enum.Enum | None"
"""What a cell may hold; a float has no exact spelling and is refused."""

BOM = "\ufeff"
"""Before the first line: without it, Excel reads UTF-8 as the machine's old code page."""

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
CHUNK = 32 * 1024
"""Characters that are gathered before they are sent on."""

_FORMULA = re.compile("""\\A(?=[\t\r\n])|(\\A|[,;|\t\r\n"'])([ \u00a0]*)(?=[-=+@＝＋－＠])""")
_NEVER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def safe(value: Cell) -> str:
    """The cell as text that no spreadsheet runs; ``None`` is empty, a truth value a word.

    ``TypeError`` for a float.
    """
    if isinstance(value, str):
        return _harmless(value)
    return str(_plain(value))


def lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The table as UTF-8, in chunks, while ``rows`` comes: whatever its length, little is held.

    ``ValueError`` for a row that is not as long as ``head``.
    """
    text = io.StringIO(newline="")
    text.write(BOM)
    writer = _writer(text)
    writer.writerow([safe(name) for name in head])
    for row in rows:
        writer.writerow(_row(row, len(head)))
        if text.tell() >= CHUNK:
            yield _taken(text)
    yield _taken(text)


def write(head: Sequence[str], rows: Iterable[Sequence[Cell]], out: io.TextIOBase) -> int:
    """The table into a file opened with ``encoding="utf-8", newline=""``; how many rows."""
    out.write(BOM)
    writer = _writer(out)
    writer.writerow([safe(name) for name in head])
    count = 0
    for row in rows:
        writer.writerow(_row(row, len(head)))
        count += 1
    return count


def _writer(out: io.TextIOBase) -> Any:
    return csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")


def _row(row: Sequence[Cell], length: int) -> list[str | int]:
    if len(row) != length:
        raise ValueError(f"a row of {len(row)} cells below a head of {length}")
    return [_harmless(value) if isinstance(value, str) else _plain(value) for value in row]


def _plain(value: Cell) -> str | int:
    """What is ours: its first character is never one that begins a formula, a minus aside."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, enum.Enum):
        return _harmless(str(value.value))
    if isinstance(value, int):
        return value
    if isinstance(value, date):  # an instant is one
        return value.isoformat()
    raise TypeError(f"{value!r} is neither text, nor a whole number, nor a day")


def _harmless(text: str) -> str:
    text = _NEVER.sub("\ufffd", text).encode("utf-8", "replace").decode("utf-8")
    return _FORMULA.sub(lambda begun: f"{begun[0]}'", text)


def _taken(text: io.StringIO) -> bytes:
    """What was gathered; the buffer is empty again."""
    taken = text.getvalue().encode("utf-8")
    text.seek(0)
    text.truncate()
    return taken
