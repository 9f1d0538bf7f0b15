"""Who is let in: exactly so many at work, so many waiting, everybody else away at once; health is never turned away."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from orderweave.web import Admission, bodies, build_app
from orderweave.web.admission import Overloaded
from tests.unit.web.exchanges import ASKS_BOTH, ASKS_NOBODY, Exchange, Waiting, turns
from tests.unit.web.gateway_over_http import business

TURNED_AWAY = {
    "errors": [{"message": "too much is asked of the gateway at once; try again", "extensions": {"code": "OVERLOADED"}}]
}
ANSWER = {"data": {"order": {"number": "1001", "invoices": []}}}


async def test_the_bound_is_exact() -> None:
    """Of ten requests at once 3 are worked on, 2 wait, 5 are 503 at once with Retry-After; the 5 are answered."""
    woven = business()
    waiting = Waiting(woven, "shop")
    admission = Admission(most_in_flight=3, most_waiting=2)
    app = build_app(woven.schema, woven.gateway, admission=admission)
    exchanges = [Exchange(app, ASKS_BOTH) for _ in range(10)]
    tasks = [exchange.start() for exchange in exchanges]
    await turns()
    assert (admission.in_flight, admission.waiting, admission.turned_away, waiting.began) == (3, 2, 5, 3)
    assert [exchange.status for exchange in exchanges] == [None] * 5 + [503] * 5
    for exchange in exchanges[5:]:
        assert exchange.document == TURNED_AWAY
        assert exchange.headers["retry-after"] == "1"
        assert exchange.headers["content-type"] == "application/json; charset=utf-8"
    waiting.open()
    await asyncio.gather(*tasks)
    assert [(exchange.status, exchange.document) for exchange in exchanges[:5]] == [(200, ANSWER)] * 5
    assert (admission.in_flight, admission.waiting, admission.turned_away) == (0, 0, 5)
    assert (await Exchange(app, ASKS_BOTH).done())[0] == 200


async def test_health_and_pages_are_never_turned_away() -> None:
    """With every place taken the health checks and the explorer are answered."""
    woven = business()
    Waiting(woven, "shop")
    app = build_app(woven.schema, woven.gateway, admission=Admission(most_in_flight=1, most_waiting=0))
    held = Exchange(app, ASKS_BOTH)
    task = held.start()
    await turns()
    assert (await Exchange(app, ASKS_NOBODY).done())[0] == 503
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gateway") as client:
        for path in ("/health/live", "/health/ready", "/explorer"):
            assert (await client.get(path)).status_code == 200
    held.hang_up()
    await task


async def test_nothing_is_read_of_what_is_turned_away() -> None:
    """Whoever finds no place is turned away before the body is read."""
    woven = business()
    Waiting(woven, "shop")
    app = build_app(woven.schema, woven.gateway, admission=Admission(most_in_flight=1, most_waiting=0))
    held = Exchange(app, ASKS_BOTH)
    task = held.start()
    await turns()
    pieces = [b"{", b"}"]
    assert await Exchange(app, pieces=pieces).done() == (503, TURNED_AWAY)
    assert pieces == [b"{", b"}"]
    held.hang_up()
    await task


async def test_who_waits_too_long_is_turned_away() -> None:
    """A wait ends after half of the time that the request has; the place that comes free later is not lost."""
    admission = Admission(most_in_flight=1, most_waiting=1)
    await admission.enter(10.0)
    with pytest.raises(Overloaded):
        await admission.enter(0.002)
    assert (admission.in_flight, admission.waiting, admission.turned_away) == (1, 0, 1)
    next_one = asyncio.create_task(admission.enter(10.0))
    await turns()
    admission.leave()
    await next_one
    assert (admission.in_flight, admission.waiting) == (1, 0)


async def test_who_hangs_up_in_the_queue_leaves_no_gap() -> None:
    """A caller who hangs up while waiting gives the wait up; the places are all there afterwards."""
    woven = business()
    waiting = Waiting(woven, "shop")
    admission = Admission(most_in_flight=1, most_waiting=1)
    app = build_app(woven.schema, woven.gateway, admission=admission)
    first, second = Exchange(app, ASKS_BOTH), Exchange(app, ASKS_BOTH)
    tasks = [first.start(), second.start()]
    await turns()
    second.hang_up()
    await turns()
    assert (admission.in_flight, admission.waiting, admission.turned_away) == (1, 0, 0)
    waiting.open()
    await asyncio.gather(*tasks)
    assert (first.status, second.status, admission.in_flight) == (200, None, 0)
    assert (await Exchange(app, ASKS_BOTH).done())[0] == 200


@pytest.mark.parametrize(("held_at", "at"), [("/graphql", "/graphql/stream"), ("/graphql/stream", "/graphql")])
async def test_bodies_are_bounded_together(held_at: str, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies that come slowly may hold so many bytes together, at all doors; past it one is turned away until there is
    room.
    """
    monkeypatch.setattr(bodies, "_MOST_HELD_BYTES", 100)
    app = build_app(business().schema, business().gateway)
    events = {"accept": "text/event-stream, application/json;q=0.9"}
    held = Exchange(app, pieces=[b" " * 90], finished=False, path=held_at, headers=events)
    task = held.start()
    await turns()
    assert (await Exchange(app, path=at, headers=events).done())[0] == 503
    held.hang_up()
    await task
    assert (await Exchange(app).done())[0] == 200
    await app.doors.close()


async def test_draining_is_told_to_who_asks() -> None:
    """Once the process is about to stop readiness is 503 and liveness 200, and queries are still answered."""
    woven = business()
    admission = Admission(most_in_flight=1, most_waiting=0)
    app = build_app(woven.schema, woven.gateway, admission=admission)
    admission.draining = True
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gateway") as client:
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()) == (503, {"status": "draining"})
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.post("/graphql", json={"query": ASKS_NOBODY})).status_code == 200
