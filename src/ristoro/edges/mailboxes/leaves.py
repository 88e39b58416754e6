"""The parts of a stored message as its host tells them, for messages too large to read at once."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

DEEPEST = 20
MOST = 300
_LONGEST_LINE = 64 * 1024
NOT_BASE64 = bytes(
    octet for octet in range(256) if not (octet < 128 and (chr(octet).isalnum() or octet in b"+/"))
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part without parts. ``number`` is as in IMAP (``2.1``); ``size`` is in octets, as encoded.

    ``parameters`` and ``told`` are those of Content-Type and Content-Disposition, as sent.
    """

    number: str
    media: str
    parameters: tuple[tuple[str, str], ...]
    disposition: str
    told: tuple[tuple[str, str], ...]
    content_id: str
    encoding: str
    size: int


def leaves_of(structure: Any) -> tuple[Leaf, ...]:
    """The leaves of a BODYSTRUCTURE (RFC 3501, 7.4.2), in order, at most ``MOST``."""
    if not structure:
        return ()
    top = "" if _is_multipart(structure) else "1"
    found: list[Leaf] = []
    for leaf in _below(structure, top, 0):
        found.append(leaf)
        if len(found) == MOST:
            break
    return tuple(found)


def taken_off(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The octets of a part that comes in pieces, without its transfer encoding; never an error."""
    if encoding == "base64":
        return _from_base64(pieces)
    if encoding == "quoted-printable":
        return _from_printable(pieces)
    return iter(pieces)


def _is_multipart(structure: Any) -> bool:
    return isinstance(structure[0], list)


def _below(structure: Any, number: str, depth: int) -> Iterator[Leaf]:
    if not _is_multipart(structure):
        yield _leaf(structure, number)
    elif depth < DEEPEST:
        for place, part in enumerate(structure[0], 1):
            yield from _below(part, f"{number}.{place}" if number else str(place), depth + 1)


def _leaf(part: Sequence[Any], number: str) -> Leaf:
    disposition, told = next(_dispositions(part), (b"", None))
    return Leaf(
        number=number,
        media=f"{_text(part[0])}/{_text(part[1])}".lower(),
        parameters=_pairs(part[2]),
        disposition=_text(disposition).lower(),
        told=_pairs(told),
        content_id=_text(part[3]).strip("<> "),
        encoding=_text(part[5]).lower(),
        size=int(part[6] or 0),
    )


def _dispositions(part: Sequence[Any]) -> Iterator[tuple[bytes, Any]]:
    """Where it stands depends on the type of the part, and on what a host leaves out."""
    for each in part[7:]:
        if isinstance(each, tuple) and len(each) == 2 and isinstance(each[0], bytes):
            name, told = each
            if _text(name).lower() in ("attachment", "inline"):
                yield name, told


def _pairs(given: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(given, tuple):
        return ()
    return tuple(
        (_text(key).lower(), _text(value))
        for key, value in zip(given[::2], given[1::2], strict=False)
    )


def _text(value: Any) -> str:
    """An atom, string or number of the host's answer; empty for NIL."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)


def _from_base64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    kept = b""
    for piece in pieces:
        letters = kept + piece.translate(None, NOT_BASE64)
        even = len(letters) - len(letters) % 4
        kept = letters[even:]
        if even:
            yield binascii.a2b_base64(letters[:even])
    if len(kept) > 1:
        yield base64.b64decode(kept + b"==")


def _from_printable(pieces: Iterable[bytes]) -> Iterator[bytes]:
    kept = b""
    for piece in pieces:
        kept += piece
        end = kept.rfind(b"\n") + 1
        if not end and len(kept) > _LONGEST_LINE:
            mark = kept.rfind(b"=", -3)
            end = len(kept) if mark < 0 else mark
        if end:
            yield binascii.a2b_qp(kept[:end])
            kept = kept[end:]
    if kept:
        yield binascii.a2b_qp(kept)
