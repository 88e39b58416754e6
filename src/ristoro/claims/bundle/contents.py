"""What a bundle holds, apart from how it is packed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ristoro.kernel.keys import canonical_json

FORMAT = "ristoro claim bundle"
VERSION = 1

MANIFEST = "manifest.json"
CLAIM = "claim.json"
EVIDENCE = "evidence.json"
RULE = "rule.json"
POLICY = "rule/policy.yaml"
OUTAGE = "rule/outage.yaml"
DECISIONS = "decisions.json"
TIMELINE = "timeline.json"

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that the holder added: its name and kind as they were kept, and its octets."""

    name: str
    kind: str
    digest: str
    octets: bytes

    def path(self, place: int) -> str:
        """Where it lies in the bundle: by number and digest, for its name is the holder's."""
        return f"documents/{place:02d}-{self.digest[:16]}"


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything about one claim, every value of it with one canonical spelling.

    ``claim`` names its ``evidence_digest`` and ``documents``, ``rule`` those of ``policy`` and
    ``outage``; either text is empty where no run has the claim. ``decisions`` are in their
    order, ``letters`` as they were deposited.
    """

    number: str
    claim: Facts
    evidence: bytes
    papers: tuple[Paper, ...]
    rule: Facts
    policy: bytes
    outage: bytes
    decisions: tuple[Facts, ...]
    letters: tuple[bytes, ...]
    timeline: tuple[Facts, ...]

    def files(self) -> dict[str, bytes]:
        """Every file but the manifest and the sheets, by its path."""
        found = {
            CLAIM: canonical_json(dict(self.claim)),
            EVIDENCE: self.evidence,
            RULE: canonical_json(dict(self.rule)),
            DECISIONS: canonical_json([dict(one) for one in self.decisions]),
            TIMELINE: canonical_json([dict(one) for one in self.timeline]),
        }
        if self.policy:
            found[POLICY] = self.policy
        if self.outage:
            found[OUTAGE] = self.outage
        for place, paper in enumerate(self.papers, start=1):
            found[paper.path(place)] = paper.octets
        for place, letter in enumerate(self.letters, start=1):
            found[f"letters/{place:02d}.eml"] = letter
        return found
