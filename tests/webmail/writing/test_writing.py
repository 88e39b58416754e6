"""Letters written in the webmail, on a real Dovecot: begun, saved, sent once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.hosts.embedded import EmbeddedPeer
from tests.mailboxes.conftest import letter
from tests.webmail.conftest import Reader, fill

from ristoro.edges.mailboxes.contract import ANSWERED, DRAFT, FORWARDED, Role
from ristoro.faces.webmail.folders import by_role
from ristoro.faces.webmail.writing import dispatch
from ristoro.kernel.outcome import DONE, Ending, Result

pytestmark = [pytest.mark.host, pytest.mark.db]

NEW = "/posta/scrivi/"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
KEEP = re.compile(r'name="keep" value="(\w+)"')
AREA = re.compile(r'<textarea id="(\w+)"[^>]*>\n?(.*?)</textarea>', re.DOTALL)
SUBJECT = re.compile(r'<input id="subject"[^>]*value="([^"]*)"')


def page_of(answer: Any) -> str:
    return str(answer.content.decode())


def form_of(text: str) -> dict[str, Any]:
    """The form of a page as a browser would send it."""
    body = text[text.index('<form id="writing"') :]
    told: dict[str, Any] = {name: unescape(value) for name, value in HIDDEN.findall(body)}
    told |= {name: unescape(value) for name, value in AREA.findall(body)}
    told["keep"] = KEEP.findall(body)
    told["subject"] = unescape(SUBJECT.findall(body)[0])
    return told


def begin(reader: Reader, path: str = NEW, **changed: Any) -> dict[str, Any]:
    answer = reader.get(path)
    assert answer.status_code == 200, page_of(answer)
    return form_of(page_of(answer)) | changed


def press(reader: Reader, what: str, form: dict[str, Any]) -> Any:
    return reader.client.post(f"{NEW}{what}/", form)


def stored(reader: Reader, role: Role) -> list[EmailMessage]:
    """The messages of a folder, oldest first."""
    folder = by_role(reader.box.folders(), role)
    if folder is None:
        return []
    validity, uids = reader.box.uids(folder.path)
    found = []
    for _, _, _, raw in reader.box.stored(folder.path, validity, uids):
        message = message_from_bytes(raw, policy=default)
        assert isinstance(message, EmailMessage)
        found.append(message)
    return found


def inbox_of(webmail: EmbeddedPeer, address: str) -> list[bytes]:
    with webmail.reader(address) as client:
        client.select_folder("INBOX", readonly=True)
        found = client.fetch(client.search("ALL"), ["BODY.PEEK[]"])
    return [data[b"BODY[]"] for _, data in sorted(found.items())]


def test_a_letter_reaches_who_it_is_to_and_a_copy_is_kept(
    reader: Reader, webmail: EmbeddedPeer
) -> None:
    to, hidden = webmail.new_mailbox(1 << 20), webmail.new_mailbox(1 << 20)
    form = begin(reader, to=f"Ugo <{to}>", bcc=hidden, subject="Così", text="Ciao,\r\nè fatta.")
    answer = press(reader, "invia", form)
    assert answer.status_code == 303, page_of(answer)
    shown = page_of(reader.get(answer["location"]))
    assert to in shown
    assert hidden in shown
    for address in (to, hidden):
        [raw] = inbox_of(webmail, address)
        message = message_from_bytes(raw, policy=default)
        assert (message["Subject"], message["From"]) == ("Così", reader.address)
        assert hidden.encode() not in raw.partition(b"\r\nFrom:")[2]
        assert "è fatta." in message.get_content()
    [copy] = stored(reader, Role.SENT)
    assert copy["Bcc"] == hidden
    assert not stored(reader, Role.DRAFTS)


def test_the_same_letter_is_sent_once_however_often_it_is_asked_for(
    reader: Reader, webmail: EmbeddedPeer
) -> None:
    to = webmail.new_mailbox(1 << 20)
    form = begin(reader, to=to, text="una volta")
    first = press(reader, "invia", form)
    assert press(reader, "invia", form)["location"] == first["location"]
    again = press(reader, "invia", form | {"key": "another-form-of-it"})
    assert again["location"] == first["location"]
    press(reader, "salva", form | {"key": "yet-another-form"})
    assert len(inbox_of(webmail, to)) == len(stored(reader, Role.SENT)) == 1
    assert not stored(reader, Role.DRAFTS)


def test_wrong_addresses_are_told_at_the_top_and_at_the_field(reader: Reader) -> None:
    answer = press(reader, "invia", begin(reader, to="anna@, ugo@libero.it", text="ciao"))
    assert answer.status_code == 422
    text = page_of(answer)
    assert '<a href="#to">' in text
    assert 'id="to-wrong"' in text
    assert form_of(text)["to"] == "ugo@libero.it, anna@"
    assert form_of(text)["text"].strip() == "ciao"
    assert not stored(reader, Role.SENT)
    assert press(reader, "invia", begin(reader, text="a nessuno")).status_code == 422


def test_without_submission_only_the_hosts_own_boxes_get_letters(
    reader: Reader, webmail: EmbeddedPeer
) -> None:
    to = webmail.new_mailbox(1 << 20)
    answer = press(reader, "invia", begin(reader, to="x@example.org", subject="a", text="b"))
    assert answer.status_code == 422
    assert "x@example.org: " in page_of(answer)
    form = form_of(page_of(answer)) | {"to": f"{to}, x@example.org, {webmail.absent_mailbox()}"}
    answer = press(reader, "invia", form)
    assert answer.status_code == 303
    text = page_of(reader.get(answer["location"]))
    assert re.search(r"x@example.org</bdi>: \w", text)
    assert len(inbox_of(webmail, to)) == 1


def test_a_draft_is_one_message_however_often_it_is_saved(reader: Reader) -> None:
    form = begin(reader, to="ugo@libero.it, anna@", cc="c@x.it", subject="Bozza", text="uno")
    for text in ("uno", "due"):
        answer = press(reader, "salva", form | {"text": text})
        assert answer.status_code == 303
        form = begin(reader, answer["location"])
    [draft] = stored(reader, Role.DRAFTS)
    assert draft["To"] == "ugo@libero.it"
    assert draft.get_content().strip() == "due"
    assert (form["to"], form["cc"], form["subject"]) == ("ugo@libero.it, anna@", "c@x.it", "Bozza")
    folder = by_role(reader.box.folders(), Role.DRAFTS)
    assert folder is not None
    [row] = reader.box.page(folder.path).rows
    assert DRAFT in row.flags


def test_a_draft_that_is_thrown_away_is_in_the_trash_as_it_was_typed(reader: Reader) -> None:
    form = begin(reader, to="ugo@libero.it", text="salvato")
    press(reader, "salva", form)
    press(reader, "elimina", form | {"key": "another-form-of-it", "text": "ultimo"})
    assert not stored(reader, Role.DRAFTS)
    [thrown] = stored(reader, Role.TRASH)
    assert thrown.get_content().strip() == "ultimo"
    press(reader, "elimina", begin(reader))
    assert len(stored(reader, Role.TRASH)) == 1


def test_a_script_saves_beside_the_form_and_is_told_how_it_went(reader: Reader) -> None:
    form = begin(reader, to="ugo@libero.it", text="uno")
    json = {"HTTP_ACCEPT": "application/json"}
    answer = reader.client.post(f"{NEW}salva/", form | {"key": "from-a-script"}, **json)
    assert (answer.status_code, answer.json()) == (200, {"saved": True})
    assert press(reader, "salva", form | {"text": "due"}).status_code == 303
    [draft] = stored(reader, Role.DRAFTS)
    assert draft.get_content().strip() == "due"


def test_a_draft_of_another_program_goes_on_and_is_replaced(reader: Reader) -> None:
    raw = letter(1, subject="Altrove").replace(b"Message-ID", b"Bcc: b@x.it\r\nMessage-ID")
    reader.box.append("Drafts", raw, [DRAFT])
    folder = by_role(reader.box.folders(), Role.DRAFTS)
    assert folder is not None
    validity, [uid] = reader.box.uids(folder.path)
    form = begin(reader, f"/posta/{folder.path}/{validity}-{uid}/bozza/")
    assert (form["subject"], form["bcc"]) == ("Altrove", "b@x.it")
    press(reader, "salva", form | {"text": "continuato"})
    [draft] = stored(reader, Role.DRAFTS)
    assert draft.get_content().strip() == "continuato"


def test_files_stay_with_the_draft_and_can_be_left_out(
    reader: Reader, webmail: EmbeddedPeer
) -> None:
    to = webmail.new_mailbox(1 << 20)
    files = [
        SimpleUploadedFile("a.pdf", b"%PDF-1.4 uno", "application/pdf"),
        SimpleUploadedFile("..\\b\u202efdp.exe", b"MZ due"),
    ]
    answer = press(reader, "salva", begin(reader, to=to, text="x") | {"files": files})
    form = begin(reader, answer["location"])
    assert len(form["keep"]) == 2
    more = SimpleUploadedFile("c.txt", b"tre")
    answer = press(reader, "invia", form | {"keep": form["keep"][1:], "files": [more]})
    assert answer.status_code == 303, page_of(answer)
    [raw] = inbox_of(webmail, to)
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    found = {
        part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()
    }
    assert found == {"bfdp.exe": b"MZ due", "c.txt": b"tre"}


def test_files_above_the_limit_are_told_and_nothing_else_is_lost(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ristoro.faces.webmail.writing.limits.MOST_BYTES", 10)
    files = [SimpleUploadedFile("big.bin", b"x" * 11), SimpleUploadedFile("small.bin", b"x" * 9)]
    form = begin(reader, to="ugo@libero.it", text="resta")
    answer = press(reader, "invia", form | {"files": files})
    assert answer.status_code == 422
    text = page_of(answer)
    assert "big.bin" in text
    assert "small.bin" in text
    assert form_of(text)["text"].strip() == "resta"


def test_a_form_that_is_too_long_is_refused_unread(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ristoro.faces.webmail.writing.limits.LONGEST_FORM", 100)
    answer = press(reader, "invia", begin(reader, to="ugo@libero.it", text="x" * 200))
    assert answer.status_code == 413
    assert not stored(reader, Role.DRAFTS)


def answered(reader: Reader, path: str, webmail: EmbeddedPeer, **changed: Any) -> EmailMessage:
    """Send the form of a page about the first message of the inbox; what arrives."""
    to = webmail.new_mailbox(1 << 20)
    validity = reader.box.page("INBOX").uidvalidity
    form = begin(reader, f"/posta/arrivo/{validity}-1/{path}/", to=to, cc="", **changed)
    answer = press(reader, "invia", form)
    assert answer.status_code == 303, page_of(answer)
    [raw] = inbox_of(webmail, to)
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_an_answer_is_threaded_and_marks_what_it_answers(
    reader: Reader, webmail: EmbeddedPeer
) -> None:
    reader.box.append("INBOX", letter(1, references="<0@example.org>"))
    validity = reader.box.page("INBOX").uidvalidity
    form = begin(reader, f"/posta/arrivo/{validity}-1/rispondi/")
    assert form["to"] == "Anna Verdi <anna@example.org>"
    assert form["text"].rstrip().endswith("> Testo del messaggio 1.")
    everybody = begin(reader, f"/posta/arrivo/{validity}-1/rispondi-a-tutti/")
    assert "carla@libero.it" in everybody["to"]
    message = answered(reader, "rispondi", webmail)
    assert message["Subject"] == "Re: Messaggio 1"
    assert message["In-Reply-To"] == "<1@example.org>"
    assert message["References"] == "<0@example.org> <1@example.org>"
    assert ANSWERED in reader.box.page("INBOX").rows[0].flags


MIXED = (
    b"From: a@example.org\r\nSubject: allegato\r\nMIME-Version: 1.0\r\nMessage-ID: <m@x>\r\n"
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n"
    b"Ecco.\r\n--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; "
    b'filename="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--x--\r\n'
)


def test_a_forward_takes_the_files_along_and_marks_what_it_passes_on(
    reader: Reader, webmail: EmbeddedPeer
) -> None:
    reader.box.append("INBOX", MIXED)
    message = answered(reader, "inoltra", webmail)
    assert message["Subject"] == "Fwd: allegato"
    assert message["References"] is None
    [file] = message.iter_attachments()
    assert (file.get_filename(), file.get_payload(decode=True)) == ("a.pdf", b"%PDF-")
    assert FORWARDED in reader.box.page("INBOX").rows[0].flags


def test_a_message_passed_on_as_a_file_keeps_every_byte(
    reader: Reader, webmail: EmbeddedPeer
) -> None:
    reader.box.append("INBOX", MIXED)
    to = webmail.new_mailbox(1 << 20)
    validity = reader.box.page("INBOX").uidvalidity
    form = begin(reader, f"/posta/arrivo/{validity}-1/inoltra-intero/", to=to)
    saved = press(reader, "salva", form)
    form = begin(reader, saved["location"])
    assert press(reader, "invia", form).status_code == 303
    [raw] = inbox_of(webmail, to)
    assert MIXED in raw


def test_what_may_have_gone_is_not_sent_again_unasked(
    reader: Reader, webmail: EmbeddedPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = webmail.new_mailbox(1 << 20)
    sent: list[bytes] = []
    endings = [Result(Ending.UNKNOWN, "smtp-cut"), DONE]

    def send(message: bytes, recipients: Sequence[str]) -> dict[str, Result]:
        sent.append(message)
        return dict.fromkeys(recipients, endings[len(sent) - 1])

    monkeypatch.setattr(dispatch, "sender_of", lambda held: send)
    form = begin(reader, to=to, text="forse")
    place = press(reader, "invia", form)["location"]
    assert press(reader, "invia", form | {"key": "from-another-tab"})["location"] == place
    assert len(sent) == 1
    assert "reinvia" in page_of(reader.get(place))
    assert len(stored(reader, Role.DRAFTS)) == 1
    keys = reader.keys(place)
    answer = reader.client.post(place.replace("esito", "reinvia"), keys)
    assert (answer.status_code, answer["location"]) == (303, place)
    assert len(sent) == 2
    names = {message_from_bytes(raw)["Message-ID"] for raw in sent}
    assert len(names) == 1
    assert len(stored(reader, Role.SENT)) == 1
    assert not stored(reader, Role.DRAFTS)


def test_what_nobody_got_can_be_sent_again(
    reader: Reader, webmail: EmbeddedPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    endings = iter([Result(Ending.DEFERRED, "smtp-421"), DONE])
    monkeypatch.setattr(
        dispatch, "sender_of", lambda held: lambda _, to: dict.fromkeys(to, next(endings))
    )
    answer = press(reader, "invia", begin(reader, to="ugo@libero.it", text="forse"))
    assert answer.status_code == 422
    assert press(reader, "invia", form_of(page_of(answer))).status_code == 303


@pytest.mark.parametrize("what", ["salva", "invia", "elimina"])
def test_nothing_changes_by_looking_or_from_elsewhere(reader: Reader, what: str) -> None:
    fill(reader.box, 1)
    form = begin(reader, to="ugo@libero.it", text="x")
    assert reader.get(f"{NEW}{what}/").status_code == 405
    foreign = reader.client.post(f"{NEW}{what}/", form, HTTP_SEC_FETCH_SITE="cross-site")
    assert foreign.status_code in (302, 403)
    forged = form | {"csrfmiddlewaretoken": "x" * 64}
    assert press(reader, what, forged).status_code == 403
    assert not stored(reader, Role.DRAFTS)
    assert not stored(reader, Role.SENT)


def test_a_letter_may_be_begun_by_an_address_and_says_nothing_else(reader: Reader) -> None:
    form = begin(reader, f"{NEW}?a=ugo@libero.it&oggetto=%3Cb%3E&testo=ciao")
    assert (form["to"], form["subject"], form["text"].strip()) == ("ugo@libero.it", "<b>", "ciao")
    assert not stored(reader, Role.DRAFTS)


def test_a_letter_that_speaks_of_a_file_and_has_none_is_asked_about_once(
    reader: Reader, webmail: EmbeddedPeer
) -> None:
    form = begin(reader, to=webmail.new_mailbox(1 << 20), text="Ti allego la ricevuta.")
    answer = press(reader, "invia", form)
    assert answer.status_code == 422
    assert 'name="bare" value="1"' in page_of(answer)
    assert not stored(reader, Role.SENT)
    assert press(reader, "invia", form_of(page_of(answer)) | {"bare": "1"}).status_code == 303
    file = SimpleUploadedFile("ricevuta.pdf", b"%PDF-1.4")
    with_it = begin(reader, to=reader.address, text="Ti allego la ricevuta.") | {"files": [file]}
    assert press(reader, "invia", with_it).status_code == 303


def test_whom_the_holder_wrote_to_is_offered_and_who_merely_wrote_is_not(
    reader: Reader, webmail: EmbeddedPeer
) -> None:
    people = f"{NEW}persone/"
    fill(reader.box, 1)
    assert reader.get(people).json() == {"people": []}
    to = webmail.new_mailbox(1 << 20)
    for name in ("", "Ugo Neri "):
        text = {"to": f"{name}<{to}>", "cc": reader.address, "text": "x"}
        press(reader, "invia", begin(reader, **text))
    assert reader.get(people).json() == {"people": [f"Ugo Neri <{to}>"]}
