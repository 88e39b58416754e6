"""CSV for people: whole when read again, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.fulfilment.statement import Standing
from ristoro.kernel import sheets

FORMULAS = "=+-@＝＋－＠"
DELIMITERS = ",;|\t"


def read(octets: bytes, delimiter: str = ",") -> list[list[str]]:
    text = octets.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+39 06 1", "'+39 06 1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\r\n=1", "'\r\n'=1"),
        ("  =1", "  '=1"),
        ("＝1", "'＝1"),
        ('nothing";=1', "nothing\";'=1"),
        ('","=1', '","\'=1'),
        ("line\n=1", "line\n'=1"),
        ("'=1", "''=1"),
        ("only.imap@libero.it", "only.imap@libero.it"),
        ("Wi-Fi = fine, 2 + 2", "Wi-Fi = fine, 2 + 2"),
        ("perché, così", "perché, così"),
        ("nul\0", "nul\ufffd"),
        ("\ud800", "?"),
        ("", ""),
    ],
)
def test_what_would_begin_a_formula_has_an_apostrophe_before_it(text: str, shown: str) -> None:
    assert sheets.safe(text) == shown


def test_what_is_ours_is_written_as_it_is() -> None:
    at = datetime(2023, 2, 10, 9, 0, tzinfo=UTC)
    found = [sheets.safe(one) for one in (-5, None, True, date(2023, 1, 2), at, Standing.GIVEN)]
    assert found == ["-5", "", "true", "2023-01-02", "2023-02-10T09:00:00+00:00", "given"]
    with pytest.raises(TypeError, match="neither text"):
        sheets.safe(1.5)  # type: ignore[arg-type]


def test_a_table_is_rfc_4180_with_a_mark_for_excel() -> None:
    made = b"".join(sheets.lines(("name", "n"), [('say "yes"\r\nnow', -5), ("è", None)]))
    assert made.decode("utf-8") == ('\ufeff"name","n"\r\n"say ""yes""\r\nnow",-5\r\n"è",""\r\n')


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="a row of 1 cells below a head of 2"):
        list(sheets.lines(("a", "b"), [("x",)]))


def test_a_long_table_comes_in_pieces() -> None:
    pieces = list(sheets.lines(("n", "text"), ((n, "parole " * 20) for n in range(2_000))))
    assert len(pieces) > 3
    assert max(map(len, pieces)) < 2 * sheets.CHUNK
    assert len(read(b"".join(pieces))) == 2_001


def test_a_file_is_the_same_table(tmp_path: Path) -> None:
    rows = [("=1", 1), ("due", 2)]
    with (tmp_path / "t.csv").open("w", encoding="utf-8", newline="") as out:
        assert sheets.write(("a", "b"), rows, out) == 2
    assert (tmp_path / "t.csv").read_bytes() == b"".join(sheets.lines(("a", "b"), rows))


@given(st.lists(st.text(alphabet=st.sampled_from([*FORMULAS, *DELIMITERS, *" \r\n\"'aè1"]))))
def test_no_spreadsheet_finds_a_formula_whatever_its_separator(texts: list[str]) -> None:
    made = b"".join(sheets.lines(("text",), [(text,) for text in texts]))
    back = [row[0] for row in read(made)[1:]]
    assert back == [sheets.safe(text) for text in texts]
    for delimiter in DELIMITERS:
        for row in read(made, delimiter):
            for cell in row:
                assert not cell.lstrip(" ").startswith(tuple(FORMULAS)), (delimiter, row)
