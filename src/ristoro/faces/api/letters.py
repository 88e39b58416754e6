"""A run's letters as everybody may read them, and making its page of facts public with them."""

from __future__ import annotations

from ristoro.errands.publishing import LETTERS
from ristoro.faces.api.errands import LEADS, ErrandShown, asked
from ristoro.faces.api.operations import Call, Made, Part
from ristoro.faces.api.runs import RunShown, shown
from ristoro.faces.api.shapes import Digest, Instant, Nothing, Shape
from ristoro.kernel.errors import Missing, Problem
from ristoro.notices import specimens
from ristoro.remedies import runs
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.workers import errands as work

part = Part("letters", "The letters of runs, and making their pages of facts public.")


class Letter(Shape):
    """One letter in one language; so many mailboxes may get it, now or after an answer."""

    brand: str
    language: str
    kind: str
    line: str
    plain: str
    mailboxes: int


class Letters(Shape):
    """The wording of a run's letters. What becomes public is the wording that somebody has read."""

    run: str
    wording: Digest
    drawn_at: Instant
    letters: list[Letter]


class Read(Shape):
    """The wording that was read, by its digest."""

    wording: Digest


@part.post("runs/{name}/letters", Role.OPERATOR, gives=ErrandShown, status=202, leads=LEADS)
def draw_letters(call: Call[Nothing]) -> Made:
    """Draw up the wording of a run's letters from what was decided: a long work."""
    people.require(call.person, Role.OPERATOR)
    params = {"run": runs.named(call.path["name"]).name}
    return asked(work.ask(LETTERS, params, call.person, call.errand_key, call.at))


@part.get("runs/{name}/letters", gives=Letters)
def get_letters(call: Call[Nothing]) -> Letters:
    """Show the wording of a run's letters, in both languages, as it was drawn up."""
    run = runs.named(call.path["name"])
    wording = specimens.of_run(run)
    if wording is None:
        raise Missing(
            Problem(
                "no-letters",
                f"the letters of {run.name} were not drawn up yet",
                "it reads all that was decided, which is a work of its own",
                "ask for it by a POST",
            )
        )
    letters = [
        Letter(
            brand=one.brand,
            language=one.locale,
            kind=one.kind,
            line=one.line,
            plain=one.plain,
            mailboxes=one.mailboxes,
        )
        for one in specimens.read(wording)
    ]
    return Letters(run=run.name, wording=wording.digest, drawn_at=wording.drawn_at, letters=letters)


@part.post("runs/{name}/publish", Role.OPERATOR, takes=Read, gives=RunShown)
def publish_run(call: Call[Read]) -> RunShown:
    """Make the page of facts of an approved run public, with the wording that was read.

    Nothing of a run begins before: whoever gets a letter can look up there what it is about.
    """
    run = runs.named(call.path["name"])
    return shown(specimens.publish(run, call.given.wording, call.person, call.at))
