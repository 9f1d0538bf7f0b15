"""The `[access.roles]` tables: what callers of a kind may see and spend, and the roles that are there unasked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from orderweave.config.collecting import Collecting
from orderweave.config.configuration import Role
from orderweave.model.rights import Limits, Scope

ROLE = ("scopes", "orders", "masked", "limits")
_ORDERS = ("all", "own")
_SCOPES = tuple(scope.value for scope in Scope)
# What each limit may be; those in _UNBOUNDED may be "none" as well.
RANGES = {
    "tokens": (1, 100_000),
    "depth": (1, 100),
    "aliases": (0, 10_000),
    "directives": (0, 10_000),
    "fields": (1, 10_000),
    "root_fields": (1, 1_000),
    "mutation_fields": (1, 100),
    "page_size": (1, 1_000),
    "deferred": (0, 100),
    "response_cost": (1, 1_000_000_000),
    "upstream_calls": (1, 1_000_000),
    "points": (1, 1_000_000_000),
    "per_seconds": (1, 86_400),
}
_UNBOUNDED = frozenset({"response_cost", "upstream_calls", "points"})
_WITHOUT = "none"

BUILT_IN: Mapping[str, Role] = {
    "staff": Role(scopes=frozenset(Scope)),
    "service": Role(scopes=frozenset(Scope) - {Scope.SYSTEMS}),
    "analyst": Role(
        scopes=frozenset(
            {Scope.ORDERS, Scope.PERSONAL, Scope.FINANCIALS, Scope.PROVENANCE, Scope.INVENTORY, Scope.SCHEMA}
        ),
        masked=True,
        limits=Limits(page_size=500, response_cost=1_000_000, upstream_calls=1_000),
    ),
    "customer": Role(
        scopes=frozenset({Scope.ORDERS, Scope.PERSONAL, Scope.FINANCIALS, Scope.INVENTORY, Scope.TRACKING}),
        own=True,
        limits=Limits(
            aliases=20,
            root_fields=10,
            page_size=50,
            deferred=0,
            response_cost=20_000,
            upstream_calls=50,
            points=100_000,
        ),
    ),
    # Those who send no credential share the points of their part of the network, so that nobody uses them up for all
    # (`operations/paying.py`). An office or a carrier's customers may well stand behind one address.
    "guest": Role(
        scopes=frozenset({Scope.TRACKING}),
        own=True,
        limits=Limits(
            tokens=500,
            depth=10,
            aliases=5,
            directives=10,
            root_fields=3,
            page_size=50,
            deferred=0,
            response_cost=5_000,
            upstream_calls=25,
            points=100_000,
        ),
    ),
}


def read_roles(reading: Collecting, value: Any) -> dict[str, Role]:
    """The roles by name: a table that names a built-in one changes it, key by key; any other begins with nothing."""
    found = dict(BUILT_IN)
    for name, entry in reading.tables("access.roles", value, "a role's").items():
        key = f"access.roles.{name}"
        table = reading.table(key, entry, ROLE)
        if name not in BUILT_IN and "scopes" not in table:
            reading.problem(f"{key}.scopes", f"is missing; known: {', '.join(_SCOPES)}")
        above = BUILT_IN.get(name, Role(scopes=frozenset(), own=True))
        if name not in BUILT_IN and "orders" not in table:
            reading.problem(f"{key}.orders", 'is missing: "all", or "own" for those of the caller alone')
        found[name] = _role(reading, key, table, above)
    return found


def _role(reading: Collecting, key: str, table: Mapping[str, Any], above: Role) -> Role:
    scopes, own, masked = above.scopes, above.own, above.masked
    if "scopes" in table:
        named = reading.texts(f"{key}.scopes", table["scopes"])
        for scope in named:
            reading.one_of(f"{key}.scopes", scope, _SCOPES)
        scopes = frozenset(Scope(scope) for scope in named if scope in _SCOPES)
    if "orders" in table:
        own = reading.one_of(f"{key}.orders", table["orders"], _ORDERS) != "all"
    if "masked" in table:
        masked = reading.switch(f"{key}.masked", table["masked"])
    limits = reading.table(f"{key}.limits", table.get("limits", {}), RANGES)
    given = {name: _limit(reading, f"{key}.limits.{name}", name, limits[name]) for name in RANGES if name in limits}
    return Role(scopes=scopes, own=own, masked=masked, limits=msgspec.structs.replace(above.limits, **given))


def _limit(reading: Collecting, key: str, name: str, value: Any) -> int | None:
    if name not in _UNBOUNDED:
        return reading.whole(key, value, *RANGES[name])
    return None if value == _WITHOUT else reading.whole(key, value, *RANGES[name], instead=f', or "{_WITHOUT}"')
