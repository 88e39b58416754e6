"""Whatever bytes a mailbox has, there is a page: real letters with anything done to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.notices import cast
from tests.webmail.reading.corpus import HOSTILE, faults
from tests.webmail.reading.forgeries import CARLA, SECRET, genuine, records
from tests.webmail.reading.resemblances import FORGERIES

from ristoro.edges.mailboxes.contract import Person, Row
from ristoro.edges.mailboxes.message import open_message
from ristoro.faces.webmail.reading import opening
from ristoro.faces.webmail.reading.seal import Keys, Verdict

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SMALL = [path.read_bytes() for path in HOSTILE if path.stat().st_size < 20_000]
PIECES = [
    *(b"\r\n", b"\n", b"\r", b"\0", b"--b\r\n", b"--b--", b"\r\n\r\n", b"=?utf-8?q?=ff?=", b"\xff"),
    *(b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Transfer-Encoding: base64\r\n"),
    *(b'Content-Type: text/html; charset="utf-7"\r\n', b"Content-Type: message/rfc822\r\n\r\n"),
    *(b"<a href='https://xn--a/'>", b"<table><td>", b"<svg><style>", b"From: <", b"Date: \x80\r\n"),
    *(
        b"Content-Disposition: attachment; filename*0*=''%ff\r\n",
        b"\xe2\x80\xae",
        b"=3D",
        b"http://[",
    ),
]
Change = Callable[[bytes], bytes]
_CHANGES = st.one_of(
    st.builds(
        lambda at, piece: (
            lambda raw: raw[: at % (len(raw) + 1)] + piece + raw[at % (len(raw) + 1) :]
        ),
        st.integers(0, 20_000),
        st.sampled_from(PIECES) | st.binary(max_size=8),
    ),
    st.builds(
        lambda at, size: lambda raw: raw[: at % (len(raw) + 1)] + raw[at % (len(raw) + 1) + size :],
        st.integers(0, 20_000),
        st.integers(1, 400),
    ),
    st.builds(lambda at: lambda raw: raw[: at % (len(raw) + 1)], st.integers(0, 20_000)),
    st.builds(
        lambda at, octet: lambda raw: raw[:at] + bytes([octet]) + raw[at + 1 :],
        st.integers(0, 20_000),
        st.integers(0, 255),
    ),
)


def shown(stored: bytes) -> tuple[opening.Shown, str]:
    """A message's page, as its view makes it, without a mailbox."""
    row = Row(1, frozenset(), "", Person("", ""), (), NOW, False, "")
    letter = opening.Letter(row, stored, open_message(stored))
    keys = Keys(cast.BRANDS, {"libero": records()}, SECRET)
    found = opening.shown_as(letter, CARLA, keys, opening.Wish())
    as_text = opening.shown_as(letter, CARLA, keys, opening.Wish(as_text=True))
    assert as_text.seal == found.seal
    about = {
        "row": row,
        "header": letter.header,
        "to_whom": opening.to_whom(letter.header),
        "top": opening.top_of(letter, CARLA, NOW),
        "shown": found,
        "seal": found.seal,
        "brand": cast.LIBERO,
        "path": "INBOX",
        "uidvalidity": 1,
        "uid": 1,
        "csrf_token": "",
    }
    pieces = [*("top", "false", "page"), *(["genuine"] if found.genuine else [])]
    with translation.override("it"):
        page = "".join(render_to_string(f"reading/{name}.html", about) for name in pieces)
        page += render_to_string("reading/words.html", {"blocks": as_text.blocks})
        for file in found.files:
            page += render_to_string("reading/file.html", about | {"file": file})
    return found, page


@pytest.mark.usefixtures("database")
@given(
    st.sampled_from([*SMALL, genuine(), *(make() for make in FORGERIES.values())]),
    st.lists(_CHANGES, min_size=1, max_size=6),
)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_there_is_a_page_of_any_letter_with_anything_done_to_it(
    stored: bytes, changes: list[Change]
) -> None:
    for change in changes:
        stored = change(stored)
    found, page = shown(stored)
    assert found.seal.verdict is not Verdict.GENUINE  # no run knows it
    assert "<script" not in page
    if found.cleaned is not None:
        assert faults(found.cleaned.page) == []
