"""Debian's packages of Dovecot, fetched and opened in a cache folder, without root.

apt keeps its lists and downloads in the folder, and nothing is installed or removed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import mkdtemp

PACKAGES = ("dovecot-core", "dovecot-imapd", "dovecot-lmtpd", "dovecot-sqlite")

_APT_TIMEOUT = 600
_COMPILED_IN = b"/usr/lib/dovecot/modules"
_BELOW = b".//" + b"./" * 7 + b"modules"
assert len(_BELOW) == len(_COMPILED_IN), "a string in a program keeps its length"


def fetch(place: Path) -> str | None:
    """Download the packages and what they need that is not installed here."""
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            return f"{tool} is not here, so Debian's packages cannot be unpacked"
    for folder in ("state/lists/partial", "archives/partial"):
        (place / folder).mkdir(parents=True, exist_ok=True)
    options = [
        f"Dir::State={place}/state",
        "Dir::State::status=/var/lib/dpkg/status",
        f"Dir::Cache={place}",
        "Debug::NoLocking=1",
        "APT::Sandbox::User=",
        "Acquire::Retries=2",
        "Acquire::http::Timeout=30",
    ]
    apt = ["apt-get", "-q", "-y", *(word for option in options for word in ("-o", option))]
    # With the system's own status apt adds the libraries missing here; --reinstall fetches the
    # packages even where they are installed, but incompletely. Nothing is installed or removed.
    wanted = ["--download-only", "--reinstall", "--no-install-recommends", "install", *PACKAGES]
    updated = _run([*apt, "update"])
    fetched = _run([*apt, *wanted])
    if fetched is None:
        return None
    return (
        f"apt-get could not fetch Debian's packages: {fetched}{f'; {updated}' if updated else ''}"
    )


def unpack_all(place: Path, root: Path) -> str | None:
    """Unpack what was fetched; ``root`` appears only when all of it is there."""
    half = Path(mkdtemp(prefix="half-", dir=place))
    half.chmod(0o755)
    for package in sorted((place / "archives").glob("*.deb")):
        wrong = _run(["dpkg-deb", "-x", str(package), str(half)])
        if wrong is not None:
            shutil.rmtree(half)
            return f"cannot unpack {package.name}: {wrong}"
    move_modules(half)
    half.rename(root)
    return None


def move_modules(root: Path) -> None:
    """Make unpacked programs look for their modules in ``modules`` below their working folder.

    ``imap-login`` and ``auth`` load modules from a path that is compiled in and that no setting
    changes. All of Dovecot's services are started in ``base_dir``, so there a link stands in.
    """
    for folder in ("usr/lib/dovecot", "usr/sbin", "usr/bin"):
        for path in (root / folder).iterdir():
            if path.is_symlink() or not path.is_file():
                continue
            text = path.read_bytes()
            moved = text.replace(b"\0" + _COMPILED_IN, b"\0" + _BELOW)
            if moved != text:
                path.write_bytes(moved)


def _run(command: list[str]) -> str | None:
    """Run it; what it said last if it failed."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_APT_TIMEOUT,
            env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
        )
    except subprocess.TimeoutExpired:
        return f"{command[0]} took more than {_APT_TIMEOUT} s"
    if done.returncode == 0:
        return None
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1] if lines else f"exit code {done.returncode}"
