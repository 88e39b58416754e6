"""YAML as an editor's schema check sees it: YAML 1.2, in which a date is a text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ristoro.kernel.documents import Value, read_bytes
from ristoro.kernel.errors import Place

_WHOLE = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def load(path: Path) -> Any:
    return plain(read_bytes(path.read_bytes(), str(path)))


def plain(value: Value) -> Any:
    """The tree as JSON has it, by YAML 1.2's core schema."""
    if value.entries is not None:
        return {name: plain(item) for name, item in value.entries.items()}
    if value.items is not None:
        return [plain(item) for item in value.items]
    text = value.text or ""
    if value.quoted:
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def tree(document: Any, place: Place) -> Value:
    """The tree that a reader takes, of what ``plain`` makes."""
    if isinstance(document, dict):
        return Value(place, entries={name: tree(item, place) for name, item in document.items()})
    if isinstance(document, list):
        return Value(place, items=tuple(tree(item, place) for item in document))
    if document is None or isinstance(document, bool):
        return Value(place, text={None: "null", True: "true", False: "false"}[document])
    return Value(place, text=str(document), quoted=isinstance(document, str))
