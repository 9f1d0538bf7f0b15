"""/webhooks over HTTP: bounds, and answers that say as little as there is to say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from orderweave.config.configuration import WebhookSettings
from orderweave.web import build_app
from orderweave.web.webhooks import _MOST_BODY_BYTES, _MOST_HELD_BYTES
from tests.unit.receiving.desk import signed, told
from tests.unit.web.exchanges import Exchange
from tests.unit.web.webhook_door import WebhookDoor, webhook_door


@pytest_asyncio.fixture
async def door(tmp_path: Path) -> AsyncIterator[WebhookDoor]:
    """An application in which two may wait, closed at the end."""
    async with webhook_door(tmp_path, WebhookSettings(most_waiting=2)) as made:
        yield made


async def test_a_delivery(door: WebhookDoor) -> None:
    """It is stored and answered with 200 and the words that ShipHero waits for, before anything is done about it; the
    same once more is answered alike.
    """
    headers, body = signed(told("e1"))
    for _ in range(2):
        answer = await door.post(body, headers)
        assert (answer.status_code, answer.json()) == (200, {"code": "200", "Status": "Success"})
    assert await door.desk.states() == [(1, "WAITING")]
    assert door.desk.scripted.applied == []


async def test_refusals_are_alike(door: WebhookDoor) -> None:
    """A forgery, no signature, no such system, a system that takes none: the same bytes back."""
    headers, body = signed(told("e1"))
    forged, _ = signed(told("e1"), "guessed")
    answers = [
        await door.post(body, forged),
        await door.post(body),
        await door.post(b"", headers),
        await door.post(body, headers, system="nobody"),
        await door.post(body, headers, system="silent"),
        await door.post(body, headers, system="%00%ff" * 50),
    ]
    assert {(answer.status_code, answer.content, str(sorted(answer.headers.items()))) for answer in answers} == {
        (401, b"", "[('content-length', '0'), ('www-authenticate', 'Signature')]")
    }
    assert await door.desk.states() == []


@pytest.mark.parametrize("coding", ["gzip", "br", "identity, gzip", "x" * 5000])
async def test_compressed_bodies(door: WebhookDoor, coding: str) -> None:
    """A body that says it is compressed is refused unread: nobody signs one, and it may be a bomb."""
    headers, body = signed(told("e1"))
    assert (await door.post(body, headers | {"content-encoding": coding})).status_code == 415
    assert (await door.post(body, headers | {"content-encoding": "Identity"})).status_code == 200


async def test_other_methods(door: WebhookDoor) -> None:
    """Only POST brings a delivery; what browsers send otherwise is 405, and no path beside it is there."""
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        assert (await door.client.request(method, "/webhooks/shop")).status_code == 405
    assert (await door.client.post("/webhooks/")).status_code == 404
    assert (await door.client.post("/webhooks/shop/more")).status_code == 404


async def test_oversized_bodies(door: WebhookDoor) -> None:
    """The largest body is read; one byte more is 413, however it arrives, and nothing of it stays held."""
    assert (await door.post(b"x" * _MOST_BODY_BYTES)).status_code == 401
    assert (await door.post(b"x" * (_MOST_BODY_BYTES + 1))).status_code == 413
    pieces = [b"x" * 65_536 for _ in range(_MOST_BODY_BYTES // 65_536 + 1)]
    exchange = Exchange(door.app, pieces=pieces, path="/webhooks/shop")
    assert (await exchange.done())[0] == 413
    headers, body = signed(told("e1"))
    assert (await door.post(body, headers)).status_code == 200


async def test_many_bodies_at_once(door: WebhookDoor) -> None:
    """Bodies that come slowly are held up to a bound; beyond it senders are to come again. Who hangs up frees it."""
    half = [b"x" * _MOST_BODY_BYTES]
    count = _MOST_HELD_BYTES // _MOST_BODY_BYTES
    waiting = [Exchange(door.app, pieces=list(half), finished=False, path="/webhooks/shop") for _ in range(count)]
    tasks = [each.start() for each in waiting]
    for _ in range(10):
        await asyncio.sleep(0)
    headers, body = signed(told("e1"))
    answer = await door.post(body, headers)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    for each in waiting:
        each.hang_up()
    await asyncio.gather(*tasks)
    assert {each.status for each in waiting} == {400}
    assert (await door.post(body, headers)).status_code == 200


async def test_a_full_queue(door: WebhookDoor) -> None:
    """Where as many wait as may, the answer is 503, which every vendor takes for "again later"."""
    statuses = []
    for name in ("e1", "e2", "e3"):
        headers, body = signed(told(name))
        statuses.append((await door.post(body, headers)).status_code)
    assert statuses == [200, 200, 503]


async def test_it_works_while_the_application_runs(door: WebhookDoor) -> None:
    """The work begins and ends with the application."""
    headers, body = signed(told("e1"))
    async with door.app.router.lifespan_context(door.app):
        assert (await door.post(body, headers)).status_code == 200
        await door.desk.scripted.ended.wait()
    assert door.desk.scripted.orders == ["a1"]


async def test_without_webhooks_there_is_no_such_address(door: WebhookDoor) -> None:
    """An application that takes none answers 404, like any path that is not there."""
    app = build_app(door.desk.woven.schema, door.desk.woven.gateway)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gateway") as client:
        assert (await client.post("/webhooks/shop", content=b"{}")).status_code == 404
