"""A caller may wait less than the gateway would let it, and work for a caller who is gone ends."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.web import build_app, watching
from orderweave.web.deadlines import NoTime, stated_seconds
from tests.unit.web.exchanges import ASKS_BOTH, Exchange, Waiting, turns
from tests.unit.web.gateway_over_http import business, caller

HEADER = "orderweave-timeout-ms"


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [(None, 10.0), ("2500", 2.5), ("1", 0.001), ("10000", 10.0), ("10001", 10.0), ("9999999999", 10.0), ("007", 0.007)],
)
async def test_the_header_only_shortens(stated: str | None, seconds: float) -> None:
    """What is left for the call to a system is what the caller states, and never more than is configured."""
    woven = business()
    waiting = Waiting(woven, "shop")
    waiting.open()
    app = build_app(woven.schema, woven.gateway)
    exchange = Exchange(app, ASKS_BOTH, headers={} if stated is None else {HEADER: stated})
    assert (await exchange.done())[0] == 200
    # A wave of look-ups may take half of what is left.
    assert waiting.waited[0] == pytest.approx(seconds / 2)


@pytest.mark.parametrize("stated", ["", "0", "000", "-1", "1.5", "1e3", "10S", "abc", "99999999999", " 5", "٣", "5,6"])
async def test_nonsense_is_refused(stated: str) -> None:
    """Anything but a number of milliseconds is 400 with what it should be, and no system is asked."""
    woven = business()
    async with caller(woven) as client:
        headers = httpx.Headers([(HEADER.encode(), stated.encode())])
        for response in (
            await client.post("/graphql", json={"query": ASKS_BOTH}, headers=headers),
            await client.get("/graphql", params={"query": ASKS_BOTH}, headers=headers),
        ):
            assert response.status_code == 400
            assert response.json() == {
                "errors": [
                    {
                        "message": f"the header {HEADER} must be a whole number of milliseconds, 1 to 9999999999",
                        "extensions": {"code": "BAD_REQUEST"},
                    }
                ]
            }
    assert woven.fakes["shop"].calls == []


@given(st.binary(max_size=14) | st.integers(-5, 10**11).map(lambda value: str(value).encode()))
def test_any_value_is_a_time_or_refused(value: bytes) -> None:
    """Whatever stands in the header is seconds between a thousandth and 1e7, or refused."""
    try:
        found = stated_seconds(value)
    except NoTime:
        return
    assert found is not None
    assert 0.001 <= found < 1e7
    assert found == int(value) / 1000


async def test_hanging_up_cancels_the_calls() -> None:
    """A caller who hangs up ends the calls to all systems, is answered nothing, is counted; no task is left behind."""
    woven = business()
    shop, erp = Waiting(woven, "shop"), Waiting(woven, "erp")
    app = build_app(woven.schema, woven.gateway)
    exchange = Exchange(app, ASKS_BOTH)
    before = asyncio.all_tasks()
    task = exchange.start()
    await turns()
    began = (shop.began, erp.began)
    assert began >= (1, 0)
    exchange.hang_up()
    await task
    await turns()
    assert (shop.canceled, erp.canceled) == began
    assert (exchange.status, app.endpoint.callers_gone, app.endpoint.too_late) == (None, 1, 0)
    assert asyncio.all_tasks() == before
    assert not task.cancelled()
    assert task.cancelling() == 0


async def test_hanging_up_hurts_nobody_else() -> None:
    """Another request for the same order goes on when the first caller hangs up."""
    woven = business()
    waiting = Waiting(woven, "shop")
    app = build_app(woven.schema, woven.gateway)
    first, second = Exchange(app, ASKS_BOTH), Exchange(app, ASKS_BOTH)
    tasks = [first.start(), second.start()]
    await turns()
    first.hang_up()
    await turns()
    waiting.open()
    await asyncio.gather(*tasks)
    assert (first.status, second.status) == (None, 200)
    assert second.document == {"data": {"order": {"number": "1001", "invoices": []}}}


async def test_hanging_up_in_the_middle_of_the_body() -> None:
    """A caller who is gone before the body has come is answered nothing, and no system is asked."""
    woven = business()
    app = build_app(woven.schema, woven.gateway)
    exchange = Exchange(app, pieces=[])
    exchange.hang_up()
    await exchange.start()
    assert (exchange.status, app.endpoint.callers_gone) == (None, 1)
    assert woven.fakes["shop"].calls == []


async def test_an_answer_that_needs_no_system_starts_no_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is waited for no task watches the caller; where something is, one does, and it ends."""
    started: list[int] = []
    start = watching.Watch._start

    def counted(self: watching.Watch) -> None:
        started.append(1)
        start(self)

    monkeypatch.setattr(watching.Watch, "_start", counted)
    woven = business()
    app = build_app(woven.schema, woven.gateway)
    before = asyncio.all_tasks()
    assert (await Exchange(app).done())[0] == 200
    await turns()
    assert started == []
    waiting = Waiting(woven, "shop")
    exchange = Exchange(app, ASKS_BOTH)
    task = exchange.start()
    await turns()
    waiting.open()
    await task
    await turns()
    assert (exchange.status, started, asyncio.all_tasks()) == (200, [1], before)


async def test_what_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work of ours that goes on past its deadline is ended with a 504 that says so, and counted."""
    monkeypatch.setattr(watching, "_GRACE", 0.002)
    woven = business()

    async def endless(*_: object) -> None:
        woven.time.advance(10)
        await asyncio.Event().wait()

    monkeypatch.setattr(woven.gateway, "product", endless)
    app = build_app(woven.schema, woven.gateway)
    exchange = Exchange(app, '{ product(sku: "A") { sku } }', headers={HEADER: "1"})
    assert await exchange.done() == (
        504,
        {
            "errors": [
                {
                    "message": "the answer was not done within the deadline",
                    "extensions": {"code": "DEADLINE_EXCEEDED"},
                }
            ]
        },
    )
    assert (app.endpoint.callers_gone, app.endpoint.too_late) == (0, 1)


async def test_a_cancellation_of_the_process_is_not_swallowed() -> None:
    """When the server cancels a request itself the cancellation goes on, also when the caller hangs up as well."""
    woven = business()
    Waiting(woven, "shop")
    app = build_app(woven.schema, woven.gateway)
    for hangs_up in (False, True):
        exchange = Exchange(app, ASKS_BOTH)
        task = exchange.start()
        await turns()
        if hangs_up:
            exchange.hang_up()
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
