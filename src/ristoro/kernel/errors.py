"""Errors written for the person who must act: what, where, why, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an input something stands; lines and columns count from 1, ``None`` is unknown."""

    file: str
    line: int | None = None
    column: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        text = self.file
        if self.line is not None:
            text += f":{self.line}"
            if self.column is not None:
                text += f":{self.column}"
        if self.field:
            text += f", field {self.field}"
        return text


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input."""

    code: str
    what: str
    why: str
    todo: str
    place: Place | None = None

    def __str__(self) -> str:
        head = f"{self.place}: " if self.place else ""
        return f"{head}{self.what} [{self.code}]\n  why: {self.why}\n  do:  {self.todo}"


class RistoroError(Exception):
    """The base of every error that is shown to a person without a traceback."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type[RistoroError], tuple[Problem, ...]]:
        """As it was made, so that it may come from another process."""
        return type(self), self.problems


class BadInput(RistoroError):
    """An input was refused whole; nothing of it was taken."""


class NotAllowed(RistoroError):
    """The person may not do this, or not in this state."""


class Missing(RistoroError):
    """Something that must be installed, configured or named is not there."""


def bad_input(code: str, what: str, why: str, todo: str, place: Place | None = None) -> BadInput:
    """A ``BadInput`` of one problem."""
    return BadInput(Problem(code, what, why, todo, place))


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word most like ``word``, for "did you mean"; ``None`` if none is close."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return close[0] if close else None
