"""A finding of the linter, and the catalogue of the codes that it can have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ristoro.kernel.documents import read_file
from ristoro.kernel.errors import Place, Problem

CATALOGUE = Path(__file__).with_name("codes.yaml")


@dataclass(frozen=True, slots=True)
class Code:
    """What a code says of every policy that it is found in."""

    name: str
    family: str
    why: str
    before: str
    """Lines of a policy in which it is found."""
    after: str
    """The same lines, mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in a policy to be mended; ``why`` and ``todo`` have no full stop."""

    place: Place
    code: str
    what: str
    why: str
    todo: str

    @property
    def order(self) -> tuple[str, int, int, str]:
        """By where it stands."""
        return self.place.file, self.place.line or 0, self.place.column or 0, self.code

    def __str__(self) -> str:
        where = f"{self.place.file}:{self.place.line or 1}:{self.place.column or 1}"
        return f"{where} {self.code}\n  what: {self.what}\n  why:  {self.why}\n  do:   {self.todo}"

    def as_fields(self) -> Mapping[str, str | int]:
        """The finding as it stands in JSON."""
        return {
            "file": self.place.file,
            "line": self.place.line or 1,
            "column": self.place.column or 1,
            "code": self.code,
            "what": self.what,
            "why": self.why,
            "todo": self.todo,
        }


Findings = Iterator[Finding]


def found(code: str, place: Place, what: str, todo: str) -> Finding:
    """A finding of the linter's own; its reason is the catalogue's."""
    return Finding(place, code, what, catalogue()[code].why, todo)


def refused(problem: Problem, file: str) -> Finding:
    """What the checker refuses, as a finding with the same code."""
    return Finding(
        problem.place or Place(file), problem.code, problem.what, problem.why, problem.todo
    )


@cache
def catalogue() -> Mapping[str, Code]:
    """Every code, by name, in the order of the documentation."""
    codes: dict[str, Code] = {}
    for family in read_file(CATALOGUE).sequence():
        fields = family.mapping(["family", "codes"])
        for item in fields["codes"].sequence():
            one = item.mapping(["code", "why", "before", "after"])
            name = one["code"].as_text()
            assert name not in codes, name
            codes[name] = Code(
                name,
                fields["family"].as_text(),
                one["why"].as_text(),
                one["before"].text or "",
                one["after"].text or "",
            )
    return codes
