"""Tokens that are signed well and say what they should not: times, audiences, issuers, claims of odd types."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderweave.access.refusing import Reason, Refused
from orderweave.model.rights import Owned, Scope
from orderweave_sdk.records import Key
from tests.unit.access.issuing import Issuing, rsa_key, running, signed

Making = Callable[[Issuing], bytes]
_HEADER = {"alg": "RS256", "kid": "r1", "typ": "JWT"}


def staff(**changes: Any) -> Making:
    """A token of the staff's with these claims changed; ... leaves one out."""
    return lambda issuing: issuing.token(**changes)


def customer(**changes: Any) -> Making:
    """A token of a customer's with these claims changed."""
    return lambda issuing: issuing.customer(**changes)


def at(claim: str, seconds: float, **changes: Any) -> Making:
    """A token of the staff's with a time so many seconds from now."""
    return lambda issuing: issuing.token(None, **{claim: issuing.now + seconds, **changes})


def raw(claim: str, text: str) -> Making:
    """A token of the staff's with a claim that is written just so."""

    def made(issuing: Issuing) -> bytes:
        rest = json.dumps(issuing.claims(**{claim: ...}))
        return signed(_HEADER, f'{rest[:-1]}, "{claim}": {text}}}'.encode(), rsa_key("staff"), "RS256")

    return made


