"""The plain part of a notice, made from its HTML part, so that both say the same words.

Reads the few elements that a notice may have: headings, paragraphs, lists, and tables of two
columns, whose rows become ``name: figure``. Lines are filled to 72 columns; a word is never cut.
"""

from __future__ import annotations

import textwrap
from xml.etree.ElementTree import Element

import html5lib

WIDTH = 72


def plain_of(html: str) -> str:
    """The words of the page's body, in lines ended by LF."""
    body = html5lib.parse(html, namespaceHTMLElements=False).find("body")
    lines: list[str] = []
    for block in body.iter():
        match block.tag:
            case "h1" | "h2":
                lines += ["", *_filled(words_of(block)), ""]
            case "p":
                if lines and lines[-1]:
                    lines.append("")
                lines += [*_filled(words_of(block)), ""]
            case "li":
                lines += _filled(words_of(block), "- ")
            case "tr":
                name, figure = (words_of(cell) for cell in block)
                lines += _filled(f"{name}: {figure}")
            case "ul" | "table" if lines and lines[-1]:
                lines.append("")
            case _:
                pass
    text = "\n".join(lines).strip("\n")
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text + "\n"


def words_of(element: Element) -> str:
    """The text of an element with its white space run together."""
    return " ".join("".join(element.itertext()).split())


def _filled(text: str, mark: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
