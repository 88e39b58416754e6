"""YAML with its lines and columns kept, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ristoro.kernel import documents
from ristoro.kernel.documents import Value
from ristoro.kernel.errors import BadInput, Problem


def tree(text: str) -> Value:
    return documents.read_bytes(text.encode(), "it.yaml")


def problem(refused: pytest.ExceptionInfo[BadInput]) -> Problem:
    (only,) = refused.value.problems
    return only


def test_a_value_knows_its_line_column_and_field() -> None:
    root = tree("a: 1\nb:\n  - c: x\n  - d:   y\n")
    value = root.mapping()["b"].sequence()[1].mapping()["d"]
    assert value.as_text() == "y"
    place = value.place
    assert (place.file, place.line, place.column, place.field) == ("it.yaml", 4, 10, "b.d")
    assert str(place) == "it.yaml:4:10, field b.d"


def test_a_scalar_stays_text_until_a_type_is_asked_for() -> None:
    fields = tree("price: 19.99\nno: no\nversion: 007\nnull: ~\nempty:\nquoted: '~'\n").mapping()
    assert fields["price"].as_decimal() == Decimal("19.99")
    assert fields["no"].as_text() == "no"
    assert fields["version"].as_int() == 7
    assert fields.get("null") is None
    assert fields.get("empty") is None
    assert fields.get("nowhere") is None
    assert fields["quoted"].as_text() == "~"


def test_types_are_read_where_they_fit() -> None:
    fields = tree("day: 2023-01-31\nyes: true\nmany: 9_000_000\none: x\nlist: [x, y]\n").mapping()
    assert fields["day"].as_date() == date(2023, 1, 31)
    assert fields["yes"].as_bool() is True
    assert fields["many"].as_int() == 9_000_000
    assert [v.as_text() for v in fields["one"].list_or_one()] == ["x"]
    assert [v.as_text() for v in fields["list"].list_or_one()] == ["x", "y"]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "empty", None),
        ("# nothing\n", "empty", None),
        ("a: 1\na: 2\n", "field-twice", 2),
        ("a: [1\n", "not-yaml", 2),
        ("a: 1\n b: 2\n", "not-yaml", 2),
        ("a: 1\n\tb: 2\n", "not-yaml", 2),
        ("a: 1\n---\nb: 2\n", "not-yaml", 2),
        ("a: *nobody\n", "not-yaml", 1),
        ("a: &a [*a]\n", "alias-loop", 1),
        ("? [x]\n: 1\n", "wrong-value", 1),
        ("a: \x07\n", "not-yaml", None),
        ("a: " + "[" * 600 + "]" * 600 + "\n", "too-deep", None),
    ],
)
def test_what_is_no_tree_is_refused(text: str, code: str, line: int | None) -> None:
    with pytest.raises(BadInput) as refused:
        tree(text)
    found = problem(refused)
    assert found.place is not None
    assert (found.code, found.place.line) == (code, line)


def test_aliases_that_multiply_are_refused_before_they_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for n in range(1, 40):
        lines.append(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]")
    monkeypatch.setattr(documents, "MOST_VALUES", 5_000)
    with pytest.raises(BadInput) as refused:
        tree("\n".join(lines))
    assert problem(refused).code == "too-many-values"


def test_bytes_that_are_not_utf8_are_found_by_their_line() -> None:
    with pytest.raises(BadInput) as refused:
        documents.read_bytes(b"a: 1\nb: caff\xe8\n", "it.yaml")
    found = problem(refused)
    assert found.place is not None
    assert (found.code, found.place.line) == ("not-utf8", 2)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert "a" in documents.read_bytes(b"\xef\xbb\xbfa: 1\n", "it.yaml").mapping()


def test_a_document_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(BadInput) as refused:
        documents.read_bytes(b"a" * (documents.MOST_BYTES + 1), "it.yaml")
    assert problem(refused).code == "too-large"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        documents.read_file(tmp_path / "none.yaml")
    assert problem(refused).code == "unreadable"
    assert str(tmp_path / "none.yaml") in str(refused.value)


def test_missing_and_unknown_fields_are_named_with_the_nearest_known() -> None:
    with pytest.raises(BadInput) as refused:
        tree("windwos: []\n").mapping(["windows"])
    assert problem(refused).code == "unknown-field"
    assert "'windows'" in problem(refused).todo
    with pytest.raises(BadInput) as refused:
        tree("a: 1\n").mapping(["a", "b"])
    assert problem(refused).code == "missing-field"


@pytest.mark.parametrize(
    ("text", "reader"),
    [
        ("1.5", "as_int"), ("1e3", "as_int"), ("٣", "as_int"), ("x", "as_int"), ("", "as_int"),
        ("9999999999999999999", "as_int"),
        ("1e3", "as_decimal"), (".5", "as_decimal"), ("nan", "as_decimal"), ("1,5", "as_decimal"),
        ("yes", "as_bool"), ("True", "as_bool"), ("31/01/2023", "as_date"),
        ("2023-02-30", "as_date"), ("2023-01-23T00:00", "as_instant"), ("Rome", "as_zone"),
        ("''", "as_text"), ("[]", "as_text"), ("{}", "as_text"), ("{}", "sequence"),
        ("x", "sequence"), ("x", "mapping"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_refused_in_its_place(text: str, reader: str) -> None:
    value = tree(f"a: {text}\n").mapping()["a"]
    with pytest.raises(BadInput) as refused:
        getattr(value, reader)()
    found = problem(refused)
    assert found.place is not None
    assert (found.code, found.place.line, found.place.field) == ("wrong-value", 1, "a")
    assert found.todo


def test_numbers_have_bounds_where_they_are_given() -> None:
    value = tree("a: 5\n").mapping()["a"]
    assert value.as_int(least=5, most=5) == 5
    for bounds in ({"least": 6}, {"most": 4}):
        with pytest.raises(BadInput):
            value.as_int(**bounds)
