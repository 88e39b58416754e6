"""Findings that a policy states it has on purpose, each with the reason why."""

from __future__ import annotations

from dataclasses import dataclass

from ristoro.kernel.documents import Value
from ristoro.kernel.errors import BadInput, Place, nearest
from ristoro.remedies.authoring.lint.findings import Finding, catalogue, found, refused


@dataclass(frozen=True, slots=True)
class Allowed:
    """One code that the policy departs from, and where it says so."""

    code: str
    place: Place


def departures(tree: Value) -> tuple[list[Allowed], list[Finding]]:
    """What `lint:` at the head of the policy allows; and what is wrong with saying so."""
    stated = (tree.entries or {}).get("lint")
    if stated is None:
        return [], []
    allowed: list[Allowed] = []
    wrong: list[Finding] = []
    for item in stated.list_or_one():
        try:
            fields = item.mapping(["allow", "because"])
            fields["because"].as_text()
            for code in fields["allow"].list_or_one():
                name = code.as_text()
                if name in catalogue():
                    allowed.append(Allowed(name, code.place))
                else:
                    wrong.append(_unknown(name, code.place))
        except BadInput as error:
            wrong.extend(refused(problem, item.place.file) for problem in error.problems)
    return allowed, wrong


def _unknown(name: str, place: Place) -> Finding:
    close = nearest(name, tuple(catalogue()))
    return found(
        "unknown-code",
        place,
        f"there is no finding {name!r}",
        f"write {close!r}" if close else "remove it from `allow`",
    )


def without(own: list[Finding], allowed: list[Allowed]) -> list[Finding]:
    """The linter's own findings that are not allowed, and what is allowed and not found."""
    codes = {one.code for one in allowed}
    met = {finding.code for finding in own}
    kept = [finding for finding in own if finding.code not in codes]
    kept.extend(
        found(
            "allows-nothing",
            one.place,
            f"{one.code!r} is allowed, and nothing has it",
            "remove it from `allow`",
        )
        for one in allowed
        if one.code not in met
    )
    return kept
