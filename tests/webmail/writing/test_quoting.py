"""What an answer quotes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.faces.webmail.writing.quoting import (
    answer_subject,
    forward_subject,
    quoted,
    text_of_page,
)


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Ciao", "Re: Ciao"),
        ("Re: Ciao", "Re: Ciao"),
        ("R: Ciao", "R: Ciao"),
        ("RE[2]: Ciao", "RE[2]: Ciao"),
        ("AW: Ciao", "AW: Ciao"),
        ("Regalo: uno", "Re: Regalo: uno"),
        ("", "Re:"),
    ],
)
def test_an_answer_says_so_once(subject: str, answer: str) -> None:
    assert answer_subject(subject) == answer


def test_a_forward_says_so_once() -> None:
    assert forward_subject("Ciao") == "Fwd: Ciao"
    assert forward_subject("I: Ciao") == "I: Ciao"
    assert forward_subject("Re: Ciao") == "Fwd: Re: Ciao"


def test_every_line_is_marked_and_the_signature_is_left_out() -> None:
    text = "Ciao,\n\n> prima\ndopo\n-- \nUgo\n"
    assert quoted(text) == "> Ciao,\n>\n>> prima\n> dopo\n"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>Uno</p><p>due  e\ntre</p>", "Uno\n\ndue e tre\n"),
        ("a<br>b<br><br>c", "a\nb\n\nc\n"),
        ("<div>a</div><div>b</div>", "a\nb\n"),
        ("<ul><li>uno<li>due</ul>dopo", "- uno\n- due\n\ndopo\n"),
        ("<p>Ciao</p><blockquote><p>prima<p>poi</blockquote>", "Ciao\n\n> prima\n>\n> poi\n"),
        ('<a href="https://x.it/a">qui</a>.', "qui <https://x.it/a>.\n"),
        ('<a href="https://x.it/">https://x.it</a>', "https://x.it\n"),
        ('<a href="javascript:alert(1)">qui</a>', "qui\n"),
        ('<a href="mailto:a@x.it">a@x.it</a>', "a@x.it\n"),
        ("<style>p{}</style><script>x()</script><title>t</title>a", "a\n"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc\n"),
        ("<pre>a\n  b</pre>", "a\n  b\n"),
        ("&lt;b&gt; &amp; &#128512;", "<b> & 😀\n"),
        ('<img src="https://x.it/t.gif" alt="Il gatto"> e basta', "Il gatto e basta\n"),
        ("", ""),
    ],
)
def test_a_page_is_quoted_as_its_words(page: str, text: str) -> None:
    assert text_of_page(page) == text


@given(st.text(max_size=300))
def test_no_page_is_an_error(page: str) -> None:
    text_of_page(page)
    text_of_page(page.replace("a", "<blockquote>").replace("b", "<p>"))
