"""The test that every mail host passes: subclass ``MailHostContract`` and give it a ``peer``."""

from __future__ import annotations

import itertools
from typing import Protocol

from ristoro.edges.mailhosts.contract import Letter, LookAsk, MailHost, QuotaAsk, Sighting
from ristoro.kernel.outcome import Ending, Result

MIB = 1 << 20
_numbers = itertools.count()


class Peer(Protocol):
    """A running mail host, and what a test must do to it behind the adapter's back."""

    @property
    def host(self) -> MailHost: ...

    def new_mailbox(self, limit: int, used: int = 0) -> str:
        """The address of a fresh mailbox with this limit and use, in bytes."""
        ...

    def absent_mailbox(self) -> str:
        """An address in a domain of the host that has no mailbox."""
        ...

    def move(self, address: str, message_id: str, folder: str) -> None:
        """Move a message from INBOX to a new folder, as the mailbox's holder does."""
        ...

    def append(self, address: str, message: bytes) -> None:
        """Put a message into INBOX by another way than a deposit."""
        ...

    def stop(self) -> None: ...

    def start(self) -> None: ...


def new_message_id() -> str:
    return f"<contract.{next(_numbers)}@libero.it>"


def message(
    message_id: str, body: str = "Buongiorno.\r\n.una riga che comincia con un punto"
) -> bytes:
    head = (
        "From: Libero <avvisi@libero.it>\r\n"
        f"Message-ID: {message_id}\r\n"
        "Subject: Lo spazio della casella\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return f"{head}{body}\r\nPerché è così.\r\n".encode()


def endings(results: list[Result]) -> list[Ending]:
    return [result.ending for result in results]


def look_for(host: MailHost, address: str, message_id: str, *, fetch: bool = False) -> Sighting:
    (sighting,) = host.look([LookAsk(address, message_id)], fetch=fetch)
    return sighting


class MailHostContract:
    """What ``contract.MailHost`` promises, tried on a real host."""

    def test_a_deposited_letter_is_seen_once_with_its_bytes_unchanged(self, peer: Peer) -> None:
        address, message_id = peer.new_mailbox(10 * MIB), new_message_id()
        sent = message(message_id)
        [[result]] = peer.host.deposit([Letter(sent, (address,))])
        assert result.done
        sighting = look_for(peer.host, address, message_id, fetch=True)
        assert sighting.result.done
        assert (sighting.copies, sighting.folder) == (1, "INBOX")
        assert sighting.uid is not None
        # the host puts trace headers before the letter and changes nothing in it
        assert sighting.stored is not None
        assert sighting.stored.endswith(sent)

    def test_without_fetch_no_bytes_are_read(self, peer: Peer) -> None:
        address, message_id = peer.new_mailbox(10 * MIB), new_message_id()
        peer.host.deposit([Letter(message(message_id), (address,))])
        assert look_for(peer.host, address, message_id).stored is None

    def test_one_letter_reaches_many_recipients_with_a_result_each(self, peer: Peer) -> None:
        message_id = new_message_id()
        good = [peer.new_mailbox(10 * MIB) for _ in range(5)]
        full = peer.new_mailbox(MIB, used=MIB)
        to = (good[0], peer.absent_mailbox(), *good[1:3], full, *good[3:])
        [results] = peer.host.deposit([Letter(message(message_id), to)])
        done = Ending.DONE
        assert endings(results)[0] is done
        assert endings(results)[2:4] == [done, done]
        assert endings(results)[5:] == [done, done]
        assert results[1].ending is Ending.REFUSED
        assert not results[4].done
        seen = peer.host.look([LookAsk(address, message_id) for address in good])
        assert [sighting.copies for sighting in seen] == [1] * 5

    def test_letters_are_answered_in_the_order_in_which_they_were_given(self, peer: Peer) -> None:
        boxes = [peer.new_mailbox(10 * MIB) for _ in range(4)]
        to = [boxes[0], peer.absent_mailbox(), boxes[1], peer.absent_mailbox(), boxes[2]]
        letters = [Letter(message(new_message_id()), (address,)) for address in to]
        answers = [result.done for [result] in peer.host.deposit(letters)]
        assert answers == [True, False, True, False, True]

    def test_nothing_to_do_is_answered_with_nothing(self, peer: Peer) -> None:
        assert peer.host.deposit([]) == []
        assert peer.host.look([]) == []
        assert peer.host.raise_quota([]) == []
        assert peer.host.read_quota([]) == []

    def test_a_full_mailbox_takes_the_letter_after_its_limit_is_raised(self, peer: Peer) -> None:
        address, message_id = peer.new_mailbox(MIB, used=MIB), new_message_id()
        letter = Letter(message(message_id), (address,))
        [[before]] = peer.host.deposit([letter])
        assert before.ending in (Ending.REFUSED, Ending.DEFERRED)
        assert look_for(peer.host, address, message_id).copies == 0
        assert peer.host.raise_quota([QuotaAsk(address, MIB, 2 * MIB)])[0].code == "done"
        assert peer.host.read_quota([address])[0].shows(2 * MIB)
        [[after]] = peer.host.deposit([letter])
        assert after.done
        assert look_for(peer.host, address, message_id).copies == 1

    def test_a_raised_limit_is_read_back_to_the_unit_of_the_protocol(self, peer: Peer) -> None:
        address = peer.new_mailbox(10 * MIB, used=3 * MIB)
        target = 20 * MIB + 1
        assert peer.host.raise_quota([QuotaAsk(address, 10 * MIB, target)])[0].done
        [reading] = peer.host.read_quota([address])
        assert reading.result.done
        assert reading.limit_kib == 20 * 1024 + 1
        assert reading.used_kib == 3 * 1024
        assert reading.shows(target)
        assert not reading.shows(target + 1024)

    def test_a_limit_raised_twice_is_already_raised(self, peer: Peer) -> None:
        ask = QuotaAsk(peer.new_mailbox(MIB), MIB, 2 * MIB)
        codes = [peer.host.raise_quota([ask])[0].code for _ in range(2)]
        assert codes == ["done", "already"]

    def test_a_limit_that_somebody_else_changed_is_left_alone(self, peer: Peer) -> None:
        address = peer.new_mailbox(3 * MIB)
        [result] = peer.host.raise_quota([QuotaAsk(address, MIB, 2 * MIB)])
        assert (result.ending, result.code) == (Ending.REFUSED, "base-changed")
        assert peer.host.read_quota([address])[0].shows(3 * MIB)

    def test_an_ask_that_fails_does_not_stop_the_others_of_its_batch(self, peer: Peer) -> None:
        boxes = [peer.new_mailbox(MIB) for _ in range(2)]
        to = [boxes[0], peer.absent_mailbox(), boxes[1]]
        results = peer.host.raise_quota([QuotaAsk(address, MIB, 2 * MIB) for address in to])
        assert [result.code for result in results] == ["done", "no-mailbox", "done"]

    def test_a_mailbox_that_is_not_there_is_refused_by_every_call(self, peer: Peer) -> None:
        address = peer.absent_mailbox()
        [reading] = peer.host.read_quota([address])
        sighting = look_for(peer.host, address, new_message_id())
        for result in (reading.result, sighting.result):
            assert (result.ending, result.code) == (Ending.REFUSED, "no-mailbox")

    def test_a_message_that_is_not_there_is_looked_for_with_success(self, peer: Peer) -> None:
        sighting = look_for(peer.host, peer.new_mailbox(MIB), new_message_id(), fetch=True)
        assert sighting.result.done
        assert (sighting.copies, sighting.uid, sighting.stored) == (0, None, None)

    def test_two_copies_are_counted(self, peer: Peer) -> None:
        address, message_id = peer.new_mailbox(10 * MIB), new_message_id()
        for _ in range(2):
            peer.append(address, message(message_id))
        assert look_for(peer.host, address, message_id).copies == 2

    def test_a_message_that_its_reader_moved_is_still_found(self, peer: Peer) -> None:
        address, message_id = peer.new_mailbox(10 * MIB), new_message_id()
        sent = message(message_id)
        peer.host.deposit([Letter(sent, (address,))])
        peer.move(address, message_id, "Archivio èà & altro")
        sighting = look_for(peer.host, address, message_id, fetch=True)
        assert (sighting.copies, sighting.folder) == (1, "Archivio èà & altro")
        assert sighting.stored is not None
        assert sighting.stored.endswith(sent)

    def test_a_message_id_inside_another_is_not_taken_for_it(self, peer: Peer) -> None:
        address, message_id = peer.new_mailbox(10 * MIB), new_message_id()
        peer.append(address, message(message_id))
        assert look_for(peer.host, address, message_id.replace("<contract.", "<")).copies == 0

    def test_a_closed_host_works_again(self, peer: Peer) -> None:
        address, message_id = peer.new_mailbox(10 * MIB), new_message_id()
        peer.host.close()
        assert peer.host.deposit([Letter(message(message_id), (address,))])[0][0].done
        peer.host.close()
        assert look_for(peer.host, address, message_id).copies == 1
        assert peer.host.read_quota([address, address])[1].shows(10 * MIB)

    def test_a_stopped_host_defers_everything_and_works_when_it_is_back(self, peer: Peer) -> None:
        boxes = [peer.new_mailbox(10 * MIB) for _ in range(3)]
        message_id = new_message_id()
        letters = [Letter(message(message_id), (address,)) for address in boxes]
        looks = [LookAsk(address, message_id) for address in boxes]
        peer.host.deposit(letters[:1])
        peer.stop()
        try:
            deposits = [result for [result] in peer.host.deposit(letters[1:])]
            sightings = [sighting.result for sighting in peer.host.look(looks)]
            readings = [reading.result for reading in peer.host.read_quota(boxes)]
        finally:
            peer.start()
        assert set(endings([*deposits, *sightings, *readings])) == {Ending.DEFERRED}
        assert [sighting.copies for sighting in peer.host.look(looks)] == [1, 0, 0]
        assert all(result.done for [result] in peer.host.deposit(letters[1:]))
