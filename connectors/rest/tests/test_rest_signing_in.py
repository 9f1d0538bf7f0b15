"""Each way of signing in: what is sent, when a token is fetched anew, and that no secret is told."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from connectors.rest.tests.scripted import Asked, FakeClock, api, call, connected, status
from orderweave_sdk.capabilities import Search
from orderweave_sdk.errors import BadPayload, FixCredentials, UpstreamError
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import Key

SECRET = "sesame-4711"


async def first(auth: dict[str, Any]) -> Asked:
    """The request of a look-up under this way of signing in."""
    secret = None if auth["style"] == "none" else SECRET
    subject, scripted = connected(api(auth=auth), lambda asked: {"id": "A1"}, secret=secret)
    await subject.find_orders([Key("id", "A1")], frozenset(), call())
    return scripted.asked[-1]


async def test_none_says_nothing() -> None:
    """An open API is asked without a word of who asks."""
    asked = await first({"style": "none"})
    assert "authorization" not in asked.headers
    assert asked.query == []


async def test_key_in_a_header() -> None:
    """The key stands in the header of the API's own, after its prefix."""
    assert (await first({"style": "header", "name": "X-Api-Key"})).headers["x-api-key"] == SECRET
    told = {"style": "header", "name": "Authorization", "prefix": "Token "}
    assert (await first(told)).headers["authorization"] == f"Token {SECRET}"


async def test_key_in_the_query() -> None:
    """The key stands in the query, once."""
    assert (await first({"style": "query", "name": "api_key"})).query == [("api_key", SECRET)]


async def test_key_in_the_query_of_a_next_page() -> None:
    """Where the API's own address of the next page repeats the key it still goes once, and a lost one is added."""
    told = api(
        auth={"style": "query", "name": "api_key"},
        lookups={
            "id": {
                "path": "/orders",
                "items": "orders",
                "batch": "list",
                "query": {"ids": "{keys}"},
                "paging": {"style": "next", "size": 1, "next": "next"},
            }
        },
    )
    following = {"": "?p=2&api_key=old", "2": "?p=3", "3": None}
    subject, scripted = connected(
        told,
        lambda asked: {"orders": [], "next": following[asked.parameters.get("p", "")]},
        secret=SECRET,
    )
    await subject.find_orders([Key("id", "A1")], frozenset(), call())
    assert [[value for name, value in asked.query if name == "api_key"] for asked in scripted.asked] == [[SECRET]] * 3
    assert [asked.path for asked in scripted.asked] == ["/api/orders"] * 3


async def test_no_cursor_holds_the_key() -> None:
    """A place that the API names with the key in it is kept without."""
    told = api(
        auth={"style": "query", "name": "api_key"},
        search={
            "path": "/orders",
            "sorts": {"NUMBER": "no"},
            "items": "orders",
            "paging": {"style": "next", "size": 1, "next": "next"},
        },
    )
    answer = {"orders": [{"id": "A1"}], "next": f"http://orders.example.com/api/orders?p=2&api_key={SECRET}"}
    subject, _ = connected(told, lambda asked: answer, secret=SECRET)
    search = Search(conditions=(), sort=SearchField.NUMBER, descending=False, size=1, after=None, facets=frozenset())
    page = await subject.search_orders(search, call())
    assert SECRET.encode() not in base64.urlsafe_b64decode(page.hits[0].cursor)
    assert b"/orders?p=2" in base64.urlsafe_b64decode(page.hits[0].cursor)


async def test_user_and_password() -> None:
    """RFC 7617: user and secret, joined by a colon, in base64."""
    expected = base64.b64encode(f"reader:{SECRET}".encode()).decode()
    assert (await first({"style": "basic", "user": "reader"})).headers["authorization"] == f"Basic {expected}"


async def test_token_of_our_own() -> None:
    """RFC 6750: the secret is the token."""
    assert (await first({"style": "bearer"})).headers["authorization"] == f"Bearer {SECRET}"


async def test_further_headers() -> None:
    """Headers that are no secrets go with every request."""
    subject, scripted = connected(api(headers={"X-Tenant": "north"}), lambda asked: {})
    await subject.check(call())
    assert scripted.asked[0].headers["x-tenant"] == "north"


class Issuer:
    """An API with OAuth 2: numbered tokens, of which `good` are accepted."""

    def __init__(self, **token: Any) -> None:
        self.token = {"expires_in": 600, **token}
        self.issued = 0
        self.good: set[str] | None = None

    def __call__(self, asked: Asked) -> Any:
        """A token, or an order to who has one."""
        if asked.path.endswith("/token"):
            self.issued += 1
            return {"access_token": f"t{self.issued}", **self.token}
        token = asked.headers["authorization"].removeprefix("Bearer ")
        return {"id": asked.path.rpartition("/")[2]} if self.good is None or token in self.good else status(401)


