"""Text as an eye reads it: letters of other scripts that look like Latin ones, and hidden ones.

The letters are those of Unicode's list of confusables (UTS #39) that are drawn like a Latin letter
or a digit in common typefaces; two texts that look alike have the same skeleton.
"""

from __future__ import annotations

import re
import unicodedata

_ALIKE = {
    "a": "аɑα∂ạ",
    "b": "ЬƄбᏏ",
    "c": "сϲᴄⅽ",
    "d": "ԁժⅾɗ",
    "e": "еҽ℮3єε",
    "f": "ғϝ",
    "g": "ɡցǵ",
    "h": "һհн",
    "l": "iıіɩιӏןاⅼ|1!јjӀ",
    "k": "кκ",
    "m": "мⅿ",
    "n": "ոռпη",
    "o": "оοσօ0ഠ၀०ө",
    "p": "рρ",
    "q": "ԛգ",
    "r": "гᴦɾ",
    "s": "ѕꜱ5",
    "t": "тτ",
    "u": "υսᴜцμ",
    "v": "ѵνⅴᴠ",
    "w": "ԝωшѡ",
    "x": "хχⅹ",
    "y": "уүγʏ",
    "z": "ᴢʐ",
}
_TABLE = {ord(other): letter for letter, others in _ALIKE.items() for other in others}
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_BETWEEN = re.compile(r"[^\w@.]+")


def skeleton(text: str) -> str:
    """The text in the one spelling that all its look-alikes share; words apart by one space."""
    wide = unicodedata.normalize("NFKD", text)
    bare = "".join(
        c for c in wide if c.isspace() or unicodedata.category(c) not in ("Mn", "Cf", "Cc")
    )
    plain = bare.casefold().translate(_TABLE)
    for pair, letter in _PAIRS:
        plain = plain.replace(pair, letter)
    return _BETWEEN.sub(" ", plain).replace("_", " ").strip()


def solid(text: str) -> str:
    """The skeleton without anything between its letters: ``L.i.b.e.r.o`` is ``libero``."""
    return re.sub(r"[\W_]", "", skeleton(text))
