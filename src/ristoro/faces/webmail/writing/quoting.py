"""The words of another message, as an answer quotes them: text, whatever they were sent as."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3

LONGEST = 200_000
"""Characters of a message that are quoted; nobody reads more of a quotation."""

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "fieldset"),
        *("figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li"),
        *("main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul"),
    )
)
_CLOSE = frozenset(
    (
        *("address", "article", "aside", "dd", "div", "dt", "fieldset", "figure", "footer", "form"),
        *("header", "hr", "li", "main", "nav", "section", "tr"),
    )
)
"""Blocks that begin a line and leave no empty one before it."""
_KEPT = _BLOCKS | {"a", "br", "img", "td", "th"}
_DEEPEST = 20
_SPACES = re.compile(r"[ \t\r\n\f]+")
_ANSWER = re.compile(r"\s*(re|r|rif|risp|aw|sv|antw)\s*(\[\d+\])?\s*:", re.IGNORECASE)
_FORWARD = re.compile(r"\s*(fwd?|i|tr|wg|inoltro)\s*:", re.IGNORECASE)
_SIGNATURE = re.compile(r"^-- $", re.MULTILINE)


def answer_subject(subject: str) -> str:
    """``Re:`` before the subject, once, whatever other programs call it."""
    return subject.strip() if _ANSWER.match(subject) else f"Re: {subject.strip()}".strip()


def forward_subject(subject: str) -> str:
    """``Fwd:`` before the subject, once."""
    return subject.strip() if _FORWARD.match(subject) else f"Fwd: {subject.strip()}".strip()


def quoted(text: str) -> str:
    """Each line behind ``>``, as RFC 3676 has it, without the signature at the end."""
    found = list(_SIGNATURE.finditer(text))
    if found:
        text = text[: found[-1].start()]
    lines = text[:LONGEST].rstrip().splitlines()
    return "".join(f">{'' if line.startswith('>') or not line else ' '}{line}\n" for line in lines)


def text_of_page(page: str) -> str:
    """A page's words, with its paragraphs, lists and quotations, and where its links lead."""
    clean = nh3.clean(
        page[: LONGEST * 10],
        tags=set(_KEPT),
        clean_content_tags={"script", "style", "title", "template", "noscript"},
        attributes={"a": {"href"}, "img": {"alt"}},
        link_rel=None,
        url_schemes={"http", "https", "mailto"},
    )
    reader = _Reader()
    reader.feed(clean)
    reader.close()
    return reader.text()[:LONGEST]


class _Reader(HTMLParser):
    """Reads what nh3 wrote, which is well formed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line = ""
        self._gap = False
        self._depth = self._before = 0
        self._as_is = 0
        self._link: tuple[str, int] | None = None

    def text(self) -> str:
        self._end_line()
        return "".join(f"{line}\n" for line in self._lines)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        if tag == "br":
            self._end_line(empty=True)
        elif tag in ("td", "th"):
            self._line += " " if self._line else ""
        elif tag == "img":
            self._say(about.get("alt") or "")
        elif tag == "a":
            self._link = (about.get("href") or "", len(self._line))
        elif tag in _BLOCKS:
            self._block(tag)
            self._depth += tag == "blockquote"
            self._as_is += tag == "pre"
            if tag == "li":
                self._line = "- "

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._link is not None:
            (href, at), self._link = self._link, None
            shown = self._line[at:].strip()
            target = href.removeprefix("mailto:")
            if target and target.rstrip("/") not in (shown, shown.rstrip("/")):
                self._line += f" <{target}>" if shown else f"<{target}>"
        elif tag in _BLOCKS:
            self._block(tag)
            self._depth -= tag == "blockquote"
            self._as_is -= tag == "pre"

    def handle_data(self, data: str) -> None:
        self._say(data)

    def _say(self, words: str) -> None:
        if self._as_is:
            first, *rest = words.splitlines() or [""]
            self._line += first
            for line in rest:
                self._end_line(empty=True)
                self._line = line
            return
        words = _SPACES.sub(" ", words)
        self._line += words.lstrip(" ") if not self._line or self._line[-1] == " " else words

    def _block(self, tag: str) -> None:
        self._end_line()
        self._gap = self._gap or tag not in _CLOSE

    def _end_line(self, *, empty: bool = False) -> None:
        line, self._line = self._line.rstrip().replace("\xa0", " "), ""
        self._link = None if self._link is None else (self._link[0], 0)
        if not line and not empty:
            return
        mark = ">" * min(self._depth, _DEEPEST)
        if self._gap and self._lines and self._lines[-1].strip("> "):
            self._lines.append(mark[: self._before])
        self._gap, self._before = False, len(mark)
        self._lines.append(f"{mark} {line}".rstrip() if mark else line)
