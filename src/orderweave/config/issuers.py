"""The `[access.issuers]` tables: whose tokens are taken, what they must be like, and what their claims mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from orderweave.config.collecting import Collecting
from orderweave.config.configuration import Issuer

ISSUER = (
    "issuer",
    "audience",
    "algorithms",
    "types",
    "keys_url",
    "longest_life_seconds",
    "leeway_seconds",
    "role_claim",
    "roles",
    "default_role",
    "customer_ids",
    "company_ids",
)
# Signatures that are checked with a public key. One that is checked with a secret (HS256) has no place here: the key
# set is public, so whoever reads it could sign.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_ALGORITHMS = ["RS256", "ES256"]
_TYPES = ["at+jwt", "jwt"]
RANGES = {"longest_life_seconds": (60, 2_592_000), "leeway_seconds": (0, 300)}


def is_loopback(host: str) -> bool:
    """Whether a host is this machine alone; a name other than localhost may be any."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address_problem(address: str) -> str | None:
    """What keeps keys from being fetched at this address; None for an address that will do."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port  # looked at only when asked for, and some are none
    except ValueError:
        return "must be an address such as https://id.example.com"
    if not host or parts.scheme not in ("https", "http"):
        return "must be an address such as https://id.example.com"
    if parts.scheme == "http" and not is_loopback(host):
        return "must begin with https://: whoever stands between could put in keys of their own"
    if "@" in parts.netloc or parts.fragment:
        return "must hold neither a user nor a fragment"
    return None


def read_issuers(
    reading: Collecting, value: Any, *, roles: Collection[str], systems: Collection[str]
) -> dict[str, Issuer]:
    """The issuers by their names in the file; `roles` and `systems` are the names that may be used in them."""
    found: dict[str, Issuer] = {}
    for name, entry in reading.tables("access.issuers", value, "an issuer's").items():
        key = f"access.issuers.{name}"
        issuer = _issuer(reading, key, reading.table(key, entry, ISSUER), roles=roles, systems=systems)
        taken = next((other for other, known in found.items() if known.issuer == issuer.issuer), None)
        if taken is not None and issuer.issuer:
            reading.problem(f"{key}.issuer", f"is the issuer {taken!r} already")
        found[name] = issuer
    return found


def _issuer(
    reading: Collecting, key: str, table: Mapping[str, Any], *, roles: Collection[str], systems: Collection[str]
) -> Issuer:
    audience = table.get("audience")
    audiences = (audience,) if isinstance(audience, str) and audience else reading.texts(f"{key}.audience", audience)
    algorithms = reading.texts(f"{key}.algorithms", table.get("algorithms", _ALGORITHMS))
    for algorithm in algorithms:
        reading.one_of(f"{key}.algorithms", algorithm, ALGORITHMS)
    issuer = _address(reading, f"{key}.issuer", table.get("issuer"))
    numbers: dict[str, Any] = {
        name: reading.whole(f"{key}.{name}", table[name], *RANGES[name]) for name in RANGES if name in table
    }
    return Issuer(
        issuer=issuer,
        audiences=frozenset(audiences),
        algorithms=algorithms,
        types=frozenset(_type(word) for word in reading.texts(f"{key}.types", table.get("types", _TYPES))),
        keys_url=_address(reading, f"{key}.keys_url", table["keys_url"]) if "keys_url" in table else None,
        **numbers,
        **_roles(reading, key, table, roles),
        customer_ids=_ids(reading, f"{key}.customer_ids", table.get("customer_ids", {}), systems),
        company_ids=_ids(reading, f"{key}.company_ids", table.get("company_ids", {}), systems),
    )


def _ids(reading: Collecting, key: str, value: Any, systems: Collection[str]) -> dict[str, str]:
    claims = reading.pairs(key, value)
    for system in claims:
        if system not in systems:
            reading.problem(f"{key}.{system}", "there is no such system")
    return claims


def _roles(reading: Collecting, key: str, table: Mapping[str, Any], roles: Collection[str]) -> dict[str, Any]:
    """What the claims say of roles."""
    mapped = reading.pairs(f"{key}.roles", table.get("roles", {}))
    for value, role in mapped.items():
        if role:
            reading.one_of(f"{key}.roles.{value}", role, roles)
    default = reading.one_of(f"{key}.default_role", table["default_role"], roles) if "default_role" in table else None
    claim = reading.text(f"{key}.role_claim", table["role_claim"]) if "role_claim" in table else None
    if mapped and claim is None:
        reading.problem(f"{key}.role_claim", "is missing: the claim whose values are in roles")
    elif claim is not None and not mapped:
        reading.problem(f"{key}.roles", "is missing: roles by the values of role_claim")
    elif not mapped and "default_role" not in table:
        reading.problem(f"{key}.default_role", "is missing: without it or roles nobody of this issuer is let in")
    return {"role_claim": claim, "roles": mapped, "default_role": default}


def _address(reading: Collecting, key: str, value: Any) -> str:
    address = reading.text(key, value)
    problem = address_problem(address) if address else None
    if problem is not None:
        reading.problem(key, problem)
    return address


def _type(word: str) -> str:
    """A token's type as it is compared: without case, and without the prefix that may be left out (RFC 7515, 4.1.9)."""
    return word.lower().removeprefix("application/")
