"""An import is whole or not at all, says what it was made of, and nothing in a log steers it."""

from __future__ import annotations

import gzip
import json
import lzma
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ristoro.edges.mail_logs import importing, reading
from ristoro.edges.mail_logs.folder import EVIDENCE, Folder, all_folders, open_folder
from ristoro.edges.mail_logs.importing import Imported, import_logs
from ristoro.edges.mail_logs.lines import LONGEST
from ristoro.edges.mail_logs.scanned import Stated
from ristoro.kernel.errors import BadInput, Missing, NotAllowed

NOW = datetime(2026, 11, 23, tzinfo=UTC)
QUEUED = "from=<shop@x>, size=9, nrcpt=1 (queue active)"
SENT = (
    "to=<anna@libero.it>, relay=s[::1]:24, delay=0.3, delays=0/0/0/0.3, dsn=2.0.0, "
    "status=sent (250 2.0.0 <anna@libero.it>"
)
ROME = ZoneInfo("Europe/Rome")


def lines_of(queue_id: str, second: int, *, day: int = 22, host: str = "mx1") -> list[str]:
    """One message, delivered at once, as rsyslog writes it."""
    head = f"2026-11-{day:02}T01:00:{second:02}"
    return [
        f"{head}.100000+00:00 {host} postfix/smtpd[1]: {queue_id}: client=mail.example[192.0.2.1]",
        f"{head}.200000+00:00 {host} postfix/cleanup[1]: {queue_id}: message-id=<{queue_id}@x>",
        f"{head}.300000+00:00 {host} postfix/qmgr[1]: {queue_id}: {QUEUED}",
        f"{head}.400000+00:00 {host} postfix/lmtp[1]: {queue_id}: {SENT} S{queue_id} Saved)",
        f"{head}.500000+00:00 {host} postfix/qmgr[1]: {queue_id}: removed",
    ]  # fmt: skip


