"""What in a message claims to be ours: asked of every message that does not bear the seal.

Our own letters have no link, form, file or foreign origin (promise 6), so what speaks in our name
and has one is told with certainty; the rest is told by names, addresses, marks and words.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ristoro.edges.mailboxes.message import Header
from ristoro.faces.webmail.reading.eye import skeleton, solid
from ristoro.notices import codes
from ristoro.notices.facts import Brand

LONGEST = 100_000
"""Characters of a text that are looked at."""


class Claim(enum.Enum):
    """What claims to be ours."""

    ADDRESS = "address"
    DOMAIN = "domain"
    NAME = "name"
    MARKS = "marks"
    WORDS = "words"
    CODE = "code"
    SEAL = "seal"
    PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at: the header, all its marks, every word shown, and whether it has links,
    forms or files."""

    header: Header
    marked: bool
    words: str
    reaches_out: bool


_PHRASES = tuple(
    skeleton(phrase)
    for phrase in (
        "ha colpito anche questa casella. Ce ne scusiamo",
        "Che cosa non ti chiediamo mai",
        "Questo avviso non contiene collegamenti",
        "vai alla verifica degli avvisi e scrivi questo codice",
        "Se l'avviso è nostro, lì trovi lo stesso testo",
        "Se il disservizio ti ha causato un danno, puoi ancora chiederne il risarcimento",
        "affected this mailbox too. We are sorry",
        "What we never ask",
        "This notice has no links, forms or attachments",
        "go to the notice check and type this code",
        "If the notice is ours, you will find the same text there",
        "If the outage caused you a loss, you can still claim damages",
    )
)
"""Sentences that each of our letters has; a test holds them to the letters' templates."""

_ENOUGH = 2
_SEALS = tuple(
    skeleton(phrase)
    for phrase in (
        *("avviso autentico", "avviso verificato", "messaggio autentico", "messaggio verificato"),
        *("mittente verificato", "comunicazione autentica", "sigillo di autenticità"),
        *("authentic notice", "genuine notice", "verified message", "verified sender"),
        *("verified notice", "seal of authenticity"),
    )
)
_PROGRAMME = tuple(
    skeleton(word)
    for word in (
        *("ristoro", "rimborso", "indennizzo", "risarcimento", "riattiva", "migra", "sospes"),
        *("conferma", "verifica il tuo account", "casella piena", "spazio esaurito", "disservizio"),
        *("refund", "compensation", "confirm", "reactivate", "migrate", "suspended", "outage"),
    )
)
_CODE = re.compile(r"\b[B-Zb-z]{4}[ \u2010\u2011–-][B-Zb-z]{4}\b")


def claims(asked: Asked, brands: Iterable[Brand]) -> tuple[Claim, ...]:
    """Everything in a message that claims to come from one of the brands."""
    text = skeleton(asked.words[:LONGEST])
    found: list[Claim] = []
    for brand in brands:
        found += _of_brand(asked, text, brand)
    if asked.marked:
        found.append(Claim.MARKS)
    if sum(phrase in text for phrase in _PHRASES) >= _ENOUGH:
        found.append(Claim.WORDS)
    return tuple(dict.fromkeys(found))


def _of_brand(asked: Asked, text: str, brand: Brand) -> Iterator[Claim]:
    header = asked.header
    people = (*header.senders, *header.reply_to)
    for person in people:
        yield from _address(person.address, brand)
        yield from _address(person.name, brand) if "@" in person.name else ()
        shown = solid(person.name)
        if solid(brand.name) in shown or solid(brand.webmail) in shown:
            yield Claim.NAME
    if not people:
        yield from (Claim.NAME for _ in range(solid(brand.name) in solid(header.subject)))
    everything = f"{skeleton(header.subject)} {text}"
    # The code of a brand may be an ordinary word: it counts in the name of a sender only.
    names = " ".join(skeleton(person.name) for person in header.senders)
    named = skeleton(brand.code) in names.split() or any(
        skeleton(each) in everything for each in (brand.name, brand.domain)
    )
    if not named:
        return
    if any(codes.check(code) for code in _CODE.findall(asked.words[:LONGEST])):
        yield Claim.CODE
    if any(phrase in everything for phrase in _SEALS):
        yield Claim.SEAL
    foreign = not any(_is_of(person.address, brand) for person in header.senders)
    if asked.reaches_out and foreign and any(word in everything for word in _PROGRAMME):
        yield Claim.PROGRAMME


def _address(address: str, brand: Brand) -> Iterator[Claim]:
    """What an address says: our very address, one that looks like it, or a domain like ours."""
    given = skeleton(address).replace(" ", "")
    ours = skeleton(brand.address).replace(" ", "")
    if ours in given:
        yield Claim.ADDRESS
    domain = address.rpartition("@")[2].strip(" >").casefold()
    if not domain or domain == brand.domain or domain.endswith(f".{brand.domain}"):
        return
    like, own = (".".join(_labels(each)) for each in (_letters(domain), brand.domain))
    if f".{own}." in f".{like}." or solid(own) == solid(like):
        yield Claim.DOMAIN


def _labels(domain: str) -> list[str]:
    return re.split(r"[.-]", skeleton(domain.replace("-", ".")))


def _letters(domain: str) -> str:
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


def _is_of(address: str, brand: Brand) -> bool:
    domain = address.rpartition("@")[2].casefold()
    return domain == brand.domain or domain.endswith(f".{brand.domain}")
