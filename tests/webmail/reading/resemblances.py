"""Forgeries that copy our letter or resemble it: what somebody might write to be taken for us."""

from __future__ import annotations

import base64

from tests.webmail.reading.forgeries import (
    FORGERIES,
    NOTICE,
    RUN,
    SECRET,
    body,
    content_type,
    forgery,
    from_stranger,
    genuine,
    page_from_stranger,
)

from ristoro.notices.codes import code_of

__all__ = ["FORGERIES"]
"""Those of both modules."""

# Copies.


@forgery
def forwarded_as_an_attachment() -> bytes:
    head = (
        b"From: Bruno <bruno@example.org>\r\nTo: carla@libero.it\r\nSubject: Fwd: Libero Mail\r\n"
    )
    kind = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="w"\r\n\r\n'
    words = "Sei di Libero Mail? Messaggio verificato.\r\n"
    text = b"--w\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + words.encode()
    inner = b"--w\r\nContent-Type: message/rfc822\r\n\r\n" + genuine() + b"\r\n--w--\r\n"
    return head + kind + text + inner


@forgery
def nested_as_the_whole_message() -> bytes:
    head = b"From: Libero Mail <ristoro@libero.it>\r\nTo: carla@libero.it\r\n"
    return head + b"Content-Type: message/rfc822\r\n\r\n" + genuine()


@forgery
def its_body_copied_under_another_header() -> bytes:
    head = b"From: Bruno <bruno@example.org>\r\nTo: carla@libero.it\r\nSubject: Ciao\r\n"
    return head + b"MIME-Version: 1.0\r\n" + content_type() + b"\r\n\r\n" + body()


@forgery
def its_words_quoted_in_a_forward() -> bytes:
    words = "> Che cosa non ti chiediamo mai\n> Se l'avviso è nostro, lì trovi lo stesso testo.\n"
    return from_stranger("Bruno", "bruno@example.org", words=words)


@forgery
def its_words_in_letters_of_other_scripts() -> bytes:
    words = "Che сosа non ti chiеdiamo mаi. Sе l'avvisо è nоstrо, lì trоvi lо stessо testо."
    return from_stranger("Servizio", "info@evil.example", words=words)


@forgery
def its_words_with_hidden_letters_between() -> bytes:
    words = (
        "Che co\u200bsa non ti chie\u00addiamo mai. Questo av\u2060viso non contiene collegamenti"
    )
    return from_stranger("Servizio", "info@evil.example", words=words)


@forgery
def its_words_cut_up_by_tags() -> bytes:
    page = "<p>Che cosa non ti<i></i> chiediamo mai</p><p>Questo avviso non contiene collegamenti"
    return page_from_stranger(page)


@forgery
def its_source_pasted_into_a_text() -> bytes:
    return from_stranger("Bruno", "bruno@example.org", words=genuine().decode())


# Look-alikes.


@forgery
def our_name_before_a_strange_address() -> bytes:
    return from_stranger("Libero Mail", "info@evil.example")


@forgery
def our_name_and_address_as_a_name() -> bytes:
    return from_stranger('"Libero Mail <ristoro@libero.it>"', "info@evil.example")


@forgery
def our_address_alone_as_a_name() -> bytes:
    return from_stranger('"ristoro@libero.it"', "info@evil.example")


@forgery
def our_address_without_a_signature() -> bytes:
    return from_stranger("Assistenza", "ristoro@libero.it")


@forgery
def our_address_in_capitals() -> bytes:
    return from_stranger("Assistenza", "RISTORO@LIBERO.IT")


@forgery
def our_name_in_cyrillic_letters() -> bytes:
    return from_stranger("Lіbегo Маіl", "info@evil.example")


@forgery
def our_name_in_mathematical_letters() -> bytes:
    return from_stranger("𝐋𝐢𝐛𝐞𝐫𝐨 𝐌𝐚𝐢𝐥", "info@evil.example")


