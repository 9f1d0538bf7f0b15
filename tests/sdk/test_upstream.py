"""The HTTP client for connectors: what it sends, what it bounds, and how it classes what goes wrong."""

from __future__ import annotations

import asyncio

import pytest

from orderweave_sdk.clock import Call
from orderweave_sdk.errors import (
    BadPayload,
    FixCredentials,
    GiveUp,
    HeldBack,
    Retry,
    TimedOut,
    Unreachable,
    UpstreamError,
    Wait,
)
from orderweave_sdk.metering import Quota
from orderweave_sdk.transport import Answer
from tests.sdk.wires import StoodClock, Wire, reply, upstream


async def test_a_call_carries_path_parameters_headers_and_body() -> None:
    """The URL is made of base, path and encoded parameters; JSON has its type; own headers go over the client's."""
    wire, clock = Wire(), StoodClock()
    answer = await upstream(wire).send(
        "POST",
        "/orders",
        operation="find orders",
        call=clock.call(),
        params=[("name", "#1001 & more"), ("name", "é")],
        json={"a": 1},
        headers={"x-version": "2"},
    )
    assert answer.status == 200
    (request,) = wire.requests
    assert request.method == "POST"
    assert request.url == "https://api.example.com/v1/orders?name=%231001+%26+more&name=%C3%A9"
    assert request.headers == {
        "accept": "application/json",
        "content-type": "application/json",
        "authorization": "Bearer s3cret",
        "x-version": "2",
    }
    assert request.body == b'{"a":1}'


async def test_a_body_of_bytes_goes_as_it_is() -> None:
    """Without JSON nothing is said of the body's type."""
    wire, clock = Wire(), StoodClock()
    await upstream(wire).send("PUT", "/x", operation="put", call=clock.call(), body=b"\x00\x01")
    assert wire.requests[0].body == b"\x00\x01"
    assert "content-type" not in wire.requests[0].headers
    assert wire.requests[0].url == "https://api.example.com/v1/x"


async def test_the_transport_is_told_time_and_size() -> None:
    """A call may take what is left of its deadline and answer as much as the manifest allows."""
    wire, clock = Wire(), StoodClock()
    await upstream(wire).send("GET", "/x", operation="get", call=clock.call(2.5))
    assert wire.bounds == [(2.5, 1000)]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, GiveUp),
        (400, GiveUp),
        (401, FixCredentials),
        (403, FixCredentials),
        (404, GiveUp),
        (408, Retry),
        (422, GiveUp),
        (429, Wait),
        (500, Retry),
        (502, Retry),
        (503, Retry),
        (504, Retry),
    ],
)
async def test_statuses_are_classed_by_what_one_can_do(status: int, error: type[UpstreamError]) -> None:
    """Each status raises exactly its class, and the message names the operation and the status."""
    with pytest.raises(error, match=f"^find orders: HTTP {status}") as caught:
        await upstream(Wire(reply(status))).send("GET", "/x", operation="find orders", call=StoodClock().call())
    assert type(caught.value) is error


async def test_an_accepted_status_comes_back() -> None:
    """A connector that knows what a 404 means may ask for it; 401 still raises."""
    client = upstream(Wire(reply(404, b"gone")))
    accepted = frozenset({404})
    answer = await client.send("GET", "/x", operation="get", call=StoodClock().call(), accept_statuses=accepted)
    assert (answer.status, answer.body) == (404, b"gone")
    with pytest.raises(FixCredentials):
        await upstream(Wire(reply(401))).send(
            "GET", "/x", operation="get", call=StoodClock().call(), accept_statuses=accepted
        )


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("Wed, 04 Mar 2026 12:00:30 GMT", 30.0),
        ("Wed, 04 Mar 2026 13:00:30 +0100", 30.0),
        ("Wed, 04 Mar 2026 12:00:30 -0000", 30.0),
        ("Wed, 04 Mar 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("1e3", None),
        ("\u00b2", None),
        ("9" * 400, None),
        ("Wed, 99 Mar 2026 12:00:30 GMT", None),
        (None, None),
    ],
)
async def test_both_forms_of_retry_after_are_read(header: str | None, seconds: float | None) -> None:
    """Seconds or a date say how long to wait, never less than nothing; nonsense says nothing."""
    headers = {} if header is None else {"retry-after": header}
    with pytest.raises(Wait) as caught:
        await upstream(Wire(reply(429, headers=headers))).send("GET", "/x", operation="get", call=StoodClock().call())
    assert caught.value.seconds == seconds