ATTACKS: dict[str, tuple[Making, Reason]] = {
    # exp
    "no end": (staff(exp=...), Reason.TOKEN_TIMES),
    "ended": (at("exp", -31), Reason.TOKEN_EXPIRED),
    "ended as the leeway does": (at("exp", -30), Reason.TOKEN_EXPIRED),
    "ends at 1e30": (staff(exp=1e30), Reason.TOKEN_TIMES),
    "ends at infinity": (raw("exp", "Infinity"), Reason.TOKEN_MALFORMED),
    "ends at 1e999": (raw("exp", "1e999"), Reason.TOKEN_TIMES),
    "ends at NaN": (raw("exp", "NaN"), Reason.TOKEN_MALFORMED),
    "ends at a number of 400 digits": (raw("exp", "9" * 400), Reason.TOKEN_TIMES),
    "ends at a number of 5000 digits": (raw("exp", "9" * 5000), Reason.TOKEN_MALFORMED),
    "ends true": (staff(exp=True), Reason.TOKEN_TIMES),
    "ends null": (staff(exp=None), Reason.TOKEN_TIMES),
    "ends at a text": (staff(exp="4102444800"), Reason.TOKEN_TIMES),
    "ends at a date": (staff(exp="2030-01-01T00:00:00Z"), Reason.TOKEN_TIMES),
    "ends at a list": (staff(exp=[4102444800]), Reason.TOKEN_TIMES),
    "ends at a table": (staff(exp={"$gt": 0}), Reason.TOKEN_TIMES),
    "ends before 1970": (staff(exp=-1), Reason.TOKEN_TIMES),
    "ended in 1970": (staff(exp=0), Reason.TOKEN_EXPIRED),
    "ends in milliseconds": (lambda issuing: issuing.token(exp=int(issuing.now * 1000)), Reason.TOKEN_TIMES),
    "ends years from now": (at("exp", 86_400 * 365), Reason.TOKEN_TIMES),
    "lives longer than is taken": (at("exp", 100, iat=0), Reason.TOKEN_TIMES),
    "lives longer, and does not say since when": (at("exp", 86_401, iat=...), Reason.TOKEN_TIMES),
    "written twice": (raw("aud", '"orderweave", "exp": 4102444800, "exp": 1'), Reason.TOKEN_MALFORMED),
    # nbf and iat
    "begins later": (at("nbf", 31), Reason.TOKEN_EARLY),
    "begins at 1e30": (staff(nbf=1e30), Reason.TOKEN_TIMES),
    "begins at a text": (staff(nbf="0"), Reason.TOKEN_TIMES),
    "begins true": (staff(nbf=True), Reason.TOKEN_TIMES),
    "begins null": (staff(nbf=None), Reason.TOKEN_TIMES),
    "begins at NaN": (raw("nbf", "NaN"), Reason.TOKEN_MALFORMED),
    "begins before 1970": (staff(nbf=-5), Reason.TOKEN_TIMES),
    "made later": (at("iat", 31), Reason.TOKEN_EARLY),
    "made at a text": (staff(iat="now"), Reason.TOKEN_TIMES),
    "made false": (staff(iat=False), Reason.TOKEN_TIMES),
    "made before 1970": (staff(iat=-1e9), Reason.TOKEN_TIMES),
    "made at minus infinity": (raw("iat", "-1e999"), Reason.TOKEN_TIMES),
    "made after its end": (
        lambda issuing: issuing.token(exp=issuing.now - 10, iat=issuing.now),
        Reason.TOKEN_TIMES,
    ),
    # aud
    "no audience": (staff(aud=...), Reason.TOKEN_AUDIENCE),
    "another audience": (staff(aud="billing"), Reason.TOKEN_AUDIENCE),
    "the other issuer's audience": (staff(aud="portal"), Reason.TOKEN_AUDIENCE),
    "an audience that begins alike": (staff(aud="orderweave.evil.example"), Reason.TOKEN_AUDIENCE),
    "an audience in another case": (staff(aud="Orderweave"), Reason.TOKEN_AUDIENCE),
    "a part of the audience": (staff(aud="order"), Reason.TOKEN_AUDIENCE),
    "audiences in one text": (staff(aud="orderweave portal"), Reason.TOKEN_AUDIENCE),
    "no audience of several": (staff(aud=["billing", "mail"]), Reason.TOKEN_AUDIENCE),
    "audiences of none": (staff(aud=[]), Reason.TOKEN_AUDIENCE),
    "audience null": (staff(aud=None), Reason.TOKEN_AUDIENCE),
    "audience a table": (staff(aud={"orderweave": 1}), Reason.TOKEN_AUDIENCE),
    "audience true": (staff(aud=True), Reason.TOKEN_AUDIENCE),
    "audiences of odd types": (staff(aud=["orderweave", 7]), Reason.TOKEN_AUDIENCE),
    "audiences within audiences": (staff(aud=[["orderweave"]]), Reason.TOKEN_AUDIENCE),
    # iss
    "no issuer": (staff(iss=...), Reason.TOKEN_ISSUER),
    "another issuer": (staff(iss="https://evil.example.com"), Reason.TOKEN_ISSUER),
    "an issuer with a slash more": (lambda issuing: issuing.token(iss=issuing.server.url + "/"), Reason.TOKEN_ISSUER),
    "an issuer in another case": (lambda issuing: issuing.token(iss=issuing.server.url.upper()), Reason.TOKEN_ISSUER),
    "the name of the issuer here": (staff(iss="staff"), Reason.TOKEN_ISSUER),
    "the other issuer, by our key": (
        lambda issuing: issuing.token({"typ": "at+jwt"}, iss=f"{issuing.server.url}/shop", aud="portal"),
        Reason.TOKEN_KEY,
    ),
    "the staff's issuer, by the shop's key": (
        lambda issuing: issuing.customer(iss=issuing.server.url, aud="orderweave"),
        Reason.TOKEN_KEY,
    ),
    "issuer null": (staff(iss=None), Reason.TOKEN_ISSUER),
    "issuer a list": (lambda issuing: issuing.token(iss=[issuing.server.url]), Reason.TOKEN_ISSUER),
    "issuer a table": (staff(iss={}), Reason.TOKEN_ISSUER),
    # who
    "no subject": (staff(sub=...), Reason.TOKEN_CLAIMS),
    "an empty subject": (staff(sub=""), Reason.TOKEN_CLAIMS),
    "subject a number": (staff(sub=17), Reason.TOKEN_CLAIMS),
    "subject null": (staff(sub=None), Reason.TOKEN_CLAIMS),
    "subject a list": (staff(sub=["u-17"]), Reason.TOKEN_CLAIMS),
    "subject a table": (staff(sub={"id": 1}), Reason.TOKEN_CLAIMS),
    "subject a page": (staff(sub="u" * 1025), Reason.TOKEN_CLAIMS),
    "subject half a character": (raw("sub", '"\\ud83d"'), Reason.TOKEN_MALFORMED),
    "bound to a key": (staff(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}), Reason.TOKEN_BOUND),
    "bound to a certificate": (
        staff(cnf={"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}),
        Reason.TOKEN_BOUND,
    ),
    # roles
    "no roles": (staff(realm_access=...), Reason.NO_ROLE),
    "roles of others": (staff(realm_access={"roles": ["admin", "offline_access"]}), Reason.NO_ROLE),
    "a role by its name here": (staff(realm_access={"roles": ["staff"]}), Reason.NO_ROLE),
    "a role in another case": (staff(realm_access={"roles": ["OW-STAFF"]}), Reason.NO_ROLE),
    "roles elsewhere": (staff(realm_access=..., roles=["ow-staff"]), Reason.NO_ROLE),
    "roles where the path is no path": (staff(realm_access="ow-staff"), Reason.NO_ROLE),
    "roles a number": (staff(realm_access={"roles": 1}), Reason.TOKEN_CLAIMS),
    "roles true": (staff(realm_access={"roles": True}), Reason.TOKEN_CLAIMS),
    "roles a table": (staff(realm_access={"roles": {"ow-staff": True}}), Reason.TOKEN_CLAIMS),
    "roles of odd types": (staff(realm_access={"roles": ["ow-staff", {"ow-staff": 1}]}), Reason.TOKEN_CLAIMS),
    "roles within roles": (staff(realm_access={"roles": [["ow-staff"]]}), Reason.TOKEN_CLAIMS),
    # a customer's
    "address a list": (customer(email=["ada@example.com"]), Reason.TOKEN_CLAIMS),
    "address a table": (customer(email={"value": "ada@example.com"}), Reason.TOKEN_CLAIMS),
    "customer's id a table": (customer(shopify_customer_id={"$ne": 0}), Reason.TOKEN_CLAIMS),
    "customer's id true": (customer(shopify_customer_id=True), Reason.TOKEN_CLAIMS),
    "customer's id with a fraction": (customer(shopify_customer_id=731904825.0), Reason.TOKEN_CLAIMS),
    "customer's ids within ids": (customer(shopify_customer_id=[["7000"]]), Reason.TOKEN_CLAIMS),
    "customer's ids without end": (customer(shopify_customer_id=list(range(101))), Reason.TOKEN_CLAIMS),
    "of another type than the shop's": (
        lambda issuing: issuing.customer({"typ": "id+jwt"}),
        Reason.TOKEN_TYPE,
    ),
}


@pytest.mark.parametrize(("making", "reason"), ATTACKS.values(), ids=ATTACKS.keys())
async def test_it_is_refused(making: Making, reason: Reason) -> None:
    """The token is refused for just this reason, and valid callers go in before and after."""
    async with running() as issuing:
        assert (await issuing.caller(issuing.token())).role == "staff"
        issuing.clock.advance(5)
        assert await issuing.refusal({b"authorization": b"Bearer " + making(issuing)}) is reason
        assert (await issuing.caller(issuing.token())).role == "staff"
        assert (await issuing.caller(issuing.customer())).role == "customer"


VALID: dict[str, tuple[Making, str]] = {
    "as it should be": (staff(), "staff"),
    "type written whole": (lambda issuing: issuing.token({"typ": "application/at+jwt"}), "staff"),
    "type in capitals": (lambda issuing: issuing.token({"typ": "AT+JWT"}), "staff"),
    "a digest of a certificate": (lambda issuing: issuing.token({"x5t": "abc", "x5t#S256": "abc"}), "staff"),
    "no name of a key where there is no choice": (lambda issuing: issuing.token({"kid": ...}), "staff"),
    "ends within the leeway": (at("exp", -29), "staff"),
    "begins within the leeway": (at("nbf", 30), "staff"),
    "made within the leeway": (at("iat", 30), "staff"),
    "times with fractions": (at("exp", 10.5, nbf=0.25), "staff"),
    "does not say when it was made": (staff(iat=...), "staff"),
    "lives as long as may be": (
        lambda issuing: issuing.token(iat=issuing.now - 86_000, exp=issuing.now + 400),
        "staff",
    ),
    "one of several audiences": (staff(aud=["mail", "orderweave-reports"]), "staff"),
    "roles in one text": (staff(realm_access={"roles": "email ow-staff profile"}), "staff"),
    "a role with a space": (staff(realm_access={"roles": "ow night"}), "night"),
    "several roles": (staff(realm_access={"roles": ["ow-staff", "ow-analyst", "ow-staff"]}), "analyst+staff"),
    "a name with an emoji": (raw("name", '"\\ud83d\\ude00"'), "staff"),
    "a subject of letters from anywhere": (staff(sub="Zoë·Ω"), "staff"),
    "staff whose address is odd": (staff(email=["a", "b"]), "staff"),
    "a customer": (customer(), "customer"),
    "a customer without a type": (lambda issuing: issuing.customer({"typ": ""}), "customer"),
    "a customer without anything of theirs": (customer(email=..., shopify_customer_id=...), "customer"),
}


@pytest.mark.parametrize(("making", "role"), VALID.values(), ids=VALID.keys())
async def test_who_is_let_in(making: Making, role: str) -> None:
    """What is unusual and allowed is let in, as the role that its claims say."""
    async with running() as issuing:
        assert (await issuing.caller(making(issuing))).role == role


async def test_a_caller_of_the_staff() -> None:
    """The caller's name tells them apart by issuer and subject and says neither; staff see all."""
    async with running() as issuing:
        caller = await issuing.caller(issuing.token(sub="grace@example.com"))
        again = await issuing.caller(issuing.token(sub="grace@example.com", jti="another"))
        other = await issuing.caller(issuing.token(sub="grace@example.org"))
        elsewhere = await issuing.caller(issuing.customer(sub="grace@example.com"))
    assert (caller.role, caller.rights.owned, caller.rights.masked) == ("staff", None, False)
    assert caller.rights.scopes == frozenset(Scope)
    assert caller.name == again.name
    assert len({caller.name, other.name, elsewhere.name}) == 3
    assert "grace" not in repr(caller)


OWNED: dict[str, tuple[dict[str, Any], Owned]] = {
    "an address and an id": (
        {},
        Owned(emails=frozenset({"ada@example.com"}), customers=frozenset({Key("shop-us", "731904825")})),
    ),
    "an address that nobody verified": (
        {"email_verified": False},
        Owned(customers=frozenset({Key("shop-us", "731904825")})),
    ),
    "an address of which nothing is said": (
        {"email_verified": ...},
        Owned(customers=frozenset({Key("shop-us", "731904825")})),
    ),
    "an address verified in a text": (
        {"email_verified": "true"},
        Owned(customers=frozenset({Key("shop-us", "731904825")})),
    ),
    "an address verified by 1": ({"email_verified": 1}, Owned(customers=frozenset({Key("shop-us", "731904825")}))),
    "two addresses in one": (
        {"email": "ada@example.com, bob@example.com", "shopify_customer_id": ...},
        Owned(),
    ),
    "an address with a line break": ({"email": "ada@example.com\n", "shopify_customer_id": ...}, Owned()),
    "an address without a place": ({"email": "ada@", "shopify_customer_id": ...}, Owned()),
    "the sign of the kelvin is no k": (
        {"email": "\u212aim@example.com", "shopify_customer_id": ...},
        Owned(emails=frozenset({"\u212aim@example.com"})),
    ),
    "several ids, an empty one among them": (
        {"email": ..., "shopify_customer_id": ["1", 2, "", "1"]},
        Owned(customers=frozenset({Key("shop-us", "1"), Key("shop-us", "2")})),
    ),
    "companies, under a claim with dots": (
        {"email": ..., "shopify_customer_id": None, "https://shop.example.com/companies": ["c-1"]},
        Owned(companies=frozenset({Key("erp", "c-1")})),
    ),
}


@pytest.mark.parametrize(("changes", "owned"), OWNED.values(), ids=OWNED.keys())
async def test_whose_orders_a_customer_sees(changes: dict[str, Any], owned: Owned) -> None:
    """A customer sees the orders of an address that is verified to be theirs, of their ids and their companies'."""
    async with running() as issuing:
        caller = await issuing.caller(issuing.customer(**changes))
    assert caller.rights.owned == owned
    assert "example" not in repr(caller)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
CLAIMS = ("iss", "aud", "sub", "iat", "exp", "nbf", "realm_access", "cnf", "email", "jti", "roles")


@given(
    claims=st.dictionaries(st.sampled_from(CLAIMS), ANY_JSON, max_size=4),
    header=st.dictionaries(st.sampled_from(("alg", "kid", "typ", "x5t", "jku")), ANY_JSON, max_size=2),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
async def test_any_claims(claims: dict[str, Any], header: dict[str, Any]) -> None:
    """A well-signed token with anything in it lets somebody in or is refused in words of ours, and nothing else."""
    async with running() as issuing:
        try:
            outcome = (await issuing.caller(issuing.token(header, **claims))).role
        except Refused as refused:
            outcome = refused.code
    assert outcome in ("staff", "UNAUTHENTICATED", "FORBIDDEN")


@given(text=st.binary(max_size=80) | st.from_regex(rb"[A-Za-z0-9_-]{0,9}(\.[A-Za-z0-9_-]{0,20}){1,4}", fullmatch=True))
@settings(max_examples=60, deadline=None)
async def test_any_bytes(text: bytes) -> None:
    """Whatever bytes stand in the header, nobody is let in by them and nothing breaks."""
    async with running() as issuing:
        with pytest.raises(Refused):
            await issuing.caller(text)
        with pytest.raises(Refused):
            await issuing.identifier({b"x-api-key": text})
