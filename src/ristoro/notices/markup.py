"""The rules for the HTML of a notice: a list of what may stand in it, and everything else refused.

A list of what is forbidden is never complete, so elements, attributes and style properties are
allowed by name. Those that are refused get the code of the harm they can do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Comment, Element

import html5lib
from html5lib.constants import E as PARSE_ERRORS

from ristoro.notices.findings import Finding

_ELEMENTS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "section",
        "div",
        "span",
        "h1",
        "h2",
        "h3",
        "p",
        "br",
        "hr",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "strong",
        "em",
        "b",
        "i",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
)
_ATTRIBUTES = frozenset({"lang", "dir", "class", "scope", "charset", "name", "content", "style"})
_METAS = frozenset({"viewport", "color-scheme", "format-detection"})
_HARM = {
    "link": "a area base link",
    "form": "form input button select option textarea label fieldset output meter datalist",
    "resource": "img picture video audio source track svg math canvas map embed object image",
    "active": "script noscript iframe frame frameset applet template portal slot dialog marquee",
}
_ELEMENT_CODES = {tag: code for code, tags in _HARM.items() for tag in tags.split()}
_REFERENCES = frozenset(
    [
        "href",
        "src",
        "srcset",
        "action",
        "formaction",
        "background",
        "cite",
        "longdesc",
        "poster",
        "data",
        "codebase",
        "archive",
        "classid",
        "profile",
        "usemap",
        "ping",
        "icon",
        "manifest",
        "dynsrc",
        "lowsrc",
        "xlink:href",
        "ismap",
        "itemtype",
    ]
)
_HIDING_ATTRIBUTES = frozenset({"hidden", "aria-hidden", "width", "height", "bgcolor", "color"})
_HIDING = frozenset(
    [
        "display",
        "visibility",
        "opacity",
        "color",
        "background",
        "background-color",
        "position",
        "clip",
        "clip-path",
        "left",
        "top",
        "right",
        "bottom",
        "text-indent",
        "overflow",
        "height",
        "max-height",
        "transform",
        "filter",
        "z-index",
        "content",
        "mso-hide",
        "float",
        "mix-blend-mode",
        "-webkit-text-fill-color",
        "font",
    ]
)
_PROPERTIES = frozenset(
    [
        "color-scheme",
        "font-family",
        "font-size",
        "font-weight",
        "font-style",
        "line-height",
        "margin",
        "margin-top",
        "margin-bottom",
        "margin-left",
        "margin-right",
        "padding",
        "padding-top",
        "padding-bottom",
        "padding-left",
        "padding-right",
        "max-width",
        "width",
        "border",
        "border-top",
        "border-bottom",
        "border-collapse",
        "text-align",
        "vertical-align",
        "letter-spacing",
    ]
)
_OUTSIDE = re.compile(r"@|\\|/\*|\b(?:url|image\S*|expression)\(|behavior")
_SIZES = re.compile(r"(\d*\.?\d+)(rem|em|px|%|)")
_LEAST = {
    "font-size": {"rem": 0.8, "em": 0.8, "px": 13.0, "%": 80.0},
    "line-height": {"": 1.0, "rem": 1.0, "em": 1.0, "px": 16.0, "%": 100.0},
    "width": {"rem": 10.0, "em": 10.0, "px": 160.0, "%": 20.0},
    "max-width": {"rem": 10.0, "em": 10.0, "px": 160.0, "%": 20.0},
}
_RULE = re.compile(r"\s*([^{}@]+)\{([^{}]*)\}\s*")
_BLOCKS = frozenset(
    [
        "h1",
        "h2",
        "h3",
        "p",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tr",
        "div",
        "section",
        "main",
        "hr",
        "br",
    ]
)

COMMENT: object = Comment
"""The tag of a comment's node, which is a function where others have a name."""

_WORDS_ONLY = "write it with headings, paragraphs, lists and tables of words"


def parse(html: str) -> tuple[Element, Iterator[Finding]]:
    """The page as html5lib, and so every browser, reads it; and every fault it forgives.

    A page that is read by forgiving faults is read in another way by another reader.
    """
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    page = parser.parse(html)
    return page, _forgiven(html, parser.errors)


def _forgiven(
    html: str, errors: list[tuple[tuple[int, int], str, dict[str, object]]]
) -> Iterator[Finding]:
    starts = [0]
    for text in html.split("\n"):
        starts.append(starts[-1] + len(text) + 1)
    for (line, column), code, values in errors:
        offset = min(starts[min(line, len(starts)) - 1] + column, len(html))
        yield Finding(
            "html",
            offset,
            "malformed",
            html[max(0, offset - 20) : offset],
            f"{PARSE_ERRORS.get(code, code) % values} Readers mend such pages differently",
            "write HTML without faults",
        )


