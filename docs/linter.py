"""``python -m docs.linter``: write ``docs/linter.md`` anew from the linter's catalogue."""

from __future__ import annotations

from difflib import ndiff
from itertools import groupby
from pathlib import Path

from docs.error_codes import PROBLEM, codes

from ristoro.remedies.authoring.lint.consents import LETTER_DAYS, least_days
from ristoro.remedies.authoring.lint.findings import Code, catalogue
from ristoro.remedies.language.policy import REMIND

PAGE = Path(__file__).with_name("linter.md")
_HEAD = """\
# The linter of policies

<!-- Made by `python -m docs.linter` from the catalogue of codes. Do not edit. -->

The checker refuses a policy that has no one meaning. A policy that has one may still leave
somebody without a row, set a deadline that nobody can meet, or hold a rule that nobody gets to.
The linter looks for that, and tells what the checker refuses besides, all of it at once.

```
ristoro policy lint policies/
ristoro policy lint policies/example-2023.yaml --format json
ristoro policy lint policies/ --estate snapshot.parquet
```

Each finding is one block: the place, the code, what was found, why it matters, and what to write
instead.

```text
policies/example-2023.yaml:32:9 tier-gap
  what: no step of 'credit_share' holds over 99.89 percent and below 99.9 percent
  why:  whoever falls between two steps has no row, and gets nothing by accident
  do:   let the bounds meet: `below: X` and then `from: X`
```

The command exits with 1 where anything is found, with 2 where a file cannot be read. As JSON the
findings are a list of objects with `file`, `line`, `column`, `code`, `what`, `why` and `todo`.
The cases beside a policy are read for two things: a measure that only they ask counts as used,
and their prices tell in which currency plans are sold. With `--estate` the snapshot tells that,
and which plans there are. A written deadline is held against the day from which the policy holds,
or a later one given by `--on 2023-02-10`.

## What it promises

- **No rule is called dead that somebody can get to.** Conditions are compared as sets of values
  of the things they read: ranges, words, and *not known*. Things that are read together count as
  independent, so the sets hold at least what can happen. What hides behind a relation between two
  things (the total and the uptime of one measure) is not found.
- **Finding nothing is no proof.** The linter sees the text and neither the contract nor the law.
  The [cases](policy-language.md#10-cases) say what is owed.
- **Deciding does not run it.** `ristoro decide` takes every policy that the checker takes.

## Departing from it

A policy that does on purpose what the linter finds says so at its head, with the reason. Codes
marked *refused* below cannot be allowed, since the policy would have no one meaning. A departure
that is stated and not made is a finding too.

```yml
lint:
  allow: [arrears-undefined]
  because: A debt is a matter of its own; the service was down for them too.
```

## Codes

In the examples a line with `-` is found, and one with `+` is what it becomes.
"""


def page() -> str:
    """The whole page."""
    refused = {one.code for one in codes() if one.kind == PROBLEM and _reads_policies(one.file)}
    own = {one.code for one in codes() if one.file.startswith("remedies/authoring/lint/")}
    lines = [_HEAD]
    for family, group in groupby(catalogue().values(), key=lambda code: code.family):
        lines += [f"### {family}", ""]
        for code in group:
            lines += _entry(code, code.name in refused - own)
    return "\n".join(lines)


def _reads_policies(file: str) -> bool:
    return file.startswith("remedies/language/") or file == "kernel/documents.py"


def _entry(code: Code, refused: bool) -> list[str]:
    said = f"{code.why[:1].upper()}{code.why[1:]}."
    if code.name == "deadline-short":
        said += (
            f" The policy's first reminder and {LETTER_DAYS} days before it are needed: with the"
            f" usual reminders, {REMIND[0]} and {REMIND[1]} days before, {least_days(REMIND)} days."
        )
    return [
        f"#### `{code.name}`",
        "",
        f"{said} *Refused.*" if refused else said,
        "",
        "```diff",
        *_difference(code),
        "```",
        "",
    ]


def _difference(code: Code) -> list[str]:
    found = ndiff(code.before.splitlines(), code.after.splitlines())
    return [line.rstrip() for line in found if not line.startswith("?")]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
