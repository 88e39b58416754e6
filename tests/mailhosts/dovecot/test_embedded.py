"""The embedded host starts without help, outlives its starter, and is as full as it was asked."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.hosts.contract import message, new_message_id
from tests.hosts.embedded import PASSWORD, EmbeddedPeer, embedded_host

from ristoro.edges.mailhosts.contract import Letter, LookAsk, QuotaAsk
from ristoro.edges.mailhosts.embedded import Account, EmbeddedHost
from ristoro.edges.mailhosts.embedded.fill import FOLDER
from ristoro.edges.mailhosts.embedded.ground import ground_of
from ristoro.edges.mailhosts.imap import session
from ristoro.kernel.errors import BadInput, Missing

pytestmark = pytest.mark.host

TIB = 1 << 40
START = """
import sys
from pathlib import Path
from ristoro.edges.mailhosts.embedded import EmbeddedHost
print(EmbeddedHost(Path(sys.argv[1])).start().pid)
"""


def in_other_process(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True
    )


def test_two_commands_that_start_it_at_once_share_one_server_that_outlives_them(
    embedded: EmbeddedHost,
) -> None:
    starters = [in_other_process(START, str(embedded.home)) for _ in range(2)]
    pids = {int(starter.communicate(timeout=60)[0]) for starter in starters}
    assert pids == {embedded.status().pid}


def test_stop_ends_the_server_and_is_harmless_twice(embedded: EmbeddedHost) -> None:
    port = embedded.start().ports["imap"]
    embedded.stop()
    assert embedded.status().pid is None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    embedded.stop()


def test_a_restart_keeps_ports_mail_and_passwords(embedded: EmbeddedHost) -> None:
    embedded.provision([Account("anna@libero.it", PASSWORD, 1 << 20)])
    first, message_id = embedded.start(), new_message_id()
    host = embedded.dovecot()
    assert host.deposit([Letter(message(message_id), ("anna@libero.it",))])[0][0].done
    host.close()
    embedded.stop()
    assert embedded.start().ports == first.ports
    host = embedded.dovecot()
    assert host.look([LookAsk("anna@libero.it", message_id)])[0].copies == 1
    host.close()


def test_two_homes_do_not_meet(embedded: EmbeddedHost, tmp_path: Path) -> None:
    with embedded_host(tmp_path / "other") as other:
        for host, address in ((embedded, "anna@libero.it"), (other, "bruno@libero.it")):
            host.provision([Account(address, PASSWORD, 1 << 20)])
            host.start()
        ports = [*embedded.status().ports.values(), *other.status().ports.values()]
        assert len(set(ports)) == 6
        embedded.stop()
        dovecot = other.dovecot()
        assert dovecot.read_quota(["bruno@libero.it"])[0].result.done
        assert dovecot.read_quota(["anna@libero.it"])[0].result.code == "no-mailbox"
        dovecot.close()


def test_a_port_that_somebody_took_meanwhile_is_replaced(embedded: EmbeddedHost) -> None:
    embedded.start()
    embedded.stop()
    taken = embedded.status().ports["imap"]
    with socket.create_server(("127.0.0.1", taken)):
        assert embedded.start().ports["imap"] != taken


def test_a_pid_file_that_names_another_process_is_not_believed(embedded: EmbeddedHost) -> None:
    run = embedded.ground.base / "run"
    run.mkdir()
    (run / "master.pid").write_text(f"{os.getpid()}\n")
    assert embedded.status().pid is None
    embedded.stop()


def test_a_setting_that_dovecot_refuses_is_told_with_the_file_to_mend(
    embedded: EmbeddedHost,
) -> None:
    (embedded.ground.base / "local.conf").write_text("mail_fsinc = never\n")
    with pytest.raises(Missing) as caught:
        embedded.start()
    assert "mail_fsinc" in str(caught.value)
    assert "local.conf" in str(caught.value)


def test_a_host_never_started_has_no_ports_to_offer(embedded: EmbeddedHost) -> None:
    with pytest.raises(Missing, match="host start"):
        embedded.dovecot()


def test_an_address_that_could_leave_its_folder_is_refused(embedded: EmbeddedHost) -> None:
    for address in ("../x@libero.it", "a/b@libero.it", "a*b@libero.it", "a@libero.it\n", "a"):
        with pytest.raises(BadInput):
            embedded.provision([Account(address, PASSWORD, 1 << 20)])
    assert embedded.status().mailboxes == 0


def test_a_thousand_mailboxes_are_provided_in_a_few_seconds(embedded: EmbeddedHost) -> None:
    told: list[int] = []
    accounts = [Account(f"u{n}@libero.it", PASSWORD, 1 << 30) for n in range(1_500)]
    assert embedded.provision(accounts, told.append) == 1_500
    assert told == [1_000, 1_500]
    assert embedded.status().mailboxes == 1_500


def test_a_mailbox_of_a_tebibyte_is_full_and_takes_no_disk(peer: EmbeddedPeer) -> None:
    address = peer.new_mailbox(TIB, used=TIB)
    [reading] = peer.host.read_quota([address])
    assert (reading.limit_kib, reading.used_kib) == (1 << 30, 1 << 30)
    letter = Letter(message(new_message_id()), (address,))
    assert peer.host.deposit([letter])[0][0].code == "lmtp-552"
    peer.host.raise_quota([QuotaAsk(address, TIB, 2 * TIB)])
    assert peer.host.deposit([letter])[0][0].done
    mail = peer.embedded.ground.base / "mail"
    (older,) = (path for path in mail.rglob("*ristoro-older*") if address in str(path))
    assert older.stat().st_size == TIB
    assert older.stat().st_blocks * 512 <= 64 * 1024


def test_the_stand_in_shows_as_one_old_message_of_its_size(peer: EmbeddedPeer) -> None:
    address = peer.new_mailbox(1 << 30, used=300 << 20)
    with peer.reader(address) as client:
        client.select_folder(FOLDER, readonly=True)
        [(_, shown)] = client.fetch(client.search(), ["RFC822.SIZE", "ENVELOPE"]).items()
    assert shown[b"RFC822.SIZE"] == 300 << 20
    assert shown[b"ENVELOPE"].subject.startswith(b"Older mail of this mailbox")
    assert shown[b"ENVELOPE"].date.year == 2015


def test_a_mailbox_can_be_made_fuller_and_emptier_while_the_host_runs(peer: EmbeddedPeer) -> None:
    address = peer.new_mailbox(1 << 30, used=100 << 20)
    for used in (200 << 20, 0, 50 << 20):
        peer.embedded.provision([Account(address, PASSWORD, 1 << 30, used)])
        assert peer.host.read_quota([address])[0].used_kib == used >> 10


def test_a_wrong_password_opens_nothing(peer: EmbeddedPeer) -> None:
    address = peer.new_mailbox(1 << 20)
    imap = peer.embedded.settings().imap
    with pytest.raises(Exception, match="AUTHENTICATIONFAILED"), session(imap, address, "falsa"):
        pass


def test_secrets_are_for_their_owner_alone_and_never_shown(peer: EmbeddedPeer) -> None:
    base = peer.embedded.ground.base
    for name in ("master-password", "master-users", "dovecot.conf", "userdb/users.sqlite"):
        assert (base / name).stat().st_mode & 0o077 == 0
    secret = (base / "master-password").read_text()
    assert secret not in repr(peer.embedded.settings())
    assert secret not in (base / "master-users").read_text()
    assert PASSWORD not in repr(Account("a@libero.it", PASSWORD, 1))


def test_clear_leaves_no_mailbox(embedded: EmbeddedHost) -> None:
    embedded.provision([Account("anna@libero.it", PASSWORD, 1 << 20, 1 << 20)])
    embedded.start()
    embedded.clear()
    assert embedded.status().mailboxes == 0
    assert embedded.status().pid is None
    assert not (embedded.ground.base / "mail").exists()


def test_a_home_that_is_long_or_closed_to_others_gets_a_ground_elsewhere(tmp_path: Path) -> None:
    home = tmp_path / ("a" * 80)
    ground = ground_of(home, spare=tmp_path)
    assert ground.base.parent == tmp_path
    assert ground_of(home, spare=tmp_path) == ground


def test_a_ground_that_belongs_to_someone_else_is_not_used(tmp_path: Path) -> None:
    home = tmp_path / ("a" * 80)
    ground = ground_of(home, spare=tmp_path)
    ground.base.rmdir()
    ground.base.symlink_to(tmp_path)
    with pytest.raises(Missing, match="not-ours"):
        ground_of(home, spare=tmp_path)
    shutil.rmtree(home)
