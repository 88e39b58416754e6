"""A process that goes on behind: started by one command, found and ended by another."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ristoro.kernel.errors import Missing, NotAllowed, Problem

LONGEST_START = 60.0
"""Seconds in which a process answers, on a busy machine too; whoever died is seen at once."""
LONGEST_STOP = 15.0
STEP = 0.1


@dataclass(frozen=True, slots=True)
class Behind:
    """One process of a home folder; ``name`` is that of its files, ``what`` stands in messages.

    The process holds a lock on its pid file while it lives, so a number that another process has
    taken since is never signalled.
    """

    home: Path
    name: str
    what: str

    @property
    def pid_file(self) -> Path:
        return self.home / f"{self.name}.pid"

    @property
    def log(self) -> Path:
        return self.home / f"{self.name}.log"

    def running(self) -> int | None:
        """The process; ``None`` when there is none."""
        try:
            with self.pid_file.open("r+") as file:
                if _lock(file):
                    return None
                return int(file.read().strip() or 0) or None
        except (FileNotFoundError, ValueError):
            return None

    def held(self) -> Held:
        """The pid file, locked for as long as this process is the one; ``NotAllowed`` if taken."""
        return Held(self)

    def taken(self) -> NotAllowed:
        """The error where another process is the one."""
        return NotAllowed(
            Problem(
                "already-running",
                f"{self.what} of this home is running already",
                f"another process holds {self.pid_file}",
                "run `ristoro stop` first",
            )
        )

    def start(self, words: Sequence[str], ready: Callable[[], bool]) -> None:
        """Run ``ristoro`` with these words behind, and return once it is ready.

        ``Missing``, with the last line that it wrote, where it ends or takes too long.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as written:
            child = subprocess.Popen(
                [sys.executable, "-m", "ristoro", *words],
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                start_new_session=True,
            )
        deadline = time.monotonic() + LONGEST_START
        while not ready():
            ended = child.poll() is not None
            if ended or time.monotonic() > deadline:
                if not ended:
                    child.terminate()
                raise self._silent()
            time.sleep(STEP)

    def stop(self) -> bool:
        """End the process and wait until it has; whether one was running."""
        pid = self.running()
        if pid is None:
            self.pid_file.unlink(missing_ok=True)
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        deadline, left = time.monotonic() + LONGEST_STOP, False
        while self.running() is not None:
            if not left and not _is_there(pid):
                # Killed without a word: those that it left hold its lock on, and its number is
                # theirs as a group, so that no other process has it.
                left = True
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGTERM)
            if time.monotonic() > deadline:
                raise NotAllowed(
                    Problem(
                        "still-running",
                        f"{self.what}, process {pid}, does not end",
                        f"it was asked to {LONGEST_STOP:.0f} seconds ago and is busy",
                        f"ask again, or end it with `kill -9 {pid}`",
                    )
                )
            time.sleep(STEP)
        self.pid_file.unlink(missing_ok=True)
        return True

    def _silent(self) -> Missing:
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return Missing(
            Problem(
                "not-started",
                f"{self.what} did not start",
                lines[-1] if lines else "the process said nothing",
                f"read {self.log}",
            )
        )


class Held:
    """The locked pid file of a process behind."""

    def __init__(self, behind: Behind) -> None:
        self._behind = behind
        self._file: IO[str] | None = None

    def __enter__(self) -> None:
        path = self._behind.pid_file
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+")
        if not _lock(file):
            file.close()
            raise self._behind.taken()
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file

    def __exit__(self, *exc: object) -> None:
        if self._file is not None:
            self._behind.pid_file.unlink(missing_ok=True)
            self._file.close()


def _is_there(pid: int) -> bool:
    """Whether there is a process, or one that has ended and nobody has asked after yet."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def web_of(home: Path) -> Behind:
    """The web process of a home folder, running or not."""
    return Behind(home, "web", "the web process")


def worker_of(home: Path) -> Behind:
    """The worker of a home folder that stays, running or not."""
    return Behind(home, "worker", "the worker that stays")
