"""What a token's claims say of the caller: which roles, and whose orders. The signature is known to hold by then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orderweave.access.refusing import Reason, Refused
from orderweave.config.configuration import Issuer
from orderweave.model.people import tidy_email
from orderweave.model.rights import Owned
from orderweave_sdk.records import Key

_LONGEST_EMAIL = 320
_LONGEST_ID = 200
_MOST_IDS = 100

Claims = Mapping[str, Any]


def claim_at(claims: Claims, path: str) -> Any:
    """A claim by its name, or by a path such as `realm_access.roles`; None where there is none.

    A claim whose name is the whole path goes first: some are addresses, with dots of their own.
    """
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def roles_in(claims: Claims, issuer: Issuer) -> tuple[str, ...]:
    """The names of the caller's roles; values of the claim that nobody mapped do not count. Raises Refused for none."""
    said = claim_at(claims, issuer.role_claim) if issuer.role_claim is not None else None
    words = said.split() if isinstance(said, str) and said not in issuer.roles else _list(said)
    if not all(isinstance(word, str) for word in words):
        raise Refused(Reason.TOKEN_CLAIMS)
    found = tuple(dict.fromkeys(issuer.roles[word] for word in words if word in issuer.roles))
    if found:
        return found
    if issuer.default_role is None:
        raise Refused(Reason.NO_ROLE)
    return (issuer.default_role,)


def owned_by(claims: Claims, issuer: Issuer) -> Owned:
    """Whose orders the caller's are; raises Refused for a claim of another type than it should be."""
    return Owned(
        emails=_emails(claims),
        customers=_ids(claims, issuer.customer_ids),
        companies=_ids(claims, issuer.company_ids),
    )


def _emails(claims: Claims) -> frozenset[str]:
    """The address, where its issuer says that it is the caller's: true, not "true" or 1."""
    email = claims.get("email")
    if email is not None and not isinstance(email, str):
        raise Refused(Reason.TOKEN_CLAIMS)
    if email is None or claims.get("email_verified") is not True or not _is_address(email):
        return frozenset()
    return frozenset({tidy_email(email)})


def _is_address(text: str) -> bool:
    """Whether a text is one address and nothing beside it."""
    local, at, domain = text.rpartition("@")
    return bool(local and at and domain) and len(text) <= _LONGEST_EMAIL and text.isprintable() and " " not in text


def _ids(claims: Claims, by_system: Mapping[str, str]) -> frozenset[Key]:
    found = set()
    for system, path in by_system.items():
        for value in _list(claim_at(claims, path)):
            if not isinstance(value, str | int) or isinstance(value, bool):
                raise Refused(Reason.TOKEN_CLAIMS)
            text = str(value)
            if text and len(text) <= _LONGEST_ID:
                found.add(Key(system, text))
    if len(found) > _MOST_IDS:
        raise Refused(Reason.TOKEN_CLAIMS)
    return frozenset(found)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
