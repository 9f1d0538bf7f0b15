"""The `[access]` table: who is let in, as what; and that a gateway without it is on loopback alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from orderweave.config.collecting import Collecting
from orderweave.config.configuration import AccessSettings, ApiKey, Problem, Role
from orderweave.config.issuers import is_loopback, read_issuers
from orderweave.config.roles import read_roles
from orderweave.model.rights import Scope

ACCESS = ("open", "anonymous", "roles", "issuers", "keys")
KEY = ("sha256", "role", "expires")
_SHA256 = re.compile("[0-9a-f]{64}")
_MOST_KEYS = 1000
_NOBODY = "none"


def read_access(
    document: Mapping[str, Any], *, host: str, systems: Collection[str]
) -> tuple[AccessSettings | None, list[Problem]]:
    """The settings, None for a gateway that is open to everybody, and every problem with them."""
    if "access" not in document:
        return None, [] if is_loopback(host) else [Problem("server.host", _NOT_OPEN)]
    reading = Collecting()
    table = reading.table("access", document["access"], ACCESS)
    if reading.switch("access.open", table.get("open", False)):
        for name in table:
            if name != "open" and name in ACCESS:
                reading.problem(f"access.{name}", "cannot stand beside open = true: everybody sees everything")
        return None, reading.problems
    roles = read_roles(reading, table.get("roles", {}))
    issuers = read_issuers(reading, table.get("issuers", {}), roles=roles, systems=systems)
    keys = _keys(reading, table.get("keys", {}), roles)
    anonymous = reading.one_of("access.anonymous", table.get("anonymous", "guest"), (*roles, _NOBODY))
    if anonymous in roles:
        _belongs_to_nobody(reading, "access.anonymous", anonymous, roles)
    return (
        AccessSettings(roles=roles, issuers=issuers, keys=keys, anonymous=None if anonymous == _NOBODY else anonymous),
        reading.problems,
    )


def _keys(reading: Collecting, value: Any, roles: Mapping[str, Role]) -> dict[str, ApiKey]:
    found: dict[str, ApiKey] = {}
    tables = reading.tables("access.keys", value, "a key's")
    if len(tables) > _MOST_KEYS:
        reading.problem("access.keys", f"are more than {_MOST_KEYS}: let an issuer give tokens to so many")
    for name, entry in tables.items():
        key = f"access.keys.{name}"
        table = reading.table(key, entry, KEY)
        digest = table.get("sha256")
        if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
            reading.problem(f"{key}.sha256", "must be 64 hexadecimal digits, as orderweave access key prints them")
            digest = ""
        taken = next((other for other, known in found.items() if known.sha256.hex() == digest), None)
        if taken is not None and digest:
            reading.problem(f"{key}.sha256", f"is the key {taken!r} already")
        role = reading.one_of(f"{key}.role", table.get("role"), roles)
        if role is not None:
            _belongs_to_nobody(reading, f"{key}.role", role, roles)
        expires = table.get("expires")
        if expires is not None and (not isinstance(expires, datetime) or expires.tzinfo is None):
            reading.problem(f"{key}.expires", "must be a time with its zone, such as 2027-01-31T00:00:00Z")
            expires = None
        found[name] = ApiKey(sha256=bytes.fromhex(digest), role=role or "", expires=expires)
    return found


def _belongs_to_nobody(reading: Collecting, key: str, role: str, roles: Mapping[str, Role]) -> None:
    if roles[role].own and Scope.ORDERS in roles[role].scopes:
        reading.problem(
            key, f"{role!r} sees its caller's own orders, and this caller has none: only a token says whose"
        )


_NOT_OPEN = (
    "is not loopback, and without [access] whoever reaches it sees everything: add [access], "
    "or open = true in it behind a proxy that says who comes in"
)
