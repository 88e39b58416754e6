"""The one place that picks implementations: which mail host, which billing system, which keys.

What it picks follows from the environment: ``RISTORO_MAILHOST`` names a ``mailhost.yaml``, and
without it the embedded host of the home folder serves; ``RISTORO_BILLING_URL`` names a billing
system, and without it subscriptions and credits are in the home folder's ledger file.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from threading import Event
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ristoro import env
from ristoro.claims.giving import KEYS
from ristoro.edges.billing.contract import Billing
from ristoro.edges.billing.exchange import Line
from ristoro.edges.billing.http import HttpBilling
from ristoro.edges.billing.ledger import Ledger
from ristoro.edges.mailboxes.server import Holders, Service
from ristoro.edges.mailboxes.settings import read_holders
from ristoro.edges.mailhosts.contract import MailHost
from ristoro.edges.mailhosts.dovecot import Dovecot
from ristoro.edges.mailhosts.dovecot_settings import read_settings
from ristoro.edges.mailhosts.embedded import EmbeddedHost
from ristoro.edges.push import places, vapid
from ristoro.edges.push.services import PushServices
from ristoro.edges.webhooks.contract import Carrier
from ristoro.edges.webhooks.places import Places, networks_of
from ristoro.edges.webhooks.posting import Posting
from ristoro.env import Environment
from ristoro.fulfilment.act import Doors
from ristoro.fulfilment.callers.means import Means, read_means
from ristoro.fulfilment.callers.sentences import SHIPPED as SENTENCES
from ristoro.fulfilment.callers.sentences import Sentence, read_sentences
from ristoro.fulfilment.lapsing import silences_of
from ristoro.fulfilment.ways import channels_of, payouts_of
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing, Problem
from ristoro.kernel.signed import key_of
from ristoro.notices.brands import SHIPPED, read_brands
from ristoro.notices.facts import Brand
from ristoro.notices.keys import dns_record, read_signers
from ristoro.notices.letters import Desk, outage_words
from ristoro.notices.singles.writing import Writer
from ristoro.outages.declare import read_outage
from ristoro.outages.outage import Outage
from ristoro.remedies.deciding.decide import OUTAGE, POLICY
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.models import Run
from ristoro.remedies.runs import Decided
from ristoro.workers.courier import Courier
from ristoro.workers.job import Habits, Job, nobody
from ristoro.workers.pace import Pace

T = TypeVar("T")


def embedded_host(environment: Environment | None = None) -> EmbeddedHost:
    """The private mail host of the home folder, running or not."""
    return EmbeddedHost((environment or env.current()).home / "mailhost")


def mail_host(environment: Environment) -> MailHost:
    """The provider's mail host, or the embedded one."""
    named = environment.values.get("RISTORO_MAILHOST")
    if named:
        return Dovecot(read_settings(Path(named), environment.secret))
    return embedded_host(environment).dovecot()


def holders(environment: Environment) -> Holders:
    """The services that holders use: those of the mail host's file, or the embedded host's IMAP.

    The embedded host has no submission: mail goes into its own boxes only.
    """
    named = environment.values.get("RISTORO_MAILHOST")
    if named:
        return read_holders(Path(named))
    imap = embedded_host(environment).settings().imap
    return Holders(Service(imap.host, imap.port))


def ledger(environment: Environment) -> Ledger:
    """The subscription ledger of the home folder."""
    return Ledger(environment.home / "ledger.sqlite")


def billing_system(environment: Environment) -> Billing:
    """The provider's billing system, or the ledger of the home folder.

    ``Missing`` where the system is named and its token is not there, or its authority's file.
    """
    url = environment.values.get("RISTORO_BILLING_URL")
    if not url:
        return ledger(environment)
    seconds = environment.number("RISTORO_BILLING_SECONDS", 20, 1, 600)
    token = environment.secret("RISTORO_BILLING_TOKEN")
    return HttpBilling(Line(url, token, time.sleep, seconds, _authority(environment)))


