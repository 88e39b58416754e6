"""The linkless lint: it judges a finished message by parsing it, as a mail reader would.

A message passes when nothing in it is a link, a form, a resource or an attachment, when nothing
in its words is turned into one by a reader, and when what is shown is all there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import policy
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.parser import BytesParser

from ristoro.kernel.errors import BadInput, Problem
from ristoro.notices import detectors, markup
from ristoro.notices.facts import LANGUAGES
from ristoro.notices.findings import Finding

_ONCE = (
    *("date", "from", "to", "subject", "message-id", "auto-submitted", "x-ristoro-deposit"),
    *("mime-version", "content-language", "content-type"),
)
_ALLOWED = frozenset({*_ONCE, "dkim-signature"})
_TRACE = frozenset({"return-path", "delivered-to", "received"})
"""What a mail host writes above a message that it stores (RFC 5321, section 4.4)."""
_PART_FIELDS = {"content-type", "content-transfer-encoding"}
_PARTS = ("text/plain", "text/html")
_MOST_OCTETS = 998  # RFC 5322, section 2.1.1


def lint(message: bytes) -> list[Finding]:
    """Everything that is wrong with a message as a notice, in the order in which it stands."""
    found = set(_octets(message))
    parsed = BytesParser(EmailMessage, policy=policy.default).parsebytes(message)
    found |= set(_header(parsed))
    found |= set(_structure(parsed))
    texts = _texts(parsed)
    found |= {finding for name in ("from", "subject") for finding in _field_words(parsed, name)}
    if plain := texts.get("text/plain"):
        found |= set(detectors.detect(plain, "plain"))
    if html := texts.get("text/html"):
        found |= set(_page(html, plain or "", str(parsed["content-language"] or "")))
    return sorted(found)


def refuse_unless_linkless(message: bytes) -> None:
    """Raise ``BadInput`` with one problem for each finding; return when there is none."""
    findings = lint(message)
    if findings:
        raise BadInput(
            *(
                Problem(
                    f"notice-{finding.code}",
                    f"the {finding.part} of the notice has {finding.words!r} at {finding.offset}",
                    finding.why,
                    finding.todo,
                )
                for finding in findings
            )
        )


def _octets(message: bytes) -> Iterator[Finding]:
    stray = re.search(rb"(?<!\r)\n|\r(?!\n)", message)
    if stray:
        yield _message(stray.start(), "not-crlf", repr(stray[0]), "lines end in CRLF (RFC 5321)")
    odd = re.search(rb"[^\t\r\n -~]", message)
    if odd:
        yield _message(
            odd.start(), "eight-bit", repr(odd[0]), "a host without 8BITMIME may change the byte"
        )
    for line in re.finditer(rb"[^\r\n]{%d,}" % (_MOST_OCTETS + 1), message):
        yield _message(line.start(), "long-line", repr(line[0][:20]), "hosts cut such lines")


def _header(parsed: EmailMessage) -> Iterator[Finding]:
    names = [name.lower() for name in parsed]
    above = 0
    while above < len(names) and names[above] in _TRACE:
        above += 1
    for name in names[above:]:
        if name not in _ALLOWED:
            yield _field("header-not-allowed", name, "a notice has a known set of header fields")
    for name in _ONCE:
        if names.count(name) == 0:
            yield _field("header-missing", name, "every notice has this field")
        elif names.count(name) > 1:
            yield _field("header-twice", name, "readers differ in which of the two they show")
    if parsed["auto-submitted"] not in (None, "auto-generated"):
        yield _field("header-value", "auto-submitted", "it must be auto-generated (RFC 3834)")
    if parsed["content-language"] not in (None, *LANGUAGES):
        yield _field("language", str(parsed["content-language"]), f"known are {LANGUAGES}")


def _structure(parsed: EmailMessage) -> Iterator[Finding]:
    parts = list(parsed.iter_parts()) if parsed.is_multipart() else []
    kinds = tuple(part.get_content_type() for part in parts)
    if parsed.get_content_type() != "multipart/alternative" or kinds != _PARTS:
        yield _message(
            0,
            "structure",
            f"{parsed.get_content_type()} of {', '.join(kinds) or 'nothing'}",
            "a notice is multipart/alternative of text/plain and text/html, nothing else",
        )
    if (parsed.preamble or "").strip() or (parsed.epilogue or "").strip():
        yield _message(0, "structure", "text around the parts", "some readers show it")
    for part in parsed.walk():
        if part.defects:
            yield _message(0, "broken", type(part.defects[0]).__name__, str(part.defects[0]))
        if part is parsed:
            continue
        if part.get_filename() or part.get_content_disposition() or part["content-id"]:
            yield _message(0, "attachment", str(part.get_filename()), "it is not words")
        for name in {name.lower() for name in part} - _PART_FIELDS:
            yield _field("header-not-allowed", name, "a part has a type and an encoding only")
        if part.get_content_maintype() == "text" and part.get_content_charset() != "utf-8":
            yield _message(0, "charset", str(part.get_content_charset()), "words are in UTF-8")


def _texts(parsed: EmailMessage) -> dict[str, str]:
    texts: dict[str, str] = {}
    for part in parsed.walk():
        if part.get_content_maintype() == "text":
            raw = part.get_payload(decode=True)
            if isinstance(raw, bytes):
                texts.setdefault(part.get_content_type(), raw.decode("utf-8", "replace"))
    return texts


def _field_words(parsed: EmailMessage, name: str) -> Iterator[Finding]:
    field = parsed[name]
    if isinstance(field, AddressHeader):
        shown = ", ".join(address.display_name for address in field.addresses)
    else:
        shown = str(field or "")
    yield from detectors.detect(shown, name)


def _page(html: str, plain: str, language: str) -> Iterator[Finding]:
    page, forgiven = markup.parse(html.replace("\r\n", "\n"))
    yield from forgiven
    yield from markup.judge(page, html)
    words, title = markup.visible_text(page), markup.title_of(page)
    yield from detectors.detect(words, "html")
    yield from detectors.detect(title, "title")
    if page.get("lang") != language:
        yield Finding(
            "html",
            0,
            "language",
            str(page.get("lang")),
            f"the message says {language!r}, and a screen reader speaks by the page's language",
            "set the lang of html to the message's Content-Language",
        )
    here, there = (re.findall(r"\w+", text) for text in (words, plain))
    if here != there:
        at = next((n for n, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), None)
        at = min(len(here), len(there)) if at is None else at
        yield Finding(
            "html",
            0,
            "differs",
            " ".join(here[at : at + 5]) or " ".join(there[at : at + 5]),
            "the plain part and the HTML part say different words",
            "make both from one template",
        )


def _message(offset: int, code: str, words: str, why: str) -> Finding:
    return Finding("message", offset, code, words, why, "compose the notice from its template")


def _field(code: str, words: str, why: str) -> Finding:
    return Finding("header", 0, code, words, why, "compose the notice from its template")
