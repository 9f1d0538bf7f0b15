"""The operations page: who is let in, what stands on it, and that nothing of it comes from or goes to elsewhere."""

from __future__ import annotations

import hmac
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from orderweave.observing import CacheResult, catalog
from orderweave.web.ops.access import SESSION_SECONDS
from orderweave.web.ops.page import ago, percent, seconds
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.records import Axis
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_clock import NOON
from tests.unit.observing.watching import TOKEN, Watched

ORDER = '{ order(by: {number: "1001"}) { number sourceStatuses { raw } invoices { number } } }'
BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def watched() -> Watched:
    """The usual business, of which the shop says a word that would be markup."""
    odd = ((Axis.ORDER, "<b>odd</b>", "UNKNOWN"),)
    return Watched(shop([order("a1", "1001", words=odd)]), erp([order("e1", "SO1", reference=("reference", "1001"))]))


@pytest.fixture
async def client(watched: Watched) -> AsyncIterator[httpx.AsyncClient]:
    """A caller without a token."""
    async with watched.caller() as made:
        yield made


async def state(client: httpx.AsyncClient) -> dict[str, Any]:
    """The state as data."""
    response = await client.get("/ops/state.json", headers=BEARER)
    assert response.status_code == httpx.codes.OK
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.parametrize("path", ["/ops", "/ops/state.json"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer"},
        {"authorization": "Bearer another-operators-token"},
        {"authorization": f"Bearer {TOKEN}x"},
        {"authorization": f"Bearer {TOKEN[:-1]}"},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": TOKEN},
        {"cookie": f"orderweave_ops={TOKEN}"},
        {"cookie": "orderweave_ops=9999999999.0000"},
        {"cookie": "orderweave_ops=9999999999."},
        {"cookie": "orderweave_ops=."},
        {"cookie": "orderweave_ops=99999999999999999999.0"},
        {"cookie": 'orderweave_ops="\\303\\251.x"'},
    ],
)
async def test_nobody_without_the_token(path: str, headers: dict[str, str], client: httpx.AsyncClient) -> None:
    """Without the token, or with anything like it, both paths give 401 and nothing of the state."""
    response = await client.get(path, headers=headers)
    assert response.status_code == httpx.codes.UNAUTHORIZED
    assert "shop" not in response.text
    assert TOKEN not in response.text


async def test_the_token_lets_in(client: httpx.AsyncClient) -> None:
    """The token as a bearer token opens page and data, in whatever case the scheme is written."""
    for path in ("/ops", "/ops/state.json"):
        for scheme in ("Bearer", "bearer"):
            response = await client.get(path, headers={"authorization": f"{scheme} {TOKEN}"})
            assert response.status_code == httpx.codes.OK
            assert "shop" in response.text