@forgery
def our_name_in_wide_letters() -> bytes:
    return from_stranger("Ｌｉｂｅｒｏ Ｍａｉｌ", "info@evil.example")


@forgery
def our_name_spaced_and_dotted() -> bytes:
    return from_stranger('"L.i.b.e.r.o  M a i l"', "info@evil.example")


@forgery
def our_name_with_digits() -> bytes:
    return from_stranger("L1ber0 Mai1", "info@evil.example")


@forgery
def our_name_turned_by_bidi_controls() -> bytes:
    return from_stranger("\u2066Libero\u2069 \u200fMail", "info@evil.example")


@forgery
def our_name_in_an_encoded_word() -> bytes:
    word = base64.b64encode(b"Libero Mail").decode()
    return from_stranger(f"=?utf-8?b?{word}?=", "info@evil.example")


@forgery
def our_name_cut_over_encoded_words() -> bytes:
    return from_stranger("=?utf-8?q?Libe?= =?utf-8?q?ro_Mail?=", "info@evil.example")


@forgery
def our_name_behind_a_second_sender() -> bytes:
    return from_stranger("Bruno <bruno@example.org>, Libero Mail", "info@evil.example")


@forgery
def our_name_in_the_reply_to() -> bytes:
    reply = b"Reply-To: Libero Mail <info@evil.example>\r\n"
    return from_stranger("Bruno", "bruno@example.org", reply)


@forgery
def a_domain_with_a_digit_for_a_letter() -> bytes:
    return from_stranger("Assistenza", "ristoro@l1bero.it")


@forgery
def a_domain_with_a_foreign_letter() -> bytes:
    return from_stranger("Assistenza", "ristoro@lіbero.it")


@forgery
def a_domain_in_punycode() -> bytes:
    return from_stranger("Assistenza", f"ristoro@{'lіbero.it'.encode('idna').decode()}")


@forgery
def our_domain_at_the_beginning_of_another() -> bytes:
    return from_stranger("Assistenza", "ristoro@libero.it.evil.example")


@forgery
def our_domain_with_a_hyphen() -> bytes:
    return from_stranger("Assistenza", "ristoro@libero-it.example")


@forgery
def our_mark_in_a_stranger_s_header() -> bytes:
    return from_stranger("Bruno", "bruno@example.org", b"X-Ristoro-Deposit: jan-2023.7\r\n")


@forgery
def our_message_id_in_a_stranger_s_header() -> bytes:
    field = b"Message-ID: <ristoro.jan-2023.7@libero.it>\r\n"
    return from_stranger("Bruno", "bruno@example.org", field)


@forgery
def a_code_of_the_right_shape() -> bytes:
    code = code_of(SECRET, RUN, NOTICE)
    return from_stranger("Libero", "info@evil.example", words=f"Il tuo codice: {code}")


@forgery
def a_seal_drawn_in_the_page() -> bytes:
    page = "<div style='border:2px solid green'>✔ Avviso autentico di Libero Mail</div>"
    return page_from_stranger(page)


@forgery
def a_seal_laid_over_the_frame() -> bytes:
    page = "<div style='position:fixed;top:-90px'>✔ Messaggio verificato – Libero Mail</div>"
    return page_from_stranger(page)


@forgery
def a_form_in_our_name() -> bytes:
    page = "<p>Libero Mail: conferma il ristoro</p><form action='https://evil.example'><input>"
    return page_from_stranger(page)


@forgery
def a_link_in_our_name() -> bytes:
    page = "<p>La casella sarà sospesa</p><a href='https://evil.example/'>Riattiva Libero Mail</a>"
    return page_from_stranger(page, name="Libero Assistenza")


@forgery
def a_picture_of_a_letter_in_our_name() -> bytes:
    page = "<img src='https://evil.example/notice.png'>"
    return page_from_stranger(page, subject="Libero Mail: il tuo rimborso")
