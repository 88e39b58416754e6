"""What readers turn into links: the linkifiers asked, and the detectors' rules written down.

Three linkifiers judge the text as they would in a webmail: linkify-it, bleach and Django's
urlize. libphonenumber judges telephone numbers. What no library tells is a rule here, and wider
than any one reader's, since theirs are secret and change:

* Apple's data detectors (``NSDataDetector``): dates, "next Saturday at 5" included, addresses,
  telephone numbers, flights, parcel numbers. https://developer.apple.com/documentation/foundation/nsdatadetector
* Gmail: addresses, telephone numbers and e-mail addresses, since 2017; bare domains.
* Android's ``Linkify``: telephone numbers of five digits and more with spaces, dots and hyphens;
  web addresses without a scheme; map addresses.
  https://developer.android.com/reference/android/text/util/Linkify
* What senders report: https://customer.io/learn/message-composing/email-auto-linking-fixes
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from bleach.linkifier import Linker
from django.utils.html import urlize
from linkify_it import LinkifyIt
from phonenumbers import Leniency

from ristoro.notices.findings import Finding
from ristoro.notices.words import MONTHS

_SAY = "leave it out: name the place a holder knows (the webmail, customer service)"
_SAY_DATE = (
    "write the 14th day of June, in 2023, or the end of June, in 2023"
    " (il 14 del mese di giugno, nel 2023; l'ultimo giorno di giugno, nel 2023)"
)
_REGIONS = (("IT", Leniency.POSSIBLE), ("GB", Leniency.VALID), ("US", Leniency.VALID))

_LINKIFY_IT = LinkifyIt(options={"fuzzy_link": True, "fuzzy_email": True, "fuzzy_ip": True})
_URLIZED = re.compile(r"<a [^>]*>(.*?)</a>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    pattern: re.Pattern[str]
    why: str
    todo: str


def detect(text: str, part: str) -> Iterator[Finding]:
    """Everything in a text that some reader links or hides. Line ends may be LF or CRLF."""
    text = text.replace("\r\n", " \n")
    # a reader fills paragraphs anew, so a single line end joins; an empty line parts
    flowed = re.sub(r"(?<!\n)\n(?!\n)", " ", text)
    yield from _linkified(flowed, part)
    yield from _telephones(flowed, part)
    for rule in _RULES:
        for match in rule.pattern.finditer(flowed):
            yield Finding(part, match.start(), rule.code, match.group(), rule.why, rule.todo)
    yield from _strange_characters(text, part)


def _linkified(text: str, part: str) -> Iterator[Finding]:
    spans: dict[tuple[int, str], list[str]] = {}
    judges = (("linkify-it", _by_linkify_it), ("bleach", _by_bleach), ("urlize", _by_urlize))
    for name, judge in judges:
        start = 0
        for words in judge(text):
            found = text.find(words, start)
            start = max(found, start)
            spans.setdefault((found, words), []).append(name)
    for (offset, words), names in spans.items():
        yield Finding(
            part,
            offset,
            _kind_of_link(words),
            words,
            f"a link for {', '.join(names)}, as for many readers",
            _SAY,
        )


def _kind_of_link(words: str) -> str:
    if ":" in words or words.lower().startswith("www.") or "/" in words:
        return "url"
    if "@" in words:
        return "email"
    return "ip" if words.replace(".", "").isdecimal() else "domain"


def _by_linkify_it(text: str) -> list[str]:
    return [match.raw for match in _LINKIFY_IT.match(text) or ()]


def _by_bleach(text: str) -> list[str]:
    found: list[str] = []

    def keep(attrs: dict[object, str], new: bool = False) -> dict[object, str]:
        found.append(attrs["_text"])
        return attrs

    Linker(callbacks=[keep], parse_email=True).linkify(html.escape(text, quote=False))
    return found


def _by_urlize(text: str) -> list[str]:
    return [html.unescape(words) for words in _URLIZED.findall(urlize(text, autoescape=True))]


def _telephones(text: str, part: str) -> Iterator[Finding]:
    seen: set[int] = set()
    for region, leniency in _REGIONS:
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=leniency):
            if match.start not in seen:
                seen.add(match.start)
                yield Finding(
                    part,
                    match.start,
                    "phone",
                    match.raw_string,
                    f"a telephone number in {region} for libphonenumber, which Android uses",
                    "write figures of four digits at most, telephone numbers not at all",
                )


_PUNCTUATION = frozenset(" \n\t!\"%&'()*+,-./:;<=>?[]_#@$\\|^`{}~€£¥–—‘’“”«»")
"""What a notice may be written with beside Latin letters and the ten digits; which of these may
stand where is for the rules above."""


def _strange_characters(text: str, part: str) -> Iterator[Finding]:
    for offset, letter in enumerate(text):
        if letter in _PUNCTUATION or (letter.isascii() and letter.isalnum()):
            continue
        name = unicodedata.name(letter, f"U+{ord(letter):04X}")
        category = unicodedata.category(letter)
        if category[0] in "CZ" or category in ("Mn", "Me") or letter in _BLANK:
            yield Finding(
                part,
                offset,
                "invisible",
                f"U+{ord(letter):04X}",
                f"{name} is not seen, and hides words from the eye or from filters",
                "remove it; tricks of this kind are what forgers use",
            )
        elif not (name.startswith("LATIN ") and category in ("Ll", "Lu")):
            yield Finding(
                part,
                offset,
                "script",
                letter,
                f"{name} can pass for another letter, stop or digit",
                "write with Latin letters, the ten digits and plain punctuation",
            )


_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols by category, blank by shape."""


