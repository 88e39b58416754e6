"""Faulty estates, and the code, line and field that each is told about."""

from pathlib import Path

import pytest
from tests.estate.estates import row, take, text_of, write

from ristoro.kernel.errors import BadInput

BEFORE = {
    "before_plan": "libero-free",
    "before_price_minor": "0",
    "before_billing_months": "0",
    "before_storage_bytes": "1073741824",
}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("mailbox_id", "", "missing"),
        ("mailbox_id", "0", "out-of-range"),
        ("mailbox_id", "9223372036854775808", "out-of-range"),
        ("mailbox_id", "12a", "not-a-number"),
        ("address", "", "missing"),
        ("address", "anna", "address"),
        ("address", "anna@libero", "address"),
        ("address", "anna rossi@libero.it", "address"),
        ("address", "anna..rossi@libero.it", "address"),
        ("address", f"{'a' * 65}@libero.it", "address"),
        ("address", "anna@-libero.it", "address"),
        ("address", "città@libero.it", "address"),
        ("brand", "", "missing"),
        ("brand", "  ", "missing"),
        ("brand", "lib\u200bero", "control-character"),
        ("store", "", "missing"),
        ("store", "s" * 101, "too-long"),
        ("locale", "IT", "unknown-word"),
        ("locale", "fr", "unknown-word"),
        ("standing", "godo", "unknown-word"),
        ("created_at", "", "missing"),
        ("created_at", "05/03/2012", "not-an-instant"),
        ("created_at", "2012-03-05T09:30:00", "not-an-instant"),
        ("created_at", "2012-02-30T09:30:00Z", "not-an-instant"),
        ("created_at", "1969-12-31T23:59:59Z", "out-of-range"),
        ("created_at", "2023-02-09T11:00:01Z", "in-the-future"),
        ("closed_at", "2011-01-01T00:00:00Z", "closed-before-created"),
        ("plan", "", "missing"),
        ("plan_since", "2023-02-10T00:00:00Z", "in-the-future"),
        ("price_minor", "19.99", "not-a-number"),
        ("price_minor", "-1", "negative"),
        ("price_minor", "1000000001", "out-of-range"),
        ("currency", "LIT", "unknown-word"),
        ("currency", "", "missing"),
        ("billing_months", "0", "no-billing-period"),
        ("paid_until", "", "no-paid-until"),
        ("paid_until", "31.12.2023", "not-a-day"),
        ("paid_until", "2023-02-29", "not-a-day"),
        ("storage_bytes", "5 GB", "not-a-number"),
        ("storage_bytes", "-5368709120", "negative"),
        ("used_bytes", "1e9", "not-a-number"),
        ("used_bytes", "2000000000000000", "out-of-range"),
        ("before_plan", "libero-free", "before-incomplete"),
        ("before_price_minor", "0", "before-incomplete"),
        ("before_paid_until", "2022-01-01", "before-incomplete"),
        ("ways", "", "missing"),
        ("ways", "webmail+imapp", "unknown-way"),
        ("ways", "webmail imap", "unknown-way"),
        ("seen_webmail", "yesterday", "not-an-instant"),
    ],
)
def test_a_faulty_value_is_named_with_its_line_field_and_what_to_do(
    tmp_path: Path, field: str, value: str, code: str
) -> None:
    source = write(tmp_path / "e.csv", row(1), row(2), row(3, **{field: value}), row(4))
    with pytest.raises(BadInput) as caught:
        take(source, tmp_path / "store")
    summary, *problems = caught.value.problems
    assert summary.code == "bad-rows"
    assert {problem.code for problem in problems} == {code}
    for problem in problems:
        assert problem.place
        assert problem.place.line == 4
        assert problem.why
        assert problem.todo
    if code != "before-incomplete":
        assert [problem.place.field for problem in problems if problem.place] == [field]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"before_price_minor": "1999"}, "before_billing_months", "no-billing-period"),
        (
            {"before_price_minor": "1999", "before_billing_months": "12"},
            "before_paid_until",
            "no-paid-until",
        ),
        ({"before_storage_bytes": ""}, "before_storage_bytes", "before-incomplete"),
    ],
)
def test_a_plan_before_is_held_to_the_same_rules(
    tmp_path: Path, changes: dict[str, str], field: str, code: str
) -> None:
    source = write(tmp_path / "e.csv", row(1, **(BEFORE | changes)))
    with pytest.raises(BadInput) as caught:
        take(source, tmp_path / "store")
    assert (field, code) in {(p.place.field, p.code) for p in caught.value.problems if p.place}


def without(name: str) -> str:
    changed = row(1)
    del changed[name]
    return text_of([changed])


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        (text_of([{"adress": "a@b.it"} | row(1)]), "unknown-column", "adress"),
        (without("store"), "missing-column", "store"),
        (without("price_minor"), "missing-column", "price_minor"),
        (text_of([row(1) | {"price": "1"}]), "missing-column", "price"),
        (text_of([row(1)]).splitlines()[0] + "\n", "empty", None),
    ],
)
def test_an_estate_without_the_right_columns_or_rows_is_refused(
    tmp_path: Path, text: str, code: str, field: str | None
) -> None:
    (tmp_path / "e.csv").write_text(text)
    with pytest.raises(BadInput) as caught:
        take(tmp_path / "e.csv", tmp_path / "store")
    [problem] = caught.value.problems
    assert (problem.code, problem.place and problem.place.field) == (code, field)
    assert list((tmp_path / "store").glob("*.parquet")) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("e.xlsx", "unknown-format"),
        ("gone.csv", "unreadable"),
        ("gone.parquet", "unreadable"),
        ("text.parquet", "not-parquet"),
        ("mysql://host/name", "no-query"),
        ("sqlite:///nowhere/e.db", "no-query"),
    ],
)
def test_a_source_that_cannot_be_opened_is_refused(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "text.parquet").write_text("no")
    source = name if "://" in name else tmp_path / name
    with pytest.raises(BadInput) as caught:
        take(source, tmp_path / "store")
    assert caught.value.problems[0].code == code
