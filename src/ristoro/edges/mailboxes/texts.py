"""The octets of a text as a reader may see them: in their charset, without what only hides."""

from __future__ import annotations

import codecs

_NOT_TEXT = frozenset({"utf-7", "idna", "punycode", "unicode-escape", "raw-unicode-escape"})
"""Codecs that are no charset of mail: UTF-7 hides markup, the others are slow or are programs."""
_CONTROLS = {
    code: None for code in (*range(9), 11, *range(14, 32), *range(127, 160), 0xFEFF) if code != 133
}


def text_in(content: bytes, charset: str) -> str:
    """Octets as text: in their charset if it is one, else in UTF-8 if they are, else CP1252."""
    try:
        found = codecs.lookup(charset or "utf-8")
        if found.name.replace("_", "-") not in _NOT_TEXT and found._is_text_encoding:
            wide = "cp1252" if found.name in ("iso8859-1", "ascii") else found.name
            return content.decode(wide, "replace" if charset else "strict")
    except (LookupError, ValueError):  # no such charset; or none was named and it is not UTF-8
        pass
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def flown_together(text: str, flowed: str) -> str:
    """Lines that were broken for old terminals made one again (RFC 3676, 4.1 and 4.2)."""
    found: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        words = bare.removeprefix(" ")
        if open_depth == depth and words != "-- ":
            found[-1] += words
        else:
            found.append(f"{'>' * depth} {words}" if depth and words else ">" * depth + words)
        soft = words.endswith(" ") and words != "-- "
        if soft and flowed == "delsp":
            found[-1] = found[-1][:-1]
        open_depth = depth if soft else -1
    return "\n".join(found)


def without_controls(text: str) -> str:
    return text.replace("\r\n", "\n").translate(_CONTROLS)
