"""Headers that another host has parsed: ENVELOPE and BODYSTRUCTURE as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from email.errors import HeaderParseError
from email.header import decode_header
from typing import Any

from ristoro.edges.mailboxes.contract import Person


def decoded(raw: bytes | None) -> str:
    """A header's text with its encoded words decoded (RFC 2047); never an error."""
    if raw is None:
        return ""
    text = raw.decode("utf-8", "replace") if not raw.isascii() else raw.decode("ascii")
    if "=?" not in text:
        return " ".join(text.split())
    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError):
        return " ".join(text.split())
    return " ".join("".join(_part(*part) for part in parts).split())


def _part(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    try:
        return part.decode(charset or "latin-1", "replace")
    except LookupError:
        return part.decode("utf-8", "replace")


def people(addresses: Iterable[Any] | None) -> tuple[Person, ...]:
    """An ENVELOPE's list of addresses; group marks, which have no host, are left out."""
    found = []
    for each in addresses or ():
        local, host = decoded(each.mailbox), decoded(each.host)
        if not host:
            continue
        found.append(Person(decoded(each.name), f"{local}@{host}"))
    return tuple(found)


def has_attachments(structure: Any) -> bool:
    """Whether a BODYSTRUCTURE has a part that a reader would save: a file, and not a picture
    that the text shows."""
    if structure is None:
        return False
    if getattr(structure, "is_multipart", False):
        return any(has_attachments(part) for part in structure[0])
    return _is_file(structure)


def _is_file(part: Sequence[Any]) -> bool:
    major = _lower(part[0])
    disposition = next((_lower(field[0]) for field in part[7:] if _is_disposition(field)), "")
    if disposition == "attachment":
        return True
    named = any(_lower(key) == "name" for key in (part[2] or ())[::2])
    return named and major not in ("text", "image", "multipart") and disposition != "inline"


def _is_disposition(field: Any) -> bool:
    return (
        isinstance(field, tuple)
        and len(field) == 2
        and isinstance(field[0], bytes)
        and _lower(field[0]) in ("attachment", "inline")
    )


def _lower(value: Any) -> str:
    return value.decode("ascii", "replace").lower() if isinstance(value, bytes) else ""