OAUTH = {"style": "client_credentials", "client_id": "gateway", "token_url": "/oauth/token"}


def signed_in(issuer: Any, **auth: Any) -> tuple[Any, Any]:
    """The connector that gets its tokens from this issuer."""
    return connected(api(auth={**OAUTH, **auth}), issuer, secret=SECRET)


async def test_client_credentials_by_header() -> None:
    """RFC 6749, 4.4: the grant in a form, id and secret by HTTP Basic, scope and audience where they are told."""
    subject, scripted = signed_in(Issuer(), scope="orders:read", audience="orders")
    await subject.check(call())
    token, checked = scripted.asked
    expected = base64.b64encode(f"gateway:{SECRET}".encode()).decode()
    assert (token.method, token.path) == ("POST", "/api/oauth/token")
    assert token.headers["authorization"] == f"Basic {expected}"
    assert token.body == {"grant_type": "client_credentials", "scope": "orders:read", "audience": "orders"}
    assert checked.headers["authorization"] == "Bearer t1"


async def test_client_credentials_in_the_body() -> None:
    """Id and secret travel in the form where the issuer wants them there."""
    subject, scripted = signed_in(Issuer(), in_body=True)
    await subject.check(call())
    assert scripted.asked[0].body == {
        "grant_type": "client_credentials",
        "client_id": "gateway",
        "client_secret": SECRET,
    }
    assert "authorization" not in scripted.asked[0].headers


async def test_issuer_on_another_host() -> None:
    """A whole URL of the issuer is asked there, and the API where it is."""
    subject, scripted = signed_in(Issuer(), token_url="https://id.example.com/realms/shop/token")
    await subject.check(call())
    assert [asked.path for asked in scripted.asked] == ["/realms/shop/token", "/api/ping"]


async def test_one_token_for_all_who_wait() -> None:
    """Twenty orders at once cost one token, and so do the next twenty."""
    issuer = Issuer()
    subject, _ = signed_in(issuer)
    for _ in range(2):
        found = await subject.find_orders([Key("id", f"A{n}") for n in range(20)], frozenset(), call())
        assert len(found.records) == 20
    assert issuer.issued == 1


async def test_token_is_renewed_before_it_ends() -> None:
    """A token of ten minutes serves for nine; a text for its life is understood."""
    issuer, clock = Issuer(expires_in="600"), FakeClock()
    subject, _ = signed_in(issuer)
    for seconds, issued in ((0, 1), (539, 1), (2, 2)):
        clock.seconds += seconds
        await subject.check(call(clock))
        assert issuer.issued == issued


async def test_refused_token_is_renewed_once() -> None:
    """A 401 fetches one token anew for all who got it; a second 401 is about rights."""
    issuer = Issuer()
    issuer.good = {"t2"}
    subject, scripted = signed_in(issuer)
    await asyncio.gather(*(subject.check(call()) for _ in range(5)))
    assert issuer.issued == 2
    issuer.good = set()
    before = len(scripted.asked)
    with pytest.raises(FixCredentials, match="a new token is refused too"):
        await subject.check(call())
    assert len(scripted.asked) - before == 3


@pytest.mark.parametrize("code", [400, 401, 403])
async def test_refused_client(code: int) -> None:
    """An issuer that refuses is about credentials, whatever status it chooses for it."""
    subject, _ = signed_in(lambda asked: status(code))
    with pytest.raises(FixCredentials, match="the client id or secret is refused"):
        await subject.check(call())


@pytest.mark.parametrize("token", [{"access_token": ""}, {"access_token": "a\nb"}, {"access_token": 7}, {"token": "t"}])
async def test_token_that_is_none(token: dict[str, Any]) -> None:
    """An answer without a token, or with one that no header can hold, is a bad payload."""
    subject, _ = signed_in(lambda asked: token)
    with pytest.raises(BadPayload, match="token"):
        await subject.check(call())


@pytest.mark.parametrize(
    "auth",
    [{"style": "header", "name": "X-Key"}, {"style": "query", "name": "key"}, {"style": "basic", "user": "u"}, OAUTH],
)
@pytest.mark.parametrize("code", [400, 401, 404, 429, 500])
async def test_no_secret_is_told(auth: dict[str, Any], code: int) -> None:
    """Neither an error nor a repr holds the secret."""
    subject, _ = connected(api(auth=auth), lambda asked: status(code), secret=SECRET)
    with pytest.raises(UpstreamError) as caught:
        await subject.check(call())
    for told in (str(caught.value), repr(subject), repr(subject._client), repr(subject._client._tokens)):
        assert SECRET not in told
        assert base64.b64encode(SECRET.encode()).decode()[:8] not in told
