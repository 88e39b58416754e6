"""One letter asks about alternatives: it lists them, and says which the silent are given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.notices import cast
from tests.notices.test_sign import signers

from ristoro.notices.compose import compose
from ristoro.notices.facts import NoticeKind, Phase, Subject
from ristoro.notices.lint import lint
from ristoro.notices.plan import GrantRow, Held, NoticeRow, subject_of
from ristoro.notices.sheet import Sheet, likeness_of, sheet_of
from ristoro.notices.sign import sign

CHOICES = {0: "thanks", 1: "thanks"}
SPACE = GrantRow(
    *(0, "storage", 5 * 2**30, "", 2**30, 6 * 2**30, None, None, "confirm"),
    deadline=date(2023, 4, 30),
    state="waiting",
)
MONTHS = GrantRow(
    *(1, "extension", 3, "", None, None, date(2023, 8, 31), date(2023, 11, 30), "confirm"),
    deadline=date(2023, 4, 30),
    state="waiting",
)
CREDIT = GrantRow(
    *(2, "credit", 500, "EUR", None, None, None, None, "confirm"),
    deadline=date(2023, 4, 30),
    state="waiting",
)
GIVES = {0: "ask-again", 1: "give", 2: "ask-again"}


def subject(
    *grants: GrantRow,
    lang: str = "it",
    fallbacks: dict[int, str] = GIVES,
    choices: dict[int, str] = CHOICES,
    kind: NoticeKind = NoticeKind.SEVERAL,
    about: int | None = None,
) -> Subject | Held:
    notice = NoticeRow(7, "jan23", "carla@libero.it", "libero", lang, kind, about)
    return subject_of(notice, grants, cast.LIBERO, cast.OUTAGE[lang], fallbacks, choices)


def sheet(*grants: GrantRow, lang: str = "it", **more: object) -> Sheet:
    found = subject(*grants, lang=lang, **more)  # type: ignore[arg-type]
    assert isinstance(found, Subject)
    return sheet_of(found)


def test_the_alternatives_stand_in_one_list_with_the_one_for_the_silent() -> None:
    text = " ".join(sheet(SPACE, MONTHS).plain.split())
    assert "Puoi avere una di queste possibilità" in text
    assert "più spazio per la casella: 6 GB invece di 1 GB; oppure" in text
    assert "tre mesi di abbonamento in più: nuova scadenza l'ultimo giorno di novembre" in text
    assert (
        "Nella webmail indica quale preferisci, oppure dillo al servizio clienti: una sola." in text
    )
    assert "Hai tempo fino alla fine di aprile." in text
    assert "Se non rispondi, ti diamo comunque tre mesi di abbonamento in più" in text
    assert text.count("Hai tempo") == 1


def test_it_is_said_in_english_too() -> None:
    text = " ".join(sheet(SPACE, MONTHS, lang="en").plain.split())
    assert "You can have one of these, at no cost to you. You choose which:" in text
    assert "more space for the mailbox: 6 GB instead of 1 GB; or" in text
    assert "which one you prefer: only one. You can answer until the end of April." in text
    assert "If you do not answer, we will give you this one anyway: three months more" in text


@pytest.mark.parametrize(
    ("silence", "said"),
    [("forfeit", "Se non rispondi, l'offerta scade."), ("ask-again", "te lo chiederemo di nuovo")],
)
def test_what_silence_means_where_nothing_is_given_to_it(silence: str, said: str) -> None:
    text = sheet(SPACE, MONTHS, fallbacks={0: silence, 1: silence}).plain
    assert said in " ".join(text.split())


def test_what_is_no_alternative_stands_beside_the_choice() -> None:
    text = " ".join(sheet(SPACE, MONTHS, CREDIT).plain.split())
    assert "Puoi avere una di queste" in text
    assert "Abbiamo per te un importo di 5 euro." in text
    assert text.count("Hai tempo") == 2


def test_the_last_alternative_left_is_asked_about_as_if_there_were_no_choice() -> None:
    left = subject(replace(SPACE, state="declined"), MONTHS)
    assert left == subject(MONTHS, choices={})
    assert isinstance(left, Subject)
    assert left.kind is NoticeKind.EXTENSION_CONFIRM


def test_what_was_chosen_is_told_without_the_others() -> None:
    told = subject(replace(SPACE, state="declined"), replace(MONTHS, state="verified"))
    assert isinstance(told, Subject)
    assert [(fact.kind, fact.phase, fact.choice) for fact in told.grants] == [
        ("extension", Phase.DONE, "")
    ]


def test_a_reminder_about_one_speaks_of_all_that_wait() -> None:
    reminds = {"kind": NoticeKind.REMINDER, "about": 0}
    both = sheet(SPACE, MONTHS, CREDIT, **reminds)  # type: ignore[arg-type]
    assert "Puoi avere una di queste" in both.plain
    assert "5 euro" not in both.plain
    left = subject(replace(SPACE, state="declined"), MONTHS, **reminds)  # type: ignore[arg-type]
    assert isinstance(left, Subject)
    assert [fact.kind for fact in left.grants] == ["extension"]
    chosen = replace(SPACE, state="planned"), replace(MONTHS, state="declined")
    assert subject(*chosen, **reminds) == Held("answered", pending=False)  # type: ignore[arg-type]


def test_letters_with_and_without_a_choice_are_of_two_classes() -> None:
    one, other = subject(SPACE, MONTHS), subject(SPACE, MONTHS, choices={})
    assert isinstance(one, Subject)
    assert isinstance(other, Subject)
    assert likeness_of(one) != likeness_of(other)


@pytest.mark.parametrize("lang", ["it", "en"])
@pytest.mark.parametrize("kind", [NoticeKind.SEVERAL, NoticeKind.REMINDER])
@pytest.mark.parametrize("third", ["credit", "refund", "indemnity", "service-days"])
def test_the_letters_are_linkless(lang: str, kind: NoticeKind, third: str) -> None:
    found = subject(
        SPACE, MONTHS, replace(CREDIT, kind=third), lang=lang, kind=kind,
        choices={**CHOICES, 2: "thanks"},
    )  # fmt: skip
    assert isinstance(found, Subject)
    message = sign(compose(found, cast.CARLA, cast.APPROVED), signers(), cast.APPROVED)
    assert lint(message) == []
