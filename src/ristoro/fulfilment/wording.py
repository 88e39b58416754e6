"""The closing statement in words, Italian and English: every figure is read, none is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string

from ristoro.fulfilment.alternatives import Others, others_of
from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.fulfilment.statement import (
    NOTICES_PENDING,
    Line,
    Obstacle,
    Standing,
    Statement,
    Sum,
)
from ristoro.kernel.money import Money
from ristoro.notices.models import NoticeState
from ristoro.remedies.language.policy import Nothing, Policy

LANGUAGES = ("it", "en")
GIB = 1024**3

MONTHS = {
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre"
    " dicembre",
    "en": "January February March April May June July August September October November December",
}
KINDS = {
    "it": {
        GrantKind.STORAGE: "spazio in più",
        GrantKind.EXTENSION: "prolungamento dell'abbonamento",
        GrantKind.SERVICE_DAYS: "giorni di servizio in più",
        GrantKind.CREDIT: "credito",
        GrantKind.REFUND: "rimborso",
        GrantKind.INDEMNITY: "indennizzo",
    },
    "en": {
        GrantKind.STORAGE: "more space",
        GrantKind.EXTENSION: "a longer subscription",
        GrantKind.SERVICE_DAYS: "more days of service",
        GrantKind.CREDIT: "a credit",
        GrantKind.REFUND: "a refund",
        GrantKind.INDEMNITY: "an indemnity",
    },
}
CODES = {
    "it": {
        "base-changed": "il piano è cambiato dopo la decisione: decide una persona",
        "no-mailbox": "la casella non c'è più",
        "no-subscription": "la casella non ha più un abbonamento",
        "key-reused": "la registrazione è già usata per altro: decide una persona",
        "no-channel": "nessun modo di pagarlo che le regole prevedono è aperto: decide una persona",
        "not-payable": "nessuna banca prende questo bonifico: decide una persona",
        "withdrawn": "il bonifico è stato tolto dalla lista",
    },
    "en": {
        "base-changed": "the plan was changed after the decision: a person decides",
        "no-mailbox": "the mailbox is no longer there",
        "no-subscription": "the mailbox no longer has a subscription",
        "key-reused": "the booking's key was used for something else: a person decides",
        "no-channel": "the policy names no way of paying it that is open: a person decides",
        "not-payable": "no bank takes this transfer: a person decides",
        "withdrawn": "the transfer was taken from the list",
    },
}
OBSTACLES = {
    "it": {
        "waiting-for-yes": "ristori che attendono il sì del titolare",
        "to-make": "ristori ancora da attivare",
        "deferred": "ristori rinviati, da ritentare",
        "unknown": "ristori di cui non si sa se sono avvenuti: si guarda, non si riprova",
        "not-verified": "ristori attivati e non ancora riletti",
        # of reports that an earlier version drew up
        "not-made-by-this-version": "ristori che la versione di allora non sapeva attivare",
        "notices-pending": "messaggi non ancora consegnati",
        "discrepancies": "conti che non tornano",
        "not-reconciled": "ristori attivati dei quali nessuna rilettura completa ha dato notizia",
        "mismatches": "ristori riletti diversi da come risultano, senza una motivazione",
        "books": "differenze fra i libri contabili e i ristori",
    },
    "en": {
        "waiting-for-yes": "remedies that wait for the holder's yes",
        "to-make": "remedies still to be made",
        "deferred": "remedies deferred, to be tried again",
        "unknown": "remedies of which it is not known whether they happened: we look, not retry",
        "not-verified": "remedies made and not yet read back",
        "not-made-by-this-version": "remedies that the version of that time could not make",
        "notices-pending": "letters not delivered yet",
        "discrepancies": "figures that do not agree",
        "not-reconciled": "remedies made that no full reading of the world has spoken of",
        "mismatches": "remedies read back otherwise than they stand here, without a reason given",
        "books": "differences between the books and the remedies",
    },
}
DISCREPANCIES = {
    "it": {
        "snapshot-outcomes": "caselle nella fotografia e nella decisione",
        "grants": "ristori decisi e caricati",
        "amounts": "importi decisi e caricati",
        "mailboxes": "caselle cui spetta qualcosa nella decisione e caselle con un ristoro",
        "no-notice": "caselle con un ristoro e senza messaggio",
        "no-grant": "caselle con un messaggio e senza ristoro",
    },
    "en": {
        "snapshot-outcomes": "mailboxes in the snapshot, and in the decision",
        "grants": "remedies decided, and loaded",
        "amounts": "amounts decided, and loaded",
        "mailboxes": "mailboxes owed something in the decision, and mailboxes with a remedy",
        "no-notice": "mailboxes with a remedy and no letter",
        "no-grant": "mailboxes with a letter and no remedy",
    },
}
STATES: Mapping[str, Mapping[str, str]] = {
    "it": {
        "loading": "in caricamento",
        "loaded": "caricato",
        "approved": "approvato",
        "acting": "in corso",
        "closed": "chiuso",
        "cancelled": "annullato",
    },
    "en": {},
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A count and an amount as text; ``any`` is false for none."""

    count: str
    amount: str
    any: bool


