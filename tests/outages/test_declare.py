"""An outage read from YAML: what it means, and what is refused, in which place."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from tests.outages.texts import GOOD, changed, correction, outage

from ristoro.kernel.clock import micros
from ristoro.kernel.errors import BadInput
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.outage import Window

ROME = ZoneInfo("Europe/Rome")


def at(text: str) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=ROME))


def window_of(component: str, store: str, text: str = GOOD) -> Window:
    (found,) = (w for w in outage(text).windows if (w.component, w.store) == (component, store))
    return found


def test_every_window_is_spread_over_its_components_and_stores() -> None:
    found = outage()
    assert found.brands == ("libero", "virgilio")
    assert found.stores["libero"] == ("lib-01", "lib-02", "lib-03", "lib-04")
    assert len(found.windows) == 2 * 3 + len(COMPONENTS) * 2
    assert {w.brand for w in found.windows if w.store.startswith("lib")} == {"libero"}
    assert not [w for w in found.windows if w.store == "lib-04"]


def test_local_times_are_instants_across_the_change_of_the_clock() -> None:
    window = window_of("webmail", "lib-02")
    assert (window.start, window.end) == (at("2023-03-25T22:00"), at("2023-03-26T12:00"))
    assert window.end - window.start == 13 * 3600 * 10**6  # 14 on the wall


def test_stores_and_components_reopen_in_stages_and_the_later_one_counts() -> None:
    ends = {
        (component, store): window_of(component, store).end
        for component in ("webmail", "imap")
        for store in ("lib-01", "lib-02")
    }
    assert ends == {
        ("webmail", "lib-01"): at("2023-03-26T08:00"),
        ("imap", "lib-01"): at("2023-03-26T10:00"),  # its store was back at 8, imap was not
        ("webmail", "lib-02"): at("2023-03-26T12:00"),
        ("imap", "lib-02"): at("2023-03-26T10:00"),
    }


def test_what_is_down_fails_wholly_and_what_is_degraded_by_its_rate() -> None:
    assert window_of("webmail", "lib-02").error_permille == 1000
    assert window_of("webmail", "vir-01").error_permille == 125
    unknown = changed("    error-rate: 12.5 %\n", "")
    assert window_of("webmail", "vir-01", unknown).error_permille is None


def test_a_planned_window_knows_how_long_before_it_was_announced() -> None:
    # Two nights before at the same wall time, and all of it before the clock changes.
    assert window_of("webmail", "vir-01").notice_us == 48 * 3600 * 10**6
    assert window_of("webmail", "lib-02").notice_us is None


def test_an_exclusion_lies_only_where_a_window_does() -> None:
    assert {(e.component, e.store) for e in outage().exclusions} == {
        (component, "vir-01") for component in COMPONENTS
    }


def test_a_window_without_an_end_is_still_going() -> None:
    text = changed("    to: 2023-03-26T12:00\n", "")
    assert outage(text).end is None
    assert window_of("webmail", "lib-02", text).end is None
    assert window_of("webmail", "lib-01", text).end == at("2023-03-26T08:00")


# The digest


def test_the_digest_does_not_see_comments_order_or_spelling() -> None:
    lines = GOOD.splitlines()
    first, second = lines[8:16], lines[16:24]
    swapped = "\n".join(["# a comment", *lines[:8], *second, *first, *lines[24:]])
    spelled = changed("[lib-01..lib-03]", "[lib-03, lib-02, 'lib-01']", swapped)
    spelled = changed("from: 2023-03-26T01:00", "from: 2023-03-26T00:00Z", spelled)
    assert outage(spelled).digest == outage().digest
    assert outage(spelled) == outage()
    assert hash(outage(spelled)) == hash(outage())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("outage: small", "outage: smaller"),
        ("en: A fault", "en: Another fault"),
        ("zone: Europe/Rome", "zone: Europe/Paris"),
        ("lib-01..lib-04", "lib-01..lib-05"),
        ("components: [webmail, imap]", "components: [webmail, pop3, imap]"),
        ("to: 2023-03-26T12:00", "to: 2023-03-26T12:00:00.000001"),
        ("12.5 %", "12.6 %"),
        ("    planned: true\n    announced: 2023-03-24T01:00\n", ""),
        ("announced: 2023-03-24T01:00", "announced: 2023-03-24T01:01"),
        ("cause: force-majeure", "cause: attack"),
        ("reason: a flood", "reason: a fire"),
        ("- our own monitoring", "- somebody else's"),
    ],
)
def test_the_digest_sees_every_meaning(old: str, new: str) -> None:
    assert outage(changed(old, new)).digest != outage().digest


def test_the_digest_is_the_one_it_has_always_been() -> None:
    """Stored versions and runs name it: if this fails, old files no longer verify."""
    assert outage().digest == DIGEST


DIGEST = "7cb1025ae030dcecbfc090f719546cbb6c2b81fc00a82dcbb21d709732db057b"


# What is refused

FAULTS = [
    # what is changed, into what, the code, and the line and field it is found at
    ("outage: small", "outage: Small One", "bad-name", 1, "outage"),
    ("outage: small", "outage: ../small", "bad-name", 1, "outage"),
    ("version: 1", "version: 1.0", "wrong-value", 2, "version"),
    ("version: 1", "version: 0", "wrong-value", 2, "version"),
    ("version: 1", "version: 2", "unexplained-correction", 2, "corrects"),
    ("version: 1", "version: 1\ncorrects: " + "0" * 64, "first-corrects", 3, "corrects"),
    ("version: 1", f"version: 2\ncorrects: {'0' * 64}", "unexplained-correction", 2, "reason"),
    ("version: 1", "version: 2\ncorrects: v1\nreason: log", "bad-digest", 3, "corrects"),
    ("{it: Un guasto, en: A fault}", "{it: Un guasto}", "missing-field", 3, "title"),
    ("zone: Europe/Rome", "zone: Europe/Roma", "wrong-value", 4, "zone"),
    ("zone: Europe/Rome\n", "", "missing-field", 1, None),
    ("zone: Europe/Rome", "zone:", "wrong-value", 4, "zone"),
    ("windows:", "windws:", "unknown-field", 9, "windws"),
    ("[lib-01..lib-04]", "[lib-04..lib-01]", "bad-range", 6, "stores.libero"),
    ("[lib-01..lib-04]", "[lib-1..lib-04]", "bad-range", 6, "stores.libero"),
    ("[lib-01..lib-04]", "[lib..lib-04]", "bad-range", 6, "stores.libero"),
    ("[lib-01..lib-04]", "[lib-01..vir-04]", "bad-range", 6, "stores.libero"),
    ("[lib-01..lib-04]", "[lib-000001..lib-999999]", "bad-range", 6, "stores.libero"),
    ("[lib-01..lib-04]", "[]", "wrong-value", 6, "stores.libero"),
    ("[vir-01, vir-02]", "[vir-01, lib-02]", "store-twice", 7, "stores.virgilio"),
    ("[webmail, imap]", "[webmail, impa]", "unknown-component", 9, "windows.components"),
    ("[webmail, imap]", "[]", "wrong-value", 9, "windows.components"),
    ("brands: libero", "brands: libera", "unknown-brand", 10, "windows.brands"),
    ("[lib-01..lib-03]", "[lib-01..lib-05]", "unknown-store", 11, "windows.stores"),
    ("[lib-01..lib-03]", "[vir-01]", "unknown-store", 11, "windows.stores"),
    ("from: 2023-03-25T22:00", "from: 2023-03-25 at ten", "wrong-value", 12, "windows.from"),
    ("from: 2023-03-26T01:00", "from: 2023-03-26T02:30", "wrong-value", 19, "windows.from"),
    ("to: 2023-03-26T12:00", "to: 2023-10-29T02:30", "wrong-value", 13, "windows.to"),
    ("to: 2023-03-26T12:00", "to: 2023-03-25T22:00", "ends-before-start", 13, "windows.to"),
    ("at: 2023-03-26T08:00", "at: 2023-03-26T13:00", "reopens-outside", 15,
     "windows.reopening.at"),
    ("at: 2023-03-26T08:00", "at: 2023-03-25T22:00", "reopens-outside", 15,
     "windows.reopening.at"),
    ("{stores: [lib-01], at", "{stores: [lib-04], at", "reopens-nothing", 15,
     "windows.reopening"),
    ("{stores: [lib-01], at", "{at", "reopens-nothing", 15, "windows.reopening"),
    ("{components: imap, at", "{stores: [lib-01..lib-02], at", "reopens-twice", 16,
     "windows.reopening"),
    ("condition: degraded", "condition: slow", "wrong-value", 21, "windows.condition"),
    ("condition: degraded", "condition: down", "rate-of-down", 22, "windows.error-rate"),
    ("12.5 %", "0 %", "bad-error-rate", 22, "windows.error-rate"),
    ("12.5 %", "100.1 %", "bad-error-rate", 22, "windows.error-rate"),
    ("12.5 %", "0.125", "bad-error-rate", 22, "windows.error-rate"),
    ("12.5 %", "5.55 %", "bad-error-rate", 22, "windows.error-rate"),
    ("planned: true", "planned: yes", "wrong-value", 23, "windows.planned"),
    ("planned: true", "planned: false", "announced-unplanned", 24, "windows.announced"),
    ("2023-03-24T01:00", "2023-03-26T01:01", "announced-late", 24, "windows.announced"),
    ("cause: force-majeure", "cause: bad luck", "wrong-value", 30, "exclusions.cause"),
    ("stores: vir-01", "stores: lib-04", "excludes-nothing", 26, "exclusions"),
    ("    to: 2023-03-26T04:00", "    to:", "wrong-value", 29, "exclusions.to"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "line", "field"), FAULTS)
def test_a_faulty_outage_is_refused_in_its_place(
    old: str, new: str, code: str, line: int, field: str | None
) -> None:
    with pytest.raises(BadInput) as refused:
        outage(changed(old, new))
    found = refused.value.problems[0]
    assert found.place is not None
    assert (found.code, found.place.line, found.place.field) == (code, line, field)
    assert found.place.file == "small.yaml"
    assert found.place.column is not None
    assert found.what
    assert found.why
    assert found.todo


def test_an_outage_without_windows_is_refused() -> None:
    head = GOOD[: GOOD.index("windows:")]
    with pytest.raises(BadInput) as refused:
        outage(head + "windows: []\n")
    assert refused.value.problems[0].code == "no-windows"


def test_the_same_window_twice_is_refused_even_where_only_one_store_is_the_same() -> None:
    again = """\
  - components: webmail
    stores: [lib-03, lib-04]
    from: 2023-03-25T22:00
    to: 2023-03-26T12:00
