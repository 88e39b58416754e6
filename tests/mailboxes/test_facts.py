"""What a host tells of messages without their text, and how it names folders."""

from __future__ import annotations

import pytest
from tests.mailboxes.conftest import FIRST, letter

from ristoro.edges.mailboxes.contract import FLAGGED, Facts
from ristoro.edges.mailboxes.imap import ImapMailbox

pytestmark = pytest.mark.host


def test_facts_are_told_of_what_is_there(box: ImapMailbox) -> None:
    box.append("INBOX", letter(1), [FLAGGED], FIRST)
    uidvalidity, [uid] = box.uids("INBOX")
    [facts] = box.facts("INBOX", uidvalidity, [uid, uid + 1])
    assert facts == Facts(uid, facts.flags, FIRST, len(letter(1)))
    assert FLAGGED in facts.flags


def test_the_delimiter_is_the_one_of_the_folders(box: ImapMailbox) -> None:
    naming = box.naming()
    box.make_folder(naming.delimiter.join(("Lavoro", "2023")))
    [folder] = [one for one in box.folders() if one.name == "2023"]
    assert (naming.prefix, folder.depth) == ("", 1)
