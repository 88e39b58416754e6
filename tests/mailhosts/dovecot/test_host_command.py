"""``ristoro host`` makes an estate's mailboxes real and shows what lies in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.hosts.embedded import embedded_host
from typer.testing import CliRunner, Result

from ristoro.cli.host import app, open_boxes
from ristoro.edges.mailhosts.contract import Letter
from ristoro.edges.mailhosts.embedded import EmbeddedHost
from ristoro.estate.sample import sample
from ristoro.kernel.errors import BadInput, Missing

pytestmark = pytest.mark.host

NOTICE = (
    b"From: Libero <avvisi@libero.it>\r\nSubject: =?utf-8?q?Pi=C3=B9_spazio?=\r\n"
    b"Message-ID: <ristoro.prova.%d@libero.it>\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\nLo spazio =C3=A8 %d GB.\r\n"
)


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedHost]:
    """The embedded host of a home folder of the test's own."""
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "dumb")
    with embedded_host(tmp_path / "mailhost") as embedded:
        yield embedded


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    path = tmp_path / "sample.parquet"
    sample(60, 7, path)
    return path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env=dict(os.environ))


def test_an_estate_is_provided_and_a_notice_read_as_its_holder_reads_it(
    host: EmbeddedHost, estate: Path
) -> None:
    boxes = list(open_boxes(estate))
    address = boxes[0][0]
    assert f"{len(boxes)} mailboxes" in run("provision", "--estate", str(estate)).output
    assert "running" in run("start").output
    assert "no notice" in run("read", address).output

    dovecot = host.dovecot()
    limits = {name: limit for name, limit, _ in boxes}
    readings = dovecot.read_quota(list(limits))
    assert all(r.shows(limit) for r, limit in zip(readings, limits.values(), strict=True))
    for size in (2, 3):
        assert dovecot.deposit([Letter(NOTICE % (size, size), (address,))])[0][0].done
    dovecot.close()

    shown = run("read", address).output
    assert "Subject: Più spazio" in shown
    assert "Lo spazio è 3 GB." in shown
    assert "stopped" in run("stop").output


def test_a_mailbox_that_does_not_open_is_told_apart_from_a_host_that_is_down(
    host: EmbeddedHost,
) -> None:
    run("start")
    assert isinstance(run("read", "nessuno@libero.it").exception, BadInput)
    run("stop")
    assert isinstance(run("read", "nessuno@libero.it").exception, Missing)
