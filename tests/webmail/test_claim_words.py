"""Everything that can be found for a claim has a sentence, in both languages, that says no more."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation

from ristoro.claims.evidence.found import (
    Came,
    Cause,
    Deposit,
    Found,
    Limit,
    Limitation,
    Line,
    Message,
    Refusal,
    ServiceEdge,
    SignedIn,
    Totals,
)
from ristoro.claims.models import Claim, ClaimState, CostKind, Evidence, Lost
from ristoro.edges.mail_logs.columns import Edge, Fate, SignIn
from ristoro.faces.webmail.claiming import posted, shown, telling
from ristoro.kernel.clock import micros
from ristoro.kernel.keys import canonical_json
from ristoro.kernel.spans import Span

AT = micros(datetime(2023, 1, 23, 1, 5, 16, tzinfo=UTC))
MINUTE = 60_000_000
WINDOW = Span(AT, AT + 60 * MINUTE)
HERE = Line("mail.log", 7, "f" * 64, "e" * 64)
LATER = Line("mail.log", 9, "f" * 64, "e" * 64)


def message(came: Came, cause: Cause | None = Cause.OURS, **more: Any) -> Message:
    told = {
        "host": "mx1",
        "queue_id": "4Nx",
        "arrived_at": AT,
        "fate": Fate.SENT,
        "waited_us": 125 * MINUTE,
        "deferrals": 1,
        "first_deferred_at": AT,
        "ended_at": AT + 125 * MINUTE,
        "message_id": "<a@example.it>",
        "sender": "Ufficio@example.it",
        "recipient": "anna@libero.it",
        "original_recipient": None,
        "size": 1,
        "dsn": "2.0.0",
        "relay": None,
        "folder": None,
        "first_reason": None,
        "reason": None,
        "first": HERE,
        "last": LATER,
        **more,
    }
    return Message(came=came, cause=cause, **told)


def of(lang: str = "it", counterparty: str = "", **found: Any) -> shown.Shown:
    parts = dict.fromkeys(
        ("messages", "deposits", "refusals", "sign_ins", "edges", "sources", "limits"), ()
    )
    told = Found("anna@libero.it", WINDOW, **{"totals": Totals(), **parts, **found})
    body = canonical_json(told.as_json()).decode()
    evidence = Evidence(body=body, digest=told.digest, found_at=datetime.now(UTC))
    with translation.override(lang):
        return shown.shown(evidence, Claim(counterparty=counterparty))


@pytest.mark.parametrize("lang", ["it", "en"])
def test_every_fate_and_cause_has_a_sentence(lang: str) -> None:
    silent = {Came.DELIVERED, Came.PASSED_ON}
    assert set(shown.CAME) == set(Came) - silent
    assert set(shown.CAUSES) == set(Cause)
    for came in Came:
        for cause in (*Cause, None):
            facts = of(lang, messages=(message(came, cause),)).facts
            assert len(facts) == (came not in silent)
            for fact in facts:
                assert not re.search(r"%\(|None", fact.sentence)


@pytest.mark.parametrize("lang", ["it", "en"])
def test_every_limit_has_a_sentence_with_and_without_a_time(lang: str) -> None:
    assert set(shown.LIMITS) == set(Limit)
    for span in (WINDOW, None):
        told = of(lang, limits=tuple(Limitation(limit, span) for limit in Limit)).limits
        assert all(told)
        assert not [one for one in told if "%(" in one]


def test_of_many_gaps_the_first_are_told_and_that_there_are_more() -> None:
    gaps = [Span(AT + n * MINUTE, AT + (n + 1) * MINUTE) for n in range(300)]
    limits = (*(Limitation(Limit.SILENT_HOST, one, "mx1") for one in gaps),)
    told = of(limits=(*limits, Limitation(Limit.BEFORE_OUR_DOOR))).limits
    assert told[0].startswith("La posta che non è mai arrivata")
    assert len(told) == shown.MOST_LIMITS + 1
    assert told[-1] == "C'è più di quanto elencato qui."


def test_a_late_message_says_when_and_by_how_much_and_where_it_stands() -> None:
    [fact] = of(messages=(message(Came.LATE),), counterparty="Anna, di example.it").facts
    assert fact.sentence == (
        "Un messaggio da Ufficio@example.it è arrivato al nostro server il 23 gennaio 2023 alle"
        " 02:05:16 e nella tua casella il 23 gennaio 2023 alle 04:10:16, dopo 2 ore e 5 minuti."
        " La causa era nostra."
    )
    assert fact.ref == shown.Ref("mail.log", 7, 9, "f" * 64)
    assert fact.ours
    assert fact.named


def test_nothing_is_called_lost_and_no_records_are_not_called_nothing() -> None:
    assert of(limits=(Limitation(Limit.NO_EVIDENCE),)).silent
    assert not of().silent
    words = [*shown.CAME.values(), *shown.CAUSES.values()]
    with translation.override("it"):
        assert not [one for one in map(str, words) if re.search(r"\b(pers[oaie]|smarrit)", one)]


def test_whom_the_claim_names_comes_first() -> None:
    first = message(Came.LATE, sender="altri@shop.example")
    second = message(Came.BOUNCED, arrived_at=AT + MINUTE)
    facts = of(messages=(first, second), counterparty="ufficio@example.it").facts
    assert [fact.named for fact in facts] == [True, False]
    assert not [one for one in of(messages=(first,), counterparty="shop").facts if one.named]


def test_what_else_is_told() -> None:
    found = of(
        deposits=(Deposit("mx1", AT, None, None, False, "full", HERE),),
        refusals=(
            Refusal("mx1", AT, 450, None, Cause.OURS, None, "anna@libero.it", None, HERE),
            Refusal("mx1", AT, 550, None, Cause.SENDER, "x@y.it", "anna@libero.it", None, HERE),
        ),
        sign_ins=(
            SignedIn("mx1", AT, "imap", SignIn.OURS, True, None, HERE),
            SignedIn("mx1", AT, "imap", SignIn.GOOD, False, None, HERE),
        ),
        edges=(ServiceEdge("mx1", AT, "dovecot", Edge.STOPPED, HERE),),
        totals=Totals(delivered=3, sign_ins_good=1, sign_ins_refused=2),
    )
    told = " ".join(fact.sentence for fact in found.facts)
    assert len(found.facts) == 5
    assert "respinto per colpa nostra" in told
    assert "riprovare più tardi" in told
    assert "un mittente senza indirizzo" in told
    assert found.counts[0] == "3 messaggi ti sono stati consegnati subito."
    assert len(found.counts) == 3


def test_every_state_and_choice_has_words() -> None:
    assert set(telling.STATES) == set(ClaimState)
    assert set(telling.LOST) == set(Lost) - {Lost.NOT_SAID}
    assert set(telling.COSTS) == set(CostKind) - {CostKind.NOT_SAID}


@pytest.mark.parametrize(
    ("text", "lang", "minor"),
    [
        ("120", "it", 12_000),
        ("120,5", "it", 12_050),
        ("120.50", "it", 12_050),
        ("€ 1.234,56", "it", 123_456),
        ("1.234", "it", 123_400),
        ("1,234", "it", None),
        ("1,234.56", "en", 123_456),
        ("1,234", "en", 123_400),
        ("1.234", "en", None),
        ("1 234 567", "it", 123_456_700),
        ("1.234.567,8", "it", 123_456_780),
        ("1.234,567", "it", None),
        ("-5", "it", None),
        ("tanto", "it", None),
        ("1e5", "it", None),
        ("999999999999", "it", None),
        ("", "it", None),
        ("١٢٠", "it", None),
    ],
)
def test_an_amount_is_read_as_it_is_written_in_the_language(
    text: str, lang: str, minor: int | None
) -> None:
    assert posted.amount(text, "EUR", lang) == minor