"""
    with pytest.raises(BadInput) as refused:
        outage(changed("exclusions:\n", again + "exclusions:\n"))
    (found,) = refused.value.problems
    assert found.place is not None
    assert (found.code, found.place.line) == ("duplicate-window", 25)
    assert "lib-03" in found.what
    assert "line 9" in found.why


def test_windows_that_overlap_or_contradict_are_taken_as_they_are() -> None:
    again = """\
  - components: webmail
    stores: lib-03
    from: 2023-03-25T23:00
    to: 2023-03-26T13:00
    condition: degraded
"""
    assert len(outage(changed("exclusions:\n", again + "exclusions:\n")).windows) == 21


def test_everything_wrong_in_the_windows_is_said_at_once() -> None:
    text = changed("[webmail, imap]", "[webmail, impa]")
    text = changed("error-rate: 12.5 %", "error-rate: lots", text)
    with pytest.raises(BadInput) as refused:
        outage(text)
    assert [found.code for found in refused.value.problems] == [
        "unknown-component",
        "bad-error-rate",
    ]


def test_a_correction_names_what_it_corrects_and_why() -> None:
    second = outage(correction(outage()))
    assert (second.version, second.corrects) == (2, outage().digest)
    assert second.reason == "a better log"


def test_no_text_makes_the_reader_fail_in_any_other_way() -> None:
    """Lines lost, doubled, moved or cut anywhere: an outage, or a refusal."""
    chance = random.Random(5)
    for _ in range(400):
        lines = GOOD.splitlines()
        for _ in range(chance.randint(1, 3)):
            at_line = chance.randrange(len(lines))
            line = lines[at_line]
            cut = chance.randrange(len(line) + 1)
            lines[at_line : at_line + 1] = chance.choice(
                ([], [line, line], [line[:cut]], [line[cut:]], [line, lines[0]], [f"{line}:"])
            )
        with suppress(BadInput):
            outage("\n".join(lines))
