"""Policies are entered with their cases, kept under their digests, and examined.

``<digest>.yaml`` is the text as it was entered and never changes; ``<digest>.cases.yaml`` has its
cases, of which others may come; ``<digest>.json`` says by whom and when. What an examination found
is kept under both digests.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction

from ristoro.errands.places import below, outages, policies
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel import clock
from ristoro.kernel.keys import canonical_json
from ristoro.remedies.authoring.case_files import cases_of
from ristoro.remedies.authoring.examining import FORM, cases_beside, examine
from ristoro.remedies.language.check import load_bytes
from ristoro.remedies.language.checked import Checked
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.shelves import CASES
from ristoro.staff.models import Role
from ristoro.staff.people import Person, require
from ristoro.workers import errands
from ristoro.workers.errands import Teller
from ristoro.workers.models import Errand

KIND = "examine-policy"
SHIPPED = Path(__file__).parents[3] / "policies"
"""Published and sample policies, where Ristoro runs from its source."""

_NOTHING = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """Who entered a policy, and when; empty and ``None`` for one that was put there by hand."""

    person: str = ""
    at: datetime | None = None


def enter(raw: bytes, cases: bytes, person: Person, at: datetime) -> str:
    """Take a policy and its cases, which may be empty; the digest under which they are.

    ``BadInput`` where either is wrong, with every line and column; nothing of it is kept then. The
    same policy again, with other cases, has those from now on.
    """
    require(person, Role.OPERATOR)
    policy = load_bytes(raw, "policy.yaml").policy
    if cases.strip():
        cases_of(cases, "cases.yaml", policy, policies(), outages())
    policies().mkdir(parents=True, exist_ok=True)
    path, beside = policy_path(policy.digest), cases_path(policy.digest)
    if path.exists() and (not cases.strip() or cases == cases_text(path.name)):
        return policy.digest
    data = {
        "digest": policy.digest,
        "policy": policy.name,
        "version": policy.version,
        "cases": hashlib.sha256(cases).hexdigest() if cases.strip() else None,
    }
    with transaction.atomic():
        append(person.name, names.POLICY_ENTERED, f"policy {policy.name}", data, at)
        if cases.strip():
            _write(beside, cases)
        if not path.exists():
            note = {"person": person.name, "at": at.isoformat()}
            _write(path.with_suffix(".json"), canonical_json(note) + b"\n")
            _write(path, raw)
    return policy.digest


def shipped() -> list[str]:
    """The names of the policies that come with Ristoro's source, where it is there."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml") if not path.name.endswith(CASES))


def shipped_texts(name: str) -> tuple[bytes, bytes]:
    """The text of one of them, and of its cases; ``Missing`` where there is none."""
    path = below(SHIPPED, f"{Path(name).name}.yaml")
    beside = path.with_name(f"{path.stem}{CASES}")
    return path.read_bytes(), beside.read_bytes() if beside.exists() else b""


def policy_path(digest: str) -> Path:
    """Where the text of a policy is kept."""
    return policies() / f"{digest}.yaml"


def cases_path(digest: str) -> Path:
    """Where its cases are kept, if it has any."""
    return policies() / f"{digest}{CASES}"


@dataclass(frozen=True, slots=True)
class Found:
    """A policy on the shelf: the name of its file, its text, and what that means."""

    file: str
    raw: bytes
    checked: Checked

    @property
    def policy(self) -> Policy:
        return self.checked.policy

    @property
    def text(self) -> str:
        return self.raw.decode("utf-8-sig")


def find(file: str) -> Found:
    """A policy on the shelf by its file's name; ``Missing`` where there is none."""
    raw = below(policies(), file).read_bytes()
    return Found(file, raw, _read(raw, file))


@lru_cache(maxsize=64)
def _read(raw: bytes, file: str) -> Checked:
    return load_bytes(raw, file)


def entry(digest: str) -> Entry:
    """Who entered it, and when."""
    try:
        data = json.loads(policy_path(digest).with_suffix(".json").read_bytes())
    except FileNotFoundError:
        return Entry()
    return Entry(data["person"], clock.parse_instant(data["at"]))


def cases_text(file: str) -> bytes:
    """The text of the cases beside a policy; empty where there are none."""
    try:
        return _beside(file).read_bytes()
    except FileNotFoundError:
        return b""


def report(file: str) -> dict[str, Any] | None:
    """What an examination of it with its present cases found; ``None`` before there was one."""
    path = _report_path(file)
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    return data if data.get("form") == FORM else None


def ask_examine(file: str, person: Person, key: str, at: datetime) -> Errand:
    """Have a policy examined; ``Missing`` for one that is not there."""
    require(person, Role.OPERATOR)
    below(policies(), file)
    return errands.ask(KIND, {"policy": file}, person, key, at)


def last_examination(file: str) -> Errand | None:
    """The last examination that was asked for of it."""
    return Errand.objects.filter(kind=KIND, params__policy=file).order_by("-pk").first()


def do(teller: Teller) -> dict[str, Any]:
    """``params``: ``policy``, by its file's name. What was found is kept, and counted here."""
    file = str(teller.params["policy"])
    path = below(policies(), file)
    kept = _report_path(file)
    teller.begin("cases", cases_beside(path, outages()))
    found = examine(path, outages(), teller.advance)
    _write(kept, canonical_json(found) + b"\n")
    return {
        "policy": file,
        "cases": len(found["cases"]),
        "failed": sum(bool(case["failures"]) for case in found["cases"]),
        "findings": len(found["findings"]),
    }


def _beside(file: str) -> Path:
    return policies() / f"{Path(file).stem}{CASES}"


def texts_of(file: str) -> str:
    """What tells a policy with its present cases from every other one."""
    digests = [_digest(policies() / Path(file).name), _digest(_beside(file))]
    return "-".join(each[:16] for each in digests)


def _report_path(file: str) -> Path:
    return policies() / "examined" / f"{texts_of(file)}.json"


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return _NOTHING


def _write(path: Path, raw: bytes) -> None:
    """The whole file or none of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, aside = tempfile.mkstemp(prefix=".", dir=path.parent)
    with os.fdopen(number, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    Path(aside).replace(path)
