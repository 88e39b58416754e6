"""The desk: one true letter for a mailbox, or the reason why there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy

import pytest
from tests.notices import cast
from tests.notices.test_sign import records, signers

from ristoro.edges.mailhosts.contract import Letter
from ristoro.kernel.errors import BadInput
from ristoro.notices.codes import check
from ristoro.notices.facts import NoticeKind, Phase, Subject
from ristoro.notices.letters import Desk, Written, merged
from ristoro.notices.plan import GrantRow, Held, NoticeRow, subject_of
from ristoro.notices.verify import verify

SPACE = GrantRow(
    *(0, "storage", 214_748_365, "", 2**30, 1_288_490_189, None, None, "automatic", None),
    "verified",
)
MONTHS = GrantRow(
    *(1, "extension", 6, "", None, None, date(2023, 8, 31), date(2024, 2, 29), "confirm"),
    *(date(2023, 4, 30), "waiting"),
)
NOTICE = NoticeRow(7, "jan-2023", "carla@libero.it", "libero", "it", NoticeKind.STORAGE_DONE)


def desk(**changes: object) -> Desk:
    plain = Desk(
        brands=cast.BRANDS,
        outage=cast.OUTAGE,
        fallbacks={1: "give"},
        signers={"libero": signers()},
        secret=b"a secret of the tests",
        at=cast.APPROVED,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def said(*grants: GrantRow, kind: NoticeKind = NoticeKind.STORAGE_DONE) -> Subject | Held:
    notice = replace(NOTICE, kind=kind)
    return subject_of(notice, grants, cast.LIBERO, cast.OUTAGE["it"], {1: "give"})


def test_a_written_letter_is_signed_coded_and_for_its_mailbox() -> None:
    written = desk().write(NOTICE, [SPACE])
    assert isinstance(written, Written)
    assert written.letter.recipients == ("carla@libero.it",)
    assert written.letter.sender == ""
    assert written.message_id == desk().message_id(NOTICE) == "<ristoro.jan-2023.7@libero.it>"
    assert check(written.code) == written.code
    assert written.letter.message.count(written.code.encode()) == 2
    found = verify(written.letter.message, records())
    assert found.genuine
    assert found.body_hash == written.body_hash


def test_a_letter_written_again_has_the_same_bytes() -> None:
    assert desk().write(NOTICE, [SPACE]) == desk().write(NOTICE, [SPACE])


@pytest.mark.parametrize(
    ("grants", "kind"),
    [
        ((SPACE,), NoticeKind.STORAGE_DONE),
        ((MONTHS,), NoticeKind.EXTENSION_CONFIRM),
        ((replace(MONTHS, state="applied"),), NoticeKind.EXTENSION_DONE),
        ((replace(MONTHS, consent="claim"),), NoticeKind.CLAIM_OPEN),
        ((SPACE, MONTHS), NoticeKind.SEVERAL),
        ((replace(SPACE, kind="credit", currency="EUR"),), NoticeKind.MONEY_DONE),
        ((SPACE, replace(MONTHS, state="declined")), NoticeKind.STORAGE_DONE),
    ],
)
def test_one_letter_speaks_of_all_grants_as_they_stand(
    grants: tuple[GrantRow, ...], kind: NoticeKind
) -> None:
    subject = said(*grants)
    assert isinstance(subject, Subject)
    assert subject.kind is kind


@pytest.mark.parametrize("state", ["planned", "sending", "deferred", "unknown"])
def test_a_grant_on_its_way_holds_the_letter_back(state: str) -> None:
    assert said(replace(SPACE, state=state)) == Held(f"grant-{state}", pending=True)


def test_a_refused_grant_withholds_the_letter_and_nothing_is_told_of_nothing() -> None:
    assert said(SPACE, replace(MONTHS, state="refused")) == Held("grant-refused", pending=False)
    assert said(replace(SPACE, state="reversed")) == Held("nothing-to-tell", pending=False)


def test_a_follow_up_speaks_of_its_own_grant_alone() -> None:
    given = replace(MONTHS, state="verified")
    about = replace(NOTICE, kind=NoticeKind.EXTENSION_DONE, about=1)
    subject = subject_of(
        about, [replace(SPACE, state="sending"), given], cast.LIBERO, cast.OUTAGE["it"], {}
    )
    assert isinstance(subject, Subject)
    assert subject.kind is NoticeKind.EXTENSION_DONE
    assert [grant.until for grant in subject.grants] == [date(2024, 2, 29)]


def test_a_reminder_is_for_those_who_have_not_answered() -> None:
    subject = said(MONTHS, kind=NoticeKind.REMINDER)
    assert isinstance(subject, Subject)
    assert subject.kind is NoticeKind.REMINDER
    answered = replace(MONTHS, state="applied")
    assert said(answered, kind=NoticeKind.REMINDER) == Held("answered", pending=False)


def test_every_figure_of_the_letter_is_read_from_the_rows() -> None:
    written = desk().write(NOTICE, [SPACE, MONTHS])
    assert isinstance(written, Written)
    read = message_from_bytes(written.letter.message, policy=policy.default)
    plain = read.get_body(("plain",))
    assert plain is not None
    text = " ".join(plain.get_content().split())
    for words in (
        "Spazio prima: 1 GB",
        "Spazio nuovo: 1,2 GB",
        "Scadenza attuale: l'ultimo giorno di agosto, nel 2023",
        "Scadenza dopo il tuo sì: l'ultimo giorno di febbraio, nel 2024",
        "Hai tempo fino alla fine di aprile.",
    ):
        assert words in text


def test_words_that_a_reader_would_link_stop_the_letter_and_show_at_preview() -> None:
    outage = {"it": replace(cast.OUTAGE["it"], title="il disservizio di libero.it")}
    with pytest.raises(BadInput, match=r"libero\.it"):
        desk(outage=outage).write(NOTICE, [SPACE])
    subject = replace(cast.more_space(), outage=outage["it"])
    (preview,) = desk().previews([subject, subject])
    assert {finding.words for finding in preview.findings} == {"libero.it"}
    assert "libero.it" in preview.plain


def test_a_preview_is_what_the_holder_reads() -> None:
    first, second = desk().previews([cast.more_space("it"), cast.six_months("en")])
    assert first.findings == second.findings == ()
    assert first.line in first.plain
    assert "BBBB" not in first.plain + first.html
    assert second.subject.grants[0].phase is Phase.ASKED


def test_a_class_is_linted_once_and_previewed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    linted: list[bytes] = []
    monkeypatch.setattr("ristoro.notices.letters.refuse_unless_linkless", linted.append)
    one = desk()
    for number in range(1, 6):
        one.write(replace(NOTICE, id=number), [replace(SPACE, base=number * 2**30)])
    assert len(linted) == 1
    one.write(replace(NOTICE, id=6), [replace(SPACE, base=10 * 2**30)])
    assert len(linted) == 2
    one.write(replace(NOTICE, id=3000), [SPACE])
    assert len(linted) == 3
    grants = [replace(cast.MORE_SPACE, base=number * 2**30) for number in range(1, 12)]
    subjects = [replace(cast.more_space(), grants=(grant,)) for grant in grants]
    assert len(list(one.previews(subjects))) == 2


def test_an_unknown_brand_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="'tiscali'"):
        desk().write(replace(NOTICE, brand="tiscali"), [SPACE])


def test_only_letters_of_the_same_bytes_merge() -> None:
    same, other = Letter(b"a", ("x@y",)), Letter(b"b", ("x@y",))
    assert merged([same, other, Letter(b"a", ("z@y", "x@y"))]) == [
        Letter(b"a", ("x@y", "z@y")),
        other,
    ]
