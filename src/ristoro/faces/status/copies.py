"""A copy of the public pages as files, for any web server to serve while everything else is down.

The copy is of one instant. ``out`` is a link to a folder beside it, replaced at once when the copy
is whole: who reads meanwhile gets the old copy or the new one, and never half of each.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.handlers.wsgi import WSGIRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import resolve, reverse
from django.utils import translation

from ristoro.faces.facts.public import called_off, public_runs
from ristoro.faces.status import api, service
from ristoro.kernel.errors import bad_input
from ristoro.notices import specimens
from ristoro.outages.incidents.models import Incident
from ristoro.remedies.models import Run

STATIC = ("ristoro.css", "ristoro.svg")
COPIED = (200, 410)
"""A page that says what is no more is copied too."""

OLDEST_KEPT = 2
"""Copies that stay beside the present one, for readers that are in the middle of a page."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was written; ``same`` where the copy that was there has the same bytes."""

    folder: Path
    files: int
    octets: int
    same: bool


class CopyRequest(WSGIRequest):
    """A request of our own for a page as the public has it, under the public's address."""

    is_copy = True

    def __init__(self, url: str, path: str) -> None:
        parts = urlsplit(url)
        self._public_host = parts.netloc
        super().__init__(
            {
                "REQUEST_METHOD": "GET",
                "PATH_INFO": path,
                "SERVER_NAME": parts.hostname or "",
                "SERVER_PORT": str(parts.port or ""),
                "wsgi.url_scheme": parts.scheme,
                "wsgi.input": BytesIO(),
            }
        )

    def get_host(self) -> str:
        """The public's host, which need not be one that this process answers for."""
        return self._public_host


def copy(url: str, out: Path, progress: Callable[[int], None]) -> Copied:
    """Write every public page, feed and answer below ``out``, as whoever asks for ``url`` sees it.

    ``BadInput`` where ``out`` is there and no link of ours, or ``url`` is no address. The pages
    of a programme whose papers are not as they were approved are left out, as they are on line.
    """
    _check(url, out)
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        digest, files, octets = hashlib.sha256(), 0, 0
        for name, content in _files(url):
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
            files, octets = files + 1, octets + len(content)
            progress(1)
        fresh.chmod(0o755)
        final = out.parent / f".{out.name}-{digest.hexdigest()[:16]}"
        same = final.exists()
        if not same:
            fresh.rename(final)
        _point(out, final)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    _drop_old(out, final)
    return Copied(final, files, octets, same)


def _files(url: str) -> Iterator[tuple[str, bytes]]:
    """Each file's name below the root, with what it holds."""
    for path in _paths():
        content = _answered(url, path)
        if content is not None:
            yield f"{path.lstrip('/')}{'index.html' if path.endswith('/') else ''}", content
    home = _answered(url, f"/{settings.LANGUAGE_CODE}/")
    if home is not None:
        yield "index.html", home
    for name in STATIC:
        found = finders.find(name)
        if isinstance(found, str):
            yield f"{settings.STATIC_URL.lstrip('/')}{name}", Path(found).read_bytes()


def _paths() -> Iterator[str]:
    """Every public path: of both languages, and those below the root."""
    yield from ("/history.rss", "/history.atom", "/.well-known/ristoro-facts.pem")
    yield from (f"/api/v2/{name}.json" for name in api.ANSWERS)
    incidents = list(Incident.objects.order_by("id").values_list("slug", flat=True))
    runs = [(run.name, _brands(run)) for run in public_runs().order_by("id")]
    gone = list(called_off().order_by("id").values_list("name", flat=True))
    pages = Paginator(incidents, service.A_PAGE).num_pages
    for lang, _name in settings.LANGUAGES:
        with translation.override(lang):
            for name in ("programmes", "status", "history", "check", "rss", "atom", "calendar"):
                yield reverse(f"status:{name}")
            for number in range(1, pages + 1):
                yield reverse("status:history-page", args=[number])
            for slug in incidents:
                yield reverse("status:incident", args=[slug])
            for run, brands in runs:
                yield reverse("status:programme", args=[run])
                yield reverse("status:programme-data", args=[run])
                yield from (reverse("status:letters", args=[run, brand]) for brand in brands)
            for name in gone:
                yield reverse("status:programme", args=[name])
            for name in api.ANSWERS:
                yield reverse("status:api", kwargs={"name": name})


def _brands(run: Run) -> list[str]:
    """The brands whose letters the programme shows."""
    wording = specimens.of_run(run)
    return [] if wording is None else sorted({one.brand for one in specimens.read(wording)})


def _answered(url: str, path: str) -> bytes | None:
    """What the public would get; ``None`` where there is nothing now."""
    lang = next((code for code, _ in settings.LANGUAGES if path.startswith(f"/{code}/")), "it")
    request: Any = CopyRequest(url, path)
    with translation.override(lang):
        request.LANGUAGE_CODE = lang
        match = resolve(path)
        try:
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except Http404:
            return None
    return response.content if response.status_code in COPIED else None


def _check(url: str, out: Path) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise bad_input(
            "address",
            f"{url!r} is not the address of a site",
            "feeds and robots need whole addresses",
            "write it as https://stato.example.it/",
        )
    if out.exists() and not out.is_symlink():
        raise bad_input(
            "not-a-copy",
            f"{out} is there, and is no copy of the pages",
            "it would have to be removed for the copy to take its place",
            "name another folder, or move that one away",
        )


def _point(out: Path, final: Path) -> None:
    """Make ``out`` a link to the folder, at once."""
    link = out.parent / f".{out.name}-link"
    link.unlink(missing_ok=True)
    link.symlink_to(final.name)
    os.replace(link, out)


def _drop_old(out: Path, final: Path) -> None:
    """Remove copies that nobody can be reading any more."""
    copies = [one for one in out.parent.glob(f".{out.name}-*") if one.is_dir() and one != final]
    for old in sorted(copies, key=lambda one: one.stat().st_mtime)[:-OLDEST_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