async def test_503_with_retry_after_asks_for_patience() -> None:
    """A 503 that says when to come back is a wait, and without it a passing fault."""
    with pytest.raises(Wait) as caught:
        await upstream(Wire(reply(503, headers={"retry-after": "7"}))).send(
            "GET", "/x", operation="get", call=StoodClock().call()
        )
    assert caught.value.seconds == 7.0
    with pytest.raises(Retry):
        await upstream(Wire(reply(503, headers={"retry-after": "later"}))).send(
            "GET", "/x", operation="get", call=StoodClock().call()
        )


@pytest.mark.parametrize("kind", [Unreachable, TimedOut, BadPayload, GiveUp])
async def test_the_transports_faults_are_named_after_the_operation(kind: type[UpstreamError]) -> None:
    """A fault below keeps its class and gets the operation's name, without a chain that could hold an URL."""
    with pytest.raises(kind, match=r"^find orders: the reason$") as caught:
        await upstream(Wire(kind("the reason"))).send("GET", "/x", operation="find orders", call=StoodClock().call())
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None


async def test_a_passed_deadline_sends_nothing() -> None:
    """A call whose time is over fails before it reaches the system."""
    wire, clock = Wire(), StoodClock()
    call = clock.call(1.0)
    clock.seconds += 1.0
    with pytest.raises(TimedOut, match="get: the deadline had passed before the call"):
        await upstream(wire).send("GET", "/x", operation="get", call=call)
    assert wire.requests == []


async def test_a_silent_system_times_out() -> None:
    """An answer that does not come is waited for no longer than the deadline."""
    with pytest.raises(TimedOut, match="get: no whole answer within the deadline"):
        await upstream(Wire(held=True)).send("GET", "/x", operation="get", call=StoodClock().call(0.02))


async def test_waiting_for_a_slot_counts_against_the_deadline() -> None:
    """A call that waits behind another one times out without being sent."""
    wire, clock = Wire(held=True), StoodClock()
    client = upstream(wire, concurrency=1)
    first = asyncio.create_task(client.send("GET", "/1", operation="first", call=clock.call()))
    await asyncio.sleep(0)
    with pytest.raises(TimedOut, match="second: no whole answer"):
        await client.send("GET", "/2", operation="second", call=clock.call(0.02))
    wire.open.set()
    await first
    assert [request.url[-2:] for request in wire.requests] == ["/1"]


async def test_no_more_calls_at_once_than_allowed() -> None:
    """Ten calls at concurrency two are never more than two on the wire, and all are answered."""
    wire, clock = Wire(held=True), StoodClock()
    client = upstream(wire, concurrency=2)
    calls = [asyncio.create_task(client.send("GET", "/x", operation="get", call=clock.call())) for _ in range(10)]
    await wire.reached.wait()
    wire.open.set()
    answers = await asyncio.gather(*calls)
    assert len(answers) == 10
    assert wire.most_at_once == 2


async def test_the_queue_is_bounded() -> None:
    """At concurrency one fifty callers may be at it; the next is told to wait, and after them all is as before."""
    wire, clock = Wire(held=True), StoodClock()
    client = upstream(wire, concurrency=1)
    calls = [asyncio.create_task(client.send("GET", "/x", operation="get", call=clock.call())) for _ in range(50)]
    await asyncio.sleep(0)
    assert client.waiting == 49
    with pytest.raises(Wait, match="one more: too many calls wait for this system already"):
        await client.send("GET", "/x", operation="one more", call=clock.call())
    wire.open.set()
    await asyncio.gather(*calls)
    await client.send("GET", "/x", operation="later", call=clock.call())
    assert len(wire.requests) == 51
    assert client.waiting == 0


async def test_a_canceled_call_frees_its_slot() -> None:
    """The one that waited behind it goes on."""
    wire, clock = Wire(held=True), StoodClock()
    seen: list[tuple[str, float, str | None]] = []
    client = upstream(wire, concurrency=1, observer=lambda *told: seen.append(told))
    first = asyncio.create_task(client.send("GET", "/1", operation="first", call=clock.call()))
    second = asyncio.create_task(client.send("GET", "/2", operation="second", call=clock.call()))
    await wire.reached.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    wire.open.set()
    await second
    assert [(operation, error) for operation, _, error in seen] == [("first", "Canceled"), ("second", None)]


class Toll:
    """A meter that notes what it is asked, and refuses or is silent when it is told to."""

    def __init__(self, error: Exception | None = None, *, silent: bool = False) -> None:
        self._error = error
        self._silent = silent
        self.log: list[object] = []

    async def take(self, price: float, call: Call, *, operation: str) -> None:
        """See `Meter`."""
        self.log.append(("take", price, operation))
        if self._silent:
            await asyncio.Event().wait()
        if self._error is not None:
            raise self._error

    def done(self, price: float) -> None:
        """See `Meter`."""
        self.log.append(("done", price))

    async def learn(self, told: Quota, *, unspent: float) -> None:
        """See `Meter`."""
        self.log.append(("learn", told, unspent))


