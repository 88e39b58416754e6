"""A mailbox copied to another provider: everything, once, wherever it was cut off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from imapclient.exceptions import IMAPClientError
from tests.hosts.embedded import PASSWORD, EmbeddedPeer
from tests.mailboxes.conftest import FIRST, letter, service_of
from tests.mailboxes.test_export import contents, filled

from ristoro.edges.mailboxes.contract import Folder, Naming, Role, Unreachable
from ristoro.edges.mailboxes.imap import ImapMailbox, sign_in
from ristoro.edges.mailboxes.moving import MOST_REFUSED, Stopped, mapped, move
from ristoro.edges.mailboxes.passage import Passage, Progress, path_of, paths_of, progress_of
from ristoro.kernel.errors import NotAllowed, Problem

pytestmark = pytest.mark.host
MESSAGES = 5


def now() -> datetime:
    return datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


@pytest.fixture
def source(box: ImapMailbox) -> ImapMailbox:
    filled(box)
    return box


@pytest.fixture
def target(peer: EmbeddedPeer) -> Iterator[ImapMailbox]:
    mailbox = sign_in(service_of(peer), peer.new_mailbox(100 << 20), PASSWORD)
    yield mailbox
    mailbox.close()


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


class Cut:
    """A target whose line ends, once, before or after a certain message was taken."""

    def __init__(self, box: ImapMailbox, at: int, *, taken: bool, error: BaseException) -> None:
        self._box, self._at, self._taken, self._error = box, at, taken, error

    def __getattr__(self, name: str) -> object:
        return getattr(self._box, name)

    def append(
        self, folder: str, message: bytes, flags: Sequence[str] = (), at: datetime | None = None
    ) -> int | None:
        self._at -= 1
        if self._at == -1 and not self._taken:
            raise self._error
        told = self._box.append(folder, message, flags, at)
        if self._at == -1:
            raise self._error
        return told


class Silent:
    """A target without UIDPLUS."""

    def __init__(self, box: object) -> None:
        self._box = box

    def __getattr__(self, name: str) -> object:
        return getattr(self._box, name)

    def append(self, *args: object) -> None:
        self._box.append(*args)  # type: ignore[attr-defined]


class Refusing(Silent):
    """A target that says no to messages with a certain text in them."""

    def __init__(self, box: object, text: bytes, words: str) -> None:
        super().__init__(box)
        self._text, self._words = text, words

    def append(self, folder: str, message: bytes, *args: object) -> None:
        if self._text not in message:
            return super().append(folder, message, *args)
        problem = Problem("imap-failed", "x", self._words, "y")
        raise Unreachable(problem) from IMAPClientError(self._words)


def run(source: object, target: object, path: Path, **more: object) -> Progress:
    passage = Passage(path)
    try:
        move(source, target, passage, now, **more)  # type: ignore[arg-type]
    finally:
        passage.close()
    progress = progress_of(path)
    assert progress is not None
    return progress


def test_everything_is_moved_and_nothing_is_left_out(
    source: ImapMailbox, target: ImapMailbox, tmp_path: Path
) -> None:
    told: list[int] = []
    progress = run(source, target, tmp_path / "x.sqlite", progress=told.append)
    assert contents(target) == contents(source)
    assert (progress.total, progress.copied, progress.missing) == (MESSAGES, MESSAGES, 0)
    assert progress.ended == now().isoformat()
    assert sum(told) == MESSAGES
    assert "Vuota" in {folder.path for folder in target.folders()}


def test_moving_again_copies_only_what_has_come(
    source: ImapMailbox, target: ImapMailbox, tmp_path: Path
) -> None:
    run(source, target, tmp_path / "x.sqlite")
    source.append("INBOX", letter(9), at=FIRST)
    run(source, target, tmp_path / "x.sqlite")
    run(source, target, tmp_path / "x.sqlite")
    assert contents(target) == contents(source)


@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize("at", range(MESSAGES))
def test_a_move_that_was_killed_goes_on_without_loss_and_without_doubles(
    source: ImapMailbox, target: ImapMailbox, tmp_path: Path, at: int, taken: bool, silent: bool
) -> None:
    cut: object = Cut(target, at, taken=taken, error=Killed())
    with pytest.raises(Killed):
        run(source, Silent(cut) if silent else cut, tmp_path / "x.sqlite")
    run(source, Silent(target) if silent else target, tmp_path / "x.sqlite")
    assert contents(target) == contents(source)


def test_a_move_that_is_killed_at_every_message_ends(
    source: ImapMailbox, target: ImapMailbox, tmp_path: Path
) -> None:
    for _ in range(MESSAGES):
        with pytest.raises(Killed):
            run(source, Cut(target, 0, taken=True, error=Killed()), tmp_path / "x.sqlite")
    run(source, target, tmp_path / "x.sqlite")
    assert contents(target) == contents(source)


def test_a_message_that_is_refused_is_named_and_the_others_go(
    source: ImapMailbox, target: ImapMailbox, tmp_path: Path
) -> None:
    path = tmp_path / "x.sqlite"
    progress = run(source, Refusing(target, b"From here", "NO [TOOBIG] too large"), path)
    assert (progress.copied, progress.refused) == (MESSAGES - 1, 1)
    passage = Passage(path)
    [refused] = passage.refused()
    passage.close()
    assert (refused.folder, refused.because) == ("INBOX", "NO [TOOBIG] too large")
    assert run(source, target, path).refused == 0
    assert sorted(map(str, contents(target))) == sorted(map(str, contents(source)))


def test_a_full_target_stops_the_move(
    source: ImapMailbox, target: ImapMailbox, tmp_path: Path
) -> None:
    with pytest.raises(Stopped, match="make room"):
        run(source, Refusing(target, b"", "NO [OVERQUOTA] full"), tmp_path / "x.sqlite")
    run(source, target, tmp_path / "x.sqlite")
    assert contents(target) == contents(source)


def test_a_target_that_refuses_everything_stops_the_move(
    source: ImapMailbox, target: ImapMailbox, tmp_path: Path
) -> None:
    for number in range(MOST_REFUSED):
        source.append("INBOX", letter(number))
    with pytest.raises(Stopped, match="go on"):
        run(source, Refusing(target, b"", "NO no"), tmp_path / "x.sqlite")


def test_a_move_stops_when_it_is_asked_to(
    source: ImapMailbox, target: ImapMailbox, tmp_path: Path
) -> None:
    answers = iter((True, True, False))
    with pytest.raises(Stopped, match="asked to stop"):
        run(source, target, tmp_path / "x.sqlite", keep_on=lambda: next(answers))
    progress = progress_of(tmp_path / "x.sqlite")
    assert progress is not None
    assert (progress.copied, progress.ended) == (2, "")


def test_two_moves_between_the_same_mailboxes_do_not_run_at_once(tmp_path: Path) -> None:
    one, other = Passage(tmp_path / "x.sqlite"), Passage(tmp_path / "x.sqlite")
    one.held()
    assert other.is_held()
    with pytest.raises(NotAllowed, match="already"):
        other.held()
    one.close()
    assert not other.is_held()
    other.close()


def test_a_passage_is_named_by_its_two_ends(tmp_path: Path) -> None:
    one = path_of(tmp_path, "a@x.it", "imap.y.it", "b@y.it")
    assert one == path_of(tmp_path, "A@x.it", "IMAP.y.it", "b@Y.it")
    others = [path_of(tmp_path, who, "imap.y.it", "c@y.it") for who in ("a@x.it", "aa@x.it")]
    assert one not in others
    for path in (one, *others):
        path.touch()
    assert paths_of(tmp_path, "A@x.it") == sorted([one, others[0]])


def folder(path: str, delimiter: str = ".", role: Role = Role.NONE) -> Folder:
    return Folder(path, path.rpartition(delimiter)[2], path.count(delimiter), role, 0, 0)


def test_folders_are_named_as_the_target_names_them() -> None:
    own = [
        folder("INBOX", role=Role.INBOX),
        folder("Inviata", role=Role.SENT),
        folder("Inviata.2023"),
        folder("Lavoro"),
        folder("Lavoro.a/b"),
        folder("Lavoro.a_b"),
    ]
    there = [folder("INBOX", "/", Role.INBOX), folder("INBOX/Sent", "/", Role.SENT)]
    assert mapped(own, Naming("", "."), there, Naming("INBOX/", "/")) == {
        "INBOX": "INBOX",
        "Inviata": "INBOX/Sent",
        "Inviata.2023": "INBOX/Sent/2023",
        "Lavoro": "INBOX/Lavoro",
        "Lavoro.a/b": "INBOX/Lavoro/a_b",
        "Lavoro.a_b": "INBOX/Lavoro/a_b 2",
    }


def test_a_prefix_is_not_part_of_a_name() -> None:
    own = [folder("INBOX", role=Role.INBOX), folder("INBOX.Lavoro"), folder("INBOX.Lavoro.Uno")]
    names = mapped(own, Naming("INBOX.", "."), [folder("INBOX", role=Role.INBOX)], Naming("", "/"))
    assert list(names.values()) == ["INBOX", "Lavoro", "Lavoro/Uno"]
