"""A run's letters as everybody may read them: every kind, both languages, nobody's own figures."""

from __future__ import annotations

import pytest
from tests.faces.conftest import programme, programme_template
from tests.faces.programme import AT, Programme

from ristoro.errands.publishing import draw_up
from ristoro.kernel.errors import NotAllowed
from ristoro.notices import specimens
from ristoro.notices.models import Notice, Wording
from ristoro.notices.specimens import Specimen
from ristoro.remedies import runs
from ristoro.remedies.models import Run

__all__ = ["programme", "programme_template"]


def drawn(programme: Programme) -> Wording:
    return draw_up(programme.run, AT, lambda buckets: None)


def by_kind(wording: Wording, brand: str, locale: str) -> dict[str, Specimen]:
    return {
        one.kind: one
        for one in specimens.read(wording)
        if (one.brand, one.locale) == (brand, locale)
    }


def test_every_kind_of_letter_is_there_in_both_languages(programme: Programme) -> None:
    wording = drawn(programme)
    for brand in ("libero", "virgilio"):
        for locale in ("it", "en"):
            found = by_kind(wording, brand, locale)
            assert set(found) == {
                "storage-done", "extension-confirm", "extension-done", "reminder",
            }  # fmt: skip
    asked = by_kind(wording, "libero", "it")["extension-confirm"]
    assert "sei mesi" in asked.plain
    assert specimens.CODE in asked.plain
    told = Notice.objects.filter(brand="libero").count()
    kinds = by_kind(wording, "libero", "en")
    assert told == kinds["storage-done"].mailboxes + kinds["extension-confirm"].mailboxes


def test_no_address_and_no_code_of_a_holder_is_in_them(programme: Programme) -> None:
    text = str(drawn(programme).letters)
    for address in Notice.objects.values_list("address", flat=True):
        assert address not in text


def test_figures_that_differ_are_their_two_ends(programme: Programme) -> None:
    letter = by_kind(drawn(programme), "libero", "en")["extension-confirm"]
    (line,) = (one for one in letter.plain.splitlines() if one.startswith("Expiry now"))
    assert "[" in line
    assert "…" in line


def test_what_is_a_mailbox_s_own_is_left_out_where_few_get_the_letter(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(specimens, "FEWEST", 1_000_000)
    letter = by_kind(drawn(programme), "libero", "it")["extension-confirm"]
    assert "Scadenza attuale: […]" in letter.plain
    assert "sei mesi" in letter.plain


def test_what_is_published_is_what_was_read(programme: Programme) -> None:
    staff = programme.staff
    runs.approve(programme.run, staff["Aldo"], programme.run.approval_total, AT)
    with pytest.raises(NotAllowed, match="wording-not-read"):
        specimens.publish(programme.run, "", staff["Olga"], AT)
    wording = drawn(programme)
    with pytest.raises(NotAllowed, match="wording-not-read"):
        specimens.publish(programme.run, "0" * 64, staff["Olga"], AT)
    assert specimens.publish(programme.run, wording.digest, staff["Olga"], AT).published_at == AT
    specimens.keep(programme.run, (), AT)
    kept = specimens.of_run(programme.run)
    assert kept is not None
    assert kept.digest == wording.digest


def test_a_run_that_nobody_approved_is_not_published(programme: Programme) -> None:
    wording = drawn(programme)
    with pytest.raises(NotAllowed, match="not-approved"):
        specimens.publish(programme.run, wording.digest, programme.staff["Olga"], AT)
    assert Run.objects.get().published_at is None
