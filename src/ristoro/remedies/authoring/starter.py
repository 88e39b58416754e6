"""A policy to begin with: one of the starts in ``starts``, under a name of the author's own."""

from __future__ import annotations

import enum
import re
from importlib import resources
from pathlib import Path

from ristoro.kernel.errors import Place, bad_input


class Start(enum.StrEnum):
    """What a start gives; each is a policy and its cases in ``starts``."""

    STORAGE = "storage"
    EXTENSION = "extension"
    SERVICE_DAYS = "service-days"
    SERVICE_CREDIT = "service-credit"
    REFUND = "refund"
    INDEMNITY = "indemnity"


_NAME = re.compile(r"[a-z][a-z0-9-]*")
_FOLDER = resources.files("ristoro.remedies.authoring") / "starts"


def write_start(name: str, kind: Start, folder: Path) -> tuple[Path, Path]:
    """Write a policy and its cases; ``BadInput`` where either is there or the name is none."""
    if not _NAME.fullmatch(name):
        raise bad_input(
            "bad-name",
            f"{name!r} cannot name a policy",
            "its files, its runs and its letters carry the name",
            "write small letters, digits and hyphens, such as `mail-outage-2026`",
        )
    written = (folder / f"{name}.yaml", folder / f"{name}.cases.yaml")
    for path in written:
        if path.exists():
            raise bad_input(
                "exists-already",
                f"{path} is there already",
                "nothing is written over what somebody wrote",
                "choose another name, or move the file away",
                Place(str(path)),
            )
    folder.mkdir(parents=True, exist_ok=True)
    for path, end in zip(written, (".yaml", ".cases.yaml"), strict=True):
        start = (_FOLDER / f"{kind}{end}").read_text(encoding="utf-8")
        text = start.replace(f"\npolicy: {kind}\n", f"\npolicy: {name}\n")
        path.write_text(text, encoding="utf-8")
    return written
