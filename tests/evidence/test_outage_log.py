"""The log of a staged outage, real lines of Postfix and Dovecot, gives the figures counted by hand.

Dovecot was stopped twice while Postfix received, its user database was made unreadable once, some
mailboxes were full, and an administrator deleted and held messages.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

from ristoro.edges.mail_logs.folder import Folder
from ristoro.edges.mail_logs.importing import import_logs
from ristoro.edges.mail_logs.scanned import Stated

LOGS = Path(__file__).parent / "logs"
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def rows(folder: Folder, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder.table(table)).to_pylist()
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    home = tmp_path_factory.mktemp("home")
    return import_logs([LOGS / "mail-outage.iso.log.xz"], home, by="ada", now=NOW).folder


def test_every_message_has_its_fate(folder: Folder) -> None:
    found = Counter((one["fate"], one["deferrals"] > 0) for one in rows(folder, "histories"))
    assert found == {
        ("sent", False): 414,
        ("sent", True): 215,
        ("bounced", False): 28,
        ("expired", True): 5,
        ("deleted", True): 5,
        ("held", True): 2,
        ("unfilled", False): 3,
    }


def test_late_messages_waited_as_long_as_they_did(folder: Folder) -> None:
    late = sorted(
        (one["ended_at"] - one["arrived_at"]).total_seconds()
        for one in rows(folder, "histories")
        if one["fate"] == "sent" and one["deferrals"]
    )
    assert (round(late[0], 1), round(late[-1]), round(late[len(late) // 2])) == (4.7, 40, 38)


def test_every_sign_in_ended_as_it_did(folder: Folder) -> None:
    found = Counter((one["ended"], one["reason"].split(",")[0]) for one in rows(folder, "sign_ins"))
    assert found == {
        ("good", ""): 94,
        ("refused", "auth failed"): 28,
        ("ours", "auth service reported temporary failure"): 9,
        ("ours", "auth process communication failure"): 7,
        ("cut", "disconnected while authenticating"): 2,
    }


def test_every_delivery_has_its_deposit_and_the_others_came_straight(folder: Folder) -> None:
    deposits = [one for one in rows(folder, "deposits") if one["saved"]]
    sent = {one["session"]: one for one in rows(folder, "histories") if one["fate"] == "sent"}
    sent.pop(None)
    stored = {one["session"]: one for one in deposits}
    assert len(stored) == len(deposits)
    assert sent.keys() <= stored.keys()
    assert all(sent[key]["recipient"] == stored[key]["mailbox"] for key in sent)
    assert len(stored.keys() - sent.keys()) == 53


def test_those_refused_at_the_door_are_told_apart(folder: Folder) -> None:
    assert Counter(one["code"] // 100 for one in rows(folder, "doors")) == {4: 4, 5: 4}


def test_the_service_stopped_and_started(folder: Folder) -> None:
    assert Counter(one["edge"] for one in rows(folder, "edges")) == {"started": 5, "stopped": 5}


def test_every_line_is_understood(folder: Folder) -> None:
    assert (folder.counts["lines"], folder.counts["understood"]) == (7862, 7862)
    assert rows(folder, "unknown") == []


def test_the_same_hour_told_with_traditional_stamps_is_the_same(
    folder: Folder, tmp_path: Path
) -> None:
    path = LOGS / "mail-outage.trad.log.gz"
    stated = Stated(2026, ZoneInfo("UTC"))
    told = import_logs([path], tmp_path, by="ada", now=NOW, stated=stated).folder
    assert told.counts["understood"] == told.counts["lines"] == 1936
    found = {
        (one["queue_id"], one["recipient"]): (one["fate"], one["deferrals"])
        for one in rows(told, "histories")
        if one["arrived_at"]
    }
    both = {
        (one["queue_id"], one["recipient"]): (one["fate"], one["deferrals"])
        for one in rows(folder, "histories")
    }
    assert len(found) > 50
    assert found.items() <= both.items()
