"""The reference clients of graphql-ws and graphql-sse against real processes: follow, lose the connection, replay."""

from __future__ import annotations

import base64
import json
import os
import signal
from collections.abc import Sequence
from typing import Any

import pytest

from tests.systems.cache.redis_server import RedisServer
from tests.systems.live.conftest import Client, Clients, Followed

pytestmark = pytest.mark.systems

PATHS = {"ws": ("ws", "/graphql"), "sse": ("http", "/graphql/stream"), "sse-single": ("http", "/graphql/stream")}


def url(gateway: Followed, protocol: str) -> str:
    """Where a client of this protocol connects."""
    scheme, path = PATHS[protocol]
    return f"{scheme}://127.0.0.1:{gateway.port}{path}"


@pytest.mark.parametrize("protocol", ["ws", "sse", "sse-single"])
async def test_client_follows_leaves_and_replays(protocol: str, clients: Clients, gateway: Followed) -> None:
    """It gets the state, a change as it is seen by polling, answers of queries, and after a pause what it missed."""
    gateway.settle(redis=None, poll_seconds=1)
    await gateway.start(workers=1)
    client = await clients.start(protocol, url(gateway, protocol), gateway.number)
    client.tell(subscribe=None)
    first = await client.update()
    assert (first["changed"], first["gap"], first["order"]["number"]) == ([], False, gateway.number)
    gateway.note("PO-1")
    second = await client.update()
    assert (second["changed"], second["gap"]) == (["HEADER"], False)
    client.tell(query="{ systems { name } }")
    assert (await client.hear("answer"))["systems"]
    client.tell(leave=True)
    assert await client.hear("complete") in ("answer", "next")
    gateway.note("PO-2")
    client.tell(subscribe=second["cursor"])
    missed = await client.update()
    assert (missed["changed"], missed["gap"]) == (["HEADER"], False)
    await client.end()
    assert "Traceback" not in gateway.log
    assert "ERROR" not in gateway.log


@pytest.mark.parametrize("protocol", ["ws", "sse", "sse-single"])
async def test_client_follows_shipments_and_stock(protocol: str, clients: Clients, gateway: Followed) -> None:
    """Shipments, and stock of two SKUs: the state, a change as it is seen by polling, and after a pause what was
    missed, each with what became of it.
    """
    gateway.settle(redis=None, poll_seconds=1)
    gateway.relabel("T-0")
    await gateway.start(workers=1)
    parcels = await clients.start(protocol, url(gateway, protocol), gateway.number)
    shelves = await clients.start(protocol, url(gateway, protocol), gateway.number)
    skus = sorted({level.sku for level in gateway.business.worlds["wms"].stock})[:2]
    parcels.tell(subscribe=None, to="shipmentUpdated")
    shelves.tell(subscribe=None, to="inventoryChanged", skus=skus)
    first, stock = await parcels.update(), await shelves.update()
    assert (first["changed"], first["gap"], "T-0" in numbers(first)) == ([], False, True)
    assert (stock["changed"], stock["gap"], [item["sku"] for item in stock["items"]]) == ([], False, skus)
    held = {item["sku"]: item["onHand"] for item in stock["items"]}
    gateway.relabel("T-1")
    gateway.recount("wms", skus[0], 41)
    second, stock = await parcels.update(), await shelves.update()
    assert ("FULFILLMENT" in second["changed"], "T-1" in numbers(second)) == (True, True)
    assert (stock["changed"], [item["sku"] for item in stock["items"]]) == ([skus[0].upper()], [skus[0]])
    for client in (parcels, shelves):
        client.tell(leave=True)
        await client.hear("complete")
    gateway.relabel("T-2")
    gateway.recount("wms", skus[1], 42)
    parcels.tell(subscribe=second["cursor"], to="shipmentUpdated")
    shelves.tell(subscribe=stock["cursor"], to="inventoryChanged", skus=skus)
    third, missed = await parcels.update(), await shelves.update()
    assert ("FULFILLMENT" in third["changed"], third["gap"], "T-2" in numbers(third)) == (True, False, True)
    assert (missed["gap"], [item["sku"] for item in missed["items"]]) == (False, [skus[1]])
    assert missed["items"][0]["onHand"] != held[skus[1]]
    for client in (parcels, shelves):
        await client.end()
    assert "Traceback" not in gateway.log


