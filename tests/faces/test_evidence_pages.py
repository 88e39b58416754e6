"""Evidence on the console: logs are imported, looked at, and held against an outage."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.faces.conftest import post, signed_in
from tests.faces.programme import Programme
from tests.faces.test_console import words_of
from tests.outages.estates import Box, write

from ristoro.errands import evidence as work
from ristoro.errands import kinds, places
from ristoro.estate.snapshot import AS_OF, DIGEST, SOURCE_DIGEST, digest_of_rows
from ristoro.journal.models import Entry
from ristoro.kernel import clock
from ristoro.kernel.frames import digest_of_parquet
from ristoro.outages import versions
from ristoro.workers.models import Errand, ErrandState

PLACE = "/console/prove/"
OUTAGES = Path(__file__).parents[2] / "outages"
QUEUED = "size=9, nrcpt=1 (queue active)"
AT = datetime(2023, 6, 10, tzinfo=UTC)


def line(stamp: str, text: str) -> str:
    return f"2023-06-{stamp}.000000+02:00 mx1 {text}\n"


def message(stamp: str, qid: str, end: str, status: str, dsn: str = "2.0.0") -> str:
    told = f"to=<box1@libero.it>, relay=none, delay=5, delays=1/1/1/2, dsn={dsn}, status={status}"
    return "".join(
        (
            line(stamp, f"postfix/smtpd[7]: {qid}: client=shop.example[192.0.2.9]"),
            line(stamp, f"postfix/cleanup[8]: {qid}: message-id=<{qid}@shop.example>"),
            line(stamp, f"postfix/qmgr[9]: {qid}: from=<o@shop.example>, {QUEUED}"),
            line(end, f"postfix/lmtp[10]: {qid}: {told}"),
            line(end, f"postfix/qmgr[9]: {qid}: removed"),
        )
    )  # fmt: skip


LOG = (
    message("15T16:00:00", "4AAAA1", "15T16:00:01", "sent (250 2.0.0 <b> x1 Saved)")
    + message("15T20:00:00", "4AAAA2", "15T20:30:00", "bounced (no connection)", "5.4.4")
    + message("17T09:00:00", "4AAAA3", "17T09:00:02", "sent (250 2.0.0 <b> x3 Saved)")
    + line("17T10:00:00", "postfix/smtpd[7]: something@else.example nobody knows")
)  # fmt: skip
DOVECOT = (
    "Nov 22 20:06:12 imap-login: Info: Login: user=<box1@libero.it>, method=PLAIN, "
    "rip=192.0.2.7, lip=192.0.2.1, mpid=6442, secured, session=<uFB1AuNgWqp/AAAB>\n"
)


@pytest.fixture
def olga(programme: Programme) -> Client:
    del programme
    return signed_in("Olga")


def do_all() -> None:
    kinds.run("test", Event(), clock.now, time.monotonic, until_idle=True)


def send(client: Client, **form: Any) -> Any:
    token = client.cookies["csrftoken"].value
    return client.post(f"{PLACE}carica/", {"csrfmiddlewaretoken": token, "key": "k1", **form})


def read(client: Client, path: str) -> Any:
    token = client.cookies["csrftoken"].value
    sent = {"csrfmiddlewaretoken": token, "key": "k2", "path": path}
    return client.post(f"{PLACE}leggi/", sent)


def logs(text: str = LOG) -> SimpleUploadedFile:
    return SimpleUploadedFile("mail.log", text.encode())


def test_sent_logs_are_imported_and_shown_without_addresses(olga: Client) -> None:
    asked = send(olga, files=[logs()])
    assert asked.status_code == 303
    do_all()

    errand = Errand.objects.get(kind=work.IMPORT)
    assert errand.state == ErrandState.DONE, errand.problems
    assert not list(places.sent_logs().iterdir())
    digest = errand.result["evidence"]
    assert digest[:16] in olga.get(asked["location"]).content.decode() or errand.result
    page = olga.get(f"{PLACE}importazioni/{digest}/")
    words, text = words_of(page), page.content.decode()
    [folder] = work.imports()
    assert folder.sources[0].sha256 in text
    assert "restituiti al mittente" in words
    assert "something@else.example" not in text
    assert "…@…" in text
    assert "16 righe" in words
    assert PLACE + f"importazioni/{digest}/" in olga.get(PLACE).content.decode()
    assert Entry.objects.filter(name="claims.evidence.imported").count() == 1
    assert olga.get(f"{PLACE}importazioni/{'0' * 64}/").status_code == 404


def test_a_file_of_dovecot_is_of_the_host_that_is_stated(olga: Client) -> None:
    sent = {"year": "2026", "zone": "Europe/Rome", "host": "store 1"}
    refused = send(olga, files=[logs(DOVECOT)], **sent)
    assert refused.status_code == 422
    assert "mx1.example.net" in refused.content.decode()

    assert send(olga, files=[logs(DOVECOT)], **{**sent, "host": "store1"}).status_code == 303
    do_all()
    [folder] = work.imports()
    assert (folder.year, folder.zone, folder.host) == (2026, "Europe/Rome", "store1")
    assert "store1" in words_of(olga.get(f"{PLACE}importazioni/{folder.digest}/"))


def test_a_path_outside_the_log_folders_is_refused_and_one_inside_is_read(
    olga: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "logs"
    inside.mkdir()
    (inside / "mail.log").write_text(LOG)
    (inside / "passwd.log").symlink_to("/etc/passwd")
    monkeypatch.setenv("RISTORO_LOG_FOLDERS", str(inside))

    for path in ("/etc/passwd", f"{inside}/passwd.log", f"{inside}/../logs/../../../etc/passwd"):
        refused = read(olga, path)
        assert refused.status_code == 422, path
    assert read(olga, "mail.log").status_code == 422
    assert read(olga, f"{inside}/mail*").status_code == 303
    do_all()

    assert len(work.imports()) == 1


def test_an_outage_is_held_against_itself_and_then_against_the_logs(
    olga: Client, tmp_path: Path
) -> None:
    name = "libero-virgilio-2023-06"
    versions.declare(OUTAGES / f"{name}.yaml", places.outages())
    page = f"{PLACE}disservizi/{name}/"

    text = words_of(olga.get(page))
    assert "15 giugno 2023" in text
    assert "Della posta arrivata in questo tempo non si dice nulla" in text
    assert "Nessun log parla di questo tempo" in text

    snapshot = estate(tmp_path)
    send(olga, files=[logs()])
    do_all()
    asked = post(olga, f"{page}confronta/", snapshot=snapshot, key="x")
    assert asked.status_code == 303
    do_all()

    errand = Errand.objects.get(kind=work.COMPARE)
    assert errand.state == ErrandState.DONE, errand.problems
    text = words_of(olga.get(page))
    assert "restituiti al mittente 1" in text
    assert "(di una parte di questo tempo)" in text
    assert "in nessuna finestra dichiarata: 1" in text
    assert "I log nominano 1 caselle su 2" in text
    assert "mail.log:" in text
    assert olga.get(f"{PLACE}disservizi/nothing/").status_code == 404


def test_auditors_read_and_do_not_import(programme: Programme) -> None:
    del programme
    ivo = signed_in("Ivo")

    assert ivo.get(PLACE).status_code == 200
    assert "Importa log" not in words_of(ivo.get(PLACE))
    assert send(ivo, files=[logs()]).status_code == 403
    assert read(ivo, "/var/log/mail.log").status_code == 403
    assert signed_in("Gina").get(PLACE).status_code == 403


def estate(folder: Path) -> str:
    """A snapshot of two mailboxes among those that can be decided over; its name."""
    path = write([Box(1, "lib-01"), Box(2, "vir-01")], folder / "estate.parquet")
    table = pq.read_table(path)
    digest = digest_of_rows(digest_of_parquet(path, table.schema.names), AT)
    told = {AS_OF: AT.isoformat(), SOURCE_DIGEST: "", DIGEST: digest}
    places.estates().mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata(told), places.estates() / f"{digest}.parquet")
    return digest