def judge(page: Element, html: str) -> Iterator[Finding]:
    """What the page has that a notice may not have."""
    lowered = html.lower()
    for element in page.iter():
        if element.tag is COMMENT:
            yield _finding(html.find("<!--"), "comment", "<!-- -->", "comments steer some readers")
            continue
        tag = element.tag.rpartition("}")[2].lower()  # svg and math come with their namespace
        offset = max(lowered.find(f"<{tag}"), 0)
        if tag not in _ELEMENTS:
            code = _ELEMENT_CODES.get(tag, "element")
            yield _finding(offset, code, f"<{tag}>", "a notice has none of these")
        for name, value in element.attrib.items():
            yield from _attribute(element, str(name), value, offset)
        if element.tag == "style":
            yield from _sheet(element.text or "", lowered.find("<style"))


def visible_text(page: Element) -> str:
    """The words of the body as a reader shows them: blocks apart, cells of a row side by side."""
    body = page.find("body")
    return "" if body is None else re.sub(r"\n{2,}", "\n\n", "".join(_shown(body))).strip()


def title_of(page: Element) -> str:
    """The page's title, which readers may show as the window's."""
    return page.findtext("head/title") or ""


def _shown(element: Element) -> Iterator[str]:
    if element.tag is not COMMENT and element.tag not in ("style", "title"):
        block = element.tag in _BLOCKS
        if block:
            yield "\n\n"
        yield _run_together(element.text)
        for child in element:
            yield from _shown(child)
            yield _run_together(child.tail)
        yield "\n\n" if block else " " if element.tag in ("td", "th") else ""


def _run_together(text: str | None) -> str:
    return re.sub(r"[ \t\r\n\f]+", " ", text or "")


def _attribute(element: Element, name: str, value: str, offset: int) -> Iterator[Finding]:
    words = f'{name}="{value}"'
    lowered = name.lower()
    if lowered == "http-equiv":
        yield _finding(offset, "meta-refresh", words, "it can send the reader elsewhere")
    elif lowered.startswith("on"):
        yield _finding(offset, "event-attribute", words, "it runs a program")
    elif lowered in _REFERENCES or "://" in value:
        yield _finding(offset, "reference-attribute", words, "it points outside the notice")
    elif lowered in _HIDING_ATTRIBUTES:
        yield _finding(offset, "hidden", words, "it can hide words")
    elif lowered not in _ATTRIBUTES:
        yield _finding(offset, "attribute", words, "it is not on the list of attributes")
    elif element.tag == "meta" and lowered == "name" and value not in _METAS:
        yield _finding(offset, "attribute", words, "a notice's meta elements are known by name")
    elif lowered == "style":
        yield from _declarations(value, offset)


def _sheet(css: str, offset: int) -> Iterator[Finding]:
    rest = 0
    while match := _RULE.match(css, rest):
        yield from _declarations(match[2], offset + match.start(2))
        rest = match.end()
    if css[rest:].strip():
        yield from _declarations(css[rest:], offset + rest, whole=False)


def _declarations(css: str, offset: int, whole: bool = True) -> Iterator[Finding]:
    if not whole or _OUTSIDE.search(css.lower()):
        why = "a style may hold plain rules only: no @, no address, no escape, no comment"
        yield _finding(offset, "style-external", css.strip()[:80], why)
        return
    for declaration in filter(str.strip, css.split(";")):
        name, _, value = (part.strip().lower() for part in declaration.partition(":"))
        words = declaration.strip()
        if name in _HIDING:
            yield _finding(offset, "hidden", words, "it can hide words, or words on dark paper")
        elif name not in _PROPERTIES:
            yield _finding(offset, "style", words, "it is not on the list of style properties")
        elif _too_small(name, value):
            yield _finding(offset, "hidden", words, "it makes words too small or moves them away")


def _too_small(name: str, value: str) -> bool:
    if re.search(r"(?<![a-z])-\s*\.?\d", value) or "(" in value:
        return True
    least = _LEAST.get(name)
    if least is None:
        return False
    match = _SIZES.fullmatch(value)
    return match is None or match[2] not in least or float(match[1]) < least[match[2]]


def _finding(offset: int, code: str, words: str, why: str) -> Finding:
    return Finding("html", max(offset, 0), code, words, why, _WORDS_ONLY)
