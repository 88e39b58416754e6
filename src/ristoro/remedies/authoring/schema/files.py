"""The schemas as the files that editors read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from ristoro.remedies.authoring.schema.cases import cases_schema
from ristoro.remedies.authoring.schema.policy import policy_schema
from ristoro.remedies.authoring.schema.shapes import Schema

SCHEMAS: Mapping[str, Callable[[], Schema]] = {
    "policy.schema.json": policy_schema,
    "cases.schema.json": cases_schema,
}


def text_of(name: str) -> str:
    """The text of one schema's file."""
    return json.dumps(SCHEMAS[name](), indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into a folder, which is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / name for name in SCHEMAS]
    for path in written:
        path.write_text(text_of(path.name), encoding="utf-8")
    return written
