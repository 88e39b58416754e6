"""The bytes of a zip around its entries: nothing compressed, so that each offset is known ahead.

ZIP64 (APPNOTE.TXT 4.3.14, 4.5.3) is used where a size, an offset or the count asks for it, which
depends on these numbers alone: the same entries make the same bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime

_LIMIT = 0xFFFFFFFF
_COUNT_LIMIT = 0xFFFF
_STORED, _ZIP64, _UTF8, _FOLLOWS = 20, 45, 0x0800, 0x0008
_UNIX = 3 << 8
_FILE, _DIRECTORY = 0o100600 << 16, (0o040700 << 16) | 0x10


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, or a directory if its name ends in ``/``.

    ``follows`` says that checksum and size stand after the data (a data descriptor, 4.3.9), and
    ``huge`` that the data may reach 4 GiB, which must be said before it.
    """

    name: str
    at: datetime
    crc: int
    size: int
    follows: bool = False
    huge: bool = False

    @property
    def zip64(self) -> bool:
        return self.huge or self.size >= _LIMIT


def header(entry: Entry) -> bytes:
    """What stands before an entry's data; with ``follows`` it does not depend on the data."""
    name = entry.name.encode()
    extra = _times(entry)
    crc, size = (0, 0) if entry.follows else (entry.crc, entry.size)
    if entry.zip64:
        extra += struct.pack("<HHQQ", 1, 16, size, size)
        size = _LIMIT
    fixed = struct.pack(
        "<4sHHHHHIIIHH",
        b"PK\3\4",
        _version(entry.zip64),
        _flags(entry),
        0,
        *_dos(entry.at),
        crc,
        size,
        size,
        len(name),
        len(extra),
    )
    return fixed + name + extra


def descriptor(entry: Entry) -> bytes:
    """What stands after the data of an entry that ``follows``."""
    if not entry.follows:
        return b""
    form = "<4sIQQ" if entry.zip64 else "<4sIII"
    return struct.pack(form, b"PK\7\x08", entry.crc, entry.size, entry.size)


def listed(entry: Entry, offset: int) -> bytes:
    """An entry's line in the central directory; ``offset`` is where its header begins."""
    name = entry.name.encode()
    wide = entry.zip64 or offset >= _LIMIT
    extra = _times(entry)
    size, at = entry.size, offset
    if wide:
        extra += struct.pack("<HHQQQ", 1, 24, entry.size, entry.size, offset)
        size = at = _LIMIT
    fixed = struct.pack(
        "<4sHHHHHHIIIHHHHHII",
        b"PK\1\2",
        _UNIX | _version(wide),
        _version(wide),
        _flags(entry),
        0,
        *_dos(entry.at),
        entry.crc,
        size,
        size,
        len(name),
        len(extra),
        0,
        0,
        0,
        _DIRECTORY if entry.name.endswith("/") else _FILE,
        at,
    )
    return fixed + name + extra


def ending(count: int, begins: int, size: int) -> bytes:
    """The end of a zip whose central directory has ``count`` lines, and where it begins."""
    wide = count >= _COUNT_LIMIT or begins >= _LIMIT or size >= _LIMIT
    told = b""
    if wide:
        told = struct.pack(
            "<4sQHHIIQQQQ", b"PK\6\6", 44, _UNIX | _ZIP64, _ZIP64, 0, 0, count, count, size, begins
        ) + struct.pack("<4sIQI", b"PK\6\7", 0, begins + size, 1)
        count, begins, size = _COUNT_LIMIT, _LIMIT, _LIMIT
    return told + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, size, begins, 0)


def _version(wide: bool) -> int:
    return _ZIP64 if wide else _STORED


def _flags(entry: Entry) -> int:
    return _UTF8 | (_FOLLOWS if entry.follows else 0)


def _times(entry: Entry) -> bytes:
    """The exact time in UTC (Info-ZIP's field 0x5455): DOS times are local and even seconds."""
    at = max(-(1 << 31), min(int(entry.at.timestamp()), (1 << 31) - 1))
    return struct.pack("<HHBi", 0x5455, 5, 1, at)


def _dos(at: datetime) -> tuple[int, int]:
    year = min(max(at.year, 1980), 2107)
    return (
        at.hour << 11 | at.minute << 5 | at.second // 2,
        (year - 1980) << 9 | at.month << 5 | at.day,
    )
