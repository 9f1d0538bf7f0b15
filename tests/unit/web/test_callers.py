"""Who asks, over HTTP: let in, refused in words and codes, and found out by the configuration that is in force."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest

from orderweave.access import KeySets, key_sets
from orderweave.config import Configuration
from orderweave.config.access import read_access
from orderweave.config.configuration import AccessSettings, Server
from orderweave.observing.logs import JsonLines
from orderweave.serving import reloading
from orderweave.serving.reloading import Reloading, Reread
from orderweave.web import App, Current, build_app
from orderweave.web.door import Door
from tests.sdk.raw_servers import answer
from tests.unit.access.issuing import API_KEY, STRANGER, Issuing, running
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_clock import FakeClock
from tests.unit.fake_systems import Woven, weave
from tests.unit.observing.watching import Watched

QUERY = {"query": "{ orders(first: 1) { coverage { sources { system } } } }"}
CLOSED = '[access]\nanonymous = "none"'
PERSONAL = ("ada@example.com", "grace", "731904825", "u-17")


def access(text: str) -> AccessSettings | None:
    """The settings in a text."""
    settings, problems = read_access(tomllib.loads(text), host="127.0.0.1", systems=("shop-us", "erp"))
    assert problems == []
    return settings


def house(settings: AccessSettings | None) -> Woven:
    """A gateway over a shop and an ERP that lets in whom these settings say."""
    return weave(shop([order("a1", "1001")]), erp([]), access=settings)


def served(woven: Woven) -> tuple[App, Current]:
    """Its application, wired as a worker wires it."""
    current = Current(woven.gateway, woven.close, woven.door)
    return build_app(woven.schema, current), current


@asynccontextmanager
async def client(app: App) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gateway") as made:
        yield made


async def told(app: App, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """The status, and the code of the only error or the names of the systems."""
    async with client(app) as made:
        response = await made.post("/graphql", json=QUERY, headers=headers)
    document = response.json()
    if "errors" in document:
        ((error,), authenticate) = document["errors"], response.headers.get("www-authenticate")
        assert ("data" in document, authenticate) == (False, "Bearer" if response.status_code == 401 else None)
        assert not any(value in response.text for value in PERSONAL)
        return response.status_code, error["extensions"]["code"]
    return response.status_code, [source["system"] for source in document["data"]["orders"]["coverage"]["sources"]]


async def test_who_is_let_in_and_who_is_not() -> None:
    """Each kind of caller over HTTP: the answer, or the status and the code that tell what to do."""
    async with running() as issuing:
        app, current = served(house(issuing.settings))
        bearer = {"authorization": f"Bearer {issuing.token().decode()}"}
        assert await told(app, bearer) == (200, ["shop", "erp"])
        assert await told(app, {"x-api-key": API_KEY}) == (200, ["shop", "erp"])
        assert await told(app, {"authorization": f"Bearer {STRANGER}"}) == (401, "UNAUTHENTICATED")
        old = issuing.token(exp=issuing.now - 60).decode()
        assert await told(app, {"authorization": f"Bearer {old}"}) == (401, "UNAUTHENTICATED")
        nobody = issuing.token(realm_access={"roles": []}).decode()
        assert await told(app, {"authorization": f"Bearer {nobody}"}) == (403, "FORBIDDEN")
        await current.close()
        issuing.broken["/shop/keys"] = answer(b"")
        app, current = served(house(issuing.settings))
        assert await told(app, {"authorization": f"Bearer {issuing.customer().decode()}"}) == (
            503,
            "ISSUER_UNAVAILABLE",
        )
        await current.close()


async def test_where_nobody_comes_in_without_a_word() -> None:
    """Who sends no credential gets a 401; the explorer, the health checks and what they need are there for all."""
    app, _ = served(house(access(CLOSED)))
    assert await told(app) == (401, "UNAUTHENTICATED")
    async with client(app) as made:
        for path in (
            "/explorer",
            "/explorer/examples.json",
            "/explorer/scripts/page.js",
            "/health/live",
            "/health/ready",
        ):
            assert (await made.get(path)).status_code == 200, path
        assert (await made.get("/graphql", params=QUERY)).status_code == 401


class Reloaded:
    """A gateway in a process, and the configuration that a reload finds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, woven: Woven) -> None:
        self.app, self.current = served(woven)
        self.key_sets = KeySets(woven.clock)
        self.next: Woven = woven
        self.reread = Reread(woven.configuration, lambda: self.next.configuration)
        self.reload = Reloading(
            self.reread, self.current, woven.gateway.parts.observing, self.key_sets, supervised=False
        ).reload
        monkeypatch.setattr(reloading, "Orderweave", lambda configuration, observing, key_sets: self.next)


