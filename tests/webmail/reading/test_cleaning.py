"""The first layer alone: what cleaning writes has nothing in it that acts or fetches."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.webmail.reading.corpus import HOSTILE, NAMES, faults

from ristoro.edges.mailboxes.filenames import FileName
from ristoro.edges.mailboxes.message import Part, open_message
from ristoro.faces.webmail.reading.cleaning import LONGEST, MOST_TAGS, TooMuch, clean
from ristoro.faces.webmail.reading.links import Warn

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def picture(content: bytes) -> Part:
    name = FileName("a.png", disguised=False)
    return Part("2", "image/png", "", name, True, "inline", "a", "", content)


@pytest.mark.parametrize("path", HOSTILE, ids=NAMES)
def test_nothing_hostile_survives_cleaning(path: Path) -> None:
    opened = open_message(path.read_bytes())
    cleaned = clean(opened.page, opened.pictures)
    assert faults(cleaned.page) == []


@pytest.mark.parametrize("path", HOSTILE, ids=NAMES)
def test_cleaning_what_is_clean_finds_nothing_more(path: Path) -> None:
    """A page that changes its meaning when it is parsed again would be caught here."""
    opened = open_message(path.read_bytes())
    once = clean(opened.page, opened.pictures).page
    assert faults(clean(once, {}).page) == []


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(HOSTILE) >= 60


PIECES = st.sampled_from(
    [
        *("<svg>", "</svg>", "<math>", "<mtext>", "<mglyph>", "<style>", "</style>", "<!--", "-->"),
        *(
            "<img src=x onerror=alert(1)>",
            "<table>",
            "<td>",
            "</table>",
            "<form>",
            "</form>",
            "<p>",
        ),
        *("<a href='javascript:alert(1)'>", "</a>", "<a title='\"><img onerror=1>'>", "<template>"),
        *("<noscript>", "</noscript>", "<select>", "<option>", "<title>", "</title>", "<textarea>"),
        *("<b style='background:url(//e)'>", "<i style='position:fixed'>", "&lt;script&gt;", "\0"),
        *("<![CDATA[", "]]>", "<foreignObject>", "<annotation-xml>", "<desc>", "<xmp>", "<iframe>"),
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join))
@settings(max_examples=300, deadline=None)
def test_no_order_of_hostile_pieces_gets_through(page: str) -> None:
    assert faults(clean(page, {}).page) == []


@given(st.text(alphabet="abcurl(-):;,/*\\ {}'\"@!#%.0159positonfxedmargin", max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_style_reaches_out_or_leaves_its_place(style: str) -> None:
    quoted = style.replace("&", "&amp;").replace('"', "&quot;")
    assert faults(clean(f'<p style="{quoted}">x</p>', {}).page) == []


def test_what_a_letter_needs_stays() -> None:
    page = (
        '<h1 style="color:#0a4ea3;text-align:center;margin:0 auto">Ciao</h1>'
        '<table width="100%" cellpadding="4"><tr><td bgcolor="#ffffff" colspan="2">'
        '<font face="Arial, sans-serif" size="2">prezzo <b>10 €</b></font></td></tr></table>'
    )
    cleaned = clean(page, {}).page
    for piece in ("color:#0a4ea3", 'width="100%"', 'colspan="2"', "Arial, sans-serif", "<b>10 €"):
        assert piece in cleaned


def test_a_style_sheet_becomes_styles_of_the_elements() -> None:
    cleaned = clean("<style>.a{color:red;position:fixed}</style><p class=a>x</p>", {}).page
    assert cleaned == '<p style="color:red">x</p>'


def test_remote_pictures_are_counted_and_not_fetched() -> None:
    page = "<img src=https://a.example/1.png><td background=http://a.example/2>"
    cleaned = clean(f"<table>{page}</table><p style='background:url(https://a.example/3)'>", {})
    assert cleaned.blocked == 3
    assert "a.example" not in cleaned.page


def test_remote_pictures_that_are_allowed_come_by_our_own_address() -> None:
    cleaned = clean(
        "<img src=https://a.example/1.png><img src=/posta/other>", {}, lambda url: "/own/1"
    )
    assert 'src="/own/1"' in cleaned.page
    assert "/posta/other" not in cleaned.page
    assert cleaned.blocked == 0


def test_a_picture_of_the_message_is_put_into_the_page() -> None:
    cleaned = clean('<img src="cid:a">', {"a": picture(PNG)}).page
    assert f"data:image/png;base64,{base64.b64encode(PNG).decode()}" in cleaned


def test_a_drawing_that_calls_itself_a_picture_is_left_out() -> None:
    assert "data:" not in clean('<img src="cid:a">', {"a": picture(b"<svg/>")}).page


@pytest.mark.parametrize("page", ["a" * (LONGEST + 1), "<b>" * (MOST_TAGS + 1)])
def test_a_page_beyond_the_limits_is_not_cleaned_but_shown_as_text(page: str) -> None:
    with pytest.raises(TooMuch):
        clean(page, {})


LINKS = {
    '<a href="https://evil.example/">www.libero.it</a>': (Warn.OTHER_PLACE,),
    '<a href="https://evil.example/">Vai su https://libero.it/posta ora</a>': (Warn.OTHER_PLACE,),
    '<a href="https://libero.it.evil.example/">libero.it</a>': (Warn.OTHER_PLACE,),
    '<a href="https://evil.example/"><img alt="libero.it"></a>': (Warn.OTHER_PLACE,),
    '<a href="https://evil.example/">libero\u2060.it</a>': (Warn.OTHER_PLACE,),
    '<a href="https://posta.libero.it/">libero.it</a>': (),
    '<a href="https://libero.it/">www.libero.it</a>': (),
    '<a href="https://libero.it/">Apri</a>': (),
    '<a href="https://lìbero.it/">Apri</a>': (Warn.FOREIGN_LETTERS,),
    '<a href="https://xn--lbero-yva.it/">Apri</a>': (Warn.FOREIGN_LETTERS,),
    '<a href="https://2130706433/">Apri</a>': (Warn.NUMBER,),
    '<a href="https://0x7f.1/">Apri</a>': (Warn.NUMBER,),
    '<a href="https://[::1]/">Apri</a>': (Warn.NUMBER,),
    '<a href="https://libero.it@evil.example/">Apri</a>': (Warn.USER,),
    '<a href="http://libero.it/">Apri</a>': (Warn.NOT_SECURE,),
}


@pytest.mark.parametrize("page", LINKS)
def test_a_link_is_shown_with_what_is_wrong_with_it(page: str) -> None:
    (link,) = clean(page, {}).links
    assert link.warnings == LINKS[page]


@pytest.mark.parametrize(
    "target",
    [
        "https://libero.it\\@evil.example/",
        "https:\\\\evil.example",
        "//evil.example",
        "/posta/",
        "https://",
        "https://a b.example/",
        "https://a.example:99999999/",
        "data:text/html,x",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "cid:a",
        "file:///etc/passwd",
        "blob:https://a",
        "mailto://a@b",
    ],
)
def test_a_target_that_readers_disagree_on_is_no_link(target: str) -> None:
    assert "href" not in clean(f'<a href="{target}">x</a>', {}).page


def test_every_link_opens_apart_and_tells_nothing() -> None:
    cleaned = clean('<a href="https://a.example/" rel="opener" target="_top">x</a>', {}).page
    assert 'rel="noopener noreferrer nofollow"' in cleaned
    assert 'target="_blank"' in cleaned
