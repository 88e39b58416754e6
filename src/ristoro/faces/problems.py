"""What stood against an act, in the reader's language, with the exact words beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from ristoro.faces.said import Lazy
from ristoro.kernel.errors import RistoroError

WORDS: Mapping[str, tuple[int, Lazy]] = {
    "role-missing": (403, _("You do not hold the role that this asks for.")),
    "two-people": (403, _("You entered this run: another person approves it.")),
    "wrong-total": (
        422,
        _("The total that you typed is not the run's. The run was not approved: read it again."),
    ),
    "wrong-state": (409, _("The run is no longer where this page showed it. See where it stands.")),
    "changed-outcomes": (409, _("The outcomes on the disk are not those that were decided.")),
    "unreadable-outcomes": (409, _("The outcomes of this run cannot be read.")),
    "unreadable-run": (409, _("The folder of this run cannot be read.")),
    "run-changed": (409, _("An input of this run is not the one that was decided on.")),
    "wrong-code": (
        422,
        _("The code is not this secret's present one. Look at the app's clock, then try again."),
    ),
    "passkey-refused": (
        422,
        _("The passkey was not accepted. Try again, or use an authenticator app."),
    ),
    "last-factor": (409, _("It is the only one: add another before you remove it.")),
    "no-mailbox": (404, _("This run has no mailbox with that address.")),
}
"""The status and the sentence by the code of a problem; any other is 409 and told as it is."""

OTHER = _("It was not done. The exact words below say why, and what to do.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A refusal as a page shows it: a sentence, and the exact words for whoever mends it."""

    status: int
    sentence: str
    exact: tuple[str, ...]


def shown(error: RistoroError) -> Shown:
    """The first problem's sentence, and the exact words of every one."""
    code = error.problems[0].code if error.problems else ""
    status, sentence = WORDS.get(code, (409, OTHER))
    return Shown(status, str(sentence), tuple(str(problem) for problem in error.problems))
