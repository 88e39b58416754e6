"""Declarations of style that a stranger's page may have: an allow-list of properties and values.

tinycss2 reads them as browsers do (CSS Syntax Level 3), escapes included, so what is judged is
what would be applied. Nothing that fetches, leaves its place or lies over something else passes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import tinycss2
from tinycss2.ast import Declaration, Node

LONGEST = 8 * 1024
"""Characters of one style attribute; a longer one is dropped whole."""

_SIDES = ("top", "right", "bottom", "left")
_SPACINGS = frozenset(
    {
        *("margin", "padding"),
        *(f"{box}-{side}" for box in ("margin", "padding") for side in _SIDES),
    }
)
_BORDERS = frozenset(
    {
        *("border", "border-width", "border-style", "border-color", "border-radius"),
        *("border-collapse", "border-spacing"),
        *(f"border-{side}" for side in _SIDES),
        *(f"border-{side}-{what}" for side in _SIDES for what in ("width", "style", "color")),
        *(f"border-{y}-{x}-radius" for y in ("top", "bottom") for x in ("left", "right")),
    }
)
PROPERTIES = frozenset(
    {
        *("color", "background", "background-color", "display", "float", "clear", "direction"),
        *("font", "font-family", "font-size", "font-style", "font-variant", "font-weight"),
        *("letter-spacing", "line-height", "word-spacing", "word-break", "overflow-wrap"),
        *("text-align", "text-decoration", "text-indent", "text-transform", "white-space"),
        *("vertical-align", "width", "min-width", "max-width", "height", "max-height"),
        *("list-style-type", "table-layout", "caption-side", "empty-cells", "word-wrap"),
        *("box-sizing", *_SPACINGS, *_BORDERS),
    }
)
"""None of these leaves the flow or the frame; of those that can fetch, only ``background``, and
no value with an address passes."""

_DISPLAYS = frozenset(
    {
        *("block", "inline", "inline-block", "list-item", "none", "table", "inline-table"),
        *("table-cell", "table-row", "table-row-group", "table-header-group"),
        *("table-footer-group", "table-column", "table-column-group", "table-caption"),
    }
)
_FUNCTIONS = frozenset({"rgb", "rgba", "hsl", "hsla"})
_NUMBERS = frozenset({"number", "percentage", "dimension"})
_WORD = re.compile(r"-?[A-Za-z][A-Za-z0-9-]*")
_HASH = re.compile(r"[0-9A-Fa-f]{3,8}")
_STRING = re.compile(r"[\w .,-]{0,80}")


def safe_style(text: str, met: Callable[[], None]) -> str:
    """The declarations of a style attribute that may stay; empty where none may.

    ``met`` is called for each value that would have fetched something.
    """
    if len(text) > LONGEST:
        return ""
    kept = []
    for each in tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True):
        if not isinstance(each, Declaration):
            continue
        if _fetches(each.value):
            met()
        elif each.lower_name in PROPERTIES and _fits(each.lower_name, each.value):
            kept.append(f"{each.lower_name}:{tinycss2.serialize(each.value).strip()}")
    return ";".join(kept)


def _fits(name: str, value: Sequence[Node]) -> bool:
    if name == "display":
        words = [token.lower_value for token in value if token.type == "ident"]
        others = [token for token in value if token.type not in ("ident", "whitespace")]
        return len(words) == 1 and words[0] in _DISPLAYS and not others
    return all(_harmless(token) for token in value)


def _harmless(token: Node) -> bool:
    """Whether a token neither fetches nor computes, nor draws backwards out of its box."""
    if token.type in _NUMBERS:
        return 0 <= token.value <= 10_000 and (
            token.type != "dimension" or bool(re.fullmatch("[a-zA-Z]{1,4}", token.unit))
        )
    if token.type == "function":
        return token.lower_name in _FUNCTIONS and all(_harmless(each) for each in token.arguments)
    if token.type == "literal":
        return token.value in (",", "/")
    if token.type == "ident":
        return bool(_WORD.fullmatch(token.value))
    if token.type == "hash":
        return bool(_HASH.fullmatch(token.value))
    if token.type == "string":
        return bool(_STRING.fullmatch(token.value))
    return bool(token.type == "whitespace")


def _fetches(value: Sequence[Node]) -> bool:
    for token in value:
        if token.type == "url":
            return True
        if token.type == "function" and (
            token.lower_name in ("url", "src", "image", "image-set", "-webkit-image-set")
            or _fetches(token.arguments)
        ):
            return True
    return False