def _authority(environment: Environment) -> ssl.SSLContext | None:
    """Whom the billing system's certificate is from; ``None`` for whomever everybody trusts."""
    named = environment.values.get("RISTORO_BILLING_CA")
    if not named:
        return None
    try:
        return ssl.create_default_context(cafile=named)
    except OSError as error:
        raise Missing(
            Problem(
                "setting",
                f"RISTORO_BILLING_CA is {named!r}: {error.strerror or error}",
                "the program does not speak to whoever it cannot tell from others",
                "name a file with the certificate of the authority, in PEM",
            )
        ) from error


@contextmanager
def doors(run: Run) -> Iterator[Doors]:
    """Where a run's acts go, closed at the end."""
    environment = env.current()
    payouts = payouts_of(run)
    host = mail_host(environment)
    billing = billing_system(environment)
    try:
        yield Doors(host, billing, run.name, payouts)
    finally:
        host.close()
        billing.close()


@contextmanager
def claim_doors() -> Iterator[Doors]:
    """Where gifts in kind to claimants go, closed at the end."""
    environment = env.current()
    host = mail_host(environment)
    billing = billing_system(environment)
    try:
        yield Doors(host, billing, KEYS)
    finally:
        host.close()
        billing.close()


@contextmanager
def job(run: Run, stop: Event, owner: str) -> Iterator[Job]:
    """A worker's job on a run; ``owner`` names this start of this process and no other."""
    environment = env.current()
    with doors(run) as opened, courier(environment) as told:
        written = desk(run, environment)
        yield Job(
            run=run,
            owner=owner,
            doors=opened,
            desk=written,
            records=[dns_record(one) for each in written.signers.values() for one in each],
            habits=habits(environment),
            pace=Pace(),
            stop=stop,
            clock=clock.now,
            seconds=time.monotonic,
            knock=told.knock if told else nobody,
        )


@contextmanager
def courier(environment: Environment) -> Iterator[Courier | None]:
    """Who tells phones that a letter has come; nobody where there is no key for it."""
    sender = push_sender(environment)
    if sender is None:
        yield None
        return
    one = Courier(PushServices(sender, clock.now, allowed=push_services(environment)))
    try:
        yield one
    finally:
        one.close()


def push_sender(environment: Environment) -> vapid.Sender | None:
    """Who sends to phones, for their browsers to subscribe to; ``None`` where there is no key."""
    secret = environment.secret_or_empty("RISTORO_PUSH_KEY")
    if not secret:
        return None
    first = next(iter(brands_of(environment).values()))
    contact = environment.text("RISTORO_PUSH_CONTACT", f"mailto:{first.address}")
    return vapid.sender(secret, contact)


def push_services(environment: Environment) -> Sequence[str]:
    """The push services that phones may be told through."""
    return environment.text("RISTORO_PUSH_SERVICES", " ".join(places.SERVICES)).split()


def webhook_carrier(environment: Environment) -> Carrier:
    """Who carries events to other programs; ``Missing`` where an allowed network is none."""
    told = environment.text("RISTORO_WEBHOOK_NETWORKS", "")
    try:
        return Posting(Places(networks_of(told)))
    except ValueError as error:
        raise Missing(
            Problem(
                "setting",
                f"RISTORO_WEBHOOK_NETWORKS is {told!r}: {error}",
                "the program does not start on a guess",
                "write networks as 10.1.0.0/16, blanks between",
            )
        ) from error


def desk(run: Run, environment: Environment) -> Desk:
    """The desk of an approved run: its brands, keys, outage and what silence means.

    ``Missing`` where a brand has no keys: a worker that made its own would sign by keys that
    nobody has published.
    """
    directory = Path(run.directory)
    outage = read_outage(directory / OUTAGE)
    policy = load_policy(directory / POLICY).policy
    brands = brands_of(environment)
    folder = dkim_folder(environment)
    return Desk(
        brands=brands,
        outage=outage_words(*days_of(outage)),
        choices={no: name for name, within in policy.choices.items() for no in within},
        channels=channels_of(policy),
        fallbacks={no: silence.value for no, silence in silences_of(policy).items()},
        signers={code: read_signers(folder, brand) for code, brand in brands.items()},
        secret=environment.secret("RISTORO_NOTICE_SECRET").encode(),
        at=run.approved_at or run.entered_at,
    )


