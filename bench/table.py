"""``python -m bench.table``: write the measured figures into the README and ``bench/README.md``.

Every number is read from ``bench/results``; none is typed. A test holds the pages to the results.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

HERE = Path(__file__).parent
RESULTS = HERE / "results"
README = HERE.parent / "README.md"
PAGE = HERE / "README.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"

Result = dict[str, Any]


class Line(NamedTuple):
    """One figure: what was measured, what came out, beside what, the ratio, and what is wanted."""

    what: str
    ours: str
    beside: str
    ratio: str
    wanted: str


def of_decide(found: Result) -> Iterator[Line]:
    costs = found["costs"]
    ours, hand, scan = costs["ristoro"], costs["by hand"], costs["bare scan"]
    what = f"decide {found['mailboxes']:,} mailboxes, January policy"
    yield Line(
        f"{what}, processor time",
        f"{ours['cpu_s']:.1f} s",
        f"{hand['cpu_s']:.1f} s, the same question as hand-written SQL",
        f"{found['cpu_ratio_to_by_hand']}",
        "≤ 1.5",
    )
    yield Line(
        f"{what}, time on the wall",
        f"{ours['wall_s']:.1f} s",
        f"{hand['wall_s']:.1f} s, the same question as hand-written SQL",
        f"{found['wall_ratio_to_by_hand']}",
        "",
    )
    yield Line(
        f"{what}, beside a bare scan",
        f"{ours['cpu_s']:.1f} s",
        f"{scan['cpu_s']:.1f} s, reading the same columns",
        f"{found['cpu_ratio_to_scan']}",
        "",
    )
    yield Line(f"{what}, memory", f"{ours['peak_mib']} MiB", "", "", "< 500 MB")


def of_load(found: Result) -> Iterator[Line]:
    for base, wanted in (("postgresql", "≥ 0.8"), ("sqlite", "≥ 0.35")):
        part = found[base]
        yield Line(
            f"load a run's rows into {_name(base)}",
            f"{_middle(part['rounds'], 'ours_rows_per_s'):,} rows/s",
            f"{_middle(part['rounds'], 'limit_rows_per_s'):,} rows/s, {part['limit']}",
            f"{part['ratio']}",
            wanted,
        )


def of_leases(found: Result) -> Iterator[Line]:
    for base, wanted in (("postgresql", "≥ 0.7"), ("sqlite", "")):
        part = found[base]
        workers = [key.removeprefix("ratio_workers_") for key in part["rounds"][0]
                   if key.startswith("ratio_workers_")]  # fmt: skip
        for number in workers:
            yield Line(
                f"move rows by chunk leases, {_name(base)}, workers: {number}",
                f"{_middle(part['rounds'], f'workers_{number}_rows_per_s'):,} rows/s",
                f"{_middle(part['rounds'], 'limit_rows_per_s'):,} rows/s, {found['limit']}",
                f"{part[f'ratio_{number}']}",
                wanted if number != "1" else "",
            )


def of_deposit(found: Result) -> Iterator[Line]:
    for turn in found["turns"]:
        ours, theirs = turn["ristoro"], turn["smtp_source"]
        recipients = turn["recipients_per_transaction"]
        yield Line(
            f"deposit into Dovecot over LMTP, {turn['store']}, {recipients} a transaction",
            f"{ours['rate']}/s, {ours['client_ms']} ms of client CPU",
            f"{theirs['rate']}/s, Postfix's smtp-source",
            f"{turn['rate_ratio']}",
            "≥ 0.9, ≤ 0.4 ms",
        )


def of_estate(found: Result) -> Iterator[Line]:
    ours, copy = found["import"], found["duckdb_copy"]
    yield Line(
        f"import {found['mailboxes']:,} mailboxes from CSV, processor time",
        f"{ours['cpu_s']} s",
        f"{copy['cpu_s']} s, DuckDB's COPY without checks",
        f"{found['cpu_ratio']}",
        "",
    )
    yield Line("the same, memory", f"{ours['peak_mib']} MiB", f"{copy['peak_mib']} MiB", "",
               "< 300 MB")  # fmt: skip


def of_notices(found: Result) -> Iterator[Line]:
    budget = found["budget_ms"]
    cost = found["cpu_ms"]
    yield Line("sign a letter twice", f"{cost['sign both']} ms of CPU", "", "",
               f"≤ {budget['sign both']} ms")  # fmt: skip
    [write] = [value for key, value in cost.items() if key.startswith("write a letter")]
    yield Line("write a letter: compose, sign, code, lint", f"{write} ms of CPU", "", "",
               f"≤ {budget['write a letter']} ms")  # fmt: skip


def of_explain(found: Result) -> Iterator[Line]:
    asked, bare = found["by_address"], found["bare_lookup"]
    yield Line(
        f"explain one of {found['mailboxes']:,} mailboxes by its address",
        f"{asked['median_ms']} ms, {asked['median_cpu_ms']} ms of CPU",
        f"{bare['median_ms']} ms, a bare lookup of the same row by its id",
        f"{found['ratio_to_bare_lookup']}",
        "< 100 ms",
    )


def of_webmail_inbox(found: Result) -> Iterator[Line]:
    sizes = found["messages"]
    for store in ("sdbox", "maildir"):
        yield from _of_inbox(found[store], sizes, store)
    weights = found["sdbox"]["chromium"]
    if isinstance(weights, dict):
        ours, theirs = weights["ristoro"], weights.get("roundcube")
        for key, what, wanted in (
            ("empty_cache", "sign-in to inbox in Chromium, empty cache", "≤ 120 KB, 14 requests"),
            ("again", "the inbox again in Chromium", "≤ 10 KB, 5 requests"),
        ):
            yield Line(
                what,
                _weight(ours[key]),
                f"{_weight(theirs[key])}, Roundcube" if theirs else "",
                f"{ours[key]['octets'] / theirs[key]['octets']:.2f}" if theirs else "",
                wanted,
            )


def _of_inbox(found: Result, sizes: Result, store: str) -> Iterator[Line]:
    few, many = found["ristoro few"], found["ristoro many"]
    yield Line(
        f"sign-in to inbox, {sizes['many']:,} messages, {store}",
        f"{many['median_ms']} ms",
        f"{few['median_ms']} ms, with {sizes['few']:,}",
        f"{found['ratio_many_to_few']}",
        "≤ 1.3",
    )
    for name, wanted in (("many", "≤ 0.6"), ("few", "")):
        beside = found.get(f"roundcube {name}")
        if beside is not None:
            yield Line(
                f"sign-in to inbox, {sizes[name]:,} messages, {store}, beside Roundcube",
                f"{found[f'ristoro {name}']['median_ms']} ms",
                f"{beside['median_ms']} ms, Roundcube on the same Dovecot",
                f"{found[f'ratio_to_roundcube_{name}']}",
                wanted,
            )


def of_webmail_confirm(found: Result) -> Iterator[Line]:
    rounds = found["rounds"]
    yield Line(
        "holders' yes by HTTP, PostgreSQL",
        f"{_middle(rounds, 'ristoro_per_s'):,}/s",
        f"{_middle(rounds, 'pgbench_per_s'):,}/s, pgbench with the same statements",
        f"{found['ratio']}",
        "",
    )


def of_log_lines(found: Result) -> Iterator[Line]:
    what = "read mail logs into full histories, on one core"

    def rate(name: str) -> str:
        return f"{_middle(found['rounds'], f'{name}_lines_per_cpu_s'):,} lines/s of CPU"

    yield Line(
        what,
        rate("ristoro"),
        f"{rate('pflogsumm')}, pflogsumm's summary",
        f"{found['ratio_to_pflogsumm']}",
        "≥ 6",
    )
    yield Line(
        f"{what}, beside a bare search",
        rate("ristoro"),
        f"{rate('rg')}, ripgrep counting one pattern",
        f"{found['ratio_to_rg']}",
        "",
    )


def of_console_pages(found: Result) -> Iterator[Line]:
    yield Line(
        f"the console's pages while a run over {found['mailboxes']:,} goes on",
        f"p95 {found['all']['p95_ms']} ms; the slowest page {found['slowest_p95_ms']} ms",
        f"{found['limit_ms']} ms, the limit",
        f"{found['all']['p95_ms'] / found['limit_ms']:.2f}",
        f"≤ {found['limit_ms']} ms",
    )


def of_examining(found: Result) -> Iterator[Line]:
    yield Line(
        f"the examiners' pages with {found['claims']:,} claims",
        f"p95 {found['all']['p95_ms']} ms; the slowest page {found['slowest_p95_ms']} ms",
        f"{found['limit_ms']} ms, the limit",
        f"{found['all']['p95_ms'] / found['limit_ms']:.2f}",
        f"≤ {found['limit_ms']} ms",
    )


def of_evidence(found: Result) -> Iterator[Line]:
    rows = found["histories"] + found["sign_ins"]
    cost, asked = found["comparison"], found["question"]
    yield Line(
        f"hold {found['mailboxes']:,} mailboxes against {rows:,} lines' facts",
        f"{cost['cpu_s']} s of CPU, {cost['peak_mib']} MiB",
        "",
        "",
        "",
    )
    yield Line(
        "what they show of one mailbox", f"{asked['cpu_ms_median']} ms of CPU", "", "", "< 1 s"
    )


READERS: dict[str, Callable[[Result], Iterator[Line]]] = {
    "decide": of_decide,
    "explain": of_explain,
    "load": of_load,
    "leases": of_leases,
    "deposit": of_deposit,
    "estate": of_estate,
    "notices": of_notices,
    "webmail_inbox": of_webmail_inbox,
    "webmail_confirm": of_webmail_confirm,
    "console_pages": of_console_pages,
    "examining": of_examining,
    "log_lines": of_log_lines,
    "evidence": of_evidence,
}


def results() -> dict[str, Result]:
    """Every result there is, by name."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(RESULTS.glob("*.json"))
    }


