"""Where Dovecot's programs are: installed on this machine, else unpacked from Debian's packages.

The program that runs must be 2.3: the settings of 2.4 are another language.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ristoro.edges.mailhosts.embedded.debs import PACKAGES, fetch, unpack_all
from ristoro.kernel.errors import Missing, Problem

_SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/sbin")
_NEEDED = ("imap", "imap-login", "lmtp", "auth")
_SQLITE = ("libdriver_sqlite.so", "dovecot/libdriver_sqlite.so")


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs of one Dovecot; ``root`` is the folder they are unpacked in, if they are."""

    dovecot: Path
    version: str
    root: Path | None = None

    def environment(self) -> dict[str, str]:
        """The environment to run them in: little, and where their libraries are."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TZ") if name in os.environ}
        if self.root is not None:
            kept["LD_LIBRARY_PATH"] = _library_path(self.root)
        return kept

    def settings(self) -> str:
        """The lines of ``dovecot.conf`` that say where the programs are."""
        if self.root is None:
            return ""
        libexec = self.root / "usr/lib/dovecot"
        return "\n".join(
            (
                f"libexec_dir = {libexec}",
                f"mail_plugin_dir = {libexec}/modules",
                f"login_plugin_dir = {libexec}/modules/login",
                "import_environment = $import_environment LD_LIBRARY_PATH",
            )
        )

    def start_command(self, configuration: Path) -> list[str]:
        """The command that starts the server in the background."""
        start = [str(self.dovecot), "-c", str(configuration)]
        if self.root is None:
            return start
        # dovecot runs /usr/bin/doveconf, a path compiled in, to read its settings. Run from the
        # other side, doveconf reads them and then becomes dovecot.
        doveconf = str(self.root / "usr/bin/doveconf")
        return [
            doveconf, "-f", "service=master", "-c", str(configuration), "-m", "master", "-e", *start
        ]  # fmt: skip


def find_binaries(
    cache: Path | None = None, path: str | None = None, folders: Sequence[str] = _SYSTEM_FOLDERS
) -> Binaries:
    """Dovecot 2.3 with IMAP, LMTP and SQLite: installed, unpacked before, or fetched now.

    Looks on ``path`` (default ``$PATH``) and in ``folders``. Raises ``Missing`` with what to
    install.
    """
    search = os.pathsep.join((os.environ.get("PATH", "") if path is None else path, *folders))
    reasons = []
    found = shutil.which("dovecot", path=search)
    if found is None:
        reasons.append("no dovecot is installed")
    else:
        installed = _installed(Path(found))
        if isinstance(installed, Binaries):
            return installed
        reasons.append(installed)
    unpacked = unpack(cache or cache_folder(os.environ))
    if isinstance(unpacked, Binaries):
        return unpacked
    reasons.append(unpacked)
    raise Missing(
        Problem(
            "no-dovecot",
            "the embedded mail host needs Dovecot 2.3, and there is none",
            "; ".join(reasons),
            f"install {' '.join(PACKAGES)} (Debian 12, Ubuntu 22.04 or 24.04), or name your own "
            "mail host in mailhost.yaml; importing, deciding and explaining need no mail host",
        )
    )


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Where packages are unpacked: the user's cache; for root, one that other users can enter."""
    if os.geteuid() == 0:
        return Path("/var/cache/ristoro")
    base = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "ristoro"


def unpack(cache: Path) -> Binaries | str:
    """The Dovecot unpacked below ``cache``, fetched at the first call; or why there is none."""
    place = cache / "dovecot"
    try:
        place.mkdir(parents=True, exist_ok=True)
        with (cache / "dovecot.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            root = place / "root"
            if not root.is_dir():
                wrong = fetch(place) or unpack_all(place, root)
                if wrong is not None:
                    return wrong
    except OSError as error:
        return f"{error.filename or place}: {error.strerror or error}"
    dovecot = root / "usr/sbin/dovecot"
    version = _version(dovecot, {"LD_LIBRARY_PATH": _library_path(root)})
    if version is None or not version.startswith("2.3."):
        return f"Debian's dovecot unpacked in {root} is {version or 'not runnable'}, not 2.3"
    return Binaries(dovecot, version, root)


def _installed(dovecot: Path) -> Binaries | str:
    """An installed Dovecot, or why it will not do."""
    version = _version(dovecot, {})
    if version is None or not version.startswith("2.3."):
        return f"{dovecot} is {version or 'not runnable'}, not 2.3"
    doveconf = shutil.which("doveconf", path=f"{dovecot.parent}:{dovecot.parent.parent}/bin")
    if doveconf is None:
        return f"{dovecot} stands without doveconf"
    names = ("libexec_dir", "mail_plugin_dir")
    said = subprocess.run(
        [doveconf, "-c", "/dev/null", "-h", *names], capture_output=True, text=True, timeout=30
    ).stdout.split()
    if len(said) != len(names):
        return f"{doveconf} does not say where its programs are"
    libexec, plugins = (Path(folder) for folder in said)
    missing = [name for name in _NEEDED if not (libexec / name).exists()]
    if not any((plugins / name).exists() for name in _SQLITE):
        missing.append(_SQLITE[0])
    if missing:
        return f"{dovecot} is installed without {', '.join(missing)}"
    return Binaries(dovecot, version)


def _version(dovecot: Path, extra: Mapping[str, str]) -> str | None:
    """What ``dovecot --version`` says before the blank: ``2.3.19.1``."""
    try:
        said = subprocess.run(
            [dovecot, "--version"],
            capture_output=True,
            text=True,
            timeout=30,
            env={"PATH": os.environ.get("PATH", ""), **extra},
        ).stdout.split()
    except OSError:
        return None
    return said[0] if said else None


def _library_path(root: Path) -> str:
    folders = [
        root / "usr/lib/dovecot",
        *root.glob("usr/lib/*-linux-*"),
        *root.glob("lib/*-linux-*"),
    ]
    return os.pathsep.join(str(folder) for folder in folders)
