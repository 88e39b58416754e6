"""Where errands find what they work on and put what they make, below the home folder."""

from __future__ import annotations

from pathlib import Path

from ristoro import env
from ristoro.kernel.errors import Missing, Problem
from ristoro.remedies.shelves import Shelves


def home() -> Path:
    return env.current().home


def uploads() -> Path:
    """Files that people sent, each under a name of ours."""
    return home() / "uploads"


def mappings() -> Path:
    """The mappings that people wrote, each under the digest of its text."""
    return home() / "mappings"


def estates() -> Path:
    """The snapshots."""
    return home() / "estate"


def outages() -> Path:
    """The declared outages."""
    return home() / "outages"


def policies() -> Path:
    """The policies that people entered, each under the digest of its text."""
    return home() / "policies"


def decisions() -> Path:
    """The decided runs, each under a name of ours."""
    return home() / "decisions"


def sent_logs() -> Path:
    """Mail logs that people sent, each sending in a folder of its own."""
    return home() / "uploads" / "logs"


def comparisons() -> Path:
    """What the logs show beside each outage, each under the digest of what it is made of."""
    return home() / "evidence" / ".compared"


def shelves() -> Shelves:
    """Everything that there is to decide from."""
    return Shelves(estates(), outages(), policies())


def below(folder: Path, name: str) -> Path:
    """A file or folder by its plain name; ``Missing`` for a path, or for what is not there."""
    path = folder / name
    if Path(name).name != name or name in ("", ".", "..") or not path.exists():
        raise Missing(
            Problem(
                "not-there",
                f"{name!r} is not there",
                f"what is worked on lies in {folder}",
                "choose one of the list",
            )
        )
    return path