# The rules

_ABBREVIATED = (
    "gen feb mar apr mag giu lug ago set sett ott nov dic jan may jun jul aug sep sept oct dec"
)
_MONTH = "(?:{})".format(
    "|".join(sorted({*MONTHS["it"], *MONTHS["en"], *_ABBREVIATED.split()}, key=len, reverse=True))
)
_SPELLED_DAYS = (
    *("primo", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci"),
    *("undici", "dodici", "tredici", "quattordici", "quindici", "sedici", "diciassette"),
    *("diciotto", "diciannove", "vent[a-zé]+", "trenta", "trentuno"),
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "[a-z]+teenth", "twentieth", "twenty[ -][a-z]+"),
    *("thirtieth", "thirty[ -]first"),
)
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th|°|º)?|{'|'.join(_SPELLED_DAYS)})"
_YEAR = r"(?:\d{4}|['’]\d{2}|duemila[a-zé]*|twenty[ -]twenty[a-z -]*)"
_JOIN = r"(?:\s*[,./-]\s*|\s+)(?:(?:of|the|di|del|de)\s+)?"
_WEEKDAY = (
    r"(?:luned[iì]|marted[iì]|mercoled[iì]|gioved[iì]|venerd[iì]|sabato|domenica"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days?)"
)
_PERIOD = (
    r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?"
    r"|second[oi]|minut[oi]|or[ae]|giorn[oi]|settiman[ae]|mes[ei]|ann[oi])"
)
_NUMBER = r"(?:\d+|an?|un[ao]?|due|tre|quattro|cinque|sei|two|three|four|five|six|seven|ten)"

_DATES = (
    rf"{_DAY}{_JOIN}{_MONTH}\b",
    rf"{_MONTH}{_JOIN}{_DAY}(?![\w])",
    rf"{_MONTH}{_JOIN}{_YEAR}\b",
    r"\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})\b",
    r"\d{4}[/.-]\d{1,2}(?:[/.-]\d{1,2})?\b",
    r"\d{1,2}/\d{1,2}\b",
    rf"{_WEEKDAY}\b",
    r"(?:oggi|domani|dopodomani|ieri|stasera|stamattina|stanotte)\b",
    r"(?:today|tomorrow|yesterday|tonight)\b",
    rf"(?:next|last|this|coming)\s+(?:{_PERIOD}|morning|evening|weekend)\b",
    rf"(?:prossim|scors|quest)[oaie]\s+(?:{_PERIOD}|weekend)\b",
    rf"(?:in|within|fra|tra|entro)\s+{_NUMBER}\s+{_PERIOD}\b",
    rf"{_NUMBER}\s+{_PERIOD}\s+(?:ago|from\s+now|fa)\b",
)
_TIMES = (
    r"\d{1,2}:\d{2}\b",
    r"(?:ore|alle|at)\s+\d{1,2}\b(?!\s*%)",
    r"\d{1,2}\s?(?:am|pm|a\.m\.|p\.m\.)(?![\w])",
    r"h\.?\s?\d{1,2}\b",
    r"(?:noon|midnight|mezzogiorno|mezzanotte)\b",
)
_ITALIAN_STREET = (
    r"(?:via|viale|vicolo|piazza|piazzale|piazzetta|corso|largo|strada|lungomare|lungotevere)"
    r"\s+(?:[\w'’.]+\s+){0,4}[\w'’.]+,?\s*(?:n\.?\s?)?\d{1,4}\b"
)
_ENGLISH_STREET = (
    r"\d{1,5}\s+(?:[\w'’.]+\s+){1,4}"
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|square|court|boulevard|blvd|way)\b"
)
_BOXES = (r"p\.?\s?o\.?\s+box\s+\d+", r"casella\s+postale\s+\d+")
_STREETS = (_ITALIAN_STREET, _ENGLISH_STREET, *_BOXES)
_WHY_LINK = "webmails and phones make a link of it"
_WHY_DATE = "Apple's and Google's readers make a calendar link of it"
_WHY_MAP = "Gmail, Apple's and Android's readers make a map link of it"
_WHY_PARCEL = "Apple's and Google's readers make a tracking link of it"


