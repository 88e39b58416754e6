"""A stranger's page made harmless by allow-lists: the first of four layers.

nh3 parses as browsers do and writes the page anew; everything of ours happens inside that one
pass, in its filter of attributes. What it writes is final: nothing reads it again to write it
again, for that is how cleaned markup has come back to life elsewhere (CVE-2024-42009).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import css_inline
import nh3

from ristoro.edges.mailboxes.message import Part
from ristoro.faces.webmail.reading.links import Link, links_of, safe_target
from ristoro.faces.webmail.reading.styles import PROPERTIES, safe_style

LONGEST = 1024 * 1024
"""Characters of a page that is shown as a page; a longer one is shown as text."""

MOST_TAGS = 30_000
"""Tags likewise: the tree algorithm of HTML is quadratic in badly nested formatting elements."""

LONGEST_SHEET = 64 * 1024
MOST_RULES = 500
MOST_DISTANT = 100
"""Remote pictures of one page that we fetch."""

LARGEST_PICTURE = 2 * 1024 * 1024
LARGEST_PICTURES = 8 * 1024 * 1024
"""Octets of one picture, and of all, that are put into the page itself."""

TAGS = frozenset(
    [
        "a",
        "abbr",
        "address",
        "article",
        "aside",
        "b",
        "big",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "font",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "main",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "wbr",
    ]
)
_WITH_CONTENT = frozenset(
    [
        "applet",
        "audio",
        "base",
        "canvas",
        "embed",
        "frame",
        "frameset",
        "head",
        "iframe",
        "link",
        "math",
        "meta",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "param",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
        "xml",
        "xmp",
    ]
)
_CELL = frozenset({"align", "valign", "bgcolor", "background", "width", "height"})
ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "*": frozenset({"style", "dir", "lang", "title", "align"}),
    "a": frozenset({"href"}),
    "img": frozenset({"src", "srcset", "alt", "width", "height", "border"}),
    "table": _CELL | {"border", "cellpadding", "cellspacing"},
    "tr": _CELL,
    "td": _CELL | {"colspan", "rowspan"},
    "th": _CELL | {"colspan", "rowspan", "scope"},
    "col": frozenset({"span", "width"}),
    "colgroup": frozenset({"span", "width"}),
    "font": frozenset({"color", "face", "size"}),
    "ol": frozenset({"start", "type"}),
    "ul": frozenset({"type"}),
}
"""``background`` and ``srcset`` are here so that the filter counts them; it keeps neither."""

_REL = "noopener noreferrer nofollow"
_VALUES: Mapping[str, re.Pattern[str]] = {
    **{name: re.compile(r"\d{1,4}(\.\d{1,3})?(px|%)?") for name in ("width", "height")},
    **{name: re.compile(r"\d{1,3}") for name in ("border", "cellpadding", "cellspacing")},
    **{name: re.compile(r"\d{1,3}") for name in ("colspan", "rowspan", "span", "start")},
    **{name: re.compile(r"#?[A-Za-z0-9]{1,20}") for name in ("bgcolor", "color")},
    **{name: re.compile(r"[A-Za-z]{1,10}") for name in ("align", "valign", "scope")},
    "type": re.compile(r"[1aAiI]|disc|circle|square"),
    "size": re.compile(r"[+-]?\d{1,2}"),
    "face": re.compile(r"[\w ,'-]{1,200}"),
    "dir": re.compile(r"ltr|rtl|auto", re.IGNORECASE),
    "lang": re.compile(r"[A-Za-z0-9-]{1,35}"),
    # Set by us below; a sender's own are not among the attributes that are kept.
    "rel": re.compile(_REL),
    "target": re.compile("_blank"),
    "referrerpolicy": re.compile("no-referrer"),
}
_RASTER = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
_DATA = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=\s]+)", re.IGNORECASE)
_SHEETS = re.compile(r"<style\b[^>]*>(.*?)</style", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A page fit for the frame. ``blocked`` counts what it would have fetched and may not."""

    page: str
    blocked: int
    links: tuple[Link, ...]


