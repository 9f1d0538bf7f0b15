"""Traces: exactly the expected spans, in the caller's trace, with attributes of ours alone."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from orderweave.observing import CacheResult, Stage
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.transport import Answer, Request
from orderweave_sdk.upstream import Upstream
from tests.unit.observing.watching import Watched

ORDER = "query($number: String!) { order(by: { number: $number }) { number invoices { number } } }"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
ID = "a-request-of-mine"


def told(spans: list[ReadableSpan]) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Each span's name, its parent's name and its attributes, calls by their system."""
    names = {span.context.span_id: span.name for span in spans}
    found = [
        (span.name, names.get(span.parent.span_id) if span.parent else None, dict(span.attributes or {}))
        for span in spans
    ]
    return sorted(found, key=lambda entry: entry[0] if entry[0].startswith("call") else "")


def stage(name: str) -> tuple[str, str, dict[str, Any]]:
    """A stage's span below the request's."""
    return name, "request", {"orderweave.stage": name}


def call(system: str, **more: Any) -> tuple[str, str, dict[str, Any]]:
    """A look-up's span below the fetch stage's."""
    attributes = {
        "orderweave.system": system,
        "orderweave.capability": "FIND_ORDERS",
        "orderweave.batch_size": 2,
        "orderweave.cache": "OFF",
    }
    return f"call {system}", "fetch", {**attributes, **more}


def request(**more: Any) -> tuple[str, None, dict[str, Any]]:
    """The request's span."""
    attributes = {
        "orderweave.request_id": ID,
        "http.response.status_code": 200,
        "orderweave.executor": "COMPILED",
    }
    return "request", None, {**attributes, **more}


STAGES = [stage(name) for name in ("operation", "plan", "fetch", "match", "merge", "project", "write")]


async def test_one_order() -> None:
    """One order is a request, seven stages and a call a system below the fetch, in one trace of its own."""
    watched = Watched()
    await watched.ask(ORDER, {"x-request-id": ID}, number="1001")
    spans = watched.spans()
    assert told(spans) == [request(), *STAGES, call("erp"), call("shop")]
    assert len({span.context.trace_id for span in spans}) == 1
    assert all(span.status.is_ok or span.status.is_unset for span in spans)


async def test_a_system_down() -> None:
    """The failed call's span says why, and is marked; the answer is one without an error."""
    watched = Watched()
    watched.fakes["erp"].error = Unreachable("orders: no connection to ada@example.com")
    await watched.ask(ORDER, {"x-request-id": ID}, number="1001")
    spans = watched.spans()
    assert told(spans) == [
        request(),
        *STAGES,
        call("erp", **{"error.type": "UNREACHABLE"}),
        call("shop"),
    ]
    assert [span.name for span in spans if not (span.status.is_ok or span.status.is_unset)] == ["call erp"]
    assert [span.status.description for span in spans if span.status.description] == []


async def test_an_error_of_the_callers() -> None:
    """A refused question is a request with its code, marked, and passes the stages that it came to."""
    watched = Watched()
    await watched.ask('{ order(by: {number: " "}) { id } }', {"x-request-id": ID})
    spans = watched.spans()
    codes = {"orderweave.error_codes": ("BAD_INPUT",)}
    assert told(spans) == [request(**codes), stage("operation"), stage("write")]


async def test_the_callers_trace_is_joined() -> None:
    """With a traceparent the request's span is a child in that trace, and tracestate is not taken in."""
    watched = Watched()
    await watched.ask(ORDER, {"traceparent": PARENT, "tracestate": "who=planted"}, number="1001")
    spans = watched.spans()
    assert {f"{span.context.trace_id:032x}" for span in spans} == {"0af7651916cd43dd8448eb211c80319c"}
    (first,) = [span for span in spans if span.name == "request"]
    assert first.parent is not None
    assert f"{first.parent.span_id:016x}" == "b7ad6b7169203331"
    assert "planted" not in "".join(span.to_json() for span in spans)


@pytest.mark.parametrize("parent", ["nonsense", "00-0-0-01", PARENT.replace("0af", "ZZZ"), ""])
async def test_a_parent_that_is_none(parent: str) -> None:
    """A traceparent that is none is left alone: the request begins a trace."""
    watched = Watched()
    await watched.ask(ORDER, {"traceparent": parent}, number="1001")
    (first,) = [span for span in watched.spans() if span.name == "request"]
    assert first.parent is None


class Wire:
    """A transport that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[Request] = []

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """An empty answer."""
        self.sent.append(request)
        return Answer(status=200, headers={}, body=b"")

    async def close(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize("upstream", [True, False])
async def test_the_trace_goes_on_only_where_wanted(upstream: bool) -> None:
    """A request to a system carries a traceparent of the call's span where that is configured, else nothing of it."""
    watched, wire = Watched(upstream=upstream), Wire()
    client = Upstream(
        "https://erp.example.com",
        concurrency=1,
        max_answer_bytes=100,
        transport=wire,
        carried=watched.observed.carried,
    )
    with watched.observed.request(None, PARENT), watched.observed.call("erp", "FIND_ORDERS", 1):
        await client.send("GET", "/orders", operation="orders", call=Call.within(1, watched.time))
    (sent,) = wire.sent
    (span,) = [span for span in watched.spans() if span.name == "call erp"]
    expected = {"traceparent": f"00-0af7651916cd43dd8448eb211c80319c-{span.context.span_id:016x}-01"}
    assert sent.headers == {"accept": "application/json", **(expected if upstream else {})}


async def test_a_look_into_the_cache_is_told() -> None:
    """What a cache had is an event on the stage that looked, and an attribute of the call that followed."""
    watched = Watched()
    with watched.observed.stage(Stage.FETCH):
        watched.observed.cached("shop", "FIND_ORDERS", CacheResult.HIT, 3)
        with watched.observed.call("shop", "FIND_ORDERS", 2, CacheResult.MISS):
            pass
    stage_span, call_span = watched.spans()
    (event,) = stage_span.events
    assert (event.name, dict(event.attributes or {})) == (
        "cache",
        {
            "orderweave.system": "shop",
            "orderweave.capability": "FIND_ORDERS",
            "orderweave.cache": "HIT",
            "orderweave.batch_size": 3,
        },
    )
    assert (call_span.attributes or {})["orderweave.cache"] == "MISS"
