"""The whole mailbox as a file: what there is to take, and the download, which may be resumed."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from ristoro import env
from ristoro.edges.mailboxes.catalogue import About, Catalogue
from ristoro.edges.mailboxes.contract import Mailbox
from ristoro.edges.mailboxes.export import Export, Form
from ristoro.faces.webmail.doors import Holder, holder, opened_as
from ristoro.faces.webmail.leaving.ranges import Unsatisfiable, Wanted, shortened, wanted
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.posts import change, see
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError

KEPT = timedelta(days=7)
"""How long a list may be downloaded by: it holds no mail, but folder names and hashes."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ready:
    """What can be downloaded, and as of when."""

    about: About
    count: int
    size: int
    files: tuple[tuple[str, str, int | None], ...]
    """Form, address, and length where it is known."""


@require_safe
@holder
def leaving(request: HttpRequest, held: Holder) -> HttpResponse:
    """What a holder can take along, and how."""
    about = {"part": "leaving", "ready": _ready(held), "changed": "cambiata" in request.GET}
    return page(request, held, "leaving/leaving.html", about)


@change
def prepare(request: HttpRequest, held: Holder) -> HttpResponse:
    """List the mailbox as it is now; the downloads are of this list."""
    now = clock.now()
    _clear(now)
    Catalogue.made(_path(held), held.mailbox, _owner(held), now).close()
    return see("/esporta/")


@require_safe
@holder
def download(request: HttpRequest, held: Holder, token: str, form: str) -> HttpResponse:
    """The file, or the rest of it. 412 for a rest of what the mailbox is not any more."""
    catalogue = _opened(held)
    if catalogue is None:
        return _changed(request)
    export = Export(catalogue, Form(form))
    if catalogue.about().broken or token != export.token():
        catalogue.close()
        return _changed(request)
    source: Mailbox | None = None
    try:
        source = opened_as(held.session)
        return _sent(request, held, export, source)
    except BaseException:
        catalogue.close()
        if source is not None:
            source.close()
        raise


def _sent(request: HttpRequest, held: Holder, export: Export, source: Mailbox) -> HttpResponse:
    tag = f'"{export.token()}"'
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range", tag) != tag:
        asked = ""
    length = export.length()
    if asked and length is None:
        export.learn(source)  # the end of a mbox is not known before all was read
        length = export.length()
    part: Wanted | None = None
    try:
        part = wanted(asked, length) if asked and length is not None else None
    except Unsatisfiable:
        _Download(export, source, iter(())).close()
        return _unsatisfiable(length)
    parts = export.stream(source, part.first if part else 0)
    if part is not None:
        parts = shortened(parts, len(part))
    body = _Download(export, source, parts)
    response = StreamingHttpResponse(body, status=206 if part else 200)
    response["Content-Type"] = "application/zip"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = tag
    name = f"{held.address}-{export.form.value}.zip"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    if part is not None:
        response["Content-Range"] = f"bytes {part.first}-{part.last}/{length}"
    if length is not None:
        response["Content-Length"] = str(len(part) if part else length)
    return cast(HttpResponse, response)  # the webmail's doors ask for no more than both have


class _Download:
    """The bytes as they are made; whoever stops listening has it closed."""

    def __init__(self, export: Export, source: Mailbox, parts: Iterator[bytes]) -> None:
        self._export, self._source, self._parts = export, source, parts

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._parts
        except RistoroError as error:
            # The headers are sent: all that can be done is to end short of what they promised.
            _LOG.warning("a download ended early: %s", error.problems[0].code)
            raise

    def close(self) -> None:
        self._export.catalogue.close()
        self._source.close()


def _unsatisfiable(length: int | None) -> HttpResponse:
    response = HttpResponse(status=416)
    response["Content-Range"] = f"bytes */{length}"
    return response


def _changed(request: HttpRequest) -> HttpResponse:
    """What was being downloaded is not to be had any more."""
    conditional = {"Range", "If-Range", "If-Match"} & set(request.headers)
    return HttpResponse(status=412) if conditional else see("/esporta/?cambiata=1")


def _ready(held: Holder) -> Ready | None:
    catalogue = _opened(held)
    if catalogue is None:
        return None
    try:
        count, size, _ = catalogue.count()
        files = []
        for form in (Form.MBOX, Form.MAILDIR):
            export = Export(catalogue, form)
            files.append((form.value, _place(export), export.length()))
        return Ready(catalogue.about(), count, size, tuple(files))
    finally:
        catalogue.close()


def _place(export: Export) -> str:
    return f"/esporta/{export.token()}/casella-{export.form.value}.zip"


def _opened(held: Holder) -> Catalogue | None:
    path = _path(held)
    return Catalogue(path) if path.exists() else None


def _path(held: Holder) -> Path:
    return _folder() / f"{_owner(held)}.sqlite"


def _owner(held: Holder) -> str:
    return hashlib.sha256(held.address.lower().encode()).hexdigest()[:32]


def _folder() -> Path:
    return env.current().home / "exports"


def _clear(now: datetime) -> None:
    """Remove lists that are too old to be downloaded by."""
    for path in _folder().glob("*"):
        if path.stat().st_mtime < (now - KEPT).timestamp():
            path.unlink(missing_ok=True)
