"""``ristoro serve``: the web faces, in the foreground or behind."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Annotated

import typer
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from rich.console import Console

from ristoro import env
from ristoro.kernel.errors import Missing, NotAllowed, Problem

TARGET = "ristoro.faces.wsgi:application"
WORKERS = 2
"""Processes, each with one blocking thread: a slow page holds up one of them, not both."""

PID, LOG = "web.pid", "web.log"
LONGEST_START = 30.0
LONGEST_STOP = 15.0
STEP = 0.1


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8025,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    background: Annotated[
        bool, typer.Option("--background", help="Return once it answers; `ristoro stop` ends it.")
    ] = False,
) -> None:
    """Serve the public pages and the console."""
    environment = env.current()
    environment.secret("RISTORO_SECRET_KEY")
    _free(host, port)
    if background:
        _detach(environment.home, host, port)
        _tell(host, port)
        return
    with _held(environment.home):
        _tell(host, port)
        Granian(
            TARGET,
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=WORKERS,
            blocking_threads=1,
            log_level=LogLevels.warning,
            websockets=False,
        ).serve()


def stop_web(home: Path) -> bool:
    """End the web process of this home and wait until it has; whether one was running.

    The process holds a lock on its pid file while it lives, so a number that another process has
    taken since is never signalled.
    """
    path = home / PID
    pid = running(home)
    if pid is None:
        path.unlink(missing_ok=True)
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + LONGEST_STOP
    while running(home) is not None:
        if time.monotonic() > deadline:
            raise NotAllowed(
                Problem(
                    "web-running",
                    f"the web process {pid} does not end",
                    f"it was asked to {LONGEST_STOP:.0f} seconds ago; a page may be slow",
                    f"ask again, or end it with `kill -9 {pid}`",
                )
            )
        time.sleep(STEP)
    path.unlink(missing_ok=True)
    return True


def running(home: Path) -> int | None:
    """The web process of this home; ``None`` when there is none."""
    try:
        with (home / PID).open("r+") as file:
            if _lock(file):
                return None
            return int(file.read().strip() or 0) or None
    except (FileNotFoundError, ValueError):
        return None


class _held:
    """The pid file, locked for as long as this process serves."""

    def __init__(self, home: Path) -> None:
        self._path = home / PID
        self._file: IO[str] | None = None

    def __enter__(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+")
        if not _lock(file):
            file.close()
            raise NotAllowed(
                Problem(
                    "web-running",
                    "the web faces of this home are being served already",
                    f"another process holds {self._path}",
                    "run `ristoro stop` first",
                )
            )
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file

    def __exit__(self, *exc: object) -> None:
        if self._file is not None:
            self._path.unlink(missing_ok=True)
            self._file.close()


def _lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _detach(home: Path, host: str, port: int) -> None:
    """Start this command again as a process of its own, and wait until its port answers."""
    home.mkdir(parents=True, exist_ok=True)
    log = home / LOG
    with log.open("ab") as written:
        child = subprocess.Popen(
            [sys.executable, "-m", "ristoro", "serve", "--host", host, "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
    deadline = time.monotonic() + LONGEST_START
    while not _answers(host, port):
        ended = child.poll() is not None
        if ended or time.monotonic() > deadline:
            if not ended:
                child.terminate()
            lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise Missing(
                Problem(
                    "web-silent",
                    f"the web faces do not answer on {host}:{port}",
                    lines[-1] if lines else "the process said nothing",
                    f"read {log}",
                )
            )
        time.sleep(STEP)


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def _free(host: str, port: int) -> None:
    if _answers(host, port):
        raise NotAllowed(
            Problem(
                "port-taken",
                f"something listens on {host}:{port} already",
                "two programs cannot have one port",
                "run `ristoro stop`, or choose another with --port",
            )
        )


def _tell(host: str, port: int) -> None:
    console = Console(highlight=False, soft_wrap=True)
    base = f"http://{host}:{port}"
    console.print(f"Public pages: {base}/it/ and {base}/en/")
    console.print(f"Console:      {base}/console/")
