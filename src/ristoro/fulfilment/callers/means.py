"""Other ways in which a brand verifies a caller, as its file lists them; most brands list none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ristoro.kernel import documents
from ristoro.notices.facts import LANGUAGES


@dataclass(frozen=True, slots=True)
class Means:
    """A way to verify a caller beside the code: its name in the journal, and what it is called."""

    code: str
    words: Mapping[str, str]


def read_means(path: Path) -> Mapping[str, tuple[Means, ...]]:
    """By brand, from ``desk: other_means:`` of the brands' file; ``BadInput`` names the line."""
    found = {}
    for brand, value in documents.read_file(path).mapping().items():
        desk = (value.entries or {}).get("desk")
        if desk is None:
            continue
        listed = desk.mapping(required=("other_means",))["other_means"]
        found[brand] = tuple(
            Means(
                code, {lang: said.mapping(required=LANGUAGES)[lang].as_text() for lang in LANGUAGES}
            )
            for code, said in listed.mapping().items()
        )
    return found
