"""The copy of the public pages: whole, light, replaced at once, served with nothing running."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest
from django.db import connection
from tests.faces.programme import Programme

from ristoro.faces.status.copies import copy
from ristoro.kernel.errors import BadInput
from ristoro.kernel.signed import is_signed
from ristoro.outages.incidents import publish
from ristoro.outages.incidents.board import Part
from ristoro.outages.incidents.publish import Opening, Told, Words
from ristoro.outages.incidents.states import Condition, Impact, Phase
from ristoro.remedies import runs

AT = datetime(2023, 1, 23, 8, 0, tzinfo=UTC)
URL = "https://stato.example.it/"
LARGEST_PAGE = 40 * 1024
LINK = re.compile(r'(?:href|src)="([^"#]+)')


def made(out: Path) -> None:
    copy(URL, out, lambda files: None)


def tell(programme: Programme, words: str) -> None:
    publish.publish(
        Opening(Words(words, words), Impact.MAJOR, AT, outage="libero-virgilio-2023-01"),
        Told(
            Phase.IDENTIFIED, Words("Ecco.", "Here."), {Part("libero", "imap"): Condition.DEGRADED}
        ),
        ("libero", "virgilio"),
        programme.staff["Olga"],
        AT,
    )


def test_every_link_of_every_page_leads_to_a_file_of_the_copy(
    programme: Programme, tmp_path: Path
) -> None:
    programme.approve()
    for number in range(30):
        tell(programme, f"Guasto {number}")
    out = tmp_path / "public"
    made(out)
    pages = sorted(out.rglob("*.html"))
    assert len(pages) > 60
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert len(text.encode()) <= LARGEST_PAGE, page
        for link in LINK.findall(text):
            if link.startswith("http") and not link.startswith(URL):
                continue
            path = link.removeprefix(URL.rstrip("/")).split("?")[0]
            assert path.startswith("/"), (page, link)
            target = out / path.lstrip("/")
            assert (target / "index.html" if path.endswith("/") else target).is_file(), (page, link)
    assert "<form" not in (out / "it/verifica/index.html").read_text(encoding="utf-8")


def test_a_programme_that_was_called_off_says_so_in_the_copy(
    programme: Programme, tmp_path: Path
) -> None:
    runs.cancel(programme.approve(), programme.staff["Olga"], "wrong policy", AT)
    made(tmp_path / "public")
    there = tmp_path / f"public/it/ristori/{programme.name}"
    assert "è stato annullato" in (there / "index.html").read_text(encoding="utf-8")
    assert not (there / "lettere").exists()
    assert not there.with_suffix(".json").exists()


def test_the_copy_is_served_with_everything_else_stopped(
    programme: Programme, tmp_path: Path
) -> None:
    programme.approve()
    tell(programme, "Guasto")
    made(tmp_path / "public")
    pages = sorted((tmp_path / "public").resolve().rglob("*.*"))
    connection.close()
    (tmp_path / "ristoro.sqlite").rename(tmp_path / "gone")
    shutil.rmtree(tmp_path / "home")
    handler = partial(Quiet, directory=str(tmp_path / "public"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            root = f"http://127.0.0.1:{server.server_port}/"
            for page in pages:
                path = page.relative_to((tmp_path / "public").resolve()).as_posix()
                with urlopen(root + path.removesuffix("index.html")) as answer:
                    assert answer.status == 200
                    if page.suffix == ".html":
                        assert len(answer.read()) <= LARGEST_PAGE
            with urlopen(f"{root}it/ristori/{programme.name}/lettere/libero/") as answer:
                assert "Ti spetta un abbonamento più lungo" in answer.read().decode()
        finally:
            server.shutdown()
            thread.join()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def test_robots_and_facts_are_copied_with_the_public_s_address(
    programme: Programme, tmp_path: Path
) -> None:
    programme.approve()
    tell(programme, "Guasto")
    made(tmp_path / "public")
    summary = json.loads((tmp_path / "public/api/v2/summary.json").read_bytes())
    assert summary["page"]["url"] == URL.rstrip("/")
    assert summary["incidents"][0]["shortlink"].startswith(f"{URL}it/stato/incidenti/")
    facts = json.loads((tmp_path / f"public/it/ristori/{programme.name}.json").read_bytes())
    assert is_signed(facts, facts["signature"]["key"])


def test_the_same_again_is_the_same_copy_and_news_replace_it_at_once(
    programme: Programme, tmp_path: Path
) -> None:
    out = tmp_path / "public"
    first = copy(URL, out, lambda files: None)
    assert copy(URL, out, lambda files: None).same
    for number in range(4):
        tell(programme, f"Guasto {number}")
        made(out)
    assert out.is_symlink()
    assert "Guasto 3" in (out / "it/stato/index.html").read_text(encoding="utf-8")
    assert not first.folder.exists()
    assert len([one for one in tmp_path.glob(".public-*") if one.is_dir()]) == 3


@pytest.mark.parametrize("url", ["stato.example.it", "ftp://example.it/", "https://e.it/posta/"])
def test_what_is_no_address_of_a_site_is_refused(
    programme: Programme, tmp_path: Path, url: str
) -> None:
    del programme
    with pytest.raises(BadInput, match="is not the address of a site"):
        copy(url, tmp_path / "public", lambda files: None)
    assert not (tmp_path / "public").exists()


def test_a_folder_that_is_no_copy_is_left_alone(programme: Programme, tmp_path: Path) -> None:
    del programme
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/file").touch()
    with pytest.raises(BadInput, match="is no copy of the pages"):
        made(tmp_path / "mine")
    assert [one.name for one in tmp_path.iterdir() if "mine" in one.name] == ["mine"]
