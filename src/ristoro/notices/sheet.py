"""A sheet: the words of a notice, rendered and encoded once for all the letters that read alike.

Rendering costs milliseconds, filling in a code microseconds. A sheet is encoded with a stand-in
where the code goes; the stand-in has the code's length and letters that quoted-printable leaves
alone, so that replacing it gives the bytes that encoding the finished text would give.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from email.header import Header
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.template import Context, Engine

from ristoro.kernel.errors import bad_input
from ristoro.notices import words
from ristoro.notices.facts import GrantFacts, Phase, Subject
from ristoro.notices.plain import plain_of

STAND_IN = "BBBB-BBBB"
"""Where the code goes. Its check letter is wrong, so it is no notice's code."""

_ENGINE = Engine(dirs=[str(Path(__file__).with_name("templates"))], autoescape=True)
OWN = ("base", "target", "base_until", "until")
"""The figures of a grant that are of the one mailbox."""

_FROM_LINE = re.compile(rb"^From ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The words of a notice: as text for a person, and encoded for a message.

    ``subject_field`` is the value of the Subject field; ``body`` is everything after the blank
    line, in CRLF lines, with ``STAND_IN`` where the code goes. ``shape`` is the same for pages that
    differ in digits only: a detector that passes one figure passes another of as many digits.
    """

    subject: str
    plain: str
    html: str
    subject_field: str
    boundary: str
    body: bytes
    shape: str

    def body_for(self, code: str) -> bytes:
        """The body of the letter that carries this code."""
        return self.body.replace(STAND_IN.encode(), code.encode("ascii"))


@lru_cache(maxsize=8192)
def sheet_of(subject: Subject) -> Sheet:
    """Render and encode; repeated calls for an equal subject return the same sheet."""
    return encoded(*render(subject, STAND_IN), f"{subject.kind.folder}/{subject.locale}")


def encoded(line: str, html: str, named: str) -> Sheet:
    """The sheet of a rendered page, in which ``STAND_IN`` stands where the code goes; ``BadInput``,
    which names the template, where it does not."""
    plain = plain_of(html)
    parts = [(b"text/plain", quoted_printable(plain)), (b"text/html", quoted_printable(html))]
    for kind, encoded in parts:
        if STAND_IN.encode() not in encoded:
            raise bad_input(
                "notice-code",
                f"the {kind.decode()} part of {named} has no code",
                "a holder checks a notice by its code",
                "put {{ code }} in the template, on a short line of its own",
            )
    boundary = "=_ristoro_" + sha256(parts[0][1] + parts[1][1]).hexdigest()[:24]
    edge = b"--" + boundary.encode()
    chunks = [
        b"%s\r\nContent-Type: %s; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n%s\r\n" % (edge, kind, encoded)
        for kind, encoded in parts
    ]
    body = b"".join(chunks) + edge + b"--\r\n"
    field = Header(line, "utf-8" if not line.isascii() else "us-ascii", 76, "Subject")
    shape = sha256(re.sub(r"[0-9]", "0", line + html).encode()).hexdigest()
    return Sheet(line, plain, html, field.encode(linesep="\r\n"), boundary, body, shape)


def likeness_of(subject: Subject) -> str:
    """Equal for subjects whose sheets have one ``shape``; found without rendering."""
    year = subject.outage.last.year
    figures = [
        (astuple(_figures(grant, subject.locale, year)), grant.choice) for grant in subject.grants
    ]
    span = words.month_span(subject.outage.first, subject.outage.last, subject.locale)
    whole = (subject.brand.code, subject.locale, subject.kind.folder, span, figures)
    return re.sub(r"[0-9]", "0", repr(whole))


@dataclass(frozen=True, slots=True)
class Ends:
    """The greatest figures of letters that differ in figures only; ``own`` in place of a holder's.

    ``own`` is empty where a mailbox's own figures are shown by their two ends, like the others.
    """

    most: Subject
    own: str = ""


def render(subject: Subject, code: str, ends: Ends | None = None) -> tuple[str, str]:
    """The subject line and the HTML page, without encoding; the words of a brand come first.

    With ``ends`` it is one page for all the letters from ``subject``, which has every least
    figure, to these: a figure in which the two differ is written as ``[least … most]``.
    """
    values = _values(subject, code, ends)
    return page_of(subject.kind.folder, subject.locale, subject.brand.code, values)


def page_of(kind: str, lang: str, brand: str, values: Mapping[str, object]) -> tuple[str, str]:
    """The subject line and the HTML page of a letter's templates, from the values they name."""
    folder = f"notices/{kind}"
    line = _ENGINE.select_template(
        [f"{folder}/{lang}.{brand}.subject.txt", f"{folder}/{lang}.subject.txt"]
    )
    page = _ENGINE.select_template([f"{folder}/{lang}.{brand}.html", f"{folder}/{lang}.html"])
    # the line is a header, where nothing is markup
    words_of_line = " ".join(line.render(Context(values, autoescape=False)).split())
    html = page.render(Context({**values, "subject": words_of_line}))
    return words_of_line, "\n".join(text for text in html.splitlines() if text.strip()) + "\n"


def quoted_printable(text: str) -> bytes:
    """RFC 2045, section 6.7, in CRLF lines; a line that begins with ``From`` has it encoded.

    Mailbox formats of old put a ``>`` before such lines, which breaks a signature (RFC 4155).
    """
    encoded = binascii.b2a_qp(text.encode(), istext=True)
    return _FROM_LINE.sub(b"=46rom ", encoded).replace(b"\n", b"\r\n")


def _values(subject: Subject, code: str, ends: Ends | None) -> dict[str, object]:
    lang = subject.locale
    year = subject.outage.last.year
    said = [_figures(one, lang, year) for one in subject.grants]
    if ends is not None:
        most = (_figures(one, lang, year) for one in ends.most.grants)
        said = [_between(*both, ends.own) for both in zip(said, most, strict=True)]
    named = list(zip(subject.grants, said, strict=True))
    grants = [figures for grant, figures in named if not grant.choice]
    choices = list(_choices(named))
    return {
        "lang": lang,
        "brand": subject.brand,
        "outage": subject.outage,
        "outage_span": words.month_span(subject.outage.first, subject.outage.last, lang),
        "grants": grants,
        "choices": choices,
        "open": [grant for grant in grants if grant.phase in ("asked", "claim")],
        "payable": any(grant.phase == "payable" for grant in grants),
        "asked": bool(choices) or any(grant.phase == "asked" for grant in grants),
        "claims": any(grant.phase == "claim" for grant in grants),
        "code": code,
    }


@dataclass(frozen=True, slots=True)
class _Figures:
    """The figures of one grant as words of the letter's language; empty where there is none.

    ``deadline`` begins with *until*.
    """

    kind: str
    phase: str
    fallback: str
    amount: str
    base: str
    target: str
    base_until: str
    until: str
    deadline: str
    channel: str


@dataclass(frozen=True, slots=True)
class _Choice:
    """Alternatives of which one can be had; ``silent`` is what whoever does not answer is given."""

    among: tuple[_Figures, ...]
    deadline: str
    fallback: str
    silent: _Figures | None


def _choices(named: Sequence[tuple[GrantFacts, _Figures]]) -> Iterator[_Choice]:
    for name in dict.fromkeys(grant.choice for grant, _ in named if grant.choice):
        among = tuple(figures for grant, figures in named if grant.choice == name)
        silent = next((one for one in among if one.fallback == "give"), None)
        fallback = (silent or among[0]).fallback
        yield _Choice(among, among[0].deadline, fallback, silent)


def _between(least: _Figures, most: _Figures, own: str) -> _Figures:
    """The same words where both agree; else both ends of what lies between."""
    ends = {
        field.name: (getattr(least, field.name), getattr(most, field.name))
        for field in fields(_Figures)
    }
    said = {name: a if a == b else f"[{a} … {b}]" for name, (a, b) in ends.items()}
    if own:
        said |= {name: own for name in OWN if said[name]}
    return _Figures(**said)


def _figures(grant: GrantFacts, lang: str, year: int) -> _Figures:
    def sized(value: int | None) -> str:
        return "" if value is None else words.size(value, lang)

    def dated(value: date | None) -> str:
        return "" if value is None else words.day(value, lang)

    match grant.kind:
        case "storage":
            amount = sized(grant.amount)
        case "extension":
            amount = words.count(grant.amount, "months", lang)
        case "service-days":
            amount = words.count(grant.amount, "days", lang)
        case _:
            amount = words.money(grant.amount, grant.currency, lang)
    fallback = "none" if grant.phase is Phase.CLAIM else grant.fallback
    return _Figures(
        kind=grant.kind,
        phase=grant.phase.value,
        fallback=fallback,
        amount=amount,
        base=sized(grant.base),
        target=sized(grant.target),
        base_until=dated(grant.base_until),
        until=dated(grant.until),
        deadline="" if grant.deadline is None else words.up_to(grant.deadline, lang, year),
        channel=grant.channel,
    )
