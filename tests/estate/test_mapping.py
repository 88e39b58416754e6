"""Mappings: other names, constants, translations, units and zones."""

from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.estate.estates import take

from ristoro.estate.mapping import MAPPINGS, read_mapping
from ristoro.kernel.errors import BadInput

MAPPING = """
zone: Europe/Rome
columns:
  address: mail
  brand: { from: host, values: { libero.it: libero, virgilio.it: virgilio }, otherwise: other }
  store: { value: main }
  locale: { from: lang, missing: it }
  standing: { from: state, values: { "1": good, "0": suspended } }
  created_at: since
  plan: { value: libero-free }
  plan_since: since
  price: { from: fee, missing: "0" }
  currency: { value: EUR }
  billing_months: { value: "12" }
  paid_until: until
  storage_bytes: { from: quota_kib, times: 1024 }
  used_bytes: { from: used, missing: "0" }
  ways: { value: webmail+imap }
"""
CSV = """mail;host;lang;state;since;fee;until;quota_kib;used;ignored
anna@libero.it;libero.it;en;1;2019-07-01 12:00:00;19.99;2023-09-30;1024;7;x
bruno@virgilio.it;virgilio.it;;0;2019-01-01T12:00:00;;;3145728;;y
carla@inwind.it;inwind.it;;1;2019-01-01T12:00:00Z;0;;1;0;z
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "m.yaml").write_text(MAPPING)
    (tmp_path / "e.csv").write_text(CSV)
    return tmp_path / "m.yaml", tmp_path / "e.csv"


def test_a_mapping_renames_translates_multiplies_and_fills_in(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    imported = take(files[1], tmp_path / "store", mapping=read_mapping(str(files[0])))
    rows = {row["address"]: row for row in pq.read_table(imported.path).to_pylist()}
    anna, bruno, carla = (rows[address] for address in sorted(rows))
    assert (anna["brand"], anna["locale"], anna["standing"]) == ("libero", "en", "good")
    assert (anna["price_minor"], anna["storage_bytes"]) == (1999, 1 << 20)
    assert anna["created_at"] == datetime(2019, 7, 1, 10)  # noqa: DTZ001 - summer time
    assert bruno["created_at"] == datetime(2019, 1, 1, 11)  # noqa: DTZ001
    assert (bruno["brand"], bruno["locale"], bruno["standing"]) == ("virgilio", "it", "suspended")
    assert (bruno["used_bytes"], bruno["price_minor"]) == (0, 0)
    assert (carla["brand"], carla["created_at"].hour) == ("other", 12)


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        ("d@libero.it;libero.it;;2;2019-01-01T12:00Z;0;;1;0;", "state", "untranslated"),
        ("d@libero.it;libero.it;;1;2019-03-31T02:30:00;0;;1;0;", "since", "not-an-instant"),
        ("d@libero.it;libero.it;;1;2019-10-27T02:30:00;0;;1;0;", "since", "not-an-instant"),
        ("d@libero.it;libero.it;;1;2019-01-01T12:00Z;19,99;;1;0;", "fee", "not-an-amount"),
        ("d@libero.it;libero.it;;1;2019-01-01T12:00Z;19.999;;1;0;", "fee", "not-an-amount"),
        ("d@libero.it;libero.it;;1;2019-01-01T12:00Z;0;;9999999999999;0;", "quota_kib",
         "out-of-range"),
    ],
)  # fmt: skip
def test_faults_name_the_column_of_the_file(
    files: tuple[Path, Path], tmp_path: Path, line: str, field: str, code: str
) -> None:
    files[1].write_text(CSV + line + "\n")
    with pytest.raises(BadInput) as caught:
        take(files[1], tmp_path / "store", mapping=read_mapping(str(files[0])))
    found = {(p.place.line, p.place.field, p.code) for p in caught.value.problems[1:] if p.place}
    assert (5, field, code) in found


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("zone: Europe/Rome", "zone: Europe/Roma", "wrong-value"),
        ("  store: { value: main }\n", "", "missing-column"),
        ("  store: { value: main }", "  stor: { value: main }", "unknown-field"),
        ("{ value: main }", "{ value: main, from: host }", "wrong-value"),
        ("{ value: main }", "{ missing: main }", "wrong-value"),
        ("{ value: libero-free }", "{ val: x }", "unknown-field"),
        ("times: 1024", "times: 1.5", "wrong-value"),
        ("columns:", "table: a\nquery: SELECT 1\ncolumns:", "field-twice"),
        ("  brand:", "  address: x\n  brand:", "field-twice"),
        ("columns:", "kolumns:", "unknown-field"),
    ],
)
def test_a_faulty_mapping_is_refused_with_its_line(
    files: tuple[Path, Path], old: str, new: str, code: str
) -> None:
    files[0].write_text(MAPPING.replace(old, new, 1))
    with pytest.raises(BadInput) as caught:
        read_mapping(str(files[0]))
    [problem] = caught.value.problems
    assert problem.code == code
    assert problem.place
    assert problem.place.line is not None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("webmail+imap", "webmale", "unknown-way"),
        ("address: mail", "address: maile", "unknown-column"),
    ],
)
def test_a_mapping_that_does_not_suit_the_file_is_refused(
    files: tuple[Path, Path], tmp_path: Path, old: str, new: str, code: str
) -> None:
    files[0].write_text(MAPPING.replace(old, new, 1))
    with pytest.raises(BadInput) as caught:
        take(files[1], tmp_path / "store", mapping=read_mapping(str(files[0])))
    assert caught.value.problems[0].code == code


def test_every_mapping_that_comes_with_ristoro_can_be_read() -> None:
    assert "postfixadmin" in MAPPINGS
    for name in MAPPINGS:
        assert read_mapping(name).rules


def test_another_mapping_of_the_same_bytes_is_another_import(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    store = tmp_path / "store"
    first = take(files[1], store, mapping=read_mapping(str(files[0])))
    files[0].write_text(MAPPING.replace("value: main", "value: other"))
    second = take(files[1], store, mapping=read_mapping(str(files[0])))
    assert first.digest != second.digest
    assert not second.already
