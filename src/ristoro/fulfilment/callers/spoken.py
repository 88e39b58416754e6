"""The facts of a mailbox as they are spoken: by situation, in both languages at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from ristoro.fulfilment import holder, wording
from ristoro.fulfilment.callers.sentences import Situation, Words
from ristoro.fulfilment.held import GrantFacts, Programme, Told
from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.fulfilment.ways import TRANSFER
from ristoro.kernel.money import Money
from ristoro.notices import words
from ristoro.notices.facts import LANGUAGES
from ristoro.notices.models import NoticeState
from ristoro.remedies.models import Run

NO_PROGRAMME = Situation("none", {})
_ENDED = {
    GrantState.DECLINED: "declined",
    GrantState.LAPSED: "lapsed",
    GrantState.REFUSED: "refused",
    GrantState.REVERSED: "reversed",
}
_THERE = (NoticeState.ACCEPTED, NoticeState.VERIFIED)
_COUNTED = {GrantKind.EXTENSION: "months", GrantKind.SERVICE_DAYS: "days"}
_MORE = {"it": "{} di abbonamento in più", "en": "{} more of your subscription"}
_SPACE = {"it": "{} di spazio in più", "en": "{} more space"}
_AFTER = {
    "space": {"it": "Dopo il sì avrà {} in tutto.", "en": "After your yes you have {} in all."},
    "until": {
        "it": "Dopo il sì sarà pagato fino al giorno {}.",
        "en": "After your yes it is paid until {}.",
    },
}
_MONEY = {
    GrantKind.CREDIT: {"it": "un credito di {}", "en": "a credit of {}"},
    GrantKind.REFUND: {"it": "un rimborso di {}", "en": "a refund of {}"},
    GrantKind.INDEMNITY: {"it": "un indennizzo di {}", "en": "an indemnity of {}"},
}


def situations_of(
    programmes: Iterable[Programme], now: datetime, code_of: Callable[[Run, int], str]
) -> list[Situation]:
    """What a mailbox's programmes come to, for sentences: each remedy, and the letter of each.

    ``now`` is in the zone of the days that are told; ``code_of`` names the code of a letter by its
    run and id.
    """
    found = []
    for programme in programmes:
        for owed in programme.owed:
            title = _titles(programme.run, owed.remedy)
            if owed.grant is None:
                found.append(Situation("nothing", {"title": title}))
            else:
                found.append(_situation(owed.grant, title, programme, now))
        found.append(_letter(programme, now, code_of))
    return found or [NO_PROGRAMME]


def asked(run: Run, grant: GrantFacts, is_choice: bool, now: datetime) -> Situation:
    """What is read out before an answer to a grant is taken."""
    name = "choice" if is_choice else _asked(grant, now)
    return Situation(name, _facts(grant, _titles(run, grant.remedy), now))


def said(what: str, number: str) -> Situation:
    """What was just recorded, and its number."""
    return Situation(f"said:{what}", {"number": dict.fromkeys(LANGUAGES, number)})


def gift(grant: GrantFacts, lang: str) -> str:
    """``6 mesi di abbonamento in più``, ``204,8 MB di spazio in più``, ``un rimborso di …``."""
    if grant.kind is GrantKind.STORAGE:
        return _SPACE[lang].format(words.size(grant.amount, lang))
    if grant.kind in _COUNTED:
        return _MORE[lang].format(words.count(grant.amount, _COUNTED[grant.kind], lang))
    return _MONEY[grant.kind][lang].format(Money(grant.amount, grant.currency).words(lang))


def each(value: Callable[[str], str]) -> Words:
    """A value in each language."""
    return {lang: value(lang) for lang in LANGUAGES}


def _situation(grant: GrantFacts, title: Words, programme: Programme, now: datetime) -> Situation:
    beside = [one for one in programme.grants if one.remedy in grant.others and one.asks]
    return Situation(_name(grant, bool(beside), now), _facts(grant, title, now))


def _asked(grant: GrantFacts, now: datetime) -> str:
    late = grant.deadline is not None and grant.deadline < now.date()
    return f"{'late' if late else 'asked'}:{grant.silence.value}"


def _claimed(grant: GrantFacts, now: datetime) -> str:
    if grant.is_for_damages:
        return "claim:damages"
    late = grant.deadline is not None and grant.deadline < now.date()
    return "claim:late" if late else "claim"


def _name(grant: GrantFacts, has_others: bool, now: datetime) -> str:
    if grant.asks:
        return "choice" if has_others else _asked(grant, now)
    if grant.state is GrantState.WAITING and grant.by_request:
        return _claimed(grant, now)
    if grant.instead is not None:
        return "instead"
    if grant.made or grant.state in _ENDED:
        return "made" if grant.made else _ENDED[grant.state]
    if grant.channel != TRANSFER:
        return "coming"
    return "coming:account" if grant.wants_account else "coming:transfer"


def _facts(grant: GrantFacts, title: Words, now: datetime) -> Mapping[str, Words]:
    since = None if grant.since is None else grant.since.astimezone(now.tzinfo).date()
    return {
        "title": title,
        "gift": each(lambda lang: gift(grant, lang)),
        "after": each(lambda lang: _after(grant, lang)),
        "deadline": each(lambda lang: _the_day(grant.deadline, lang)),
        "since": _day(since),
        "number": dict.fromkeys(LANGUAGES, grant.number),
    }


def _after(grant: GrantFacts, lang: str) -> str:
    if grant.target is not None:
        return _AFTER["space"][lang].format(words.size(grant.target, lang))
    if grant.until is not None:
        return _AFTER["until"][lang].format(wording.day(grant.until, lang))
    return ""


def _letter(programme: Programme, now: datetime, code_of: Callable[[Run, int], str]) -> Situation:
    told = [one for one in programme.told if one.state is not NoticeState.WITHHELD]
    there = [one for one in told if one.state in _THERE]
    if there:
        code = code_of(programme.run, there[0].id)
        facts = {"since": _day(_local(there[0], now)), "code": dict.fromkeys(LANGUAGES, code)}
        return Situation("letter:there", facts)
    if any(one.state is NoticeState.REFUSED for one in told):
        return Situation("letter:refused", {})
    return Situation("letter:coming" if told else "letter:none", {})


def _local(letter: Told, now: datetime) -> date | None:
    return None if letter.since is None else letter.since.astimezone(now.tzinfo).date()


def _the_day(value: date | None, lang: str) -> str:
    """``il 30 aprile 2023``, ``l'8 maggio 2023``: *otto* and *undici* begin with a vowel."""
    if value is None or lang != "it":
        return "–" if value is None else wording.day(value, lang)
    article = "l'" if value.day in (8, 11) else "il "
    return f"{article}{wording.day(value, lang)}"


def _day(value: date | None) -> Words:
    return each(lambda lang: "–" if value is None else wording.day(value, lang))


def _titles(run: Run, remedy: int) -> Words:
    return each(lambda lang: holder.titles_of(run, remedy, lang)[1])
