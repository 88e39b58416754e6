"""What the form of a claim says: its words, what could not be read of them, and the files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ristoro.claims import documents, filing
from ristoro.claims.drafts import LONGEST_HOW, MOST_COST, Words
from ristoro.claims.models import Claim, CostKind, Lost
from ristoro.faces.said import Lazy
from ristoro.faces.webmail.tags import bytes_said
from ristoro.kernel.clock import instant, micros
from ristoro.kernel.errors import Problem
from ristoro.kernel.money import MINOR_DIGITS, Money

SEEN = "seen"
_THOUSANDS = re.compile(r"\d{1,3}([.,' ])\d{3}(\1\d{3})*(?P<rest>[.,]\d{1,2})?", re.ASCII)
_PLAIN = re.compile(r"\d{1,12}(?P<rest>[.,]\d{1,2})?", re.ASCII)

LACKS: Mapping[str, Lazy] = {
    "lost": gettext_lazy("Say what was lost: choose what comes closest."),
    "happened_on": gettext_lazy("The day must be between the beginning of the outage and today."),
    "cost": gettext_lazy("Write what it cost you. If you do not know exactly, write an estimate."),
    "cost_kind": gettext_lazy("Say what the amount is."),
    "how": gettext_lazy("Tell in a sentence or two how it came about."),
}
"""What is lacking, by the field."""

FILES: Mapping[str, Lazy] = {
    "document-empty": gettext_lazy("“%(name)s” is empty: choose it again."),
    "document-too-big": gettext_lazy("“%(name)s” is too big: a document may be %(most)s."),
    "documents-too-many": gettext_lazy(
        "“%(name)s” was not kept: a claim takes %(count)s documents at most."
    ),
    "documents-too-big": gettext_lazy(
        "“%(name)s” was not kept: all documents together may be %(all)s."
    ),
    "document-type": gettext_lazy(
        "“%(name)s” was not kept: it is no PDF, PNG or JPEG picture, plain text or saved message,"
        " whatever its name says."
    ),
    "document-harmful": gettext_lazy(
        "“%(name)s” was not kept: our scanner found something harmful in it."
    ),
    "document-unscanned": gettext_lazy(
        "“%(name)s” was not kept: it could not be scanned just now. Try again in some minutes."
    ),
}
"""Why a file was not kept, by the problem's code."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A sentence about a field of the form, by the field's id."""

    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Posted:
    """A form; ``typed`` has the texts of the fields that could not be read, to be shown again."""

    words: Words
    seen: datetime
    faults: tuple[Fault, ...]
    typed: Mapping[str, str]
    uploads: tuple[UploadedFile[Any], ...]
    remove: int | None


def posted(request: HttpRequest, claim: Claim, lang: str) -> Posted:
    """The form of a request; what it lacks or cannot be read stays as the claim has it."""
    told, faults, typed = request.POST, [], {}
    cost = told.get("cost", "").strip()
    cost_minor = amount(cost, claim.currency, lang) if cost else None
    if cost and cost_minor is None:
        cost_minor, typed["cost"] = claim.cost_minor, cost[:40]
        faults.append(Fault("cost", _("Write the amount in digits, as 120 or 120,50.")))
    day = told.get("happened_on", "").strip()
    happened_on = _day(day) if day else None
    if day and happened_on is None:
        happened_on, typed["happened_on"] = claim.happened_on, day[:40]
        faults.append(Fault("happened_on", _("Write the day as 2023-01-23.")))
    if len(told.get("how", "")) > LONGEST_HOW:
        faults.append(Fault("how", _("Only the first %s characters were kept.") % f"{LONGEST_HOW}"))
    words = Words(
        lost=Lost(_choice(told.get("lost", ""), Lost.values)),
        counterparty=told.get("counterparty", ""),
        happened_on=happened_on,
        cost_minor=cost_minor,
        cost_kind=CostKind(_choice(told.get("cost_kind", ""), CostKind.values)),
        how=told.get("how", ""),
    )
    files = tuple(one for one in request.FILES.getlist("documents") if one.name)
    remove = told.get("remove", "")
    return Posted(
        words, _seen(told.get(SEEN, ""), claim), tuple(faults), typed, files,
        int(remove) if remove.isdecimal() and len(remove) < 19 else None,
    )  # fmt: skip


def seen_of(claim: Claim) -> str:
    """The hidden field that says as which a draft was shown."""
    return str(micros(claim.saved_at))


def amount(text: str, currency: str, lang: str) -> int | None:
    """Minor units of what a person wrote; ``None`` for what is no amount, or is too much.

    ``1.234`` is a thousand and more in Italian and no amount in English, where a full stop has two
    digits behind it; with both marks the last one is the decimal one, in either language.
    """
    bare = text.replace("€", "").replace("EUR", "").strip().replace("\u00a0", " ")
    grouped, plain = _THOUSANDS.fullmatch(bare), _PLAIN.fullmatch(bare)
    found = plain or grouped
    if found is None:
        return None
    mark = "" if grouped is None else grouped[1]
    if plain is None and mark in ".," and found["rest"] is None:
        usual = "." if lang == "it" else ","
        if mark != usual:
            return None
    if found["rest"] is not None and mark and found["rest"][0] == mark:
        return None
    rest = (found["rest"] or "")[1:]
    whole = bare[: len(bare) - len(found["rest"] or "")]
    digits = re.sub(r"\D", "", whole)
    if len(rest) > MINOR_DIGITS[currency]:
        return None
    minor = Money.parse(f"{digits}.{rest}" if rest else digits, currency).minor
    return minor if minor <= MOST_COST else None


def lacks(problems: tuple[Problem, ...]) -> list[Fault]:
    """What a claim lacks, in the reader's language, by the field."""
    return [Fault(one.code, str(LACKS[one.code])) for one in problems if one.code in LACKS]


def file_fault(problem: Problem, name: str) -> Fault:
    """Why a file was not kept."""
    told = {
        "name": name,
        "most": bytes_said(documents.MOST_BYTES),
        "all": bytes_said(documents.ALL_BYTES),
        "count": documents.MOST,
    }
    words = FILES.get(problem.code, _("“%(name)s” was not kept."))
    return Fault("documents", str(words) % told)


def stood(code: str) -> str:
    """Why a claim could not be begun, filed or moved now, by the problem's code."""
    reasons = {
        "drafts-too-many": _(
            "There are five claims that are not sent yet: go on with one of them, or throw one"
            " away."
        ),
        "claims-too-many": _(
            "This mailbox has sent %s claims within a day. This one is kept: send it tomorrow."
        )
        % filing.MOST,
        "claims-closed": _(
            "The last day to claim about this outage here has passed. What the law gives you does"
            " not end with it: write to customer service."
        ),
        "claim-moved": _("This claim was changed meanwhile. See how it stands now."),
        "offer-answered": _("You chose before, or the last day has passed. See how it stands."),
        "offer-late": _("The last day to choose has passed: you get the money."),
        "claim-filed": _("This claim was sent already."),
        "appeal-late": _(
            "The last day to ask for another look here has passed. What the law gives you does not"
            " end with it."
        ),
    }
    return reasons.get(code, _("This could not be done now."))


def _choice(text: str, values: list[int]) -> int:
    return int(text) if text.isdecimal() and len(text) < 3 and int(text) in values else 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _seen(text: str, claim: Claim) -> datetime:
    if text.isdecimal() and len(text) < 19:
        return instant(int(text))
    return claim.saved_at
