"""Callers: codes that are worth something once, sentences that fill, hours that can be promised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.databases import Database
from tests.fulfilment import stage
from tests.fulfilment.stage import Staff

from ristoro.fulfilment.callers import callbacks, calls, verifying
from ristoro.fulfilment.callers.callbacks import Wish
from ristoro.fulfilment.callers.finding import Box
from ristoro.fulfilment.callers.means import read_means
from ristoro.fulfilment.callers.models import Call, Callback
from ristoro.fulfilment.callers.sentences import (
    FACTS,
    PLACES,
    SITUATIONS,
    Situation,
    read_sentences,
    suggest,
)
from ristoro.kernel.errors import BadInput, NotAllowed
from ristoro.notices.brands import read_brands

AT = datetime(2023, 3, 1, 9, 0, tzinfo=UTC)  # a Wednesday
ROME = ZoneInfo("Europe/Rome")
SECRET = b"a secret in tests"
MINUTE = timedelta(minutes=1)


def box(address: str = "anna@libero.it", mailbox_id: int = 11) -> Box:
    return Box(
        seen_in="jan23",
        mailbox_id=mailbox_id,
        address=address,
        brand="libero",
        locale="it",
        plan="libero-free",
        plan_since=AT,
        paid_until=None,
        storage=1 << 30,
        used=0,
        standing="good",
        store="lib-01",
        created_at=AT,
        closed_at=None,
        ways=("webmail",),
    )


@pytest.fixture
def people(database: Database) -> Staff:
    return stage.staff()


def refusal(error: pytest.ExceptionInfo[BadInput | NotAllowed]) -> str:
    return error.value.problems[0].code


# Codes


def test_a_code_is_used_once_and_dies_with_its_call(people: Staff) -> None:
    call = calls.begin(people.agent, box(), AT)
    call = verifying.ask(people.agent, call.pk, AT)
    code = verifying.code_of(call, SECRET)
    assert len(code) == 6
    assert code.isdigit()
    spaced = f" {code[:3]}-{code[3:]} "
    verifying.verify(people.agent, call.pk, spaced, SECRET, AT + MINUTE)
    calls.end(people.agent, call.pk, "", AT + MINUTE)
    again = calls.begin(people.agent, box(), AT + 2 * MINUTE)
    with pytest.raises(NotAllowed) as refused:
        verifying.verify(people.agent, again.pk, code, SECRET, AT + 2 * MINUTE)
    assert refusal(refused) == "code-spent"


def test_each_code_of_a_call_is_another_and_only_the_last_is_good(people: Staff) -> None:
    call = calls.begin(people.agent, box(), AT)
    first = verifying.code_of(verifying.ask(people.agent, call.pk, AT), SECRET)
    second = verifying.code_of(verifying.ask(people.agent, call.pk, AT), SECRET)
    assert first != second
    with pytest.raises(NotAllowed):
        verifying.verify(people.agent, call.pk, first, SECRET, AT)
    assert Call.objects.get().tries == 1
    verifying.verify(people.agent, call.pk, second, SECRET, AT)


def test_only_an_agent_calls(people: Staff) -> None:
    for person in (people.operator, people.approver):
        with pytest.raises(NotAllowed):
            calls.begin(person, box(), AT)


def test_a_mailbox_has_twelve_codes_a_day_whoever_asks(people: Staff) -> None:
    for _ in range(4):
        call = calls.begin(people.agent, box(), AT)
        for _ in range(3):
            verifying.ask(people.agent, call.pk, AT)
    call = calls.begin(people.agent, box(), AT)
    with pytest.raises(NotAllowed) as refused:
        verifying.ask(people.agent, call.pk, AT)
    assert refusal(refused) == "codes-too-many"
    call = calls.begin(people.agent, box("bea@libero.it", 12), AT)
    verifying.ask(people.agent, call.pk, AT)


@given(st.integers(0, 2**40), st.text("0123456789abcdef", min_size=32, max_size=32))
def test_a_code_is_six_digits_whatever_the_call(number: int, nonce: str) -> None:
    code = verifying.code_of(Call(pk=number, nonce=nonce), SECRET)
    assert len(code) == 6
    assert code.isdigit()


def test_a_holder_is_told_of_a_call_with_a_code_or_a_verified_one(people: Staff) -> None:
    call = calls.begin(people.agent, box(), AT)
    assert verifying.for_holder("anna@libero.it", SECRET, AT) is None
    call = verifying.ask(people.agent, call.pk, AT)
    told = verifying.for_holder("anna@libero.it", SECRET, AT)
    assert told is not None
    assert told.code == verifying.code_of(call, SECRET)
    assert verifying.for_holder("bea@libero.it", SECRET, AT) is None
    assert not calls.deny("bea@libero.it", call.pk, AT)
    assert calls.deny("anna@libero.it", call.pk, AT)
    assert not calls.deny("anna@libero.it", call.pk, AT)
    with pytest.raises(NotAllowed) as refused:
        verifying.verify(people.agent, call.pk, told.code, SECRET, AT)
    assert refusal(refused) == "holder-denies"


# Calling back


def test_hours_are_promised_on_working_days_and_not_when_half_over() -> None:
    found = callbacks.slots(AT, ROME)  # 10:00 in Rome
    assert [found[0].begins.hour, found[0].begins.day] == [9, 1]
    half_over = callbacks.slots(AT + timedelta(minutes=31), ROME)
    assert half_over[0].begins.hour == 12
    assert {one.begins.day for one in found} == {1, 2, 3, 6, 7}
    easter = callbacks.slots(datetime(2023, 4, 8, 9, 0, tzinfo=UTC), ROME)
    assert easter[0].begins.date().isoformat() == "2023-04-11"


def test_a_request_that_was_taken_and_left_is_free_again(people: Staff) -> None:
    call = calls.begin(people.agent, box(), AT)
    slot = callbacks.slots(AT, ROME)[0]
    wish = Wish("06 1234 5678", slot.name, "spazio")
    one = callbacks.ask(call, wish, "k", AT, ROME)
    assert one is not None
    assert callbacks.ask(call, wish, "k", AT, ROME) is None
    assert Callback.objects.count() == 1
    assert callbacks.waiting(AT) == 1
    callbacks.take(people.agent, one.pk, AT)
    assert callbacks.queue(AT) == []
    assert [each.pk for each in callbacks.queue(AT + timedelta(minutes=31))] == [one.pk]
    callbacks.give_back(people.agent, one.pk, AT)
    assert callbacks.waiting(AT) == 1


def test_a_mailbox_waits_for_three_calls_at_most(people: Staff) -> None:
    call = calls.begin(people.agent, box(), AT)
    slot = callbacks.slots(AT, ROME)[0]
    for key in "abc":
        callbacks.ask(call, Wish("06 1234 5678", slot.name, "x"), key, AT, ROME)
    with pytest.raises(NotAllowed):
        callbacks.ask(call, Wish("06 1234 5678", slot.name, "x"), "d", AT, ROME)


@pytest.mark.postgres
def test_a_call_and_a_request_go_their_way_on_postgresql(postgres_database: Database) -> None:
    gina = stage.staff().agent
    first = calls.begin(gina, box(), AT)
    call = calls.begin(gina, box(), AT)
    assert Call.objects.get(pk=first.pk).ended == calls.NEXT
    call = verifying.ask(gina, call.pk, AT)
    with pytest.raises(NotAllowed):
        verifying.verify(gina, call.pk, "x", SECRET, AT)
    verifying.verify(gina, call.pk, verifying.code_of(call, SECRET), SECRET, AT)
    assert calls.is_verified(Call.objects.get(pk=call.pk), AT)
    slot = callbacks.slots(AT, ROME)[0]
    wish = Wish("06 1234 5678", slot.name, "spazio")
    one = callbacks.ask(call, wish, "k", AT, ROME)
    assert one is not None
    assert callbacks.ask(call, wish, "k", AT, ROME) is None
    for _ in range(3):
        callbacks.take(gina, one.pk, AT)
        callbacks.unanswered(gina, one.pk, AT)
    assert Callback.objects.get().state == callbacks.UNREACHED
    assert calls.deny("anna@libero.it", call.pk, AT)


# Sentences


def test_every_shipped_sentence_fills_in_both_languages() -> None:
    sentences = read_sentences()
    facts = {name: {"it": name.upper(), "en": name.upper()} for name in FACTS}
    situations = [Situation(name, facts) for name in SITUATIONS if name != "any"]
    for place in PLACES:
        found = suggest(sentences, place, {}, situations)
        assert found, place
        for one in found:
            assert len(one.words["it"]) == len(one.words["en"])
            for text in (*one.words["it"], *one.words["en"]):
                assert "{" not in text
                assert "http" not in text
                assert "www" not in text


def test_a_sentence_is_said_for_the_nearest_situation() -> None:
    sentences = read_sentences()
    facts = {"title": {"it": "Spazio", "en": "Space"}, "deadline": {"it": "oggi", "en": "today"}}

    def answer(situation: str) -> str:
        found = suggest(sentences, "mailbox", {}, [Situation(situation, facts)])
        return next(one.words["en"][0] for one in found if one.name == "must-i")

    assert "all the same" in answer("asked:give")
    assert "After that day it ends" in answer("asked:forfeit")
    assert "It stays open" in answer("asked:ask-again")
    assert "already done" in answer("made")
    assert "The last day was today" in answer("late:give")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("- {name: a, place: here, about: {it: a, en: a}, say: []}", "place"),
        ("- {name: a, place: mailbox, about: {it: a}, say: []}", "missing-field"),
        ("- {name: a, place: mailbox, about: {it: a, en: a}, say: [{it: a, en: '{sum}'}]}", "sum"),
        (
            "- {name: a, place: mailbox, about: {it: a, en: a}, say: [{it: '{title}', en: a}]}",
            "sentence-facts",
        ),
        (
            "- {name: a, place: mailbox, about: {it: a, en: a}, say: [{when: no, it: a, en: a}]}",
            "'no'",
        ),
    ],
)
def test_a_wrong_sentence_is_refused_with_its_line(tmp_path: Path, text: str, wrong: str) -> None:
    path = tmp_path / "sentences.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_sentences(path)
    if wrong != "place":
        assert wrong in str(refused.value)
    assert f"{path}:1" in str(refused.value)


def test_a_brand_s_other_means_are_read_beside_its_letters(tmp_path: Path) -> None:
    path = tmp_path / "brands.yaml"
    path.write_text(
        "mia:\n  name: Mia\n  address: a@mia.it\n  domain: mia.it\n  webmail: Mia\n"
        '  colour: "#0a4ea3"\n  desk:\n    other_means:\n'
        "      bill: {it: la bolletta, en: the bill}\n",
        encoding="utf-8",
    )
    [means] = read_means(path)["mia"]
    assert (means.code, means.words["en"]) == ("bill", "the bill")
    assert "mia" in read_brands(path)
