"""The words of a plain letter in blocks: what its writer says, what is quoted, the signature."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from ristoro.edges.mailboxes.contract import Person
from ristoro.faces.webmail.reading.links import safe_target

DEEPEST = 5
"""Quotations within quotations that are shown as such; deeper ones keep their marks."""

MOST = 2_000
"""Blocks of a letter; one with more is shown as it was written."""

_LONG_QUOTE = 12
_SHORT_QUOTE = 3
_LONGEST_SIGNATURE = 12
_URL = re.compile(r"https?://[^\s<>\"'`{}|\\^]+[^\s<>\"'`{}|\\^.,;:!?)\]*_]", re.IGNORECASE)
_LINK = '<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>'
_WROTE = re.compile(r"\b(ha scritto|wrote|schrieb|escribió|a écrit)\s?:?\s*$", re.IGNORECASE)
_WROTE_BEGINS = re.compile(r"^(il|on|am|el|le)\b", re.IGNORECASE)
_PASSED_ON = re.compile(
    r"^[-_]{3,} ?(original message|messaggio originale|forwarded message|messaggio inoltrato)"
    r" ?[-_]{3,}$|^_{30,}$",
    re.IGNORECASE,
)


class Kind(Enum):
    """Whose words a block has."""

    OWN = "own"
    QUOTE = "quote"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of a letter. ``said`` introduces a quotation; ``folded`` says it may wait."""

    kind: str
    text: SafeString
    lines: int
    said: str = ""
    folded: bool = False
    blocks: tuple[Block, ...] = ()


def blocks_of(text: str, *, links: bool = True, depth: int = 0) -> tuple[Block, ...]:
    """A letter's blocks in order; web addresses become links where ``links`` says so."""
    runs = list(_runs(text.strip("\n").split("\n"), quotes=depth < DEEPEST))
    if len(runs) > MOST:
        return (_block(Kind.OWN, text.split("\n"), links),)
    found: list[Block] = []
    for place, (kind, lines) in enumerate(runs):
        if kind is not Kind.QUOTE:
            block = _block(kind, lines, links)
            if block.lines:
                found.append(block)
            continue
        said = _taken(found, runs[place - 1][1], links) if place else ""
        inner = "\n".join(_unquoted(line) for line in lines)
        within = blocks_of(inner, links=links, depth=depth + 1)
        ends = all(later is not Kind.OWN or not any(rest) for later, rest in runs[place + 1 :])
        folded = depth == 0 and bool(found) and len(lines) > (_SHORT_QUOTE if ends else _LONG_QUOTE)
        found.append(Block("quote", SafeString(""), len(lines), said, folded, within))
    return tuple(found)


def linked(text: str) -> SafeString:
    """A text with its web addresses as links; everything in it is escaped."""
    pieces: list[str] = []
    at = 0
    for found in _URL.finditer(text):
        target = safe_target(found[0])
        pieces.append(escape(text[at : found.start()]))
        pieces.append(format_html(_LINK, target, found[0]) if target else escape(found[0]))
        at = found.end()
    pieces.append(escape(text[at:]))
    return mark_safe("".join(pieces))  # noqa: S308 - every piece is escaped above


def initial(person: Person) -> str:
    """The letter that stands for a correspondent."""
    shown = person.name or person.address
    return next((each.upper() for each in shown if each.isalnum()), "?")


def _runs(lines: list[str], *, quotes: bool) -> Iterator[tuple[Kind, list[str]]]:
    """Lines that belong together, in order."""
    kind = Kind.OWN
    run: list[str] = []
    for place, line in enumerate(lines):
        if quotes and kind is not Kind.SIGNATURE and _PASSED_ON.match(line.strip()):
            yield kind, run
            yield Kind.QUOTE, lines[place + 1 :]
            return
        now = Kind.QUOTE if quotes and line.startswith(">") else Kind.OWN
        if now is Kind.OWN and (kind is Kind.SIGNATURE or _signs(line, len(lines) - place)):
            now = Kind.SIGNATURE
        if now is not kind:
            yield kind, run
            kind, run = now, []
        run.append(line)
    yield kind, run


def _signs(line: str, left: int) -> bool:
    return line in ("--", "-- ") and left <= _LONGEST_SIGNATURE


def _unquoted(line: str) -> str:
    return line[1:].removeprefix(" ") if line.startswith(">") else line


def _block(kind: Kind, lines: list[str], links: bool) -> Block:
    words = lines[1:] if kind is Kind.SIGNATURE else lines
    text = "\n".join(words).strip("\n")
    shown = linked(text) if links else escape(text)
    return Block(kind.value, shown, len(words) if text.strip() else 0)


def _taken(found: list[Block], before: list[str], links: bool) -> str:
    """The line that introduces a quotation (``Anna ha scritto:``), taken out of what precedes."""
    lines = list(before)
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines or not found or found[-1].kind != Kind.OWN.value:
        return ""
    for count in (1, 2, 3):
        said = " ".join(line.strip() for line in lines[-count:])
        if _WROTE.search(said) and (_WROTE_BEGINS.match(said) or count == len(lines) == 1):
            break
    else:
        return ""
    del lines[-count:]
    found.pop()
    rest = _block(Kind.OWN, lines, links)
    if rest.lines:
        found.append(rest)
    return said