def figures() -> str:
    """The table of all results that have lines here, in the order of ``READERS``."""
    found = results()
    rows = ["| measured | Ristoro | beside | ratio | wanted |", "|---|---|---|---|---|"]
    for name, lines in READERS.items():
        if name in found:
            rows += [f"| {' | '.join(line)} |" for line in lines(found[name])]
    machines = {_machine(one) for one in found.values()}
    said = "; ".join(sorted(machines)) or "nothing has been measured"
    return "\n".join([*rows, "", f"Measured on: {said}."])


def page() -> str:
    """``bench/README.md``: the table, and every single figure of every result."""
    lines = [
        "# What is measured",
        "",
        "<!-- Made by `python -m bench.table` from the files in results/. Do not edit. -->",
        "",
        "`make bench` measures anew, each thing beside its peer or its limit in one run. A ratio",
        "is of Ristoro to the other: of times where less is better, of rates where more is. Where",
        "a bench has rounds, the median is told. Other work ran on the same machine at the time,",
        "so ratios of one run say more than rates.",
        "",
        figures(),
    ]
    for name, found in results().items():
        source = f"[results/{name}.json](results/{name}.json)"
        lines += ["", f"## {name}", "", f"{source}, {found.get('measured', 'without a date')}.", ""]
        lines += ["| figure | value |", "|---|---|"]
        lines += [f"| {key} | {value} |" for key, value in _leaves(found)]
    return "\n".join(lines) + "\n"


