"""The [access] table: its defaults, what it takes, and where a gateway without it may listen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.config.access import read_access
from orderweave.config.configuration import ApiKey, Issuer, Role
from orderweave.config.issuers import address_problem
from orderweave.config.roles import BUILT_IN
from orderweave.model.rights import Limits, Scope
from tests.unit.config.conftest import Read
from tests.unit.config.texts import SHOP, Problems

SHA = "0123456789abcdef" * 4
WHOLE = f"""
{SHOP}
[access]
anonymous = "none"

[access.roles.customer]
scopes = ["orders:read"]
[access.roles.customer.limits]
depth = 7
response_cost = "none"
[access.roles.picker]
scopes = ["inventory:read", "orders:read"]
orders = "all"
masked = true
limits = {{ points = 500, per_seconds = 10 }}

[access.issuers.staff]
issuer = "https://id.example.com/realms/staff"
audience = "orderweave"
role_claim = "realm_access.roles"
roles = {{ ow-staff = "staff", "ow picker" = "picker" }}

[access.issuers.shop]
issuer = "http://127.0.0.1:8080/"
audience = ["portal", "app"]
algorithms = ["EdDSA"]
types = ["JWT", "application/at+jwt", ""]
keys_url = "http://localhost:8080/keys"
longest_life_seconds = 3600
leeway_seconds = 0
default_role = "customer"
customer_ids = {{ shop = "shopify_customer_id" }}
company_ids = {{ shop = "https://example.com/company" }}

[access.keys.reports]
sha256 = "{SHA}"
role = "analyst"
expires = 2027-01-31T00:00:00Z
[access.keys.nightly]
sha256 = "{SHA[::-1]}"
role = "service"
"""


def test_a_whole_table(read: Read) -> None:
    """Everything is read as written: roles laid over the built-in ones, issuers, keys."""
    access = read(WHOLE).access
    assert access is not None
    assert access.anonymous is None
    assert access.roles == {
        **BUILT_IN,
        "customer": Role(
            scopes=frozenset({Scope.ORDERS}),
            own=True,
            limits=Limits(
                depth=7,
                aliases=20,
                root_fields=10,
                page_size=50,
                deferred=0,
                response_cost=None,
                upstream_calls=50,
                points=100_000,
            ),
        ),
        "picker": Role(
            scopes=frozenset({Scope.INVENTORY, Scope.ORDERS}),
            masked=True,
            limits=Limits(points=500, per_seconds=10),
        ),
    }
    assert access.issuers == {
        "staff": Issuer(
            issuer="https://id.example.com/realms/staff",
            audiences=frozenset({"orderweave"}),
            algorithms=("RS256", "ES256"),
            types=frozenset({"jwt", "at+jwt"}),
            longest_life_seconds=86_400,
            leeway_seconds=30,
            role_claim="realm_access.roles",
            roles={"ow-staff": "staff", "ow picker": "picker"},
        ),
        "shop": Issuer(
            issuer="http://127.0.0.1:8080/",
            audiences=frozenset({"portal", "app"}),
            algorithms=("EdDSA",),
            types=frozenset({"jwt", "at+jwt", ""}),
            keys_url="http://localhost:8080/keys",
            longest_life_seconds=3600,
            leeway_seconds=0,
            default_role="customer",
            customer_ids={"shop": "shopify_customer_id"},
            company_ids={"shop": "https://example.com/company"},
        ),
    }
    assert access.keys == {
        "reports": ApiKey(sha256=bytes.fromhex(SHA), role="analyst", expires=datetime(2027, 1, 31, tzinfo=UTC)),
        "nightly": ApiKey(sha256=bytes.fromhex(SHA[::-1]), role="service"),
    }


def test_the_empty_table(read: Read) -> None:
    """The table alone lets in guests and nobody else."""
    access = read(f"[access]\n{SHOP}").access
    assert access is not None
    assert (access.anonymous, access.roles, access.issuers, access.keys) == ("guest", BUILT_IN, {}, {})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_on_loopback_everybody_may_come(host: str, read: Read) -> None:
    """Without the table the gateway is open, on an address that only this machine reaches."""
    assert read(f'[server]\nhost = "{host}"\n{SHOP}').access is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "10.0.0.1", "gateway.example.com", "localhost.evil"])
def test_beyond_loopback_somebody_must_say_who_comes(host: str, problems: Problems, read: Read) -> None:
    """On any other address the table is needed, or the word that something before the gateway does it."""
    server = f'[server]\nhost = "{host}"\n'
    assert problems(server + SHOP) == [
        (
            "server.host",
            "is not loopback, and without [access] whoever reaches it sees everything: add [access], or open = true "
            "in it behind a proxy that says who comes in",
        )
    ]
    assert read(f"{server}[access]\nopen = true\n{SHOP}").access is None
    assert read(f"{server}[access]\n{SHOP}").access is not None


@pytest.mark.parametrize(
    ("address", "sound"),
    [
        ("https://id.example.com/realms/a?b=c", True),
        ("http://[::1]:8080", True),
        ("http://127.0.0.1", True),
        ("http://127.0.0.1.evil.example", False),
        ("http://localhost@evil.example", False),
        ("https://u:p@id.example.com", False),
        ("https://id.example.com#x", False),
        ("https://", False),
        ("https:id.example.com", False),
        ("ftp://id.example.com", False),
        ("https://id.example.com:port", False),
        ("http://[::1", False),
    ],
)
def test_addresses_of_keys(address: str, sound: bool) -> None:
    """Keys come over TLS, or from this machine; from anywhere else whoever stands between could change them."""
    assert (address_problem(address) is None) == sound


ANY_TOML = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=8) | st.datetimes() | st.sampled_from(["guest", "all", "RS256"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6), inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["roles", "issuers", "keys", "open", "staff", "limits", "scopes", "role", "issuer"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(ANY_TOML)
def test_anything_at_all(value: object) -> None:
    """Whatever stands in the table is read or told as mistakes; nothing breaks the reading."""
    settings, problems = read_access({"access": value}, host="0.0.0.0", systems=())
    assert settings is not None or problems or value == {"open": True}
    assert all(problem.key.startswith("access") for problem in problems)