def dkim_folder(environment: Environment) -> Path:
    """Where the private keys of notices are kept: every host that works on a run has the same."""
    return environment.home / "secrets" / "dkim"


def brands_of(environment: Environment) -> Mapping[str, Brand]:
    """The brands that may write: those of ``RISTORO_BRANDS``, else the shipped ones.

    Pages ask for them all the time: the file is read again only where it has changed.
    """
    return _read_once(read_brands, _brands_file(environment))


def means_of(environment: Environment) -> Mapping[str, tuple[Means, ...]]:
    """By brand, the means beside the code by which its callers are verified."""
    return _read_once(read_means, _brands_file(environment))


def sentences_of(environment: Environment) -> tuple[Sentence, ...]:
    """What agents may say: the file ``RISTORO_SENTENCES``, else the shipped one."""
    named = Path(environment.text("RISTORO_SENTENCES", str(SENTENCES)))
    return _read_once(read_sentences, named)


def _brands_file(environment: Environment) -> Path:
    return Path(environment.text("RISTORO_BRANDS", str(SHIPPED)))


def _read_once(read: Callable[[Path], T], path: Path) -> T:
    """What a file says; it is read again only where it has changed."""
    try:
        found = path.stat()
    except OSError:
        return read(path)  # which says what is wrong
    known: T = _read(read, path, found.st_mtime_ns, found.st_size)
    return known


@lru_cache(maxsize=16)
def _read(read: Callable[[Path], Any], path: Path, changed: int, size: int) -> Any:
    return read(path)


@contextmanager
def post_room(environment: Environment) -> Iterator[tuple[MailHost, Writer]]:
    """Where letters that are of no run are written and go, closed at the end.

    ``Missing`` where a brand has no keys.
    """
    written = writer(environment)
    host = mail_host(environment)
    try:
        yield host, written
    finally:
        host.close()


def writer(environment: Environment) -> Writer:
    """Who writes letters that are of no run; ``Missing`` where a brand has no keys."""
    brands = brands_of(environment)
    folder = dkim_folder(environment)
    signers = {code: read_signers(folder, brand) for code, brand in brands.items()}
    return Writer(brands, signers, environment.secret("RISTORO_NOTICE_SECRET").encode())


def facts_key(environment: Environment) -> Ed25519PrivateKey:
    """The key that signs public facts, and the bundles of claims."""
    return key_of(environment.secret("RISTORO_FACTS_SECRET"), "facts")


def preview_desk(decided: Decided, at: datetime) -> Desk:
    """The desk that will write the letters of a run that is not in the database yet."""
    unsaved = Run(name="preview", directory=str(decided.directory), entered_at=at)
    return desk(unsaved, env.current())


def zone_of(environment: Environment) -> ZoneInfo:
    """The provider's own zone: of what it tells, and of times that are typed without one."""
    return clock.zone(environment.text("RISTORO_ZONE", "Europe/Rome"))


def days_of(outage: Outage) -> tuple[date, date]:
    """The outage's first and last day, in its own zone."""
    end = outage.end if outage.end is not None else outage.start + 1
    first, last = (clock.instant(at).astimezone(outage.zone) for at in (outage.start, end - 1))
    return first.date(), last.date()


def habits(environment: Environment) -> Habits:
    """How workers behave, from the environment."""
    usual = Habits()
    return Habits(
        lease_seconds=environment.number(
            "RISTORO_LEASE_SECONDS", int(usual.lease_seconds), 1, 3600
        ),
        settle_seconds=environment.number(
            "RISTORO_SETTLE_SECONDS", int(usual.settle_seconds), 0, 600
        ),
        batch=environment.number("RISTORO_BATCH", usual.batch, 1, 1000),
        read_back=environment.number("RISTORO_READ_BACK_EVERY", usual.read_back, 1, 1_000_000),
        bank_seconds=environment.number(
            "RISTORO_BANK_SECONDS", int(usual.bank_seconds), 60, 86_400
        ),
    )
