"""Every measured number in the README is that of ``bench/results``."""

from __future__ import annotations

from bench import table


def test_the_readmes_figures_are_those_measured() -> None:
    assert table.README.read_text("utf-8") == table.readme(), "run `make docs`"


def test_the_benches_page_is_made_of_the_results() -> None:
    assert table.PAGE.read_text("utf-8") == table.page(), "run `make docs`"


def test_every_line_has_five_cells_without_bars() -> None:
    for name, found in table.results().items():
        for line in table.READERS[name](found) if name in table.READERS else ():
            assert len(line) == 5
            assert "|" not in "".join(line)


def test_a_figure_that_changed_changes_the_table() -> None:
    found = {"budget_ms": {"sign both": 1, "write a letter": 2}}
    slow = {"cpu_ms": {"sign both": 9.5, "write a letter (all)": 1.0}}
    [sign, _] = table.of_notices({**found, **slow})
    assert sign.ours == "9.5 ms of CPU"


def test_loads_and_leases_are_told_by_their_medians() -> None:
    rounds = [
        {"ours_rows_per_s": ours, "limit_rows_per_s": 100, "ratio": ours / 100}
        for ours in (80, 90, 100)
    ]
    part = {"rounds": rounds, "ratio": 0.9, "limit": "COPY"}
    first, second = table.of_load({"postgresql": part, "sqlite": part})
    assert first.ours == "90 rows/s"
    assert (second.beside, second.ratio) == ("100 rows/s, COPY", "0.9")
    moved = {
        "rounds": [
            {"limit_rows_per_s": 10, "workers_2_rows_per_s": 8, "ratio_workers_2": 0.8},
        ],
        "ratio_2": 0.8,
    }
    [line, _] = table.of_leases({"limit": "one UPDATE", "postgresql": moved, "sqlite": moved})
    assert (line.ours, line.ratio, line.wanted) == ("8 rows/s", "0.8", "≥ 0.7")
