"""CSV as RFC 4180 has it, read as a stream, with the true line of every row.

The separator is a comma, a semicolon or a tab, found in the header. Lines end in LF or CRLF. A
quoted field may hold separators, line breaks and doubled quotes. The file is cut at the ends of
records, and Arrow reads the pieces.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as arrow_csv

from ristoro.edges.directories.contract import Block, Fault
from ristoro.edges.directories.unchanged import Unchanged, open_file
from ristoro.kernel.errors import BadInput, Place, bad_input
from ristoro.kernel.frames import digest_of_file

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
BYTES_A_PIECE = 4 << 20
MOST_RECORD = 4 << 20
"""The longest record, in bytes; a longer one is a quote that nobody closed."""

_BOM = b"\xef\xbb\xbf"
_QUOTE, _LF, _CR = 0x22, 0x0A, 0x0D

Positions = npt.NDArray[np.int64]


class CsvDirectory:
    """A CSV file with a header line."""

    as_of: datetime | None = None

    def __init__(self, path: Path) -> None:
        """Read the header. ``BadInput`` where it is none, or leaves the separator in doubt."""
        self._path = path
        self._unchanged = Unchanged(path)
        with open_file(path) as file:
            head = file.read(MOST_RECORD)
        self._refuse_other_encodings(head)
        self._start = len(_BOM) if head.startswith(_BOM) else 0
        head = head[self._start :]
        if not head.strip():
            raise self._wrong(
                "empty", "the file is empty", "there is no header", "export it again", 1
            )
        self._header_bytes, self._header_lines = self._cut_header(head)
        self._separator = self._find_separator(head[: self._header_bytes])
        self.columns = self._read_header(head[: self._header_bytes])

    @property
    def name(self) -> str:
        return str(self._path)

    @property
    def size(self) -> int:
        return self._unchanged.size

    def source_digest(self) -> str:
        return digest_of_file(self._path)

    def blocks(self, columns: Sequence[str]) -> Iterator[Block]:
        done = self._start + self._header_bytes
        line = 1 + self._header_lines
        with open_file(self._path) as file:
            file.seek(done)
            rest = b""
            while True:
                more = file.read(BYTES_A_PIECE)
                piece = rest + more
                if not piece:
                    break
                cut = self._cut(piece, line, last=not more)
                rest = piece[cut.length :]
                if cut.length:
                    done += cut.length
                    yield self._read(piece[: cut.length], cut, columns, done)
                line += cut.lines
                if not more:
                    break
        self._unchanged.check()

    # Header

    def _refuse_other_encodings(self, head: bytes) -> None:
        if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head[:4096]:
            raise self._wrong(
                "not-utf8",
                "the file is not UTF-8 but, it seems, UTF-16",
                "CSV is read as UTF-8, with or without a byte order mark",
                "export it as `CSV UTF-8`",
                1,
            )

    def _cut_header(self, head: bytes) -> tuple[int, int]:
        """The header's length in bytes and in lines."""
        ends, newlines = _record_ends(np.frombuffer(head, dtype=np.uint8))
        if len(ends):
            length = int(ends[0]) + 1
            return length, int(np.searchsorted(newlines, ends[0])) + 1
        if len(head) == MOST_RECORD or head.count(b'"') % 2:
            raise self._wrong(
                "unclosed-quote",
                "the header has no end",
                "a quote is opened in it and never closed, or its lines do not end in LF or CRLF",
                "close the quote, or save the file with ordinary line ends",
                1,
            )
        return len(head), head.count(b"\n")

    def _find_separator(self, header: bytes) -> str:
        # every second stretch between quotes stands outside them
        outside = b"".join(header.split(b'"')[::2]).decode("utf-8", errors="replace")
        found = [separator for separator in SEPARATORS if separator in outside]
        if len(found) > 1:
            names = " and ".join(SEPARATORS[separator] for separator in found)
            raise self._wrong(
                "separator",
                f"the header has {names}, and either may be the separator",
                "a guess could shift every value of the file",
                "put names that hold one of them in quotes, or export with one separator",
                1,
            )
        return found[0] if found else ","

    def _read_header(self, header: bytes) -> tuple[str, ...]:
        try:
            text = header.decode()
        except UnicodeDecodeError as error:
            raise self._wrong(
                "not-utf8",
                "the header is not UTF-8",
                f"byte 0x{header[error.start]:02x} at its offset {error.start}",
                "export the file as UTF-8",
                1,
            ) from error
        if _stray_quote(header, ord(self._separator)) is not None:
            raise self._stray_quote(1)
        self._refuse_lone_returns(header, len(header), b'"' in header, 1)
        if not text.strip() or len(text) > csv.field_size_limit():
            raise self._wrong(
                "header",
                "the first line is empty" if not text.strip() else "the header has no end",
                "the first line must name the columns",
                "remove what stands before the header, or export the file with one",
                1,
            )
        [fields] = csv.reader(io.StringIO(text, newline=""), delimiter=self._separator)
        names = [field.strip() for field in fields]
        for position, name in enumerate(names, start=1):
            if not name:
                raise self._wrong(
                    "header",
                    f"column {position} has no name",
                    "a value without a name cannot be placed",
                    "name it in the header, or remove the column",
                    1,
                )
            if names.index(name) != position - 1:
                raise self._wrong(
                    "header",
                    f"the column {name!r} is there twice",
                    "one of the two would be ignored in silence",
                    "rename or remove one",
                    1,
                    name,
                )
        return tuple(names)

    # Pieces

    def _cut(self, piece: bytes, line: int, *, last: bool) -> _Cut:
        """Where the records of a piece end, the last one's rest excepted."""
        codes = np.frombuffer(piece, dtype=np.uint8)
        quoted = b'"' in piece
        if quoted:
            position = _stray_quote(piece, ord(self._separator))
            if position is not None:
                raise self._stray_quote(line + piece.count(b"\n", 0, position))
        ends, newlines = _record_ends(codes)
        if last and (not len(ends) or ends[-1] != len(piece) - 1):
            if quoted and piece.count(b'"') % 2:
                raise self._unclosed(piece, line)
            ends = np.append(ends, len(piece))  # the last line may do without its end
        if not len(ends):
            if len(piece) > MOST_RECORD:
                raise self._unclosed(piece, line)
            return _Cut(0, 0, ends, ends)
        starts = np.append(0, ends[:-1] + 1)
        length = min(int(ends[-1]) + 1, len(piece))
        self._refuse_lone_returns(piece, length, quoted, line)
        return _Cut(
            length=length,
            lines=int(np.searchsorted(newlines, length)),
            line_of=line + np.searchsorted(newlines, starts),
            width_of=ends - starts,
        )

    def _refuse_lone_returns(self, piece: bytes, length: int, quoted: bool, line: int) -> None:
        if b"\r" not in piece:
            return
        if piece.count(b"\r", 0, length) == piece.count(b"\r\n", 0, length):
            return
        codes = np.frombuffer(piece, dtype=np.uint8)[:length]
        returns = np.flatnonzero(codes[:-1] == _CR)
        lone = returns[codes[returns + 1] != _LF]
        if quoted:
            lone = lone[~_inside(np.flatnonzero(codes == _QUOTE), lone)]
        if codes[-1] == _CR:
            lone = np.append(lone, length - 1)
        if len(lone):
            raise self._wrong(
                "lone-return",
                "a carriage return stands here without a line feed, outside quotes",
                "lines end in LF or CRLF, and a program may read one line here where another "
                "reads two",
                "save the file with ordinary line ends, or put the field in quotes",
                line + piece.count(b"\n", 0, int(lone[0])),
            )

    def _read(self, piece: bytes, cut: _Cut, columns: Sequence[str], done: int) -> Block:
        faults: list[Fault] = []
        unread = np.asarray(cut.width_of == 0) | self._only_return(piece, cut)
        piece, not_utf8 = self._decodable(piece, cut, faults)
        unread[not_utf8] = True
        skipped: list[int] = []

        def refuse(row: arrow_csv.InvalidRow) -> str:
            position = row.number - 1
            skipped.append(position)
            if not unread[position]:
                faults.append(self._wrong_width(row, int(cut.line_of[position])))
            return "skip"

        width = len(self.columns)
        names = [str(position) for position in range(width)]
        table = arrow_csv.read_csv(
            pa.BufferReader(piece),
            arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=len(piece) + 1),
            arrow_csv.ParseOptions(
                delimiter=self._separator,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=refuse,
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[str(self.columns.index(name)) for name in columns],
                check_utf8=False,
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
        table = table.rename_columns(list(columns))
        lines = np.delete(cut.line_of, skipped)
        unread = np.delete(unread, skipped)
        if unread.any():
            table = table.filter(pa.array(~unread))
            lines = lines[~unread]
        [rows] = table.combine_chunks().to_batches() or [_no_rows(columns)]
        return Block(rows, lines, tuple(faults), done)

    def _only_return(self, piece: bytes, cut: _Cut) -> npt.NDArray[np.bool_]:
        """Which records are blank lines that end in CRLF."""
        short = np.flatnonzero(cut.width_of == 1)
        blank = np.zeros(len(cut.width_of), dtype=np.bool_)
        if len(short):
            starts = np.append(0, np.cumsum(cut.width_of + 1)[:-1])
            blank[short] = np.frombuffer(piece, dtype=np.uint8)[starts[short]] == _CR
        return blank

    def _decodable(self, piece: bytes, cut: _Cut, faults: list[Fault]) -> tuple[bytes, list[int]]:
        """The piece with what is not UTF-8 replaced, and the records in which that stood."""
        try:
            piece.decode()
        except UnicodeDecodeError as error:
            position = error.start
        else:
            return piece, []
        ends = np.cumsum(cut.width_of + 1)
        records: list[int] = []
        clean = bytearray(piece)
        while True:
            record = int(np.searchsorted(ends, position, side="right"))
            records.append(record)
            start, end = int(ends[record] - cut.width_of[record]) - 1, int(ends[record]) - 1
            text = piece[start:end].decode(errors="replace")
            faults.append(
                Fault(
                    int(cut.line_of[record]),
                    "",
                    text,
                    "not-utf8",
                    f"byte 0x{piece[position]:02x} in this row is not UTF-8",
                    "export the file as UTF-8",
                )
            )
            bad = np.frombuffer(clean, dtype=np.uint8)[start:end]
            bad[bad >= 0x80] = ord("?")
            try:
                piece[end:].decode()
            except UnicodeDecodeError as error:
                position = end + error.start
            else:
                return bytes(clean), records

    def _wrong_width(self, row: arrow_csv.InvalidRow, line: int) -> Fault:
        return Fault(
            line,
            "",
            row.text,
            "field-count",
            f"this row has {row.actual_columns} fields, the header {row.expected_columns}",
            "a value that holds the separator must stand in quotes; or fields are missing",
        )

    # Errors

    def _wrong(
        self, code: str, what: str, why: str, todo: str, line: int, field: str | None = None
    ) -> BadInput:
        return bad_input(code, what, why, todo, Place(str(self._path), line, field=field))

    def _stray_quote(self, line: int) -> BadInput:
        return self._wrong(
            "stray-quote",
            "a quote stands inside a field",
            "a quoted field begins and ends with a quote, and a quote in it is doubled "
            "(RFC 4180, section 2, items 5 to 7); after this one, rows cannot be told apart",
            'double the quote and put the whole field in quotes: "5"" disk"',
            line,
        )

    def _unclosed(self, piece: bytes, line: int) -> BadInput:
        quotes = np.flatnonzero(np.frombuffer(piece, dtype=np.uint8) == _QUOTE)
        if len(quotes) % 2 == 0:
            return self._wrong(
                "record-too-long",
                f"no line ends here within {MOST_RECORD} bytes",
                "no mailbox needs a row as long",
                "check that this is the file you meant",
                line,
            )
        return self._wrong(
            "unclosed-quote",
            "a quote is opened here and never closed",
            f"its field does not end within {MOST_RECORD} bytes, or before the file does",
            "close the quote; if the file was cut off, export it again",
            line + piece.count(b"\n", 0, int(quotes[-1])),
        )


@dataclass(frozen=True, slots=True)
class _Cut:
    """The whole records at the head of a piece: where each begins (its line) and how long it is.

    ``length`` is in bytes and ``lines`` in line ends, of all of them.
    """

    length: int
    lines: int
    line_of: Positions
    width_of: Positions


def _record_ends(codes: npt.NDArray[np.uint8]) -> tuple[Positions, Positions]:
    """The line feeds that end a record, and all line feeds."""
    newlines = np.flatnonzero(codes == _LF)
    quotes = np.flatnonzero(codes == _QUOTE)
    if not len(quotes):
        return newlines, newlines
    return newlines[~_inside(quotes, newlines)], newlines


def _inside(quotes: Positions, positions: Positions) -> npt.NDArray[np.bool_]:
    """Whether each position is inside quotes: whether an odd number of them stands before it."""
    return np.asarray(np.searchsorted(quotes, positions) % 2 == 1)


def _stray_quote(piece: bytes, separator: int) -> int | None:
    """The first quote that neither begins nor ends a field, nor is one of a doubled pair."""
    codes = np.frombuffer(b"\n" + piece + b"\n", dtype=np.uint8)
    quotes = np.flatnonzero(codes == _QUOTE)
    opening, closing = quotes[::2], quotes[1::2]
    before, after = codes[opening - 1], codes[closing + 1]
    fine_before = (before == separator) | (before == _LF) | (before == _QUOTE)
    fine_after = (after == separator) | (after == _LF) | (after == _CR) | (after == _QUOTE)
    stray = np.sort(np.append(opening[~fine_before], closing[~fine_after]))
    return int(stray[0]) - 1 if len(stray) else None


def _no_rows(columns: Sequence[str]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({name: pa.array([], pa.string()) for name in columns})
