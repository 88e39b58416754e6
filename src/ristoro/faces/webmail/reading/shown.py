"""A message as its page shows it: who wrote it, its words, its files, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ristoro import env, wiring
from ristoro.edges.mailboxes.dangers import Danger, Look, look
from ristoro.edges.mailboxes.message import Opened, Part
from ristoro.faces.webmail import brands
from ristoro.faces.webmail.reading.cleaning import raster
from ristoro.faces.webmail.reading.links import Link
from ristoro.faces.webmail.reading.seal import Keys
from ristoro.faces.webmail.reading.words import DANGERS, LINKS, Lazy
from ristoro.faces.webmail.writing.quoting import text_of_page
from ristoro.kernel.errors import Missing
from ristoro.notices.keys import DnsRecord, dns_record, read_signers

LONGEST_TEXT = 300_000
"""Characters of a text on a page; of a longer one the source has all."""

_TAG = re.compile(r"<[^>]*>")
_SECRET = "RISTORO_NOTICE_SECRET"  # noqa: S105 - the secret's name, not the secret
_VIEWED = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"})


@dataclass(frozen=True, slots=True)
class File:
    """A file of the message. ``size`` is in octets; ``viewed`` where it can be opened in here."""

    number: str
    name: str
    extension: str
    media: str
    size: int
    warnings: tuple[Lazy, ...]
    members: tuple[str, ...]
    member_count: int
    viewed: bool


@dataclass(frozen=True, slots=True)
class Leads:
    """A link of the page, and what is said of it."""

    link: Link
    warnings: tuple[Lazy, ...]


def files_of(opened: Opened, *, in_page: bool = True) -> tuple[File, ...]:
    """The files of a message; where its page is shown, without those that the page shows."""
    shown = opened.page.lower() if in_page else ""
    found = []
    for part in opened.files:
        inside = part.content_id and f"cid:{part.content_id}".lower() in shown
        if not (inside and part.disposition != "attachment" and raster(part.content()[:16])):
            found.append(_file(part))
    return tuple(found)


def look_at(part: Part) -> tuple[Look, bytes]:
    """What a file is, and its octets."""
    content = part.content()
    return look(part.name, part.media, content, whole=part.whole), content


def is_viewed(seen: Look) -> bool:
    """Whether a file can be opened in here: a picture of dots or a text, with nothing wrong."""
    return seen.media in _VIEWED and not seen.dangers


def leads_of(links: Sequence[Link]) -> tuple[Leads, ...]:
    """Each target once, those with warnings first."""
    by_target: dict[str, Leads] = {}
    for link in links:
        lead = Leads(link, tuple(LINKS[each] for each in link.warnings))
        before = by_target.get(link.target)
        if before is None or len(before.warnings) < len(lead.warnings):
            by_target[link.target] = lead
    return tuple(sorted(by_target.values(), key=lambda lead: not lead.warnings))


def text_of(opened: Opened) -> str:
    """The message's own text; where it has only a page, the page's words."""
    return (opened.plain.strip("\n") or text_of_page(opened.page))[:LONGEST_TEXT]


def words_of(clean: str) -> str:
    """A cleaned page without its tags."""
    return " ".join(_TAG.sub(" ", clean).split())


def keys() -> Keys:
    """What the seal is judged by in this installation."""
    environment = env.current()
    known = brands.known()
    secret = environment.secret_or_empty(_SECRET)
    return Keys(known, _records(str(wiring.dkim_folder(environment))), secret.encode())


def _records(folder: str) -> Mapping[str, Sequence[DnsRecord]]:
    """The public keys of every brand that has any; read again until all have."""
    found = _read(folder)
    if len(found) < len(brands.known()):
        _read.cache_clear()
    return found


@lru_cache(maxsize=2)
def _read(folder: str) -> Mapping[str, Sequence[DnsRecord]]:
    del folder
    place = wiring.dkim_folder(env.current())
    found = {}
    for code, brand in brands.known().items():
        try:
            found[code] = [dns_record(one) for one in read_signers(place, brand)]
        except Missing:
            continue
    return found


def _file(part: Part) -> File:
    seen, _ = look_at(part)
    return File(
        number=part.number,
        name=part.name.text,
        extension=part.name.extension,
        media=seen.media,
        size=part.size,
        warnings=tuple(DANGERS[each] for each in seen.dangers if each in Danger),
        members=seen.members,
        member_count=seen.member_count,
        viewed=part.whole and is_viewed(seen),
    )