async def test_a_reload_says_who_comes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a reload callers are found out by the new configuration: a key that was taken out is known no more."""
    async with running() as issuing:
        process = Reloaded(monkeypatch, house(issuing.settings))
        key = {"x-api-key": API_KEY}
        assert await told(process.app, key) == (200, ["shop", "erp"])
        process.next = house(msgspec.structs.replace(issuing.settings, keys={}))
        assert await process.reload()
        assert await told(process.app, key) == (401, "UNAUTHENTICATED")
        await process.current.close()


async def test_a_reload_with_a_credential_in_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller whose token waits for its issuer's keys is answered by the configuration that it came to."""
    monkeypatch.setattr(key_sets, "_LONGEST_WAIT_SECONDS", 0.05)
    async with running() as issuing:
        process = Reloaded(monkeypatch, house(issuing.settings))
        issuing.broken["/keys"] = b""
        headers = {"authorization": f"Bearer {issuing.token().decode()}"}
        waiting = asyncio.create_task(told(process.app, headers))
        await issuing.server.asked.wait()
        process.next = house(access(CLOSED))
        reload = asyncio.create_task(process.reload())
        await asyncio.sleep(0)
        assert await told(process.app, headers) == (401, "UNAUTHENTICATED")
        assert not reload.done()
        assert await waiting == (503, "ISSUER_UNAVAILABLE")
        assert await reload


def beyond(woven: Woven, host: str) -> Configuration:
    """Its configuration, with the server on this host."""
    return msgspec.structs.replace(woven.configuration, server=Server(host=host))


@pytest.mark.parametrize(
    ("host", "before", "after", "taken"),
    [
        ("0.0.0.0", CLOSED, None, False),
        ("127.0.0.1", CLOSED, None, True),
        ("0.0.0.0", None, None, True),
        ("0.0.0.0", CLOSED, CLOSED, True),
    ],
)
def test_a_reload_opens_no_door_to_the_world(host: str, before: str | None, after: str | None, taken: bool) -> None:
    """A file that moves to loopback and drops [access] is not taken while the process listens where it did."""
    first = house(access(before) if before else None)
    second = house(access(after) if after else None)
    reread = Reread(beyond(first, host), lambda: beyond(second, "127.0.0.1"))
    assert reread.quiet() == taken
    assert (reread.configuration.server.host == "127.0.0.1") == taken


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Every line that anything logs, from DEBUG on, but for the test's own client."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    handler.addFilter(lambda record: not record.name.startswith(("httpx", "httpcore")))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def credentials(issuing: Issuing) -> list[dict[str, str]]:
    """Credentials of every fate."""
    tokens = [
        issuing.token(sub="grace@example.com"),
        issuing.customer(),
        issuing.customer(email=["ada@example.com"]),
        issuing.token(sub="grace@example.com", aud="ada@example.com"),
        issuing.token({"kid": "grace"}),
        issuing.token({"alg": "grace"}),
        issuing.token()[:-6],
        issuing.token(exp=0, sub="grace"),
        b"grace.grace.grace",
    ]
    return [
        *({"authorization": f"Bearer {token.decode()}"} for token in tokens),
        {"x-api-key": API_KEY},
        {"x-api-key": STRANGER},
        {"x-api-key": API_KEY[:-1]},
        {"authorization": "Basic Z3JhY2U6Z3JhY2U="},
    ]


async def test_nothing_of_a_credential_comes_out(log: io.StringIO) -> None:
    """After credentials of every fate no log line, span, metric or answer holds any of them, or of what they say."""
    watched = Watched()
    async with running(watched.observed) as issuing:
        app = build_app(watched.woven.schema, watched.woven.gateway, door=Door(identify=issuing.identifier))
        sent = credentials(issuing)
        issuing.broken["/keys"] = answer(b"grace")
        await told(app, sent[0])
        del issuing.broken["/keys"]
        issuing.clock.advance(5)
        for headers in sent:
            await told(app, headers)
        reprs = repr(
            [await issuing.caller(issuing.token()), await issuing.caller(issuing.customer()), issuing.settings]
        )
    async with watched.caller() as made:
        metrics = (await made.get("/metrics")).text
    lines = log.getvalue()
    spans = "".join(span.to_json() for span in watched.spans())
    pieces = {piece for headers in sent for value in headers.values() for piece in value.split()[-1].split(".")}
    for place, text in {"log": lines, "spans": spans, "metrics": metrics, "reprs": reprs}.items():
        assert [value for value in (*PERSONAL, *pieces) if value in text] == [], place
    events = [json.loads(line)["event"] for line in lines.splitlines()]
    assert {"request", "caller_refused", "keys_unavailable", "keys_available"} <= set(events)
    assert 'orderweave_callers_total{credential="KEY",outcome="KEY_MISTYPED"} 1.0' in metrics


def test_clocks_agree() -> None:
    """A woven gateway finds out who asks by its own clock."""
    woven = house(access(CLOSED))
    assert isinstance(woven.clock, FakeClock)
    assert woven.identifier is not None
    assert woven.door.identify is woven.identifier