def readme() -> str:
    """The README with the table between its marks."""
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{figures()}\n{END}{after}"


def _leaves(found: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(found, dict):
        for key, value in found.items():
            if key not in ("machine", "measured"):
                yield from _leaves(value, f"{path}, {key}" if path else str(key))
    elif isinstance(found, list) and any(isinstance(one, dict) for one in found):
        for number, one in enumerate(found, start=1):
            yield from _leaves(one, f"{path} {number}")
    elif isinstance(found, list):
        yield path, ", ".join(map(str, found))
    else:
        yield path, f"{found:,}" if type(found) is int else str(found)


def _machine(found: Result) -> str:
    one = found.get("machine", {})
    return (
        f"{one.get('cores')} cores of {one.get('processor')}, {one.get('memory_gib')} GiB, "
        f"{one.get('system')}, Python {one.get('python')}"
    )


def _middle(rounds: list[Result], key: str) -> int:
    return round(median(int(one[key]) for one in rounds))


def _weight(found: Result) -> str:
    return f"{found['octets'] / 1000:.0f} KB in {found['requests']} requests"


def _name(base: str) -> str:
    return {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[base]


def main() -> None:
    """Write both pages."""
    PAGE.write_text(page(), encoding="utf-8")
    README.write_text(readme(), encoding="utf-8")


if __name__ == "__main__":
    main()
