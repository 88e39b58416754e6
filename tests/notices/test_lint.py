"""The linkless lint: what it refuses, and that nothing shipped is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.notices import cast

from ristoro.kernel.errors import BadInput
from ristoro.notices.compose import compose
from ristoro.notices.detectors import detect
from ristoro.notices.facts import FALLBACKS, GrantFacts, NoticeKind, Phase, Subject
from ristoro.notices.lint import lint, refuse_unless_linkless
from ristoro.notices.plain import plain_of
from ristoro.notices.sheet import quoted_printable

WORDS = [
    ("http://libero.it", "url"),
    ("https://example", "url"),
    ("HTTPS://EXAMPLE.ORG/a", "url"),
    ("www.libero.it", "url"),
    ("ftp://files", "url"),
    ("//libero.it/ristoro", "url"),
    ("\\\\server\\share", "url"),
    ("javascript:alert", "url"),
    ("tel:800", "url"),
    ("mailto:aiuto", "url"),
    ("sms:12", "url"),
    ("webmail.libero.it", "domain"),
    ("libero.it", "domain"),
    ("Libero.IT", "domain"),
    ("README.md", "domain"),
    ("Node.js", "domain"),
    ("ristoro.pdf", "domain"),
    ("fatto.Ora", "domain"),
    ("libero.it.", "domain"),
    ("città.it", "domain"),
    ("aiuto@libero.it", "email"),
    ("aiuto@libero", "email"),
    ("192.168.1.10", "ip"),
    ("2001:db8:1::1", "ip"),
    ("800.591.829", "phone"),
    ("800 591 829", "phone"),
    ("800-591-829", "phone"),
    ("06 1234567", "phone"),
    ("+39 02 1234 5678", "phone"),
    ("020 7946 0958", "phone"),
    ("(0)2 12345", "phone"),
    ("12345", "phone"),
    ("29 febbraio 2024", "date"),
    ("29 febbraio", "date"),
    ("ventinove febbraio", "date"),
    ("febbraio 2024", "date"),
    ("29 feb 2024", "date"),
    ("1º maggio", "date"),
    ("February 29", "date"),
    ("February 29th, 2024", "date"),
    ("29th of February", "date"),
    ("the twenty-ninth of February", "date"),
    ("29/02/2024", "date"),
    ("29.02.2024", "date"),
    ("2024-02-29", "date"),
    ("29/2", "date"),
    ("lunedì", "date"),
    ("next Saturday", "date"),
    ("domani", "date"),
    ("tomorrow", "date"),
    ("fra due settimane", "date"),
    ("in 5 days", "date"),
    ("la prossima settimana", "date"),
    ("29\nfebbraio", "date"),
    ("10:30", "time"),
    ("ore 10", "time"),
    ("alle 16", "time"),
    ("5 pm", "time"),
    ("mezzanotte", "time"),
    ("via Roma 12", "street"),
    ("Piazza del Duomo, 1", "street"),
    ("20121 Milano", "street"),
    ("10 Downing Street", "street"),
    ("SW1A 2AA", "street"),
    ("volo AZ 610", "flight"),
    ("1Z 999 AA1 01 2345 6784", "tracking"),
    ("RR123456789IT", "tracking"),
    ("1234 5678 9012 3456", "tracking"),
    ("IT60 X054 2811 1010 0000 0123 456", "iban"),
    ("@libero", "handle"),
    ("#ristoro", "hashtag"),
    ("$AAPL", "ticker"),
    ("li\u200bbero", "invisible"),
    ("li\u2060bero", "invisible"),
    ("li\u00adbero", "invisible"),
    ("\u202eorebil", "invisible"),
    ("due\u00a0parole", "invisible"),
    ("lib\u0435ro", "script"),
    ("libero。it", "script"),
    ("ｌibero", "script"),
    ("٣", "script"),
    ("e\u0301", "invisible"),
]

_LINE = "<p>Libero Mail</p>"
PAGES = [
    ('<p><a href="x">qui</a></p>', "link"),
    ("<p><a>qui</a></p>", "link"),
    ('<base href="x">', "link"),
    ('<link rel="stylesheet" href="x">', "link"),
    ('<area href="x">', "link"),
    ('<form action="x"></form>', "form"),
    ("<p><button>ok</button></p>", "form"),
    ("<p><input></p>", "form"),
    ('<p><img src="x"></p>', "resource"),
    ('<p><img src="cid:1" alt=""></p>', "resource"),
    ('<video src="x"></video>', "resource"),
    ("<p><svg></svg></p>", "resource"),
    ('<object data="x"></object>', "resource"),
    ("<script>1</script>", "active"),
    ('<iframe src="x"></iframe>', "active"),
    ("<template>x</template>", "active"),
    ("<center>x</center>", "element"),
    ("<blink>x</blink>", "element"),
    ('<p onclick="x()">x</p>', "event-attribute"),
    ('<p cite="x">x</p>', "reference-attribute"),
    ('<table background="x"></table>', "reference-attribute"),
    ('<p longdesc="x">x</p>', "reference-attribute"),
    ('<p style="background: url(x)">x</p>', "style-external"),
    ('<p style="width: \\75rl(x)">x</p>', "style-external"),
    ("<style>@import 'x';</style>", "style-external"),
    ("<style>p { border: url(x) }</style>", "style-external"),
    ("<style>p { /* */ margin: 0 }</style>", "style-external"),
    ('<p style="display:none">x</p>', "hidden"),
    ('<p style="visibility: hidden">x</p>', "hidden"),
    ('<p style="opacity:0">x</p>', "hidden"),
    ('<p style="font-size:0">x</p>', "hidden"),
    ('<p style="font-size:1px">x</p>', "hidden"),
    ('<p style="color:#ffffff">x</p>', "hidden"),
    ('<p style="text-indent:-999px">x</p>', "hidden"),
    ('<p style="margin-left:-999px">x</p>', "hidden"),
    ('<p style="max-width:1px">x</p>', "hidden"),
    ("<p hidden>x</p>", "hidden"),
    ('<p style="cursor: pointer">x</p>', "style"),
    ('<p title="x">x</p>', "attribute"),
    ('<p id="x">x</p>', "attribute"),
    ('<meta http-equiv="refresh" content="0">', "meta-refresh"),
    ('<meta name="referrer" content="x">', "attribute"),
    ("<!-- x -->", "comment"),
    ("<!--[if mso]>x<![endif]-->", "comment"),
    ("<p>x</div>", "malformed"),
    ("<p>x & &bogus; y</p>", "malformed"),
    ("<p>lib<span>ero</span>.<b>it</b></p>", "domain"),
    ("<table><tr><td>29</td><td>febbraio</td></tr></table>", "date"),
    ("<p>altre parole</p>", "differs"),
]


def codes(message: bytes) -> set[str]:
    return {finding.code for finding in lint(message)}


def with_words(words: str) -> bytes:
    """The notice of more space with one more sentence in both of its parts."""
    message = cast.message()
    html = quoted_printable(f"<p>Leggi {words.replace('&', '&amp;')} bene</p>\n{_LINE}")
    plain = quoted_printable(f"Leggi {words} bene\n\nLibero Mail\n\r\n".replace("\r", ""))
    assert message.count(_LINE.encode()) == 1
    message = message.replace(_LINE.encode(), html)
    return message.replace(b"Libero Mail\r\n\r\n--", plain + b"--", 1)


def with_markup(markup: str) -> bytes:
    html = quoted_printable(markup + "\n" + _LINE)
    return cast.message().replace(_LINE.encode(), html)


@pytest.mark.parametrize(("words", "code"), WORDS, ids=[repr(words) for words, _ in WORDS])
def test_words_that_a_reader_links_or_hides_are_refused_in_both_parts(
    words: str, code: str
) -> None:
    found = [finding for finding in lint(with_words(words)) if finding.code == code]
    assert {finding.part for finding in found} >= {"plain", "html"}
    assert all(finding.why and finding.todo for finding in found)


@pytest.mark.parametrize(("markup", "code"), PAGES, ids=[markup for markup, _ in PAGES])
def test_markup_that_links_loads_runs_or_hides_is_refused(markup: str, code: str) -> None:
    assert code in codes(with_markup(markup))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"\r\n", b"\n", "not-crlf"),
        (b"Sub", b"\xc3\xa8Sub", "eight-bit"),
        (b"To: ", b"X-Long: " + b"a" * 1000 + b"\r\nTo: ", "long-line"),
        (b"To: ", b"Reply-To: a@libero.it\r\nTo: ", "header-not-allowed"),
        (b"To: ", b"List-Unsubscribe: <mailto:a@b.it>\r\nTo: ", "header-not-allowed"),
        (b"To: ", b"Received: by x\r\nTo: ", "header-not-allowed"),
        (b"To: ", b"From: Altri <a@b.it>\r\nTo: ", "header-twice"),
        (b"Auto-Submitted: auto-generated\r\n", b"", "header-missing"),
        (b"auto-generated", b"no", "header-value"),
        (b"Content-Language: it", b"Content-Language: en", "language"),
        (b"Content-Language: it", b"Content-Language: de", "language"),
        (b"multipart/alternative", b"multipart/mixed", "structure"),
        (b"text/plain", b"text/enriched", "structure"),
        (b"charset=utf-8", b"charset=iso-8859-1", "charset"),
        (b"text/html;", b"text/html; name=a.html;", "attachment"),
        (b"From: Libero Mail", b'From: "Aiuto libero.it"', "domain"),
        (b"Subject: ", b"Subject: www.libero.it ", "url"),
        (b"<title>La", b"<title>libero.it", "domain"),
        (b'lang=3D"it"', b'lang=3D"en"', "language"),
        (b"\r\nSpazio prima: 1 GB", b"\r\nSpazio prima: 2 GB", "differs"),
        (b"--\r\n", b"--\r\nwww.libero.it\r\n", "structure"),
    ],
)
def test_a_message_that_is_not_built_as_a_notice_is_refused(
    old: bytes, new: bytes, code: str
) -> None:
    message = cast.message()
    assert old in message
    if old == b"--\r\n":
        message = message[: message.rindex(old)] + new
    else:
        message = message.replace(old, new) if old == b"\r\n" else message.replace(old, new, 1)
    assert code in codes(message)


def test_an_attachment_is_refused() -> None:
    message = cast.message()
    boundary = message.split(b'boundary="')[1].split(b'"')[0]
    extra = b"--" + boundary + b"\r\nContent-Type: application/pdf; name=a.pdf\r\n"
    extra += b"Content-Disposition: attachment; filename=a.pdf\r\n\r\nx\r\n"
    message = message.replace(b"--" + boundary + b"--", extra + b"--" + boundary + b"--")
    assert {"attachment", "structure"} <= codes(message)


def test_what_a_mail_host_writes_on_top_is_no_finding() -> None:
    trace = b"Return-Path: <>\r\nDelivered-To: carla@libero.it\r\nReceived: from a by b\r\n"
    assert lint(trace + cast.message()) == []


def test_a_finding_says_where_and_an_error_says_every_finding() -> None:
    message = with_words("libero.it")
    found = [f for f in lint(message) if f.code == "domain" and f.part == "plain"]
    assert found
    text = "Leggi libero.it bene"
    (only,) = [f for f in detect(text, "plain") if f.code == "domain" and "linkify" in f.why]
    assert text[only.offset :].startswith(only.words)
    with pytest.raises(BadInput, match="notice-domain") as caught:
        refuse_unless_linkless(message)
    assert len(caught.value.problems) == len(lint(message))


def test_three_linkifiers_are_asked() -> None:
    (found,) = [f for f in detect("vai su www.libero.com ora", "plain") if "bleach" in f.why]
    assert "linkify-it" in found.why
    assert "urlize" in found.why


days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
sizes = st.integers(0, 2**50)
phases = st.sampled_from(Phase)
grants = st.one_of(
    st.builds(
        GrantFacts,
        st.just("storage"),
        phases,
        sizes,
        base=sizes,
        target=sizes,
        deadline=st.none() | days,
        fallback=st.sampled_from(FALLBACKS),
    ),
    st.builds(
        GrantFacts,
        st.sampled_from(("extension", "service-days")),
        phases,
        st.integers(1, 999),
        base_until=days,
        until=days,
        deadline=st.none() | days,
        fallback=st.sampled_from(FALLBACKS),
    ),
    st.builds(
        GrantFacts,
        st.sampled_from(("credit", "refund", "indemnity")),
        phases,
        st.integers(1, 999_999),
        st.sampled_from(("EUR", "GBP", "USD", "CHF")),
    ),
)


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("locale", ["it", "en"])
@pytest.mark.parametrize("brand", sorted(cast.BRANDS))
@settings(max_examples=5, deadline=None)
@given(figures=st.lists(grants, min_size=1, max_size=3).map(tuple))
def test_every_shipped_template_passes_whatever_the_figures(
    brand: str, locale: str, kind: NoticeKind, figures: tuple[GrantFacts, ...]
) -> None:
    subject = Subject(cast.BRANDS[brand], locale, kind, cast.OUTAGE[locale], figures)
    assert lint(compose(subject, cast.CARLA, cast.APPROVED)) == []


@settings(max_examples=40, deadline=None)
@given(days, days, st.sampled_from(["it", "en"]))
def test_no_day_and_no_outage_is_written_as_a_date(first: date, last: date, locale: str) -> None:
    figure = GrantFacts("extension", Phase.DONE, 6, base_until=first, until=last)
    subject = Subject(
        cast.LIBERO,
        locale,
        NoticeKind.EXTENSION_DONE,
        type(cast.OUTAGE["it"])(cast.OUTAGE[locale].title, min(first, last), max(first, last)),
        (figure,),
    )
    message = compose(subject, cast.CARLA, cast.APPROVED)
    assert str(last.year).encode() in message
    assert lint(message) == []


def test_the_plain_part_is_made_from_the_page() -> None:
    page = "<body><h1>A</h1><p>b <b>c</b></p><ul><li>d</li><li>e</li></ul><p>f</p>"
    page += "<table><tr><th>g</th><td>h</td></tr></table></body>"
    assert plain_of(page) == "A\n\nb c\n\n- d\n- e\n\nf\n\ng: h\n"
