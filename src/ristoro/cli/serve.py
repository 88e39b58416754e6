"""``ristoro serve``: the web faces, in the foreground or behind."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from importlib import import_module
from typing import Annotated

import typer
from django.conf import settings
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from rich.console import Console

from ristoro import env
from ristoro.cli.behind import web_of
from ristoro.cli.beside import Beside
from ristoro.cli.loading import loading
from ristoro.kernel.errors import NotAllowed, Problem

TARGET = "ristoro.faces.wsgi:application"
START = "ristoro.start"
"""Loaded, with all pages, by the process that serves them: whoever only starts one waits less."""
PROCESSES = 2
"""Unless ``RISTORO_WEB_PROCESSES`` says how many."""
THREADS = 16
"""Of each process: a page of the webmail waits for the mail host, a download for its reader."""


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8025,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    background: Annotated[
        bool, typer.Option("--background", help="Return once it answers; `ristoro stop` ends it.")
    ] = False,
    workers: Annotated[
        int, typer.Option(min=0, max=64, help="Worker processes for all runs, beside the pages.")
    ] = 0,
) -> None:
    """Serve the webmail, the public pages and the console."""
    environment = env.current()
    environment.secret("RISTORO_SECRET_KEY")
    processes = environment.number("RISTORO_WEB_PROCESSES", PROCESSES, 1, 256)
    _free(host, port)
    web = web_of(environment.home)
    if background:
        words = ("serve", "--host", host, "--port", str(port), "--workers", str(workers))
        web.start(words, lambda: _answers(host, port))
        _tell(host, port)
        return
    with web.held(), Beside("errands"), ExitStack() as crew:
        for _ in range(workers):
            crew.enter_context(Beside("work"))
        with loading():  # once for all of them, not at each one's first page
            import_module(START)
            import_module(settings.ROOT_URLCONF)
        _tell(host, port)
        Granian(
            TARGET,
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=processes,
            blocking_threads=THREADS,
            log_level=LogLevels.warning,
            websockets=False,
        ).serve()


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
    console.print(f"Webmail:      {base}/posta/")
    console.print(f"Public pages: {base}/it/ and {base}/en/")
    console.print(f"Console:      {base}/console/")
