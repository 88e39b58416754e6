"""Reading mail logs into full histories, beside pflogsumm and a bare search of the same file.

Run with ``python -m bench.log_lines [COPIES [ROUNDS]]``. The log is that of the staged outage in
``tests/evidence/logs``, real lines of Postfix and Dovecot, repeated end to end with stamps, queue
ids, Message-IDs and sessions of each copy's own. Each round reads it three times on one core, one
after the other: into all tables of an import, with its SHA-256, by ``scan``; by ``pflogsumm``; and
by ``rg --count`` for one pattern. Rates are of lines a second of CPU, of a process that has read a
log before; what a new one takes to load its libraries and to read one copy is told beside them. The
fates of the import must be those of one log times the copies, and pflogsumm must have delivered as
many, or nothing is recorded.
"""

from __future__ import annotations

import lzma
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow.parquet as pq

from bench import record
from ristoro.edges.mail_logs.reading import in_order
from ristoro.edges.mail_logs.scan import scan

LOG = Path(__file__).parent.parent / "tests/evidence/logs/mail-outage.iso.log.xz"
FATES = {"sent": 629, "bounced": 28, "expired": 5, "deleted": 5, "held": 2, "unfilled": 3}
STAMP = 32
_QUEUE_ID = re.compile(r"\b([0-9A-F]{5})([0-9A-F]{6})\b")
_PATTERN = r"status=(sent|deferred|bounced|expired) "


def write(path: Path, copies: int) -> int:
    """A log of so many copies, each after the other; its lines."""
    lines = lzma.decompress(LOG.read_bytes()).decode("ascii").splitlines()
    first = datetime.fromisoformat(lines[0][:STAMP])
    told = [(datetime.fromisoformat(line[:STAMP]) - first, line[STAMP:]) for line in lines]
    length = told[-1][0] + timedelta(seconds=5)
    with path.open("w", encoding="ascii") as file:
        for copy in range(copies):
            begin, mask = first + copy * length, copy * 2_654_435_761 % (1 << 20)
            for since, line in told:
                stamp = (begin + since).isoformat(timespec="microseconds")
                file.write(f"{stamp}{_changed(line, copy, mask)}\n")
    return copies * len(lines)


def _changed(line: str, copy: int, mask: int) -> str:
    def other(found: re.Match[str]) -> str:
        return f"{int(found[1], 16) ^ mask:05X}{found[2]}"

    line = _QUEUE_ID.sub(other, line)
    line = line.replace("AAg+zDdQ", f"AA{copy:06x}").replace("/AAAB>", f"/{copy:04x}>")
    if "message-id=<" in line or "msgid=<" in line:
        line = re.sub(r"(id=<[^@>]*)@", rf"\g<1>.{copy}@", line)
    return line


def ours(path: Path, out: Path) -> None:
    """All tables of an import."""
    scan(in_order([path]), {path: path.name}, out, None, lambda octets: None)


def theirs(arguments: list[str], out: Path) -> None:
    """A command that writes into a file."""
    with out.open("wb") as file:
        subprocess.run(arguments, stdout=file, check=True)


def on_one_core(work: Callable[[], object]) -> Callable[[], object]:
    """The same on one core alone."""

    def pinned() -> object:
        core = min(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {core})
        return work()

    return pinned


def proven(folder: Path, summary: Path, copies: int) -> None:
    """Every fate as often as it must be, and as many delivered by either account."""
    fates = pq.read_table(folder / "histories.parquet", columns=["fate"]).column(0).to_pylist()
    wanted = {fate: count * copies for fate, count in FATES.items()}
    if Counter(fates) != wanted:
        raise RuntimeError(f"the fates are {Counter(fates)}, and must be {wanted}")
    found = re.search(r"^\s*(\d+)(k?)\s+delivered", summary.read_text(), re.MULTILINE)
    if found is None or (not found[2] and int(found[1]) != wanted["sent"]):
        raise RuntimeError("pflogsumm has not delivered as many")


def started(path: Path, out: Path) -> float:
    """Seconds of CPU of a new process that reads a log."""
    code = "import sys; from pathlib import Path; from bench.log_lines import ours\n"
    code += "ours(Path(sys.argv[1]), Path(sys.argv[2]))"
    arguments = [sys.executable, "-c", code, str(path), str(out)]
    return record.in_child(partial(subprocess.run, arguments, check=True)).cpu_s


def one_round(path: Path, lines: int, copies: int, folder: Path) -> dict[str, Any]:
    out, summary = folder / "out", folder / "summary.txt"
    out.mkdir(exist_ok=True)
    work: dict[str, Callable[[], object]] = {
        "ristoro": partial(ours, path, out),
        "pflogsumm": partial(theirs, ["pflogsumm", str(path)], summary),
        "rg": partial(theirs, ["rg", "--count", _PATTERN, str(path)], folder / "rg.txt"),
    }
    costs = {name: record.in_child(on_one_core(one)) for name, one in work.items()}
    proven(out, summary, copies)
    return {
        f"{name}_{figure}": value
        for name, cost in costs.items()
        for figure, value in (
            ("cpu_s", round(cost.cpu_s, 2)),
            ("lines_per_cpu_s", round(lines / cost.cpu_s)),
            ("peak_mib", cost.peak_mib),
        )
    }


def main() -> None:
    copies = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "mail.log"
        lines = write(path, copies)
        print(f"{lines:,} lines, {path.stat().st_size:,} octets", flush=True)
        small = Path(name) / "small.log"
        write(small, 1)
        ours(small, Path(name))
        start = started(small, Path(name))
        before = os.getloadavg()[0]
        found = []
        for _ in range(rounds):
            found.append(one_round(path, lines, copies, Path(name)))
            print(found[-1], flush=True)
        record.write(
            "log_lines",
            {
                "lines": lines,
                "octets": path.stat().st_size,
                "cores_used": 1,
                "load_average": {"before": round(before, 1), "after": round(os.getloadavg()[0], 1)},
                "start_cpu_s": round(start, 2),
                "rounds": found,
                "ratio_to_pflogsumm": _ratio(found, "pflogsumm"),
                "ratio_to_rg": _ratio(found, "rg"),
            },
        )


def _ratio(rounds: list[dict[str, Any]], other: str) -> float:
    """The median of our rate to another's, round by round."""
    rate = "lines_per_cpu_s"
    ratios = (one[f"ristoro_{rate}"] / one[f"{other}_{rate}"] for one in rounds)
    return float(round(median(ratios), 2))


if __name__ == "__main__":
    main()
