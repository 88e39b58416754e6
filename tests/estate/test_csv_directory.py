"""CSV: any text comes back as it was, from the line it stood on, or the file is refused."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ristoro.edges.directories import csv as csv_directory
from ristoro.edges.directories.contract import Fault
from ristoro.edges.directories.csv import CsvDirectory
from ristoro.kernel.errors import BadInput

Rows = list[list[str]]


def read(path: Path) -> tuple[Rows, list[int], list[Fault]]:
    directory = CsvDirectory(path)
    rows: Rows = []
    lines: list[int] = []
    faults: list[Fault] = []
    for block in directory.blocks(directory.columns):
        columns = [column.to_pylist() for column in block.rows.columns]
        rows += [
            ["" if value is None else value for value in row] for row in zip(*columns, strict=True)
        ]
        lines += block.lines.tolist()
        faults += block.faults
    return rows, lines, faults


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    | st.sampled_from('",;\t\n\r é€𝄞')
)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.lists(TEXTS, min_size=3, max_size=3), max_size=8),
    separator=st.sampled_from(",;\t"),
    ending=st.sampled_from(["\n", "\r\n"]),
    bom=st.booleans(),
    all_quoted=st.booleans(),
    piece=st.integers(1, 200),
)
def test_any_text_comes_back_as_it_was_on_the_line_it_began(
    tmp_path_factory: pytest.TempPathFactory,
    rows: Rows,
    separator: str,
    ending: str,
    bom: bool,
    all_quoted: bool,
    piece: int,
) -> None:
    def field(text: str) -> str:
        # RFC 4180, section 2, items 5 to 7
        if all_quoted or any(mark in text for mark in (separator, '"', "\r", "\n")):
            return '"' + text.replace('"', '""') + '"'
        return text

    text = separator.join(["one", "two", "three"]) + ending
    expected_lines = []
    for row in rows:
        expected_lines.append(text.count("\n") + 1)
        text += separator.join(map(field, row)) + ending
    content = text.encode("utf-8-sig" if bom else "utf-8")
    path = written(tmp_path_factory.mktemp("csv") / "any.csv", content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_directory, "BYTES_A_PIECE", piece)
        assert read(path) == (rows, expected_lines, [])


def test_the_last_line_may_do_without_its_end_and_blank_lines_are_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "a;b\n\n1;2\r\n\r\n3;4")
    assert read(path) == ([["1", "2"], ["3", "4"]], [3, 5], [])


def test_a_row_of_another_width_is_named_by_its_true_line(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", 'a,b\n"x\ny",1\n\n2\n3,4\n5,6,7\n"8\n",9\n')
    rows, lines, faults = read(path)
    assert rows == [["x\ny", "1"], ["3", "4"], ["8\n", "9"]]
    assert lines == [2, 6, 8]
    assert [(f.line, f.code, f.value) for f in faults] == [
        (5, "field-count", "2"),
        (7, "field-count", "5,6,7"),
    ]


def test_a_file_of_nothing_but_wrong_rows_has_no_rows(tmp_path: Path) -> None:
    rows, _, faults = read(written(tmp_path / "a.csv", "a,b\n1\n2\n"))
    assert rows == []
    assert [fault.line for fault in faults] == [2, 3]


def test_a_row_that_is_not_utf8_is_named_and_its_neighbours_are_read(tmp_path: Path) -> None:
    content = b"a,b\n1,caff\xe9\n2,ok\n3,\xe8\xe9,x\n4,\xc3\xa8\n"
    rows, lines, faults = read(written(tmp_path / "a.csv", content))
    assert rows == [["2", "ok"], ["4", "è"]]
    assert lines == [3, 5]
    assert [(f.line, f.code) for f in faults] == [(2, "not-utf8"), (4, "not-utf8")]


def test_reading_needs_only_the_columns_that_are_asked_for(tmp_path: Path) -> None:
    directory = CsvDirectory(written(tmp_path / "a.csv", "a,b,c\n1,2,3\n"))
    [block] = directory.blocks(["c", "a"])
    assert block.rows.to_pydict() == {"c": ["3"], "a": ["1"]}
    assert block.done == directory.size


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "empty", 1),
        (b"\xef\xbb\xbf\n", "empty", 1),
        ("a,b;c\n1,2\n", "separator", 1),
        ("a\tb,c\n", "separator", 1),
        ("a,,c\n", "header", 1),
        ("\na,b\n1,2\n", "header", 1),
        (f"{'a' * 200_000},b\n", "header", 1),
        ("a,b\r1,2\r", "lone-return", 1),
        ("a,b,a\n", "header", 1),
        ('a,"b\n1,2\n', "unclosed-quote", 1),
        (b"a,\xe9\n", "not-utf8", 1),
        ("a,b\n1,2\n".encode("utf-16"), "not-utf8", 1),
        ('a,b\n1,2\n3,5" disk\n4,5\n', "stray-quote", 3),
        ('a,b\n"1\n2",3\n"4"x,5\n', "stray-quote", 4),
        ('a,b\n1,2\n3,"4\n5,6\n', "unclosed-quote", 3),
        ("a,b\n1,2\n3,4\r5,6\n", "lone-return", 3),
    ],
)
def test_a_file_whose_rows_cannot_be_told_apart_is_refused(
    tmp_path: Path, content: str | bytes, code: str, line: int
) -> None:
    path = written(tmp_path / "a.csv", content)
    with pytest.raises(BadInput) as caught:
        read(path)
    [problem] = caught.value.problems
    assert (problem.code, problem.place and problem.place.line) == (code, line)


def test_a_quoted_name_may_hold_another_separator(tmp_path: Path) -> None:
    assert CsvDirectory(written(tmp_path / "a.csv", '"a,x";b\n1;2\n')).columns == ("a,x", "b")


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "a,b\n1,2\n")
    directory = CsvDirectory(path)
    written(path, "a,b\n1,2\n3,4\n")
    with pytest.raises(BadInput) as caught:
        list(directory.blocks(["a"]))
    assert caught.value.problems[0].code == "changed"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        CsvDirectory(tmp_path / "none.csv")
    assert caught.value.problems[0].code == "unreadable"
