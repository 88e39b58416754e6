"""The characters that every bank of the SEPA takes, and how other ones are written with them.

The set is that of the EPC's implementation guidelines: Latin letters, digits, and a few marks
(EPC217-08). A letter with an accent loses it; a letter that is none of these is written as the
table says; what no rule speaks of becomes a full stop, so that nothing disappears unseen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")

SPELT: Mapping[str, str] = {
    "ß": "ss",
    "ẞ": "SS",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ø": "o",
    "Ø": "O",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "Th",
    "ł": "l",
    "Ł": "L",
    "ı": "i",
    "ħ": "h",
    "ə": "e",
    "Ə": "E",
    "ǥ": "g",
    "Ǥ": "G",
    "ʒ": "z",
    "Ʒ": "Z",
    "Ħ": "H",
    "ŋ": "n",
    "Ŋ": "N",
    "ĸ": "k",
    "ŧ": "t",
    "Ŧ": "T",
    "€": "EUR",
    "&": "+",
    "@": "(at)",
    "_": "-",
    "‐": "-",
    "‑": "-",
    "–": "-",
    "—": "-",
    "―": "-",
    "−": "-",
    "¿": "?",
    "‘": "'",
    "’": "'",
    "ʼ": "'",
    "`": "'",
    "´": "'",
    '"': "'",
    "“": "'",
    "”": "'",
    "«": "'",
    "»": "'",
    "‹": "'",
    "›": "'",
    "‚": "'",
    "„": "'",
    "‛": "'",
    "′": "'",
    "ʹ": "'",
    "ʻ": "'",
    "[": "(",
    "]": ")",
    "{": "(",
    "}": ")",
    "\\": "/",
    "|": "/",
    ";": ",",
    "!": ".",
    "%": ".",
    "#": ".",
    "$": ".",
    "*": ".",
    "=": ".",
    "<": ".",
    ">": ".",
    "~": "-",
    "^": ".",
    # Greek and Cyrillic, one sound for one letter: names of holders may be written in them.
    **dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True)),
    **dict(zip("ΑΒΓΔΕΖΗΙΚΛΜΝΞΟΠΡΣΤΥΦΩ", "AVGDEZIIKLMNXOPRSTYFO", strict=True)),
    "θ": "th",
    "Θ": "Th",
    "χ": "ch",
    "Χ": "Ch",
    "ψ": "ps",
    "Ψ": "Ps",
    **dict(zip("абвгдезийклмнопрстуфхыэі", "abvgdeziiklmnoprstufhyei", strict=True)),
    **dict(zip("АБВГДЕЗИЙКЛМНОПРСТУФХЫЭІ", "ABVGDEZIIKLMNOPRSTUFHYEI", strict=True)),
    "ж": "zh",
    "Ж": "Zh",
    "ц": "ts",
    "Ц": "Ts",
    "ч": "ch",
    "Ч": "Ch",
    "ш": "sh",
    "Ш": "Sh",
    "щ": "sht",
    "Щ": "Sht",
    "ю": "yu",
    "Ю": "Yu",
    "я": "ya",
    "Я": "Ya",
    "ъ": "a",
    "Ъ": "A",
    "ь": "",
    "Ь": "",
    "є": "ye",
    "Є": "Ye",
    "ґ": "g",
    "Ґ": "G",
    **dict(zip("јѕ", "jz", strict=True)),
    **dict(zip("ЈЅ", "JZ", strict=True)),
    "ђ": "dj",
    "Ђ": "Dj",
    "љ": "lj",
    "Љ": "Lj",
    "њ": "nj",
    "Њ": "Nj",
    "ћ": "c",
    "Ћ": "C",
    "џ": "dz",
    "Џ": "Dz",
}
"""What is written otherwise, by character; looked up before an accent is taken away."""

OTHER = "."
_KEY = re.compile(r"[A-Za-z0-9?:().,'+ -]([A-Za-z0-9/?:().,'+ -]{0,33}[A-Za-z0-9?:().,'+ -])?")


def written(text: str, most: int) -> str:
    """The text in the allowed characters, blanks joined, at most ``most`` characters.

    Writing what is written already changes nothing. It is empty only where the text has no visible
    character; a text too long is cut at its end, as payees' names are by the guidelines.
    """
    spelt = "".join(_spelt(one) for one in unicodedata.normalize("NFC", text))
    return " ".join(spelt.split())[:most].rstrip()


def is_written(text: str) -> bool:
    """Whether every character is one of the set."""
    return ALLOWED.issuperset(text)


def is_reference(text: str) -> bool:
    """Whether banks take the text as a reference: 1 to 35 characters of the set.

    A slash neither begins nor ends it, and two never stand together (EPC guidelines, 1.4).
    """
    return bool(_KEY.fullmatch(text)) and "//" not in text and text == " ".join(text.split())


def _spelt(character: str) -> str:
    if character in ALLOWED:
        return character
    if character in SPELT:
        return SPELT[character]
    if character.isspace():
        return " "
    plain = unicodedata.normalize("NFKD", character)
    if plain != character:
        return "".join(_spelt(one) for one in plain)
    kind = unicodedata.category(character)
    return "" if kind in ("Mn", "Me", "Cf", "Cc") else OTHER
