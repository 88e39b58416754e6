"""Recipients as people type them, read into addresses; what is not one is kept as it was typed."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formataddr

from ristoro.edges.mailboxes.composing import Field, ascii_domain
from ristoro.edges.mailboxes.contract import Person

LONGEST_LOCAL, LONGEST = 64, 254
"""Octets before the @, and in all (RFC 5321, 4.5.3.1)."""

_LOCAL = re.compile(r"[^\s@<>()\[\],;:\\\".]+(\.[^\s@<>()\[\],;:\\\".]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>\s*", re.DOTALL)


class Wrong(enum.Enum):
    """Why something typed is no address to write to."""

    NO_AT = "no-at"
    BEFORE = "before"
    AFTER = "after"
    LETTERS = "letters"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Mistake:
    """What was typed, and what is wrong with it."""

    typed: str
    wrong: Wrong


@dataclass(frozen=True, slots=True)
class Typed:
    """What a field of recipients says: people, each once, and mistakes."""

    people: tuple[Person, ...]
    mistakes: tuple[Mistake, ...]

    @property
    def field(self) -> Field:
        return Field(self.people, ", ".join(one.typed for one in self.mistakes))


def read(text: str) -> Typed:
    """Everybody named in a field: addresses with or without names, by comma, semicolon or line."""
    people: dict[str, Person] = {}
    mistakes = []
    for piece in _joined(_pieces(text)):
        found = _person(piece)
        if isinstance(found, Person):
            people.setdefault(found.address.lower(), found)
        else:
            mistakes.append(Mistake(piece, found))
    return Typed(tuple(people.values()), tuple(mistakes))


def said(field: Field) -> str:
    """A field as its reader types it."""
    named = [one.address if not one.name else _named(one) for one in field.people]
    return ", ".join([*named, field.unfinished] if field.unfinished else named)


def wrong_with(address: str) -> Wrong | None:
    """What is wrong with an address; ``None`` if a letter can be written to it."""
    local, at, _ = address.rpartition("@")
    if not at:
        return Wrong.NO_AT
    if not _LOCAL.fullmatch(local):
        return Wrong.BEFORE
    if not local.isascii():
        return Wrong.LETTERS
    try:
        wire = ascii_domain(address)
    except ValueError:
        return Wrong.AFTER
    labels = wire.rpartition("@")[2].split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return Wrong.AFTER
    if len(local) > LONGEST_LOCAL or len(wire) > LONGEST:
        return Wrong.LONG
    return None


def _named(person: Person) -> str:
    """With the name as typed: quoted where it has to be, never in encoded words."""
    if person.name.isascii():
        return formataddr((person.name, person.address))
    name = person.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{name}" <{person.address}>'


def _person(piece: str) -> Person | Wrong:
    named = _NAMED.fullmatch(piece)
    name, address = ("", piece) if named is None else (named["name"], named["address"].strip())
    address = address.removeprefix("mailto:")
    wrong = wrong_with(address)
    return wrong or Person(_unquoted(name), address)


def _unquoted(name: str) -> str:
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return " ".join(name.split())


def _pieces(text: str) -> Iterator[str]:
    """The text cut at commas, semicolons and lines that stand in no quotes and no brackets."""
    piece: list[str] = []
    quoted = bracketed = escaped = False
    for letter in text:
        if letter in ",;\n" and not (bracketed or (quoted and letter != "\n")):
            yield "".join(piece).strip()
            piece, quoted, escaped = [], False, False
            continue
        piece.append(letter)
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = quoted
        elif letter == '"':
            quoted = not quoted
        elif not quoted and letter in "<>":
            bracketed = letter == "<"
    yield "".join(piece).strip()


def _joined(pieces: Iterator[str]) -> Iterator[str]:
    """The pieces, without empty ones; ``Rossi, Ugo <u@…>`` is one though nobody quoted it."""
    held = ""
    for piece in pieces:
        if not piece:
            continue
        if held:
            joins = piece.endswith(">") and not piece.startswith(("<", '"'))
            if joins:
                yield f"{held}, {piece}"
                held = ""
                continue
            yield held
            held = ""
        if "@" in piece or not re.fullmatch(r"[\w'’. -]+", piece):
            yield piece
        else:
            held = piece
    if held:
        yield held
