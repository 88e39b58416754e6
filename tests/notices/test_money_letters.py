"""Letters about money: by which way it comes, and where the account for a transfer is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.notices import cast
from tests.notices.test_letters import NOTICE, desk

from ristoro.notices.facts import NoticeKind, Phase, Subject
from ristoro.notices.letters import Written
from ristoro.notices.lint import lint
from ristoro.notices.plan import GrantRow, Held, subject_of
from ristoro.notices.previews import letters_of
from ristoro.notices.sheet import sheet_of

REFUND = GrantRow(
    *(0, "refund", 833, "EUR", None, None, None, None, "automatic", None, "verified"), "bill"
)
TO_PAY = replace(REFUND, channel="transfer", state="deferred")
WAYS = {
    (
        "it",
        "bill",
    ): "Ti abbiamo rimborsato 8 euro e 33 centesimi: lo scaliamo dalla tua prossima fattura.",
    ("it", "credit"): "è registrato come credito sul tuo conto con noi.",
    ("it", "transfer"): "l'abbiamo pagato con bonifico sul conto che hai indicato.",
    ("en", "bill"): "We have refunded you 8 euros and 33 cents: we take it off your next bill.",
    ("en", "credit"): "it is a credit on your account with us.",
    ("en", "transfer"): "we have paid it by bank transfer, to the account that you gave.",
}


def told(*grants: GrantRow, lang: str = "it") -> Subject:
    notice = replace(NOTICE, locale=lang)
    found = subject_of(notice, grants, cast.LIBERO, cast.OUTAGE[lang], {})
    assert isinstance(found, Subject)
    return found


def words(subject: Subject) -> str:
    return " ".join(sheet_of(subject).plain.split())


@pytest.mark.parametrize(("lang", "way"), WAYS)
def test_a_letter_says_by_which_way_the_money_came(lang: str, way: str) -> None:
    subject = told(replace(REFUND, channel=way), lang=lang)
    assert subject.kind is NoticeKind.MONEY_DONE
    assert WAYS[lang, way] in words(subject)


@pytest.mark.parametrize("lang", ["it", "en"])
@pytest.mark.parametrize("kind", ["refund", "credit", "indemnity"])
def test_who_is_paid_by_transfer_is_told_where_the_account_is_given(lang: str, kind: str) -> None:
    subject = told(replace(TO_PAY, kind=kind), lang=lang)
    assert (subject.kind, subject.grants[0].phase) == (NoticeKind.SEVERAL, Phase.PAYABLE)
    text = words(subject)
    assert "IBAN" in text
    assert {"it": "soltanto lì", "en": "only there"}[lang] in text
    assert {"it": "è già tutto fatto", "en": "everything is done"}[lang] not in text
    written = desk().write(replace(NOTICE, locale=lang), [replace(TO_PAY, kind=kind)])
    assert isinstance(written, Written)
    assert lint(written.letter.message) == []


@pytest.mark.parametrize("state", ["planned", "sending"])
def test_a_transfer_that_was_not_put_down_yet_holds_the_letter_back(state: str) -> None:
    found = subject_of(NOTICE, [replace(TO_PAY, state=state)], cast.LIBERO, cast.OUTAGE["it"], {})
    assert found == Held(f"grant-{state}", pending=True)


def test_a_credit_that_is_deferred_holds_the_letter_back() -> None:
    grant = replace(REFUND, state="deferred")
    found = subject_of(NOTICE, [grant], cast.LIBERO, cast.OUTAGE["it"], {})
    assert found == Held("grant-deferred", pending=True)


def owed(**changes: Any) -> dict[str, Any]:
    figures = {name: getattr(REFUND, name) for name in GrantRow.__slots__}
    return {**figures, **changes}


def previewed(grant: dict[str, Any]) -> list[tuple[Phase, str]]:
    at = desk(channels={0: ("bill", "transfer")})
    return [
        (fact.phase, fact.channel)
        for subject in letters_of("libero", "it", [grant], at)
        for fact in subject.grants
    ]


def test_a_preview_has_a_letter_for_each_way_that_is_decided_later() -> None:
    assert previewed(owed()) == [
        (Phase.DONE, "bill"),
        (Phase.DONE, "transfer"),
        (Phase.PAYABLE, "transfer"),
    ]


def test_what_is_asked_about_is_asked_once_whatever_the_way() -> None:
    found = previewed(owed(consent="confirm", deadline=date(2023, 4, 30)))
    assert found == [
        (Phase.ASKED, ""),
        (Phase.DONE, "bill"),
        (Phase.DONE, "transfer"),
        (Phase.PAYABLE, "transfer"),
    ]
