"""One message as its page shows it: read from the mailbox, taken apart, judged and cleaned."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from ristoro.edges.mailboxes.contract import DRAFT, Folder, Mailbox, Person, Role, Row
from ristoro.edges.mailboxes.message import Header, Opened, open_message
from ristoro.faces.said import Lazy
from ristoro.faces.webmail import folders
from ristoro.faces.webmail.reading import plain, shown
from ristoro.faces.webmail.reading.ago import ago
from ristoro.faces.webmail.reading.cleaning import Cleaned, TooMuch, clean
from ristoro.faces.webmail.reading.seal import Keys, Seal, Verdict, judged
from ristoro.faces.webmail.reading.words import FAULT, FAULTS

LARGEST = 8 * 1024 * 1024
"""Octets of a message that are read to show it; of a larger one, its host tells the rest."""

_STEPS = (14, 20, 28, 38, 52, 70, 92, 120)
"""Heights of the frame in rem, as ``reading.css`` has them for wide and for slim screens."""

_PICTURE = re.compile(r"<img[^>]*>")
_PICTURE_HEIGHT = re.compile(r'height="(\d{1,4})"')
_BLOCK_END = re.compile(r"<(?:br|hr|/(?:p|div|tr|li|h[1-6]|blockquote|pre|dd|dt|table))\b[^>]*>")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message read from its folder. ``stored`` are its bytes, or the first ``LARGEST``."""

    row: Row
    stored: bytes
    opened: Opened

    @property
    def header(self) -> Header:
        return self.opened.header

    @property
    def sender(self) -> str:
        """The one sender's address; empty where there are several or none."""
        senders = self.header.senders
        return senders[0].address if len(senders) == 1 else ""


@dataclass(frozen=True, slots=True)
class Wish:
    """How the holder wants it: as text, and how remote pictures are had, if they may be."""

    as_text: bool = False
    distant: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page says of a message, beside its header."""

    seal: Seal
    fault: Lazy
    cleaned: Cleaned | None
    blocks: tuple[plain.Block, ...]
    leads: tuple[shown.Leads, ...]
    files: tuple[shown.File, ...]
    has_page: bool
    height: str
    cut: bool

    @property
    def genuine(self) -> bool:
        return self.seal.verdict is Verdict.GENUINE

    @property
    def false(self) -> bool:
        return self.seal.verdict is Verdict.FALSE


@dataclass(frozen=True, slots=True)
class Top:
    """What stands above a message: who wrote it to whom, and when."""

    initial: str
    ago: str
    others: int
    mine: bool
    elsewhere: tuple[Person, ...]


def read(mailbox: Mailbox, folder: str, uidvalidity: int, uid: int) -> Letter:
    """A message: two commands to the mail host, whatever its size."""
    row, stored, leaves = mailbox.beginning(folder, uidvalidity, uid, LARGEST)
    return Letter(row, stored, open_message(stored, leaves if len(stored) == LARGEST else ()))


def shown_as(letter: Letter, address: str, keys: Keys, wish: Wish) -> Shown:
    """The page of a message that lies in the mailbox of that address."""
    opened = letter.opened
    seal = judged(letter.stored, opened, address, keys)
    trusted = seal.verdict is not Verdict.FALSE
    has_page = bool(opened.page.strip())
    cleaned = page_of(opened, seal, wish) if has_page and not wish.as_text else None
    text = "" if cleaned else shown.text_of(opened)
    return Shown(
        seal=seal,
        fault=FAULTS.get(seal.fault, FAULT) if seal.fault else "",
        cleaned=cleaned,
        blocks=plain.blocks_of(text, links=trusted) if text else (),
        leads=shown.leads_of(cleaned.links) if cleaned else (),
        files=shown.files_of(opened, in_page=cleaned is not None),
        has_page=has_page,
        height=_height(cleaned),
        cut=opened.cut,
    )


def page_of(opened: Opened, seal: Seal, wish: Wish) -> Cleaned | None:
    """The page, cleaned; ``None`` where it is too much for one, and its text is shown.

    Links of what is not ours and says to be lead nowhere, and its pictures are not fetched.
    """
    trusted = seal.verdict is not Verdict.FALSE
    try:
        return clean(opened.page, opened.pictures, wish.distant if trusted else None, links=trusted)
    except TooMuch:
        return None


def top_of(letter: Letter, address: str, now: datetime) -> Top:
    """What stands above a message that is read by the holder of that address."""
    header = letter.header
    everybody = {one.address.casefold() for one in (*header.to, *header.cc)}
    senders = {one.address.casefold() for one in header.senders}
    return Top(
        initial=plain.initial(header.senders[0] if header.senders else Person("", "")),
        ago=ago(letter.row.at, now),
        others=len(everybody - senders - {address.casefold()}),
        mine=everybody == {address.casefold()},
        elsewhere=tuple(p for p in header.reply_to if p.address.casefold() not in senders),
    )


def to_whom(header: Header) -> list[tuple[str, tuple[Person, ...]]]:
    """Everybody that the header names, by what they are to the message."""
    named = (
        (gettext("From"), header.senders),
        (gettext("To"), header.to),
        (gettext("Copy"), header.cc),
        (gettext("Replies go to"), header.reply_to),
    )
    return [(name, people) for name, people in named if people]


def role_of(path: str, row: Row) -> Role:
    """What the folder is for, as its name tells: no command is spent to ask."""
    if DRAFT in row.flags:
        return Role.DRAFTS
    return folders.role_of(_folder(path))


def folder_said(path: str) -> Lazy:
    """What the page calls the folder."""
    return folders.shown(_folder(path))


def _folder(path: str) -> Folder:
    role = Role.INBOX if path.upper() == "INBOX" else Role.NONE
    return Folder(path, path, 0, role, None, None)


def _height(cleaned: Cleaned | None) -> str:
    """How high the frame is, by classes: it cannot be measured from outside, which is what keeps
    it apart, so the server guesses."""
    if cleaned is None:
        return ""
    drawn = sum(_picture(tag) for tag in _PICTURE.findall(cleaned.page))
    wide, slim = _lines(cleaned.page, 90), _lines(cleaned.page, 42)
    return f"wide-{_step(wide + drawn)} slim-{_step(slim + drawn * 0.6)}"


def _lines(page: str, width: int) -> float:
    """The height in rem of a page's words, in a column of that many letters."""
    blocks = (len(shown.words_of(block)) for block in _BLOCK_END.split(page))
    return sum(1.5 * (length // width + 1) + 0.7 for length in blocks if length)


def _picture(tag: str) -> float:
    found = _PICTURE_HEIGHT.search(tag)
    return min(int(found[1]), 1000) / 16 if found else 3


def _step(height: float) -> int:
    return next((n for n, limit in enumerate(_STEPS) if height + 3 <= limit), len(_STEPS) - 1)
