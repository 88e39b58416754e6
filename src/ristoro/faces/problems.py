"""What stood against an act, in the reader's language, with the exact words beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from ristoro.faces.said import Lazy
from ristoro.kernel.errors import RistoroError

WORDS: Mapping[str, tuple[int, Lazy]] = {
    "no-evidence": (409, _("No logs were imported yet. Import some first.")),
    "no-log-files": (422, _("No log is there, or several of one name. Choose the files again.")),
    "log-year": (422, _("Write the year of the first line, as 2026, and choose a zone.")),
    "log-host": (422, _("That is no host's name. Write it as mx1.example.net.")),
    "outside-log-folders": (422, _("Only logs in the folders named on this page are read.")),
    "too-much-sent": (413, _("That is more than one form may send. Name the log by its path.")),
    "claim-moved": (
        409,
        _("This claim is no longer where the page showed it. See where it stands."),
    ),
    "claim-taken": (
        409,
        _("Another examiner has this claim. Go on with another, or take it over."),
    ),
    "claim-outcome": (422, _("Say what was found: one of the four.")),
    "claim-reasons": (422, _("Choose at least one of the reasons that are shown.")),
    "claim-words": (422, _("Your own words are too long.")),
    "letter-linked": (
        422,
        _("A reader would make a link of something in the letter. Say it in other words."),
    ),
    "claim-amount": (
        422,
        _("That sum does not fit what was found. Write the part that is recognised, as 123,45."),
    ),
    "claim-in-kind": (
        422,
        _("That cannot be offered in kind. Write a whole number, and no more money than is paid."),
    ),
    "two-people-claim": (403, _("You had a part in this decision: another person looks at it.")),
    "together-gone": (409, _("These claims are no longer what the page showed. Look again.")),
    "together-changed": (
        409,
        _("One of these claims has changed, so none was decided. Decide each alone."),
    ),
    "sample-not-opened": (409, _("Open every claim of the sample first.")),
    "wrong-count": (422, _("That is not how many claims there are. Nothing was decided.")),
    "document-lost": (409, _("This document cannot be read as it was kept. Tell an operator.")),
    "role-missing": (403, _("You do not hold the role that this asks for.")),
    "two-people": (403, _("You entered this run: another person approves it.")),
    "two-people-decided": (403, _("You had this run decided: another person approves it.")),
    "same-browser": (
        403,
        _(
            "Somebody who decided or entered this run was signed in in this browser."
            " Approve it in your own."
        ),
    ),
    "who-unknown": (403, _("Nobody has said which human this account is. Have that put right.")),
    "still-waiting": (409, _("The approval can still be thought over. See how long it waits.")),
    "facts-not-public": (409, _("The page of facts is not public yet. Publish it first.")),
    "reason-missing": (422, _("Write why: whoever reads the journal must be able to see it.")),
    "not-safe": (409, _("These are not done again: they may have happened.")),
    "wrong-total": (
        422,
        _("The total that you typed is not the run's. The run was not approved: read it again."),
    ),
    "wrong-state": (409, _("The run is no longer where this page showed it. See where it stands.")),
    "changed-outcomes": (409, _("The outcomes on the disk are not those that were decided.")),
    "unreadable-outcomes": (409, _("The outcomes of this run cannot be read.")),
    "unreadable-run": (409, _("The folder of this run cannot be read.")),
    "run-changed": (409, _("An input of this run is not the one that was decided on.")),
    "still-going": (422, _("The outage is still going on: say until when to count.")),
    "choice-missing": (422, _("Choose an estate, an outage and a policy.")),
    "entered-already": (
        409,
        _("This decision was entered before. Go on with that run, or cancel it."),
    ),
    "estate-changed": (409, _("The estate has changed since for mailboxes that get something.")),
    "outage-corrected": (409, _("The outage was corrected since. Decide again.")),
    "policy-replaced": (409, _("The policy has a newer version since. Decide again.")),
    "preview-changed": (409, _("The samples in this folder are of another decision.")),
    "not-a-run": (409, _("This folder holds no decision, or a part of one.")),
    "key-used": (409, _("This form was sent before for something else. Open the page again.")),
    "wrong-code": (
        422,
        _("The code is not this secret's present one. Look at the app's clock, then try again."),
    ),
    "passkey-refused": (
        422,
        _("The passkey was not accepted. Try again, or use an authenticator app."),
    ),
    "last-factor": (409, _("It is the only one: add another before you remove it.")),
    "no-caller": (404, _("No mailbox of ours has that address. Have the caller spell it.")),
    "searches-too-many": (
        429,
        _("You have looked for too many mailboxes within an hour. Speak with a supervisor."),
    ),
    "call-over": (409, _("This call has ended. Look for the mailbox again.")),
    "holder-denies": (
        409,
        _("The holder says in the webmail that nobody calls for this mailbox. Tell a supervisor."),
    ),
    "not-verified": (403, _("The caller has not been verified.")),
    "code-wrong": (422, _("That is not the code. Have the caller read it once more.")),
    "code-spent": (409, _("There is no code any more that could be right. Make another.")),
    "codes-too-many": (409, _("No more codes are made now. Help the caller in another way.")),
    "means-unknown": (422, _("Say how the caller was verified.")),
    "means-reference": (422, _("Say with what you compared it.")),
    "answer-missing": (422, _("Say what the caller answered, and to which of them.")),
    "figures-changed": (409, _("What you read out has changed. Read it to the caller again.")),
    "answered-otherwise": (409, _("Another answer was given before, and it stands.")),
    "chose-other": (409, _("Another of the alternatives is given: first take that answer back.")),
    "too-late": (409, _("The last day to answer has passed.")),
    "too-late-to-withdraw": (
        409,
        _("It is being done already, and cannot be taken back here."),
    ),
    "run-not-open": (409, _("The programme takes no answers now.")),
    "holder-asks": (403, _("Only its holder asks for this, in the webmail.")),
    "nothing-asked": (409, _("Nothing is asked here any more: see how it stands.")),
    "report-way": (422, _("Say what does not work.")),
    "report-since": (422, _("Say since when: a day and time within the last 30 days.")),
    "report-words": (422, _("Say in a few words what happens.")),
    "reports-too-many": (
        429,
        _("Several faults of this mailbox were reported within an hour. They are looked at."),
    ),
    "callback-number": (422, _("Write the telephone number with its area code.")),
    "callback-slot": (422, _("Choose the hours again: these cannot be promised any more.")),
    "callback-words": (422, _("Say in a few words what the call is to be about.")),
    "callbacks-too-many": (409, _("This mailbox waits for three calls already.")),
    "callback-taken": (409, _("Another agent has taken this request, or it is finished.")),
    "wording-not-read": (409, _("The letters were drawn up anew. Read them, then publish.")),
    "not-approved": (409, _("Nobody has approved this run yet: it is published after that.")),
    "breach-settled": (409, _("The authority was told already. What is new is told as more.")),
    "breach-not-notified": (409, _("The authority was not told yet: write the first time first.")),
    "delay-unexplained": (422, _("It is later than 72 hours: write also why it is late.")),
    "sent-never": (422, _("That was before it became known, or is still to come.")),
    "aware-later": (422, _("That is still to come: write when somebody first knew.")),
    "wrong-time": (422, _("This is not one instant. Mind the hour that clocks skip or repeat.")),
    "draft-changed": (
        409,
        _("Somebody else kept this draft meanwhile. Read what it says now, then go on."),
    ),
    "no-draft": (409, _("This draft was published or dropped meanwhile. Look at the list.")),
    "corrected-meanwhile": (
        409,
        _("Somebody else corrected this meanwhile. Read what it says now, then go on."),
    ),
    "unknown-format": (
        422,
        _("No file of that format is read here: see the list beside the field."),
    ),
    "too-large": (422, _("It is too large.")),
    "empty": (422, _("There is no row in it.")),
    "no-room": (409, _("There is no room for it on the disk. Make room, then send it again.")),
    "upload-in-use": (
        409,
        _("This file is being imported: wait until that has ended, or cancel it."),
    ),
    "no-instant": (422, _("Write the day and the time of which the rows are.")),
    "bad-rows": (
        422,
        _("More rows are wrong than you allowed, so none was taken. Their list can be downloaded."),
    ),
    "unknown-column": (422, _("The columns are not those that the mapping reads.")),
    "missing-column": (422, _("Something that a mailbox must have is read from no column.")),
    "not-utf8": (422, _("The file is not UTF-8.")),
    "not-parquet": (422, _("This is not a Parquet file, or a broken one.")),
    "separator": (422, _("The header leaves in doubt what separates the fields.")),
    "header": (422, _("The first line does not name the columns as it must.")),
    "stray-quote": (
        422,
        _("A quote stands inside a field: from there on rows cannot be told apart."),
    ),
    "unclosed-quote": (422, _("A quote is opened and never closed.")),
    "record-too-long": (422, _("A line has no end where it should.")),
    "lone-return": (422, _("A line ends in a way that programs read differently.")),
    "changed": (409, _("The file has changed while it was read.")),
    "import-running": (409, _("Another import is running: wait until it has ended.")),
    "errand-given-up": (409, _("The work ended its process three times and was given up.")),
    "no-errand": (404, _("Whoever asked for an errand cancels it.")),
    "not-there": (404, _("What was asked for is not there any more.")),
    "unknown-outage": (422, _("A case names an outage that has not been declared here.")),
    "not-yaml": (422, _("From here on this is not YAML.")),
    "unknown-field": (422, _("There is no such field here.")),
    "missing-field": (422, _("A field is missing here.")),
    "unknown-name": (422, _("Nothing has that name here.")),
    "wrong-token-name": (
        422,
        _("Name the program that the token is for, in at most 80 characters."),
    ),
    "token-name-taken": (
        409,
        _("You have a token of that name. Revoke it first, or choose another name."),
    ),
    "wrong-token-days": (422, _("A token lasts 1 to 90 days.")),
    "wrong-token-roles": (422, _("Choose at least one of your roles.")),
    "tokens-full": (409, _("You have too many tokens. Revoke one that is not used.")),
    "no-batch": (404, _("There is no batch of that name.")),
    "no-debtor": (409, _("The account that pays is not set up yet.")),
    "nothing-to-pay": (409, _("There is nothing for a batch now: see what stands against each.")),
    "single-payment": (
        409,
        _("The file would be of one payment alone. Say that this is meant, or wait for others."),
    ),
    "wrong-batch-total": (
        422,
        _("The figures that you typed are not the batch's. Nothing was released: read it again."),
    ),
    "batch-moved": (409, _("The batch is no longer where this page showed it.")),
    "batch-changed": (
        409,
        _("Something in the batch is not as it was prepared. Drop it, and prepare another."),
    ),
    "file-altered": (
        409,
        _("The file is not there as it was released. Do not send it, and find out why."),
    ),
    "payment-moved": (409, _("This cannot be done with this payment now. See where it stands.")),
    "not-payable": (422, _("A payment is not as banks take it: nothing was written.")),
    "not-xml": (422, _("This is not a file as banks send it. Nothing of it was taken.")),
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
