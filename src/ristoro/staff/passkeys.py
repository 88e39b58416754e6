"""Passkeys (WebAuthn, level 2): keys in a person's device, which a false page cannot use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import BadInput, bad_input
from ristoro.staff.models import Factor, FactorKind
from ristoro.staff.people import Person

NAME = "Ristoro"
LONGEST = 20_000
"""Characters of an answer; real ones have a few thousand."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the keys are for: the host's name, and the page's origin as a browser says it."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a browser is asked, as JSON, and the challenge, to be kept until it answers."""

    options: str
    challenge: str


def ask_for_new(person: Person, place: Place) -> Asked:
    """Ask the browser to make a key for the person."""
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=NAME,
        user_name=person.name,
        user_id=f"person {person.id}".encode(),
        exclude_credentials=_known(person),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return Asked(options_to_json(options), bytes_to_base64url(options.challenge))


def add(
    person: Person, answer: str, challenge: str, place: Place, name: str, at: datetime
) -> Factor:
    """Keep the key that the browser made; ``BadInput`` where its answer is not to our question."""
    try:
        made = verify_registration_response(
            credential=answer[:LONGEST],
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
        with transaction.atomic():
            factor = Factor.objects.create(
                person=User.objects.get(pk=person.id),
                kind=FactorKind.PASSKEY,
                name=name[:80] or "passkey",
                secret=bytes_to_base64url(made.credential_public_key),
                credential=bytes_to_base64url(made.credential_id),
                count=made.sign_count,
                added_at=at,
                used_at=at,
            )
            data = {"id": person.id, "factor": factor.pk, "kind": factor.kind}
            append(person.name, names.FACTOR_ADDED, f"person {person.name}", data, at)
    except (WebAuthnException, IntegrityError, ValueError) as error:
        raise _refused() from error
    return factor


def ask_for_known(person: Person, place: Place) -> Asked:
    """Ask the browser to prove one of the person's keys."""
    options = generate_authentication_options(
        rp_id=place.host,
        allow_credentials=_known(person),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Asked(options_to_json(options), bytes_to_base64url(options.challenge))


def accepts(person: Person, answer: str, challenge: str, place: Place, at: datetime) -> bool:
    """Whether the browser proved a key of the person's, on this very page, just now."""
    for factor in Factor.objects.filter(person=person.id, kind=FactorKind.PASSKEY):
        try:
            proof = verify_authentication_response(
                credential=answer[:LONGEST],
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=place.host,
                expected_origin=place.origin,
                credential_public_key=base64url_to_bytes(factor.secret),
                credential_current_sign_count=factor.count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError):
            continue
        if bytes_to_base64url(proof.credential_id) != factor.credential:
            continue
        taken = Factor.objects.filter(pk=factor.pk, count=factor.count)
        return bool(taken.update(count=proof.new_sign_count, used_at=at))
    return False


def _known(person: Person) -> list[PublicKeyCredentialDescriptor]:
    found = Factor.objects.filter(person=person.id, kind=FactorKind.PASSKEY)
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in found]


def _refused() -> BadInput:
    return bad_input(
        "passkey-refused",
        "the key was not accepted",
        "the browser's answer is not to the question of this page",
        "try again on this page, or use an authenticator app",
    )
