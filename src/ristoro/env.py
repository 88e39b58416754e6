"""The few settings there are: typed, from the environment, refused at once when wrong.

A secret comes from ``NAME``, from the file that ``NAME_FILE`` names, or from the private folder
``$RISTORO_HOME/secrets``, which ``ristoro init`` fills with random ones. No secret has a default.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ristoro.kernel.errors import Missing, Problem


def _wrong(name: str, what: str, todo: str) -> Missing:
    return Missing(Problem("setting", what, "the program does not start on a guess", todo, None))


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings of one process, read once."""

    values: Mapping[str, str]

    @property
    def home(self) -> Path:
        """Where the embedded default keeps its database, mail host, snapshots and secrets."""
        return Path(self.values.get("RISTORO_HOME", "var")).resolve()

    def text(self, name: str, default: str) -> str:
        return self.values.get(name, default)

    def number(self, name: str, default: int, least: int, most: int) -> int:
        raw = self.values.get(name)
        if raw is None:
            return default
        if not raw.isdecimal() or not least <= int(raw) <= most:
            raise _wrong(name, f"{name} is {raw!r}", f"write a number from {least} to {most}")
        return int(raw)

    def flag(self, name: str, default: bool) -> bool:
        raw = self.values.get(name)
        if raw is None:
            return default
        if raw not in ("yes", "no"):
            raise _wrong(name, f"{name} is {raw!r}", "write yes or no")
        return raw == "yes"

    def secret(self, name: str) -> str:
        """A secret that must be there; ``Missing`` says where it was looked for."""
        if value := self.values.get(name):
            return value
        named = self.values.get(f"{name}_FILE")
        path = Path(named) if named else self.home / "secrets" / name
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise _wrong(
                name,
                f"the secret {name} is not set: {path}: {error.strerror}",
                f"set {name} or {name}_FILE, or run `ristoro init`",
            ) from error

    def secret_or_empty(self, name: str) -> str:
        """The secret, or an empty text where there is none."""
        try:
            return self.secret(name)
        except Missing:
            return ""

    def make_secret(self, name: str) -> None:
        """Fill ``$RISTORO_HOME/secrets/NAME`` with 256 random bits, unless the secret is set."""
        folder = self.home / "secrets"
        path = folder / name
        if name in self.values or f"{name}_FILE" in self.values or path.exists():
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))

    def database(self) -> dict[str, Any]:
        """Django's settings of the database: SQLite in ``home``, or ``RISTORO_DATABASE_URL``."""
        url = self.values.get("RISTORO_DATABASE_URL")
        if url is None:
            return sqlite(self.home / "ristoro.sqlite")
        parts = urlsplit(url)
        if parts.scheme == "sqlite":
            return sqlite(Path(unquote(parts.path)))
        if parts.scheme not in ("postgresql", "postgres"):
            raise _wrong(
                "RISTORO_DATABASE_URL",
                f"RISTORO_DATABASE_URL begins with {parts.scheme!r}",
                "write postgresql://user:password@host:5432/name or sqlite:///path",
            )
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
        }


def sqlite(path: Path) -> dict[str, Any]:
    """SQLite as it is safe with several processes: WAL, and write locks taken at once."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=30000;"
            ),
        },
    }


def current() -> Environment:
    """The environment of this process."""
    return Environment(dict(os.environ))
