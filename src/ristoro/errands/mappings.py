"""Mappings that people wrote or chose on a page: kept under the digest of their text."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from ristoro.errands.places import mappings
from ristoro.estate.mapping import FOLDER, MAPPINGS, Mapping, mapping_of
from ristoro.kernel.errors import Missing, Problem
from ristoro.staff.models import Role
from ristoro.staff.people import Person, require

SHORT = 12
"""Characters of a digest by which people tell two mappings apart."""


def keep(raw: bytes, name: str, person: Person) -> str:
    """Check a mapping's text and keep it; its name. ``BadInput`` says what is wrong, and where."""
    require(person, Role.OPERATOR)
    mapping_of(raw, name)
    digest = hashlib.sha256(raw).hexdigest()[:SHORT]
    path = mappings() / f"{digest}.yaml"
    if not path.exists():
        mappings().mkdir(parents=True, exist_ok=True)
        number, aside = tempfile.mkstemp(prefix=".", dir=mappings())
        with os.fdopen(number, "wb") as file:
            file.write(raw)
        Path(aside).replace(path)
    return digest


def kept(most: int) -> list[str]:
    """The names of those that were kept, the last one first."""
    found = [(path.stat().st_mtime_ns, path.stem) for path in mappings().glob("*.yaml")]
    return [name for _, name in sorted(found, reverse=True)][:most]


def text(name: str) -> str:
    """The text of a mapping that comes with Ristoro or was kept."""
    folder = FOLDER if name in MAPPINGS else mappings()
    path = folder / f"{name}.yaml"
    if Path(name).name != name or not path.is_file():
        raise Missing(
            Problem(
                "not-there",
                f"there is no mapping {name!r}",
                f"those that were kept lie in {folder}",
                "choose one of the list",
            )
        )
    return path.read_text(encoding="utf-8")


def read(name: str) -> Mapping:
    """The mapping of that name."""
    return mapping_of(text(name).encode(), f"{name}.yaml")
