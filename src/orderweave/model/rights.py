"""Who asks, and what they may see: the words that every room shares. Who somebody is, is found out in `access`."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from orderweave_sdk.records import Key


class Scope(StrEnum):
    """A part of the data that a caller may or may not see. Roles name scopes; fields of the schema require them."""

    ORDERS = "orders:read"
    PERSONAL = "orders:personal"
    FINANCIALS = "orders:financials"
    PROVENANCE = "orders:provenance"
    INVENTORY = "inventory:read"
    SYSTEMS = "systems:read"
    TRACKING = "tracking:read"
    SCHEMA = "schema:read"


class Owned(msgspec.Struct, frozen=True, kw_only=True):
    """Whose orders a caller sees: those of verified e-mail addresses (in lower case), and of customers and companies
    under their ids in the systems, such as Key("shop-us", "7000").
    """

    emails: frozenset[str] = frozenset()
    customers: frozenset[Key] = frozenset()
    companies: frozenset[Key] = frozenset()

    def __repr__(self) -> str:
        return "Owned(…)"


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller may see. With `owned` only those orders exist for the caller; without it, all. With `masked`
    personal data is there to be counted, not to be read.
    """

    scopes: frozenset[Scope]
    owned: Owned | None = None
    masked: bool = False


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one document of a caller may hold and cost, and what the caller may spend over time.

    `depth`, `aliases`, `directives`, `fields` and `root_fields` count what stands in the operation with its fragments
    spread; `mutation_fields` are the root fields of a mutation, one unless a role may send several at once. A page
    holds `page_size` orders at most, a list of SKUs twice and a list of ids half as many. `deferred`
    parts of a document may come later, or all comes at once. `response_cost` (values in
    the answer) and `upstream_calls` (calls to systems) are the two units of price; `points` of response cost flow back
    evenly over `per_seconds`. None: no limit.
    """

    tokens: int = 1_000
    depth: int = 15
    aliases: int = 50
    directives: int = 50
    fields: int = 1_000
    root_fields: int = 20
    mutation_fields: int = 1
    page_size: int = 100
    deferred: int = 10
    response_cost: int | None = 100_000
    upstream_calls: int | None = 250
    points: int | None = None
    per_seconds: int = 60


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """One who asks. `name` tells callers apart in limits and logs and holds nothing personal."""

    name: str
    role: str
    rights: Rights
    limits: Limits = Limits()


ALL_RIGHTS = Rights(scopes=frozenset(Scope))
# The names of callers who showed no credential: one name for many people, who are told apart by where they call from.
UNNAMED = frozenset({"anonymous", "anybody"})
# Whoever reaches a gateway that has no access control.
ANYBODY = Caller(name="anybody", role="open", rights=ALL_RIGHTS)
