"""The lines of the webmail's benches: with Roundcube and a browser beside, and without."""

from __future__ import annotations

from typing import Any

from bench import table

MESSAGES = {"few": 500, "many": 100_000}
ALONE: dict[str, Any] = {
    "ristoro few": {"median_ms": 40.0},
    "ristoro many": {"median_ms": 44.0},
    "ratio_many_to_few": 1.1,
    "chromium": "not measured",
}


def test_without_roundcube_and_browser_only_the_two_sizes_are_compared() -> None:
    [line, slow] = table.of_webmail_inbox(
        {"messages": MESSAGES, "sdbox": ALONE, "maildir": {**ALONE, "ratio_many_to_few": 3.0}}
    )
    assert slow.ratio == "3.0"
    assert (line.ours, line.beside, line.ratio) == ("44.0 ms", "40.0 ms, with 500", "1.1")


def test_roundcube_and_the_weight_in_a_browser_have_lines_of_their_own() -> None:
    weights = {
        "ristoro": {"empty_cache": {"requests": 11, "octets": 27_000},
                    "again": {"requests": 1, "octets": 6_000}},
        "roundcube": {"empty_cache": {"requests": 27, "octets": 540_000},
                      "again": {"requests": 4, "octets": 12_000}},
    }  # fmt: skip
    beside = {f"roundcube {name}": {"median_ms": 100.0} for name in ("few", "many")}
    ratios = {f"ratio_to_roundcube_{name}": 0.5 for name in ("few", "many")}
    store = {**ALONE, **beside, **ratios, "chromium": weights}
    found = {"messages": MESSAGES, "sdbox": store, "maildir": store}
    lines = list(table.of_webmail_inbox(found))
    assert len(lines) == 8
    assert lines[6].ours == "27 KB in 11 requests"
    assert (lines[6].beside, lines[6].ratio) == ("540 KB in 27 requests, Roundcube", "0.05")


def test_confirmations_are_told_by_their_medians() -> None:
    rounds = [{"ristoro_per_s": 40.4, "pgbench_per_s": 200.0, "ratio": 0.2}]
    [line] = table.of_webmail_confirm({"rounds": rounds, "ratio": 0.2})
    assert (line.ours, line.ratio) == ("40/s", "0.2")
