"""Strangers' words as they are shown: what would steer a terminal or turn a line around is written.

A character that controls is shown as its escape, ``\\x1b`` or ``\\u202e``. Directions that are set
within a text (Unicode, UAX 9) could make a sum or the ending of a name read otherwise than it is.
"""

from __future__ import annotations

import re

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """The text with its controls written out; line breaks and tabs stay."""
    return _STEERING.sub(lambda found: ascii(found[0])[1:-1], text)


def on_one_line(text: str) -> str:
    """The same for a line of a terminal: whatever is not printable is written out."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
