"""Every mistake in the [access] table has its own message: which key, what is wrong, and what would be right."""

from __future__ import annotations

import pytest

from orderweave.config.issuers import ALGORITHMS
from tests.unit.config.texts import SHOP, Problems

SHA = "0123456789abcdef" * 4
ISSUER = """
[access.issuers.staff]
issuer = "https://id.example.com"
audience = "orderweave"
default_role = "staff"
"""
SCOPES = (
    "orders:read, orders:personal, orders:financials, orders:provenance, inventory:read, systems:read, "
    "tracking:read, schema:read"
)
MISTAKES: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "no table": ("access = 3", [("access", "must be a table")]),
    "unknown key": (
        "[access]\nkey = 1",
        [("access.key", "unknown key; known here: anonymous, issuers, keys, open, roles")],
    ),
    "open that is no switch": ('[access]\nopen = "yes"', [("access.open", "must be true or false")]),
    "open beside the rest": (
        '[access]\nopen = true\nanonymous = "guest"',
        [("access.anonymous", "cannot stand beside open = true: everybody sees everything")],
    ),
    "unknown role for who sends nothing": (
        '[access]\nanonymous = "nobody"',
        [("access.anonymous", "must be one of staff, service, analyst, customer, guest, none")],
    ),
    "customers without a name": (
        '[access]\nanonymous = "customer"',
        [
            (
                "access.anonymous",
                "'customer' sees its caller's own orders, and this caller has none: only a token says whose",
            )
        ],
    ),
    "name of a role": (
        '[access.roles.Boss]\nscopes = ["orders:read"]',
        [("access.roles.Boss", "a role's name has lower-case letters, digits and dashes, a letter first")],
    ),
    "role without anything": (
        "[access.roles.boss]",
        [
            ("access.roles.boss.scopes", f"is missing; known: {SCOPES}"),
            ("access.roles.boss.orders", 'is missing: "all", or "own" for those of the caller alone'),
        ],
    ),
    "unknown scope": (
        '[access.roles.staff]\nscopes = ["orders:read", "orders:write"]',
        [("access.roles.staff.scopes", f"must be one of {SCOPES}")],
    ),
    "no scopes": (
        "[access.roles.staff]\nscopes = []",
        [("access.roles.staff.scopes", "must be a list of texts that is not empty")],
    ),
    "orders of some": (
        '[access.roles.staff]\norders = "some"',
        [("access.roles.staff.orders", "must be one of all, own")],
    ),
    "mask that is no switch": (
        "[access.roles.staff]\nmasked = 1",
        [("access.roles.staff.masked", "must be true or false")],
    ),
    "unknown limit": (
        "[access.roles.staff.limits]\nwidth = 1",
        [
            (
                "access.roles.staff.limits.width",
                "unknown key; known here: aliases, deferred, depth, directives, fields, mutation_fields, page_size, "
                "per_seconds, points, response_cost, root_fields, tokens, upstream_calls",
            )
        ],
    ),
    "limit that must be there": (
        '[access.roles.staff.limits]\ndepth = "none"',
        [("access.roles.staff.limits.depth", "must be a whole number between 1 and 100")],
    ),
    "limit that is no number": (
        "[access.roles.staff.limits]\npoints = true",
        [("access.roles.staff.limits.points", 'must be a whole number between 1 and 1000000000, or "none"')],
    ),
    "issuer without anything": (
        "[access.issuers.staff]",
        [
            ("access.issuers.staff.audience", "must be a list of texts that is not empty"),
            ("access.issuers.staff.issuer", "must be a text that is not empty"),
            ("access.issuers.staff.default_role", "is missing: without it or roles nobody of this issuer is let in"),
        ],
    ),
    "issuer over plain HTTP": (
        ISSUER.replace("https:", "http:"),
        [
            (
                "access.issuers.staff.issuer",
                "must begin with https://: whoever stands between could put in keys of their own",
            )
        ],
    ),
    "issuer that is no address": (
        ISSUER.replace("https://", ""),
        [("access.issuers.staff.issuer", "must be an address such as https://id.example.com")],
    ),
    "one issuer twice": (
        ISSUER + ISSUER.replace("staff]", "again]"),
        [("access.issuers.again.issuer", "is the issuer 'staff' already")],
    ),
    "keys over plain HTTP": (
        ISSUER + 'keys_url = "http://id.example.com/keys"',
        [
            (
                "access.issuers.staff.keys_url",
                "must begin with https://: whoever stands between could put in keys of their own",
            )
        ],
    ),
    "no signature": (
        ISSUER + 'algorithms = ["none"]',
        [("access.issuers.staff.algorithms", f"must be one of {', '.join(ALGORITHMS)}")],
    ),
    "a secret's signature": (
        ISSUER + 'algorithms = ["RS256", "HS256"]',
        [("access.issuers.staff.algorithms", f"must be one of {', '.join(ALGORITHMS)}")],
    ),
    "types that are no list": (
        ISSUER + 'types = "JWT"',
        [("access.issuers.staff.types", "must be a list of texts that is not empty")],
    ),
    "life of a year": (
        ISSUER + "longest_life_seconds = 31536000",
        [("access.issuers.staff.longest_life_seconds", "must be a whole number between 60 and 2592000")],
    ),
    "leeway of an hour": (
        ISSUER + "leeway_seconds = 3600",
        [("access.issuers.staff.leeway_seconds", "must be a whole number between 0 and 300")],
    ),
    "roles without a claim": (
        ISSUER + 'roles = { boss = "staff" }',
        [("access.issuers.staff.role_claim", "is missing: the claim whose values are in roles")],
    ),
    "claim without roles": (
        ISSUER + 'role_claim = "roles"',
        [("access.issuers.staff.roles", "is missing: roles by the values of role_claim")],
    ),
    "unknown role of a claim": (
        ISSUER + 'role_claim = "roles"\nroles = { boss = "boss" }',
        [("access.issuers.staff.roles.boss", "must be one of staff, service, analyst, customer, guest")],
    ),
    "unknown role of the rest": (
        ISSUER.replace('"staff"', '"boss"'),
        [("access.issuers.staff.default_role", "must be one of staff, service, analyst, customer, guest")],
    ),
    "ids of an unknown system": (
        ISSUER + 'customer_ids = { erp = "customer" }\ncompany_ids = { shop = 7 }',
        [
            ("access.issuers.staff.customer_ids.erp", "there is no such system"),
            ("access.issuers.staff.company_ids.shop", "must be a text that is not empty"),
        ],
    ),
    "unknown key of an issuer": (
        ISSUER + 'secret = "x"',
        [
            (
                "access.issuers.staff.secret",
                "unknown key; known here: algorithms, audience, company_ids, customer_ids, default_role, issuer, "
                "keys_url, leeway_seconds, longest_life_seconds, role_claim, roles, types",
            )
        ],
    ),
    "key without anything": (
        "[access.keys.nightly]",
        [
            (
                "access.keys.nightly.sha256",
                "must be 64 hexadecimal digits, as orderweave access key prints them",
            ),
            ("access.keys.nightly.role", "must be one of staff, service, analyst, customer, guest"),
        ],
    ),
    "the key itself": (
        '[access.keys.nightly]\nrole = "service"\nsha256 = "owk_aaaa"',
        [("access.keys.nightly.sha256", "must be 64 hexadecimal digits, as orderweave access key prints them")],
    ),
    "one key twice": (
        f'[access.keys.a]\nrole = "staff"\nsha256 = "{SHA}"\n[access.keys.b]\nrole = "guest"\nsha256 = "{SHA}"',
        [("access.keys.b.sha256", "is the key 'a' already")],
    ),
    "a key of a customer's": (
        f'[access.keys.a]\nrole = "customer"\nsha256 = "{SHA}"',
        [
            (
                "access.keys.a.role",
                "'customer' sees its caller's own orders, and this caller has none: only a token says whose",
            )
        ],
    ),
    "an end without a zone": (
        f'[access.keys.a]\nrole = "staff"\nsha256 = "{SHA}"\nexpires = 2027-01-31T00:00:00',
        [("access.keys.a.expires", "must be a time with its zone, such as 2027-01-31T00:00:00Z")],
    ),
    "an end on a day": (
        f'[access.keys.a]\nrole = "staff"\nsha256 = "{SHA}"\nexpires = 2027-01-31',
        [("access.keys.a.expires", "must be a time with its zone, such as 2027-01-31T00:00:00Z")],
    ),
    "more keys than are looked through": (
        "".join(f'[access.keys.k{n}]\nrole = "staff"\nsha256 = "{n:064x}"\n' for n in range(1001)),
        [("access.keys", "are more than 1000: let an issuer give tokens to so many")],
    ),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_each_mistake_has_its_message(text: str, expected: list[tuple[str, str]], problems: Problems) -> None:
    """The mistake is told by its key with what would be right, and nothing else is told."""
    assert problems(f"{text}\n{SHOP}") == expected
