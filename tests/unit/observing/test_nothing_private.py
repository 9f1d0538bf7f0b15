"""No value of a request or of a system's data is in any log line, span or metric: planted ones are searched for."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from orderweave.observing.logs import JsonLines
from orderweave_sdk.errors import BadPayload
from tests.unit.fake_business import erp, order, shop
from tests.unit.observing.watching import TOKEN, Watched

# Each stands in one place of a request or of a system's data, and nowhere else.
EMAIL = "planted.person@example.com"
NUMBER = "731904825566"
LITERAL = "LITERAL-5533"
SKU = "SKU-8841"
ALIAS = "alias_6127"
OPERATION = "Operation_4409"
BEARER = "bearer-2276-token"
COOKIE = "cookie-9035"
STATE = "tracestate-1187"
UPSTREAM = "upstream-words-3358"
PATH = "path-7714"
PLANTED = (EMAIL, NUMBER, LITERAL, SKU, ALIAS, OPERATION, BEARER, COOKIE, STATE, UPSTREAM, PATH, TOKEN)

HEADERS = {
    "authorization": f"Bearer {BEARER}",
    "cookie": f"session={COOKIE}",
    "x-request-id": EMAIL,
    "traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01",
    "tracestate": f"vendor={STATE}",
    "user-agent": LITERAL,
}


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


def questions() -> list[tuple[str, dict[str, Any]]]:
    """Requests of every fate: answered, refused, not run, failing inside."""
    return [
        (f'query {OPERATION} {{ {ALIAS}: order(by: {{number: "{NUMBER}"}}) {{ number customer {{ email }} }} }}', {}),
        ("query($n: String!) { order(by: {number: $n}) { number invoices { number } } }", {"n": NUMBER}),
        (f'{{ {ALIAS}: customer(by: {{email: "{EMAIL}"}}) {{ name }} }}', {}),
        (f'{{ orders(filter: {{number: {{eq: "{LITERAL}"}}}}) {{ nodes {{ number }} }} }}', {}),
        (f'{{ {ALIAS}: inventory(skus: ["{SKU}"]) {{ onHand }} }}', {}),
        (f'{{ {ALIAS}: node(id: "{LITERAL}") {{ id }} }}', {}),
        (f'{{ {ALIAS}(x: "{LITERAL}") }}', {}),
        (f'{{ "{LITERAL}', {}),
        ("query($n: String!) { order(by: {number: $n}) { number } }", {"n": {"deep": EMAIL}}),
        (f'{{ {ALIAS}: product(sku: "{SKU}") {{ sku }} }}', {}),
    ]


async def test_nothing_planted_comes_out(log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """After requests of every fate, with faults within and without, none of the planted values is anywhere."""
    watched = Watched(
        shop([order("a1", NUMBER, email=EMAIL, customer_id="c1", skus=[SKU])], number_pattern=r"\d{12}"),
        erp([order("e1", "SO1", reference=("reference", NUMBER), email=EMAIL)]),
    )

    async def broken(*_: Any) -> None:
        raise RuntimeError(f"no {SKU} for {EMAIL}")

    monkeypatch.setattr(watched.woven.gateway, "product", broken)
    for error in (None, ValueError(UPSTREAM), BadPayload(f"orders: {UPSTREAM}")):
        watched.fakes["erp"].error = error
        for query, variables in questions():
            await watched.ask(query, HEADERS, **variables)
    async with watched.caller() as client:
        await client.post(f"/graphql?{PATH}", content=LITERAL, headers={**HEADERS, "content-type": "application/json"})
        await client.get(f"/ops?{PATH}", headers=HEADERS)
        await client.post("/ops/sign-in", data={"token": TOKEN})
        await client.post("/ops/sign-in", data={"token": LITERAL})
        metrics = (await client.get(f"/metrics?{PATH}")).text
    lines = log.getvalue()
    spans = "".join(span.to_json() for span in watched.spans())
    for place, text in {"log": lines, "spans": spans, "metrics": metrics}.items():
        assert [value for value in PLANTED if value in text] == [], place
    events = {json.loads(line)["event"] for line in lines.splitlines()}
    assert {"request", "internal_error", "outage_began"} <= events
    assert spans.count('"name": "request"') == 3 * len(questions()) + 1
    assert "orderweave_calls_total" in metrics


async def test_what_is_searched_can_be_found(log: io.StringIO) -> None:
    """The search would find a value: an event with one in its fields is seen."""
    logging.getLogger("orderweave.web").info("odd", extra={"fields": {"who": EMAIL}})
    assert EMAIL in log.getvalue()


async def test_the_id_goes_back() -> None:
    """A sane id of the caller's comes back with the answer, also of a body that is none; another gets one of ours."""
    watched = Watched()
    answer = await watched.ask("{ systems { name } }", {"x-request-id": "a-request-of-mine"})
    assert answer.headers["x-request-id"] == "a-request-of-mine"
    async with watched.caller() as client:
        refused = await client.post("/graphql", content=b"no", headers={"x-request-id": "a-request-of-mine"})
    assert (refused.status_code, refused.headers["x-request-id"]) == (415, "a-request-of-mine")
    other = await watched.ask("{ systems { name } }", {"x-request-id": EMAIL})
    assert len(other.headers["x-request-id"]) == 32


async def test_each_request_is_a_line(log: io.StringIO) -> None:
    """A request is one line with its id, status, time, executor and the codes of its errors, each once."""
    watched = Watched()
    watched.fakes["erp"].silent = True
    ask = '{ order(by: {number: "1001"}) { invoices { id } } a: node(id: "x") { id } b: node(id: "x") { id } }'
    await watched.ask(ask, {"x-request-id": "a-request-of-mine"})
    (line,) = [found for found in map(json.loads, log.getvalue().splitlines()) if found["event"] == "request"]
    line.pop("at")
    assert line == {
        "level": "info",
        "logger": "orderweave.requests",
        "event": "request",
        "request_id": "a-request-of-mine",
        "status": 200,
        "seconds": 5.0,
        "executor": "COMPILED",
        "codes": ["BAD_INPUT"],
    }