class TooMuch(ValueError):
    """The page is longer or deeper than a letter is; it is shown as text."""


def clean(
    page: str,
    pictures: Mapping[str, Part],
    distant: Callable[[str], str] | None = None,
    *,
    links: bool = True,
) -> Cleaned:
    """Clean a page. ``pictures`` are the message's own, by Content-ID; ``distant`` makes the
    address under which a remote picture may be had, and is ``None`` where none may. Links lead
    nowhere unless ``links``.

    ``TooMuch`` where the page is beyond the limits.
    """
    if len(page) > LONGEST or page.count("<") > MOST_TAGS:
        raise TooMuch
    judge = _Judge(pictures, distant, links)
    written = nh3.clean(
        _with_styles_inline(page),
        tags=set(TAGS),
        clean_content_tags=set(_WITH_CONTENT),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=judge,
        strip_comments=True,
        link_rel=_REL,
        set_tag_attribute_values={
            "a": {"target": "_blank"},
            "img": {"referrerpolicy": "no-referrer"},
        },
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        filter_style_properties=set(PROPERTIES),
        url_relative=judge.own,
    )
    if judge.asked != judge.answered:  # nh3 keeps the value where its filter fails
        raise TooMuch
    return Cleaned(written, judge.blocked, links_of(written))


def _with_styles_inline(page: str) -> str:
    """The page with its style sheets moved into style attributes, where that is cheap and safe."""
    sheets = _SHEETS.findall(page)
    length = sum(map(len, sheets))
    if not sheets or length > LONGEST_SHEET or sum(s.count("{") for s in sheets) > MOST_RULES:
        return page
    try:
        inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
        return inliner.inline(page)
    except (css_inline.InlineError, ValueError):
        return page


@dataclass(slots=True)
class _Judge:
    """Says for each attribute what value it may have. Counts its calls, for it must not fail."""

    pictures: Mapping[str, Part]
    distant: Callable[[str], str] | None
    links: bool
    blocked: int = 0
    asked: int = 0
    answered: int = 0
    room: int = LARGEST_PICTURES
    given: set[str] = field(default_factory=set)

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        self.asked += 1
        answer = self._judged(tag, name, value)
        self.answered += 1
        return answer

    def own(self, address: str) -> str | None:
        """Relative addresses: none of the sender's, but those that this page was given."""
        return address if address in self.given else None

    def _judged(self, tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return safe_style(value, self._met) or None
        if name in ("background", "srcset"):
            self._met()
            return None
        if name == "href":
            return safe_target(value) if self.links else None
        if name == "src":
            return self._picture(value.strip())
        if name in ("alt", "title"):
            return value[:500]
        pattern = _VALUES.get(name)
        return value if pattern is not None and pattern.fullmatch(value.strip()) else None

    def _met(self) -> None:
        self.blocked += 1

    def _picture(self, address: str) -> str | None:
        scheme = address.partition(":")[0].lower()
        if scheme == "cid":
            part = self.pictures.get(address[4:].strip("<> "))
            return self._embedded(part.content()) if part is not None else None
        if scheme == "data":
            found = _DATA.fullmatch(address)
            try:
                return self._embedded(base64.b64decode(found.group(1))) if found else None
            except binascii.Error:
                return None
        target = safe_target(address)
        if target is None or scheme not in ("http", "https"):
            return None
        if self.distant is None or len(self.given) >= MOST_DISTANT:
            self._met()
            return None
        own = self.distant(target)
        self.given.add(own)
        return own

    def _embedded(self, content: bytes) -> str | None:
        media = raster(content)
        if media is None or len(content) > min(LARGEST_PICTURE, self.room):
            return None
        self.room -= len(content)
        return f"data:{media};base64,{base64.b64encode(content).decode()}"


def raster(content: bytes) -> str | None:
    """The media type of a picture of dots, by its first octets; ``None`` for anything else."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((media for mark, media in _RASTER.items() if content.startswith(mark)), None)
