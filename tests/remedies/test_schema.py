"""The published schemas take what the reader takes, and know the same fields as it does."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import jsonschema
import pytest
from tests.remedies.plain_yaml import load, tree
from typer.testing import CliRunner

from ristoro.cli.policy import app
from ristoro.kernel.errors import BadInput, Place, Problem
from ristoro.remedies.authoring import case_files
from ristoro.remedies.authoring.cases import policy_files
from ristoro.remedies.authoring.lint.allowed import departures
from ristoro.remedies.authoring.schema.files import SCHEMAS, text_of
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.language.read import read_policy, read_value

ROOT = Path(__file__).parents[2]
EVERY_FIELD = Path(__file__).parent / "every_field.yaml"
"""A policy, and cases beside it, with every mapping that the language knows at least once."""
POLICIES = [*policy_files([ROOT / "policies"]), EVERY_FIELD]
FILES = [
    (EVERY_FIELD.with_name("everything.yaml"), "policy.schema.json"),
    *((path, "policy.schema.json") for path in POLICIES),
    *((path.with_name(f"{path.stem}.cases.yaml"), "cases.schema.json") for path in POLICIES),
]
NOT_THERE = "not_a_field"
EITHER = "consent"
"""A field that is stated by a rule or by its remedy; the reader alone knows of both."""


@cache
def checker(name: str) -> jsonschema.Draft7Validator:
    schema = json.loads(text_of(name))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schema_is_that_of_the_program(name: str) -> None:
    written = (ROOT / "schemas" / name).read_text("utf-8")
    assert written == text_of(name), "run `make docs`"


@pytest.mark.parametrize(("path", "name"), FILES, ids=lambda part: Path(part).stem)
def test_every_policy_and_case_file_fits_its_schema(path: Path, name: str) -> None:
    wrong = [
        f"{'.'.join(map(str, error.absolute_path))}: {error.message}"
        for error in checker(name).iter_errors(load(path))
    ]
    assert wrong == []


@pytest.mark.parametrize("path", policy_files([ROOT / "policies"]), ids=lambda path: path.stem)
def test_every_policy_tells_editors_its_schema(path: Path) -> None:
    for file, name in ((path, "policy"), (path.with_name(f"{path.stem}.cases.yaml"), "cases")):
        first = file.read_text("utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema=../schemas/{name}.schema.json", file.name


# The schema beside the reader


def mappings(schema: Any, whole: Any, value: Any, path: tuple[Any, ...] = ()) -> Iterator[Any]:
    """Each mapping of a document that has known fields: its path, and its part of the schema."""
    while "$ref" in schema:
        schema = whole["definitions"][schema["$ref"].rpartition("/")[2]]
    for part in schema.get("allOf", ()):
        if "$ref" in part:
            yield from mappings(part, whole, value, path)
    for part in schema.get("anyOf", ()):
        resolved = {**part, "definitions": whole["definitions"]}
        if jsonschema.Draft7Validator(resolved).is_valid(value):
            yield from mappings(part, whole, value, path)
            return
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from mappings(schema.get("items", {}), whole, item, (*path, at))
    if isinstance(value, dict):
        if "properties" in schema:
            yield path, schema
        for name, item in value.items():
            other = schema.get("additionalProperties") or {}
            yield from mappings(
                schema.get("properties", {}).get(name, other), whole, item, (*path, name)
            )


def changed(document: Any, path: tuple[Any, ...]) -> tuple[Any, Any]:
    """A copy of a document, and the part of it at a path."""
    whole = part = copy.deepcopy(document)
    for step in path:
        part = part[step]
    return whole, part


def reading(document: Any, name: str) -> BadInput | None:
    """What the reader says of a document; ``None`` where it takes it."""
    place = Place(str(SAMPLES[name]))
    try:
        if name == "policy.schema.json":
            read_value(tree(document, place), "")
            for finding in departures(tree(document, place))[1]:
                raise BadInput(
                    Problem(finding.code, finding.what, finding.why, finding.todo, finding.place)
                )
        else:
            with patch.object(case_files, "read_bytes", lambda raw, name: tree(document, place)):
                case_files.read_cases(SAMPLES[name], every_field())
    except BadInput as error:
        return error
    return None


@cache
def every_field() -> Policy:
    return read_policy(EVERY_FIELD)


SAMPLES = {
    "policy.schema.json": EVERY_FIELD,
    "cases.schema.json": EVERY_FIELD.with_name("every_field.cases.yaml"),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_reader_and_the_schema_know_the_same_fields(name: str) -> None:
    document, whole = load(SAMPLES[name]), json.loads(text_of(name))
    found = list(mappings(whole, whole, document))
    descriptions = {schema["description"] for _, schema in found}
    for part in (*whole["definitions"].values(), whole):
        if "properties" in part:
            assert part["description"] in descriptions, "no sample of it in every_field.yaml"
    for path, schema in found:
        other, part = changed(document, path)
        part[NOT_THERE] = 1
        assert not checker(name).is_valid(other), path
        error = reading(other, name)
        assert error is not None, path
        [problem] = [one for one in error.problems if NOT_THERE in one.what]
        known = problem.why.removeprefix("the fields are ").split(", ")
        assert set(known) == set(schema["properties"]), f"{'.'.join(map(str, path))}: add to schema"


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_field_that_must_be_there_must_be_there_for_both(name: str) -> None:
    document, whole = load(SAMPLES[name]), json.loads(text_of(name))
    seen = set()
    for path, schema in mappings(whole, whole, document):
        for field in changed(document, path)[1]:
            if (schema["description"], field) in seen or field == EITHER:
                continue
            seen.add((schema["description"], field))
            other, part = changed(document, path)
            del part[field]
            error = reading(other, name)
            missing = error is not None and error.problems[0].code == "missing-field"
            refused = not checker(name).is_valid(other)
            assert not missing or refused, f"{path}: the schema takes it without {field}"
            assert not refused or error is not None, f"{path}: the reader takes it without {field}"


FAULTS = [
    ("policy.schema.json", ("remedies", 0, "lane"), "goodwil"),
    ("policy.schema.json", ("currency",), "EURO"),
    ("policy.schema.json", ("valid_from",), "1 January 2023"),
    ("policy.schema.json", ("remedies", 0, "rules", 0, "rule"), "In Capitals"),
    ("policy.schema.json", ("measures", "down", "window"), "a month"),
    ("policy.schema.json", ("measures", "down", "components"), "any of fax"),
    ("policy.schema.json", ("amounts", "daily", 0, "value"), 0.5),
    ("cases.schema.json", ("cases", 0, "mailbox", "standing"), "gud"),
    ("cases.schema.json", ("cases", 0, "outage", 0, "from"), "yesterday"),
]


@pytest.mark.parametrize(("name", "path", "value"), FAULTS)
def test_a_wrong_value_is_refused_by_both(name: str, path: tuple[Any, ...], value: object) -> None:
    document = load(SAMPLES[name])
    assert reading(document, name) is None
    other, part = changed(document, path[:-1])
    part[path[-1]] = value
    assert not checker(name).is_valid(other)
    assert reading(other, name) is not None


def test_the_command_writes_both_schemas(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["schema", "--out", str(tmp_path / "new")])
    assert result.exit_code == 0
    for name in SCHEMAS:
        assert (tmp_path / "new" / name).read_text("utf-8") == text_of(name)
