"""Holders of the January 2023 programme, signed in to the webmail on a real Dovecot."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.databases import Database, copy_sqlite, pointed_at
from tests.hosts.embedded import PASSWORD, EmbeddedPeer
from tests.webmail.conftest import browser
from tests.whole.programme import NOW, OUTAGE, POLICY

from ristoro.edges.directories.opening import open_directory
from ristoro.edges.mailhosts.embedded import Account
from ristoro.estate.importing import import_estate
from ristoro.estate.sample import AS_OF, sample
from ristoro.faces.webmail.mine import views
from ristoro.fulfilment.models import Answer, Grant
from ristoro.remedies import runs
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.models import Run
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.workers.load import load

PLUS, OTHER, FREE = "ends.31aug@libero.it", "plus5@libero.it", "free@libero.it"


@pytest.fixture(scope="session")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the decision over a hundred mailboxes."""
    home = tmp_path_factory.mktemp("decided")
    csv = home / "estate.csv"
    sample(100, 2023, csv)
    imported = import_estate(open_directory(str(csv)), home / "estate", now=NOW, as_of=AS_OF)
    return decide(imported.path, OUTAGE, POLICY, home / "run").folder


@pytest.fixture(scope="session")
def loaded(
    sqlite_template: Path,
    decided: Path,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: Any,
) -> Path:
    """A database with the approved run, to copy from; nothing of it done yet."""
    folder = tmp_path_factory.mktemp("loaded")
    fresh = copy_sqlite(sqlite_template, folder)
    with django_db_blocker.unblock(), pointed_at(fresh):
        approved(decided)
    return folder / "ristoro.sqlite"


def approved(folder: Path) -> Run:
    """The run of a decision, loaded and approved in the database that Django points at."""
    anna = people.add("anna", "una frase lunga", [Role.OPERATOR], actor="test", at=NOW)
    bruno = people.add("bruno", "un'altra frase", [Role.APPROVER], actor="test", at=NOW)
    run = runs.enter(folder, anna, NOW)
    load(run, anna, NOW)
    total = runs.read_decided(folder).approval_total
    approved = runs.approve(runs.named(run.name), bruno, total, NOW)
    return runs.publish(approved, anna, {}, NOW)


@pytest.fixture
def sqlite_loaded(loaded: Path, tmp_path: Path, django_db_blocker: Any) -> Iterator[Database]:
    """A fresh SQLite database with the approved run."""
    fresh = copy_sqlite(loaded, tmp_path)
    with django_db_blocker.unblock(), pointed_at(fresh):
        yield fresh


@pytest.fixture
def database(sqlite_loaded: Database) -> Database:
    return sqlite_loaded


@pytest.fixture(autouse=True)
def early(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is February 2023: there are days left to answer."""
    monkeypatch.setattr(views, "today", lambda: NOW.date())


@pytest.fixture
def run(webmail: EmbeddedPeer) -> Run:
    """The approved run; nothing of it done yet."""
    return Run.objects.get()


@dataclass
class Own:
    """A holder in a browser, and the one grant of the mailbox."""

    client: Client
    address: str

    @property
    def grant(self) -> Grant:
        return Grant.objects.get(address=self.address)

    @property
    def card_place(self) -> str:
        return f"/ristoro/{self.grant.id}/conferma/"

    @property
    def receipt_place(self) -> str:
        return f"/ristoro/{self.grant.id}/ricevuta/"

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return str(answer.content.decode())

    def fields(self, path: str | None = None) -> dict[str, str]:
        """The hidden fields of the last form on a page that is not the frame's."""
        text = self.text(path or self.card_place)
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))

    def say(self, word: str = "yes", **more: str) -> Any:
        """Answer the card as the page itself does, with ``more`` fields filled in."""
        return self.client.post(self.card_place, {**self.fields(), "answer": word, **more})

    def answers(self) -> int:
        return Answer.objects.filter(mailbox_id=self.grant.mailbox_id).count()


SignIn = Callable[..., Own]


def signed_in(peer: EmbeddedPeer, address: str = PLUS, lang: str = "it") -> Own:
    """The holder of an address, signed in; the mailbox is made where there is none yet."""
    peer.embedded.provision([Account(address, PASSWORD, 1 << 30, 0)])
    client = browser(lang)
    text = client.get("/entra/").content.decode()
    form = dict(re.findall(r'name="(csrfmiddlewaretoken|key)" value="([^"]+)"', text))
    answer = client.post("/entra/", {**form, "address": address, "password": PASSWORD})
    assert answer.status_code == 303, answer.content.decode()
    return Own(client, address)


@pytest.fixture
def sign_in(run: Run, webmail: EmbeddedPeer) -> SignIn:
    """Signs the holder of an address in."""
    return partial(signed_in, webmail)


@pytest.fixture
def own(sign_in: SignIn) -> Own:
    """The premium holder whose plan ends on 31 August 2023, signed in."""
    return sign_in()