async def test_tokens_are_compared_in_constant_time(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every token and every cookie is compared by compare_digest, over digests of one length."""
    compared: list[tuple[int, int]] = []
    real = hmac.compare_digest

    def comparing(one: Any, other: Any) -> bool:
        compared.append((len(one), len(other)))
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", comparing)
    for token in ("x", TOKEN, "y" * 300):
        await client.get("/ops", headers={"authorization": f"Bearer {token}"})
    assert compared[0] == compared[1] == compared[-1] == (32, 32)


async def sign_in(client: httpx.AsyncClient, token: str = TOKEN) -> httpx.Response:
    """Send the form."""
    return await client.post("/ops/sign-in", data={"token": token})


async def test_signing_in(client: httpx.AsyncClient) -> None:
    """The token in the form gives a cookie for this path alone that no script reads and no other site sends along."""
    answer = await sign_in(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/ops")
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name.startswith("orderweave_ops=")
    assert TOKEN not in name
    assert sorted(attributes) == ["HttpOnly", "Max-Age=43200", "Path=/ops", "SameSite=strict"]
    assert (await client.get("/ops")).status_code == httpx.codes.OK
    assert (await client.get("/ops/state.json")).status_code == httpx.codes.OK


async def test_over_https_the_cookie_is_secure(watched: Watched) -> None:
    """A page that came over HTTPS gives a cookie that goes over HTTPS alone."""
    transport = httpx.ASGITransport(app=watched.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://gateway") as client:
        assert "; Secure" in (await sign_in(client)).headers["set-cookie"]


async def test_a_session_ends(client: httpx.AsyncClient, watched: Watched) -> None:
    """A session ends after its time, and no other clock, time or signature prolongs it."""
    await sign_in(client)
    watched.time.advance(SESSION_SECONDS - 1)
    assert (await client.get("/ops")).status_code == httpx.codes.OK
    watched.time.advance(1)
    assert (await client.get("/ops")).status_code == httpx.codes.UNAUTHORIZED
    until, _, signature = client.cookies["orderweave_ops"].partition(".")
    forged = {"cookie": f"orderweave_ops={int(until) + 1000}.{signature}"}
    client.cookies.clear()
    assert (await client.get("/ops", headers=forged)).status_code == httpx.codes.UNAUTHORIZED


async def test_another_token_ends_every_session(client: httpx.AsyncClient) -> None:
    """A cookie under one token is worth nothing to a worker with another."""
    await sign_in(client)
    cookie = {"cookie": f"orderweave_ops={client.cookies['orderweave_ops']}"}
    async with Watched(access="the-token-after-that").caller() as other:
        assert (await other.get("/ops", headers=cookie)).status_code == httpx.codes.UNAUTHORIZED


async def test_signing_out(client: httpx.AsyncClient) -> None:
    """Signing out takes the cookie away."""
    await sign_in(client)
    answer = await client.post("/ops/sign-out")
    assert answer.status_code == httpx.codes.SEE_OTHER
    assert (await client.get("/ops")).status_code == httpx.codes.UNAUTHORIZED


@pytest.mark.parametrize(
    "body", [b"", b"token=", b"token=wrong", b"other=1", b"token=" + b"x" * 5000, b"\xff\xfe", b"&" * 100, b"token=%ff"]
)
async def test_a_wrong_form(body: bytes, client: httpx.AsyncClient) -> None:
    """Whatever else comes as a form gets the form again, with 401 and no cookie."""
    response = await client.post("/ops/sign-in", content=body)
    assert response.status_code == httpx.codes.UNAUTHORIZED
    assert "That is not the token" in response.text
    assert "set-cookie" not in response.headers


async def test_headers_guard_the_page(client: httpx.AsyncClient) -> None:
    """The page's policy lets in what carries its nonce and nothing else; the nonce is another each time."""
    nonces = []
    for _ in range(2):
        response = await client.get("/ops", headers=BEARER)
        (nonce,) = set(re.findall(r"'nonce-([^']+)'", response.headers["content-security-policy"]))
        nonces.append(nonce)
        assert response.headers["content-security-policy"] == (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
            "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        assert re.findall(r"<(script|style) nonce=\"([^\"]+)\"", response.text) == [("style", nonce), ("script", nonce)]
        assert response.text.count("<script") == response.text.count("<style") == 1
    assert nonces[0] != nonces[1]
    for path in ("/ops", "/ops/state.json"):
        headers = (await client.get(path, headers=BEARER)).headers
        assert (headers["cache-control"], headers["x-frame-options"]) == ("no-store", "DENY")
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


async def test_nothing_from_elsewhere(client: httpx.AsyncClient, watched: Watched) -> None:
    """Neither the page nor the form names another origin, an inline handler or a style that the policy would stop."""
    await watched.ask(ORDER)
    for headers in (BEARER, {}):
        text = (await client.get("/ops", headers=headers)).text
        assert re.findall(r"(?:https?:)?//[\w.]+", text) == []
        assert re.findall(r"\s(?:style|on\w+)=", text) == []
        assert "{{" not in text


async def test_texts_are_escaped(client: httpx.AsyncClient, watched: Watched) -> None:
    """A system's word and a message of its connector stand on the page as text, never as markup."""
    watched.fakes["erp"].error = Unreachable("orders: <script>alert(1)</script>")
    await watched.ask(ORDER)
    text = (await client.get("/ops", headers=BEARER)).text
    assert "<b>odd</b>" not in text
    assert "ORDER: &lt;b&gt;odd&lt;/b&gt;" in text
    assert "orders: &lt;script&gt;alert(1)&lt;/script&gt;" in text


async def test_the_state_of_systems(client: httpx.AsyncClient, watched: Watched) -> None:
    """A system is unasked, up, down with its reason, or slow, each since when; figures are of the last minute."""
    assert [(one["state"], one["since"]) for one in (await state(client))["systems"]] == [("unasked", None)] * 2
    await watched.ask(ORDER)
    watched.time.advance(20)
    watched.fakes["erp"].error = Unreachable("orders: no connection")
    await watched.ask(ORDER)
    watched.time.advance(2)
    first, second = (await state(client))["systems"]
    assert (first["state"], first["since"], first["error_rate"]) == ("up", "2026-05-04T12:00:00Z", 0.0)
    assert (second["state"], second["since"]) == ("down", "2026-05-04T12:00:20Z")
    assert (second["reason"], second["message"]) == ("UNREACHABLE", "orders: no connection")
    assert (second["error_rate"], second["calls_a_second"]) == (0.5, 2 / 60)
    assert [(point["count"], point["failures"]) for point in second["points"][-3:]] == [(1, 0), (0, 0), (1, 1)]
    assert (first["unknown_words"], first["words"]) == (1, [{"word": "ORDER: <b>odd</b>", "count": 2}])


async def test_a_slow_system(client: httpx.AsyncClient, watched: Watched) -> None:
    """A system of whose calls in the last minute one in twenty took over 2 s is slow, since the first such slot."""
    for seconds_taken in (0.1, 0.1, 3.0, 3.0):
        with watched.observed.call("erp", "FIND_ORDERS", 1):
            watched.time.advance(seconds_taken)
        watched.time.advance(10 - seconds_taken)
    (found,) = [one for one in (await state(client))["systems"] if one["name"] == "erp"]
    assert (found["state"], found["reason"]) == ("slow", None)
    assert found["since"] == (NOON + timedelta(seconds=10)).isoformat().replace("+00:00", "Z")
    assert 3.0 <= found["p95"] <= 3.3
    watched.time.advance(60)
    (found,) = [one for one in (await state(client))["systems"] if one["name"] == "erp"]
    assert (found["state"], found["p95"]) == ("up", None)


async def test_the_gateways_own_figures(client: httpx.AsyncClient, watched: Watched) -> None:
    """Requests a second, in flight, the part that failed inside, and cache hits are those of the last minute."""
    for _ in range(6):
        await watched.ask(ORDER)
    await watched.ask('{ order(by: {number: " "}) { id } }')
    watched.observed.cached("shop", "FIND_ORDERS", CacheResult.HIT, 3)
    watched.observed.cached("shop", "FIND_ORDERS", CacheResult.MISS, 1)
    watched.observed.readings.read(catalog.REQUESTS_QUEUED, lambda: {(): 2})
    found = (await state(client))["gateway"]
    assert (found["requests_a_second"], found["in_flight"], found["queued"]) == (7 / 60, 0, 2)
    assert (found["error_rate"], found["cache_hit_rate"]) == (0.0, 0.75)
    watched.time.advance(61)
    found = (await state(client))["gateway"]
    assert (found["requests_a_second"], found["error_rate"], found["cache_hit_rate"]) == (0.0, None, None)


async def test_quota_and_breakers_are_drawn(client: httpx.AsyncClient, watched: Watched) -> None:
    """Once they are known, quota is a bar with its numbers and a breaker stands by its capability."""
    assert "Quota" not in (await client.get("/ops", headers=BEARER)).text
    readings = watched.observed.readings
    readings.read(catalog.QUOTA_AVAILABLE, lambda: {("shop",): 500})
    readings.read(catalog.QUOTA_MAXIMUM, lambda: {("shop",): 2000})
    readings.read(catalog.BREAKER_STATE, lambda: {("erp", "FIND_ORDERS"): 2, ("shop", "READ_STOCK"): 0})
    text = (await client.get("/ops", headers=BEARER)).text
    assert 'aria-label="Quota of shop: 500 of 2000 left"' in text
    assert '<rect class="fair" width="90.0" height="8"/>' in text
    assert "<dt>Breaker, find orders</dt><dd><mark>open</mark></dd>" in text
    assert "<dt>Breaker, read stock</dt><dd><mark>closed</mark></dd>" in text


async def test_what_is_drawn(client: httpx.AsyncClient, watched: Watched) -> None:
    """Latency and traffic of the gateway and of each system are drawn with words for who cannot see them."""
    await watched.ask(ORDER)
    watched.fakes["erp"].error = Unreachable("orders: no connection")
    await watched.ask(ORDER)
    html = (await state(client))["html"]
    labels = re.findall(r'aria-label="([^"]+)"', html)
    assert labels == [
        "Time of the gateway over 3 minutes: p95 at most 1 ms",
        "Answers of the gateway over 3 minutes: 2, 0 failed",
        "Time of shop over 3 minutes: p95 at most 1 ms",
        "Calls of shop over 3 minutes: 2, 0 failed",
        "Time of erp over 3 minutes: p95 at most 1 ms",
        "Calls of erp over 3 minutes: 2, 1 failed",
    ]
    assert html.count('class="failures"') == 1
    assert "1 up" in html
    assert "1 down</span> <small>Erp</small>" in html
    assert (await client.get("/ops", headers=BEARER)).text.count("<svg") == len(labels)


async def test_open_to_all_in_the_demo() -> None:
    """Where no token is wanted, as in the demo, everybody sees the page, and there is nothing to sign into."""
    async with Watched(access=None).caller() as client:
        page = await client.get("/ops")
        assert page.status_code == httpx.codes.OK
        assert "Sign out" not in page.text
        assert (await sign_in(client, "")).status_code == httpx.codes.UNAUTHORIZED


@pytest.mark.parametrize(
    ("value", "written"),
    [(None, "\u2013"), (0.001, "1 ms"), (0.0123, "12 ms"), (0.25, "250 ms"), (1.5, "1.5 s"), (600.0, "10 min")],
)
def test_seconds_as_written(value: float | None, written: str) -> None:
    """Times are written in the unit that suits them."""
    assert seconds(value) == written


@pytest.mark.parametrize(
    ("value", "written"), [(None, "\u2013"), (0.0, "0 %"), (0.0004, "under 0.1 %"), (0.125, "12.5 %"), (1.0, "100 %")]
)
def test_shares_as_written(value: float | None, written: str) -> None:
    """A small share is never written as none."""
    assert percent(value) == written


@pytest.mark.parametrize(
    ("passed", "written"), [(0, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (3600, "1 h"), (90000, "1 d 1 h")]
)
def test_how_long_ago(passed: int, written: str) -> None:
    """How long it has been is written in two units at most."""
    assert ago(NOON + timedelta(seconds=passed), NOON) == written
