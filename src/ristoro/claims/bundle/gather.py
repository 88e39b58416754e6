"""The contents of a bundle, gathered from the rows of a claim and the folder of its run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ristoro.claims import documents, letters, offers, settle
from ristoro.claims.bundle.contents import Contents, Facts, Paper
from ristoro.claims.bundle.pack import digest
from ristoro.claims.models import (
    Claim,
    CostKind,
    Document,
    Evidence,
    Finding,
    Lost,
    Note,
    Offer,
    Settlement,
)
from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.kernel.errors import bad_input
from ristoro.notices.singles.writing import Writer
from ristoro.remedies.deciding.decide import OUTAGE, POLICY
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.models import Run

KEPT = {
    "it": "Resta il diritto di chiedere il danno ulteriore.",
    "en": "The right to ask for further loss remains.",
}
DEDUCTED = {
    "it": "Si scala da un eventuale risarcimento dello stesso danno.",
    "en": "It is set off against damages for the same loss.",
}


def gather(claim: Claim, home: Path, writer: Writer) -> Contents:
    """Everything about a filed claim; ``BadInput`` where a document or a run's text is not as kept.

    Staff's notes among themselves are part of it: whoever judges the decision sees how it came.
    """
    if not claim.number:
        raise bad_input(
            "claim-draft", "this claim is not filed", "a draft is nobody's business", "wait for it"
        )
    papers = documents.of_claim(claim)
    rule, policy, outage = _rule(claim)
    return Contents(
        number=claim.number,
        claim=_claim(claim, papers),
        evidence=_evidence(claim),
        papers=tuple(
            Paper(one.name, one.kind, one.digest, documents.read(one, home)) for one in papers
        ),
        rule=rule,
        policy=policy,
        outage=outage,
        decisions=tuple(_decision(claim, one) for one in _findings(claim)),
        letters=tuple(letters.stored(one, writer) for one in letters.of_claim(claim)),
        timeline=tuple(_happening(one) for one in _notes(claim)),
    )


def _claim(claim: Claim, papers: list[Document]) -> Facts:
    return {
        "number": claim.number,
        "mailbox_id": claim.mailbox_id,
        "address": claim.address,
        "brand": claim.brand,
        "locale": claim.locale,
        "outage": claim.outage,
        "lost": _word(Lost(claim.lost)),
        "counterparty": claim.counterparty,
        "happened_on": claim.happened_on.isoformat() if claim.happened_on else None,
        "cost_minor": claim.cost_minor,
        "currency": claim.currency,
        "cost_kind": _word(CostKind(claim.cost_kind)),
        "how": claim.how,
        "filed_at": _stamp(claim.filed_at),
        "due_on": claim.due_on.isoformat() if claim.due_on else None,
        "evidence_digest": claim.evidence_digest,
        "documents": [
            {
                "name": one.name,
                "kind": one.kind,
                "octets": one.size,
                "sha256": one.digest,
                "scan": one.scan,
                "added_at": _stamp(one.added_at),
            }
            for one in papers
        ],
    }


def _evidence(claim: Claim) -> bytes:
    found = Evidence.objects.filter(
        claim=claim, mailbox_id=claim.mailbox_id, digest=claim.evidence_digest
    ).first()
    return b"{}" if found is None else found.body.encode()


def _rule(claim: Claim) -> tuple[Facts, bytes, bytes]:
    run = None if claim.run_id is None else Run.objects.filter(pk=claim.run_id).first()
    if run is None:
        return {"policy": "", "version": 0}, b"", b""
    folder = Path(run.directory)
    outage = (folder / OUTAGE).read_bytes()
    policy = load_policy(folder / POLICY).policy
    paragraphs = [
        {
            "remedy": one.name,
            "lane": one.lane,
            "line": one.place.line,
            "title": {lang: one.title.get(lang, one.name) for lang in ("it", "en")},
            "other_rights": DEDUCTED if one.other_rights == "deducted" else KEPT,
        }
        for one in policy.remedies
    ]
    rule = {
        "run": run.name,
        "policy": policy.name,
        "version": policy.version,
        "policy_digest": run.policy_digest,
        "outage_digest": run.outage_digest,
        "outage_sha256": digest(outage),
        "paragraphs": paragraphs,
    }
    return rule, (folder / POLICY).read_bytes(), outage


def _decision(claim: Claim, one: Finding) -> Facts:
    paid = [it for it in settle.of_claim(claim) if it.finding_id == one.pk]
    return {
        "round": one.round,
        "outcome": one.outcome,
        "reasons": list(one.codes),
        "words": one.words,
        "amount_minor": one.amount_minor,
        "set_off": [dict(given) for given in one.given],
        "set_off_minor": one.set_off_minor,
        "pays_minor": one.amount_minor - one.set_off_minor,
        "currency": one.currency,
        "evidence_digest": one.evidence_digest,
        "found_by": one.found_by,
        "found_at": _stamp(one.found_at),
        "agreed_by": one.agreed_by,
        "agreed_at": _stamp(one.agreed_at),
        "sent_back_at": _stamp(one.sent_back_at),
        "together": one.together,
        "settlement": _paid(paid[0]) if paid else None,
        "settlement_by_choice": _paid(paid[1]) if len(paid) > 1 else None,
        "in_kind": _offered(offers.of_finding(one)),
    }


def _paid(one: Settlement) -> Facts:
    return {
        "how": one.how,
        "amount_minor": one.amount,
        "currency": one.currency,
        "key": one.key,
        "state": one.state,
        "result": one.result,
    }


def _offered(one: Offer | None) -> Facts | None:
    """What was offered in kind, what was chosen, and how it was given."""
    if one is None:
        return None
    return {
        "kind": _word(GrantKind(one.kind)),
        "amount": one.amount,
        "unit": offers.UNITS[GrantKind(one.kind)],
        "instead_minor": one.instead_minor,
        "answer_by": one.answer_by.isoformat(),
        "answered_at": _stamp(one.answered_at),
        "state": _word(GrantState(one.state)),
        "result": one.result,
        "base": one.base,
        "target": one.target,
        "base_until": one.base_until and one.base_until.isoformat(),
        "until": one.until and one.until.isoformat(),
    }


def _findings(claim: Claim) -> list[Finding]:
    found = Finding.objects.filter(claim=claim, mailbox_id=claim.mailbox_id)
    return list(found.order_by("round"))


def _notes(claim: Claim) -> list[Note]:
    found = Note.objects.filter(claim=claim, mailbox_id=claim.mailbox_id)
    return list(found.order_by("at", "id"))


def _happening(one: Note) -> Facts:
    return {"at": _stamp(one.at), "what": one.what, "by": one.by, "text": one.text}


def _word(value: Any) -> str:
    return str(value.name).lower().replace("_", "-")


def _stamp(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()
