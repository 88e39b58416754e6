"""Names of files as strangers wrote them, made fit to show and to save."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

LONGEST = 120
"""Characters of a name that is kept, its extension included."""

_LONGEST_EXTENSION = 12
_FORBIDDEN = frozenset('<>:"|?*%')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class FileName:
    """``text`` can be shown and saved; ``disguised`` says that the one given hid something:
    a character that turns the direction of text, or spaces that push the extension away."""

    text: str
    disguised: bool

    @property
    def extension(self) -> str:
        """What follows the last dot, in lower case; empty where there is none."""
        stem, dot, end = self.text.rpartition(".")
        return end.lower() if dot and stem else ""

    @property
    def extensions(self) -> tuple[str, ...]:
        """Everything that follows the first dot: ``('pdf', 'exe')``."""
        return tuple(piece.strip().lower() for piece in self.text.split(".")[1:])


def safe_name(given: str, otherwise: str) -> FileName:
    """The name without path, control and direction characters; ``otherwise`` where none is left."""
    disguised = any(letter in _BIDI for letter in given) or bool(re.search(r"\s{4,}", given))
    text = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    text = "".join(_kept(letter) for letter in text)
    text = " ".join(text.split()).strip(". ")
    if not text:
        return FileName(otherwise, disguised)
    if _DEVICES.match(text):
        text = f"_{text}"
    return FileName(_cut(text), disguised)


def disposition(kind: str, name: str) -> str:
    """A Content-Disposition field (RFC 6266): an ASCII name, and the true one as ``filename*``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r'["\\\x00-\x1f\x7f]', "_", plain).strip(". ") or "file"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _kept(letter: str) -> str:
    if letter in _FORBIDDEN:
        return "_"
    category = unicodedata.category(letter)
    if category in ("Zs", "Zl", "Zp"):
        return " "
    return "" if category in ("Cc", "Cf", "Co", "Cs", "Cn") else letter


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    stem, dot, end = text.rpartition(".")
    if dot and 0 < len(end) <= _LONGEST_EXTENSION:
        return f"{stem[: LONGEST - len(end) - 1]}.{end}"
    return text[:LONGEST]