async def test_a_call_is_paid_before_it_is_made() -> None:
    """One request by default, the price where one is named; each is done whatever became of it, and what is learned
    is handed on and kept."""
    clock, toll = StoodClock(), Toll()
    client = upstream(Wire(), meter=toll)
    await client.send("GET", "/x", operation="get", call=clock.call())
    failing = upstream(Wire(Unreachable("gone")), meter=toll)
    with pytest.raises(Unreachable):
        await failing.send("GET", "/x", operation="get", call=clock.call(), price=42)
    told = Quota(available=1, maximum=2, per_second=3)
    await client.learn(told, unspent=5)
    assert toll.log == [
        ("take", 1.0, "get"),
        ("done", 1.0),
        ("take", 42, "get"),
        ("done", 42),
        ("learn", told, 5),
    ]
    assert client.quota == told


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (HeldBack("get: short", seconds=3), HeldBack, "get: short"),
        (GiveUp("more than the whole quota"), GiveUp, "get: more than the whole quota"),
    ],
)
async def test_what_cannot_be_paid_is_not_sent(error: Exception, kind: type[Exception], message: str) -> None:
    """A refusal of the meter reaches the caller, nothing reaches the system, and nothing is done with."""
    wire, clock, toll = Wire(), StoodClock(), Toll(error)
    with pytest.raises(kind) as caught:
        await upstream(wire, meter=toll).send("GET", "/x", operation="get", call=clock.call(), price=7)
    assert (str(caught.value), wire.requests, toll.log) == (message, [], [("take", 7, "get")])


async def test_waiting_for_the_quota_is_no_time_out_of_the_system() -> None:
    """A deadline that passes while the quota is waited for is our holding back, and the system was not asked."""
    wire, clock, toll = Wire(), StoodClock(), Toll(silent=True)
    with pytest.raises(HeldBack, match="get: our quota lacks 7 for longer than the deadline"):
        await upstream(wire, meter=toll).send("GET", "/x", operation="get", call=clock.call(0.01), price=7)
    assert wire.requests == []


async def test_higher_priorities_are_sent_first_and_lower_ones_leave_room() -> None:
    """Of two slots a report gets one, with or without a portal; of those that wait the portal is sent first."""
    wire, clock = Wire(held=True), StoodClock()
    client = upstream(wire, concurrency=2, reserves=(0.0, 0.5))

    def send(path: str, priority: int) -> asyncio.Task[Answer]:
        call = Call(clock=clock, deadline=clock.monotonic() + 5, priority=priority)
        return asyncio.create_task(client.send("GET", path, operation="get", call=call))

    tasks = [send(path, priority) for path, priority in (("/r1", 1), ("/r2", 1), ("/p1", 0), ("/r3", 1), ("/p2", 0))]
    await asyncio.sleep(0.01)
    assert [request.url[-3:] for request in wire.requests] == ["/r1", "/p1"]
    wire.open.set()
    await asyncio.gather(*tasks)
    assert [request.url[-3:] for request in wire.requests] == ["/r1", "/p1", "/p2", "/r2", "/r3"]


async def test_the_observer_is_told_of_every_call() -> None:
    """Name, seconds and the class of what went wrong, an error that nobody foresaw included."""
    clock = StoodClock()
    seen: list[tuple[str, float, str | None]] = []

    def pass_time() -> None:
        clock.seconds += 0.25

    for wire in (
        Wire(meanwhile=pass_time),
        Wire(reply(429), meanwhile=pass_time),
        Wire(Unreachable("no connection")),
        Wire(RuntimeError("a fault of ours")),
    ):
        client = upstream(wire, observer=lambda *told: seen.append(told))
        try:
            await client.send("GET", "/x", operation="get", call=clock.call())
        except (UpstreamError, RuntimeError):
            continue
    assert seen == [
        ("get", 0.25, None),
        ("get", 0.25, "Wait"),
        ("get", 0.0, "Unreachable"),
        ("get", 0.0, "RuntimeError"),
    ]


async def test_no_secret_shows() -> None:
    """Neither the client's own words nor its errors hold the credentials, the query or the body."""
    client = upstream(Wire(reply(500, b"token s3cret of ada@example.com")))
    assert repr(client) == "Upstream(…)"
    with pytest.raises(Retry) as caught:
        await client.send(
            "POST", "/x", operation="get", call=StoodClock().call(), params=[("key", "s3cret")], json={"k": "s3cret"}
        )
    assert str(caught.value) == "get: HTTP 500"


async def test_closing_closes_the_connections() -> None:
    """The transport is told."""
    wire = Wire()
    await upstream(wire).close()
    assert wire.closed