def written(path: Path, lines: Iterable[str | bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    octets = [line if isinstance(line, bytes) else line.encode() for line in lines]
    path.write_bytes(b"".join(line + b"\n" for line in octets))
    return path


def imported(home: Path, *paths: Path, stated: Stated | None = None) -> Imported:
    return import_logs(paths, home, by="ada", now=NOW, stated=stated)


def rows(folder: Folder, table: str = "histories") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder.table(table)).to_pylist()
    return found


def left_of(home: Path) -> list[str]:
    store = home / EVIDENCE
    return [one.name for one in store.iterdir() if one.name != ".lock"] if store.exists() else []


# What it was made of


def test_a_folder_says_of_what_files_it_was_made_and_that_it_is_unchanged(tmp_path: Path) -> None:
    log = written(tmp_path / "mail.log", lines_of("AAAAA1", 1))
    folder = imported(tmp_path, log).folder
    [source] = folder.sources
    assert (source.name, source.lines, source.octets) == ("mail.log", 5, log.stat().st_size)
    assert source.sha256 == importing.digest_of_file(log)
    assert (folder.imported_by, folder.imported_at) == ("ada", NOW)
    assert folder.first_at == datetime(2026, 11, 22, 1, 0, 1, 100000, tzinfo=UTC)
    assert folder.changed() == []
    assert all_folders(tmp_path) == [folder]
    folder.table("doors").write_bytes(b"else")
    assert folder.changed() == ["doors"]


def test_the_same_files_again_are_the_same_folder(tmp_path: Path) -> None:
    log = written(tmp_path / "mail.log", lines_of("AAAAA1", 1))
    first, again = imported(tmp_path, log), imported(tmp_path, log)
    assert (first.already, again.already) == (False, True)
    assert left_of(tmp_path) == [first.folder.digest] == [again.folder.digest]


def test_a_record_that_was_changed_is_refused(tmp_path: Path) -> None:
    folder = imported(tmp_path, written(tmp_path / "mail.log", lines_of("AAAAA1", 1))).folder
    path = folder.path / "sources.json"
    told = json.loads(path.read_text())
    told["sources"][0]["lines"] = 6
    path.write_text(json.dumps(told))
    with pytest.raises(BadInput, match="evidence-changed"):
        open_folder(folder.path)
    with pytest.raises(Missing, match="no import"):
        open_folder(tmp_path)


def test_a_copy_is_read_once_and_an_older_copy_is_refused(tmp_path: Path) -> None:
    lines = lines_of("AAAAA1", 1)
    log, copy = written(tmp_path / "mail.log", lines), written(tmp_path / "b" / "mail.log", lines)
    found = imported(tmp_path, log, copy, log)
    assert (len(rows(found.folder)), [one.parent.name for one in found.copies]) == (1, ["b"])
    long = [f"{line}{' ' * 2000}" for line in lines]
    older = written(tmp_path / "c" / "mail.log", long[:3])
    with pytest.raises(BadInput, match="two-copies"):
        imported(tmp_path, written(tmp_path / "mail.log", long), older)


@pytest.mark.parametrize("name", ["mail.log.2.gz", "mail.log.2.xz", "mail.log.2.zst"])
def test_a_message_lives_on_over_packed_rotations(tmp_path: Path, name: str) -> None:
    lines = lines_of("AAAAA1", 1) + lines_of("AAAAA1", 9)
    old = "".join(f"{line}\n" for line in lines[:2]).encode()
    packed = {
        "gz": gzip.compress, "xz": lzma.compress,
        "zst": lambda octets: pa.compress(octets, "zstd", asbytes=True),
    }[name.rpartition(".")[2]]  # fmt: skip
    first = tmp_path / name
    first.write_bytes(packed(old))
    second = written(tmp_path / "mail.log.1", lines[2:4])
    third = written(tmp_path / "mail.log", lines[4:])
    found = rows(imported(tmp_path, third, first, second).folder)
    assert [(one["queue_id"], one["fate"], one["file"]) for one in found] == [
        ("AAAAA1", "sent", name),
        ("AAAAA1", "sent", "mail.log"),
    ]
    assert (found[0]["first_line"], found[0]["last_line"], found[0]["last_file"]) == (
        1, 2, "mail.log.1",
    )  # fmt: skip


def test_a_log_and_its_packed_copy_are_refused(tmp_path: Path) -> None:
    first = written(tmp_path / "mail.log.1", lines_of("AAAAA1", 1))
    packed = tmp_path / "mail.log.1.gz"
    packed.write_bytes(gzip.compress(b"other\n"))
    with pytest.raises(BadInput, match="same-rotation"):
        imported(tmp_path, first, packed)


def test_hosts_and_logs_out_of_order_are_put_in_order(tmp_path: Path) -> None:
    one, two = lines_of("AAAAA1", 1), lines_of("AAAAA1", 2, host="mx2")
    mixed = written(tmp_path / "central.log", [*two[:3], *one, *two[3:]])
    later = lines_of("BBBBB1", 5, day=23)
    # Named so that the later half would come first.
    tail = written(tmp_path / "a.log", later[2:])
    head = written(tmp_path / "b.log", later[:2])
    found = rows(imported(tmp_path, mixed, tail, head).folder)
    assert sorted((one["host"], one["queue_id"], one["fate"]) for one in found) == [
        ("mx1", "AAAAA1", "sent"),
        ("mx1", "BBBBB1", "sent"),
        ("mx2", "AAAAA1", "sent"),
    ]
    assert all(one["arrived_at"] for one in found)


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    logs = [
        written(tmp_path / host / "mail.log", lines_of("AAAAA1", 1, host=host))
        for host in ("mx1", "mx2")
    ]
    folder = imported(tmp_path, *logs).folder
    assert [one.name for one in folder.sources] == ["mx1/mail.log", "mx2/mail.log"]
    assert {(one["host"], one["file"]) for one in rows(folder)} == {
        ("mx1", "mx1/mail.log"),
        ("mx2", "mx2/mail.log"),
    }


# Stamps


def test_stamps_without_a_year_need_one_stated(tmp_path: Path) -> None:
    log = written(tmp_path / "mail.log", ["x", "Nov 22 01:05:46 mx1 dovecot: imap(a)<1><b>: gone"])
    with pytest.raises(BadInput, match=r"mail\.log:2: .*no-year"):
        imported(tmp_path, log)
    assert left_of(tmp_path) == []


def test_the_year_goes_on_and_a_late_line_is_of_the_year_before(tmp_path: Path) -> None:
    stamps = ["Dec 31 23:59:58", "Jan  1 00:00:01", "Dec 31 23:59:59", "Jan  1 00:00:02"]
    lines = [f"{one} mx1 dovecot: master: Warning: Killed with signal 15 (by x)" for one in stamps]
    folder = imported(
        tmp_path, written(tmp_path / "mail.log", lines), stated=Stated(2022, ROME)
    ).folder
    assert [f"{one['at'].astimezone(ROME):%Y-%m-%d %H:%M:%S}" for one in rows(folder, "edges")] == [
        "2022-12-31 23:59:58", "2023-01-01 00:00:01", "2022-12-31 23:59:59", "2023-01-01 00:00:02",
    ]  # fmt: skip


def test_an_hour_that_the_clocks_repeat_is_two_by_the_order_of_lines(tmp_path: Path) -> None:
    stamps = ["01:59:59", "02:10:05", "02:10:04", "02:59:59", "02:00:01", "02:59:00", "03:00:00"]
    lines = [
        f"Oct 29 {one} mx1 dovecot: master: Warning: Killed with signal 15 (by x)" for one in stamps
    ]
    folder = imported(
        tmp_path, written(tmp_path / "mail.log", lines), stated=Stated(2023, ROME)
    ).folder
    assert [f"{one['at']:%H:%M:%S}" for one in rows(folder, "edges")] == [
        "23:59:59", "00:10:05", "00:10:04", "00:59:59", "01:00:01", "01:59:00", "02:00:00",
    ]  # fmt: skip
    assert folder.counts["repeated_stamps"] == 5


def test_lines_of_journald_are_those_of_syslog(tmp_path: Path) -> None:
    told = [
        {
            "__REALTIME_TIMESTAMP": str(1_795_309_200_000_000 + number),
            "_HOSTNAME": "mx1",
            "SYSLOG_IDENTIFIER": line.split()[2].partition("[")[0],
            "MESSAGE": line.partition("]: ")[2],
        }
        for number, line in enumerate(lines_of("AAAAA1", 0))
    ]
    told[1]["MESSAGE"] = list(told[1]["MESSAGE"].encode() + b"\xff")  # type: ignore[assignment]
    odd = ['{"MESSAGE": "no stamp"}', "{", '{"__REALTIME_TIMESTAMP": "1", "MESSAGE": null}']
    log = written(tmp_path / "mail.json", [*map(json.dumps, told), *odd])
    folder = imported(tmp_path, log).folder
    [found] = rows(folder)
    assert (found["fate"], found["message_id"]) == ("sent", "<AAAAA1@x>\\xff")
    assert found["arrived_at"] == datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    assert folder.counts["unknown"] == 3


# What strangers write


def test_what_strangers_write_forges_nothing_and_is_counted(tmp_path: Path) -> None:
    head = "2026-11-22T01:00:01.100000+00:00 mx1 postfix/lmtp[1]: AAAAA1: to=<"
    tail = ">, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (connect refused)"
    forged = "anna@libero.it>, relay=x, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (250 ok)"
    quoted = f'"{forged}"@evil.example'
    msgid = "2026-11-22T01:00:02.100000+00:00 mx1 dovecot: lmtp(anna@libero.it)<1><S1>: msgid="
    lines = [
        head + quoted + tail,
        head + forged + tail,
        head + "tab\there@x" + tail,
        head + 'odd"quote@x' + tail,
        f"{msgid}<x>: saved mail to INBOX: save failed to INBOX: Quota exceeded",
        f"{msgid}<\0\x1b[2J\r>: saved mail to INBOX",
        b"\xff\xfe\0 not a line",
        "2026-11-22T01:00:02.100000+00:00 mx1 evil\x1b[31m[1]: x",
    ]
    folder = imported(tmp_path, written(tmp_path / "mail.log", lines)).folder
    found = rows(folder)
    assert [(one["recipient"], one["fate"]) for one in found] == [(quoted, "deferred")]
    assert [one["message_id"] for one in rows(folder, "deposits")] == ["<\0\x1b[2J\r>"]
    unknown = rows(folder, "unknown")
    assert folder.counts["unknown"] == sum(one["lines"] for one in unknown)
    assert folder.counts["unknown"] + folder.counts["understood"] == len(lines)
    assert all(one["sample"] and one["file"] == "mail.log" for one in unknown)


def test_enormous_lines_cost_no_memory_and_harm_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BLOCK", 1 << 12)
    first, second = lines_of("AAAAA1", 1), lines_of("BBBBB1", 2)
    enormous = b"2026-11-22T01:00:01.100000+00:00 mx1 postfix/cleanup[1]: AAAAA1: message-id=<"
    log = written(
        tmp_path / "mail.log",
        [*first, enormous + b"x" * 40 * LONGEST, *second, b"y" * (2 * LONGEST)],
    )
    sizes = [
        size
        for _, size in reading.blocks(log, lambda octets: None, lambda: 1 << 12)
    ]  # fmt: skip
    assert max(sizes) < 2 * LONGEST
    folder = imported(tmp_path, log).folder
    assert [(one["queue_id"], one["fate"]) for one in rows(folder)] == [
        ("AAAAA1", "sent"),
        ("BBBBB1", "sent"),
    ]
    assert folder.sources[0].lines == 12
    assert [(one["why"], one["lines"]) for one in rows(folder, "unknown")] == [("too long", 2)]
    assert len(rows(folder, "unknown")[0]["sample"]) == 400


def test_a_queue_id_that_is_used_again_is_another_message(tmp_path: Path) -> None:
    lines = lines_of("AAAAA1", 1) + lines_of("AAAAA1", 2)
    found = rows(imported(tmp_path, written(tmp_path / "mail.log", lines)).folder)
    assert [one["arrived_at"].second for one in found] == [1, 2]


# Whole or not at all


@pytest.mark.parametrize("wrong", [KeyboardInterrupt, MemoryError])
def test_an_interruption_leaves_nothing(tmp_path: Path, wrong: type[BaseException]) -> None:
    log = written(tmp_path / "mail.log", lines_of("AAAAA1", 1))

    def stopped(octets: int) -> None:
        raise wrong

    with pytest.raises(wrong):
        import_logs([log], tmp_path, by="ada", now=NOW, progress=stopped)
    assert left_of(tmp_path) == []


def test_what_a_killed_import_left_goes_with_the_next(tmp_path: Path) -> None:
    left = tmp_path / EVIDENCE / ".import-killed"
    left.mkdir(parents=True)
    (left / "histories.parquet").write_bytes(b"half")
    assert all_folders(tmp_path) == []
    folder = imported(tmp_path, written(tmp_path / "mail.log", lines_of("AAAAA1", 1))).folder
    assert left_of(tmp_path) == [folder.digest]


def test_two_imports_at_once_are_refused(tmp_path: Path) -> None:
    log = written(tmp_path / "mail.log", lines_of("AAAAA1", 1))
    (tmp_path / EVIDENCE).mkdir()
    with importing._alone(tmp_path / EVIDENCE), pytest.raises(NotAllowed, match="import-running"):
        imported(tmp_path, log)


def test_a_file_that_breaks_off_is_refused_whole(tmp_path: Path) -> None:
    octets = gzip.compress("".join(f"{one}\n" for one in lines_of("AAAAA1", 1) * 500).encode())
    log = tmp_path / "mail.log.gz"
    log.write_bytes(octets[: len(octets) // 2])
    with pytest.raises(BadInput, match="unreadable-log"):
        imported(tmp_path, log)
    with pytest.raises(BadInput, match="unreadable-log"):
        imported(tmp_path, tmp_path / "none.log")
    assert left_of(tmp_path) == []


def test_what_is_no_mail_log_is_refused_with_its_first_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no-mail-log") as refused:
        imported(tmp_path, written(tmp_path / "accounts.csv", ["address,plan", "a@x,free"]))
    assert "address,plan" in str(refused.value)
    assert left_of(tmp_path) == []