def _rules(code: str, patterns: tuple[str, ...], why: str, todo: str) -> Iterator[_Rule]:
    for pattern in patterns:
        yield _Rule(code, re.compile(rf"(?<![\w]){pattern}", re.IGNORECASE), why, todo)


_RULES: tuple[_Rule, ...] = (
    *_rules("url", (r"[a-z][a-z0-9+.-]{1,30}:(?=[^\s])", r"www\."), _WHY_LINK, _SAY),
    _Rule("url", re.compile(r"(?:[/\\]{2}(?=\w)|\b[A-Za-z]:\\)"), _WHY_LINK, _SAY),
    _Rule("email", re.compile(r"[^\s@]+@[^\s@]+"), _WHY_LINK, _SAY),
    _Rule(
        "domain",
        re.compile(r"[^\W_](?:[\w-]*\.)+[^\W\d_][\w-]+"),
        "a word after a dot passes for a domain: libero.it, but README.md and Node.js too",
        "put a space after a full stop; leave file names and domains out",
    ),
    _Rule("ip", re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"), _WHY_LINK, _SAY),
    _Rule("ip", re.compile(r"\b(?:[0-9a-fA-F]{1,4}:){2,}[0-9a-fA-F:]*"), _WHY_LINK, _SAY),
    *_rules("date", _DATES, _WHY_DATE, _SAY_DATE),
    *_rules("time", _TIMES, _WHY_DATE, "leave the hour out; the webmail shows it"),
    *_rules("street", _STREETS, _WHY_MAP, _SAY),
    _Rule("street", re.compile(r"\b\d{5}\s+[A-Z][a-z]+"), _WHY_MAP, _SAY),
    _Rule("street", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b"), _WHY_MAP, _SAY),
    _Rule(
        "flight",
        re.compile(r"\b(?:[A-Z]{2}|[A-Z]\d|\d[A-Z])\s?\d{2,4}\b"),
        "Apple's and Google's readers show a flight for two letters and a number",
        "put the figure before its unit, or write a word between",
    ),
    _Rule("tracking", re.compile(r"\b1Z\s?(?:[0-9A-Z]\s?){16}\b"), _WHY_PARCEL, _SAY),
    _Rule("tracking", re.compile(r"\b[A-Z]{2}\s?\d{9}\s?[A-Z]{2}\b"), _WHY_PARCEL, _SAY),
    _Rule("tracking", re.compile(r"(?<!\d)(?:\d[ -]?){12,34}(?!\d)"), _WHY_PARCEL, _SAY),
    _Rule(
        "iban",
        re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{2,4}){3,8}\b"),
        "account numbers are offered for copying and paying, and a notice never speaks of one",
        "leave it out",
    ),
    _Rule(
        "phone",
        re.compile(r"\+?\(?\d(?:[ .()-]*\d){4,}"),
        "Android's Linkify takes five digits for a telephone number",
        "write figures of four digits at most, telephone numbers not at all",
    ),
    _Rule("handle", re.compile(r"(?<![\w@])@\w+"), _WHY_LINK, _SAY),
    _Rule("hashtag", re.compile(r"#\w+"), _WHY_LINK, _SAY),
    _Rule("ticker", re.compile(r"\$[A-Z]{1,5}\b"), _WHY_LINK, _SAY),
)
