"""The pages of evidence in a browser: what was imported, one import, an outage beside the logs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.browser.conftest import Reader
from tests.faces.programme import AT
from tests.faces.test_evidence_pages import LOG, OUTAGES, PLACE, estate, line

from ristoro.claims.evidence.comparing import exposure, key_of
from ristoro.edges.mail_logs.importing import import_logs
from ristoro.errands import places
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel.clock import micros
from ristoro.outages import versions

NAME = "libero-virgilio-2023-06"
HOSTILE = line("17T11:00:00", "postfix/smtpd[7]: <script>alert(1)</script> \u202efdp.exe =1+1")


@pytest.fixture
def pages(site: object, tmp_path: Path) -> list[str]:
    """An import that has a stranger's line in it, held against June 2023."""
    del site
    versions.declare(OUTAGES / f"{NAME}.yaml", places.outages())
    outage = versions.version(places.outages(), NAME)
    log = tmp_path / "mail.log"
    log.write_text(LOG + HOSTILE, encoding="utf-8")
    folder = import_logs([log], places.home(), by="Olga", now=AT).folder
    snapshot = open_snapshot(places.estates() / f"{estate(tmp_path)}.parquet")
    place = places.comparisons() / NAME / key_of([folder], snapshot, outage)
    exposure([folder], snapshot, outage, place, micros(AT))
    imported = f"{PLACE}importazioni/{folder.digest}/"
    return [PLACE, imported, f"{PLACE}disservizi/{NAME}/"]


def test_evidence_is_read_on_any_screen_by_anybody(
    reader: Callable[..., Reader], pages: list[str]
) -> None:
    for width, lang, scheme in ((1366, "it", "light"), (390, "en", "dark")):
        one = reader(width, lang, scheme)
        one.sign_in("Olga")
        for path in pages:
            page = one.open(path)
            assert one.troubles() == []
            assert "\u202e" not in page.content()