def numbers(update: dict[str, Any]) -> set[str]:
    """Of the parcels in an update."""
    return {package["trackingNumber"] for shipment in update["shipments"] for package in shipment["packages"]}


async def abreast(clients: Sequence[Client]) -> None:
    """All stand at the last event of the log that the workers share. A part that the first worker's look could not read
    is told once another's could, to who came before that.
    """
    updates = [await each.update() for each in clients]
    last = max(map(position_of, updates))
    for each, update in zip(clients, updates, strict=True):
        told = update
        while position_of(told) != last:
            told = await each.update()
            assert told["changed"]


def position_of(update: dict[str, Any]) -> str:
    """Where in the log an update stands: a later one is greater."""
    cursor = update["cursor"]
    place: str = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))["p"][1]
    return place


@pytest.mark.parametrize(("protocol", "workers"), [("ws", 2), ("sse", 2), ("sse-single", 1)])
async def test_replay_over_workers_and_a_restart(
    protocol: str, workers: int, clients: Clients, gateway: Followed, redis: RedisServer
) -> None:
    """With Redis a cursor outlives the processes: after a stop and a start the client is told what it missed. The
    stream for all operations stands in one process, and comes back with a new reservation.
    """
    gateway.settle(redis=redis.url, poll_seconds=1)
    await gateway.start(workers=workers)
    client = await clients.start(protocol, url(gateway, protocol), gateway.number)
    others = [await clients.start(protocol, url(gateway, protocol), gateway.number) for _ in range(3)]
    for each in (client, *others):
        each.tell(subscribe=None)
    await abreast([client, *others])
    gateway.note("PO-1")
    told = [await each.update() for each in (client, *others)]
    assert {update["cursor"] for update in told} == {told[0]["cursor"]}
    client.tell(leave=True)
    await client.hear("complete")
    gateway.tell(signal.SIGTERM)
    if protocol == "ws":
        assert await others[0].hear("closed") == 1001
    assert await gateway.ended() == 0
    assert "Traceback" not in gateway.log
    gateway.note("PO-2")
    await gateway.start(workers=workers)
    # Those who stayed come back by themselves with their last cursor.
    client.tell(subscribe=told[0]["cursor"])
    for each in (client, *others):
        missed = await each.update()
        if not missed["changed"]:
            # It came to the worker that waits for the other's first look: the state first, then what changed.
            assert missed["gap"] is False
            missed = await each.update()
        assert (missed["changed"], missed["gap"]) == (["HEADER"], False)
    for each in (client, *others):
        await each.end()


async def test_cursor_of_a_process_that_is_gone_is_a_gap(clients: Clients, gateway: Followed) -> None:
    """Without Redis nothing is known after a restart, and the client is told so."""
    gateway.settle(redis=None, poll_seconds=1)
    await gateway.start(workers=1)
    client = await clients.start("ws", url(gateway, "ws"), gateway.number)
    client.tell(subscribe=None)
    cursor = (await client.update())["cursor"]
    client.tell(leave=True)
    await client.hear("complete")
    gateway.tell(signal.SIGTERM)
    assert await gateway.ended() == 0
    await gateway.start(workers=1)
    client.tell(subscribe=cursor)
    missed = await client.update()
    assert (missed["changed"], missed["gap"]) == ([], True)
    await client.end()


async def test_reload_disturbs_no_subscription(clients: Clients, gateway: Followed) -> None:
    """SIGHUP puts another gateway in the place of the first: the subscription stays, and the next poll asks the new."""
    gateway.settle(redis=None, poll_seconds=1)
    await gateway.start(workers=1)
    clients_of = {name: await clients.start(name, url(gateway, name), gateway.number) for name in PATHS}
    for client in clients_of.values():
        client.tell(subscribe=None)
        await client.update()
    os.kill(gateway.process, signal.SIGHUP)
    while "was read again" not in gateway.log:
        assert (await gateway.ask_once("/health/live"))[0] == 200
    gateway.note("PO-1")
    for client in clients_of.values():
        assert (await client.update())["changed"] == ["HEADER"]
        await client.end()
    assert "requests at work" not in gateway.log