def text(
    statement: Statement,
    lang: str,
    policy: Policy | None = None,
    *,
    against: Sequence[Obstacle] | None = None,
    handled: int = 0,
    so_far: bool = False,
) -> str:
    """The statement as plain text; titles and reasons in the policy's words where it is given.

    ``against`` is what stands against closing where more is known of it than the statement says;
    ``handled`` counts the remedies read back otherwise that stay so for a reason; ``so_far`` is of
    a statement that may still change, though nothing is left.
    """
    obstacles = statement.obstacles if against is None else against
    titles, reasons = _policy_words(policy, lang)
    chosen = others_of(policy) if policy is not None else {}
    context = {
        "statement": statement,
        "state": STATES[lang].get(statement.state, statement.state),
        "at": instant(statement.at, lang),
        "digest": statement.outcomes_digest,
        "covered": number(statement.mailboxes.covered, lang),
        "nothing_owed": number(statement.mailboxes.nothing_owed, lang),
        "owed": number(sum(statement.mailboxes.by_standing.values()), lang),
        "standings": {
            standing.name.lower(): number(statement.mailboxes.by_standing.get(standing, 0), lang)
            for standing in Standing
        },
        "lines": [_line(line, lang, titles, chosen) for line in statement.lines],
        "zeros": [
            {
                "title": titles.get(zero.remedy_no, zero.remedy),
                "reason": reasons.get(zero.reason, zero.reason),
                "mailboxes": number(zero.mailboxes, lang),
            }
            for zero in statement.zeros
        ],
        "notices": _notices(statement, lang),
        "read_back": _read_back(statement, lang),
        "discrepancies": [
            {
                "what": DISCREPANCIES[lang][one.code],
                "title": "" if one.remedy_no is None else titles.get(one.remedy_no, one.remedy_no),
                "expected": number(one.expected, lang),
                "found": number(one.found, lang),
            }
            for one in statement.discrepancies
        ],
        "obstacles": [
            {"what": OBSTACLES[lang][one.code], "count": number(one.count, lang)}
            for one in obstacles
        ],
        "so_far": so_far,
        "handled": number(handled, lang) if handled else "",
    }
    return render_to_string(f"closing/{lang}.txt", context)


def number(value: int, lang: str) -> str:
    """``1.234`` in Italian, ``1,234`` in English."""
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if lang == "it" else grouped


def day(value: date, lang: str) -> str:
    """``1 marzo 2023``, ``1 March 2023``."""
    return f"{value.day} {MONTHS[lang].split()[value.month - 1]} {value.year}"


def instant(value: datetime, lang: str) -> str:
    """``1 March 2023, 09:00 UTC``, in the instant's own zone."""
    return f"{day(value.date(), lang)}, {value:%H:%M} {value.tzname()}"


def amount(value: int, line: Line, lang: str) -> str:
    """An amount in its unit: exact; bytes also in GiB, rounded down to a tenth."""
    if line.unit == "minor":
        return Money(value, line.currency).words(lang)
    if line.unit == "bytes":
        whole, tenths = divmod(value * 10 // GIB, 10)
        mark = "," if lang == "it" else "."
        return f"{number(value, lang)} byte ({number(whole, lang)}{mark}{tenths} GiB)"
    words = {
        "months": {"it": "mesi", "en": "months"},
        "days": {"it": "giorni", "en": "days"},
    }
    return f"{number(value, lang)} {words[line.unit][lang]}"


def _policy_words(policy: Policy | None, lang: str) -> tuple[Mapping[int, str], Mapping[str, str]]:
    if policy is None:
        return {}, {}
    titles = {at: remedy.title[lang] for at, remedy in enumerate(policy.remedies)}
    reasons = {
        rule.result.reason: rule.result.because[lang]
        for remedy in policy.remedies
        for rule in remedy.rules
        if isinstance(rule.result, Nothing)
    }
    return titles, reasons


def _line(line: Line, lang: str, titles: Mapping[int, str], others: Others) -> dict[str, Any]:
    def shown(one: Sum) -> Shown:
        return Shown(number(one.grants, lang), amount(one.amount, line, lang), any=bool(one.grants))

    all_declined, beside = line.of(GrantState.DECLINED), line.chose_other
    declined = Sum(all_declined.grants - beside.grants, all_declined.amount - beside.amount)
    return {
        "title": titles.get(line.remedy_no, line.remedy),
        "kind": KINDS[lang][line.kind],
        "owed": shown(line.owed),
        "made": shown(line.made),
        "unknown": shown(line.unsettled),
        "until": day(line.waits_until, lang) if line.waits_until else "",
        "others": [titles[other] for other in sorted(others.get(line.remedy_no, ()))],
        "chose_other": shown(line.chose_other),
        "refused_by": [
            {"why": CODES[lang].get(code, code), "sum": shown(one)}
            for code, one in sorted(line.refused_by.items())
        ],
        **{
            state.name.lower(): shown(line.of(state))
            for state in GrantState
            if state is not GrantState.UNKNOWN
        },
        "declined": shown(declined),
    }


def _notices(statement: Statement, lang: str) -> dict[str, Any]:
    states = statement.notices
    return {
        "all": number(sum(states.values()), lang),
        "pending": number(sum(states.get(one, 0) for one in NOTICES_PENDING), lang),
        "refused_by": [
            {"code": code, "count": number(count, lang)}
            for code, count in sorted(statement.notices_refused_by.items())
        ],
        **{state.name.lower(): number(states.get(state, 0), lang) for state in NoticeState},
    }


def _read_back(statement: Statement, lang: str) -> dict[str, str] | None:
    found = statement.read_back
    if found is None:
        return None
    return {
        "at": instant(found.at, lang),
        **{
            name: number(getattr(found, name), lang)
            for name in ("made", "read", "agreed", "differed", "unreadable")
        },
    }
