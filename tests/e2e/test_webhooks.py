"""Webhooks of the vendors as their simulators sign them, up to the answers, the index and whoever follows."""

from __future__ import annotations

import asyncio
import hmac
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import msgspec
from sqlalchemy import func, select

from orderweave.bootstrap import Orderweave, webhooks
from orderweave.config.configuration import IndexSettings, LiveSettings, WebhookSettings
from orderweave.demo import DemoBusiness
from orderweave.index.tables import records, shipments
from orderweave.live import Subject, Topic
from orderweave.matching.parcels import numbers_in
from orderweave.merging.lines import tidy_sku
from orderweave.model.terms import Lane
from orderweave.observing import UNOBSERVED
from orderweave.receiving import Receiving
from orderweave.receiving.effects import Announce
from orderweave.scenario import UNTIL
from orderweave.web import Current, build_app
from orderweave_sdk.records import Fulfillment, OrderRecord, ShipmentStatus, TrackingEvent
from orderweave_sdk.testing.signing import rsa_key
from orderweave_sdk.testing.webhooks import SendsWebhooks, SentWebhook
from tests.e2e.business import StandingClock, with_cache
from tests.e2e.telling import told
from tests.unit.fake_business import order

# How a shipment and its package stand, and when it was delivered.
Parcel = tuple[str, str, datetime | None]
ENDED = {"DELIVERED", "RETURNED", "LOST", "CANCELED"}
PLAYERS = ("shopify", "tryton", "shiphero", "easypost")
ASKED = "query ($number: String!) { order(by: {number: $number}) { id purchaseOrderNumber } }"


class Shop:
    """A business in front of which the gateway takes webhooks; nothing is polled within a test."""

    def __init__(self, business: DemoBusiness, folder: Path) -> None:
        configuration = msgspec.structs.replace(
            with_cache(business.configuration()),
            index=IndexSettings(url=f"sqlite:///{folder / 'index.db'}"),
            webhooks=WebhookSettings(),
        )
        self.business = business
        self.time = StandingClock()
        self.woven = Orderweave(configuration, clock=self.time)
        current = Current(self.woven.gateway, self.woven.close, self.woven.door)
        make = webhooks(configuration, current, UNOBSERVED, clock=self.time)
        assert make is not None
        held: list[Receiving] = []

        def made(announce: Announce) -> Receiving:
            held.append(make(announce))
            return held[0]

        self.app = build_app(self.woven.schema, current, live=LiveSettings(poll_seconds=3600), receiving=made)
        (self.receiving,) = held
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://gateway")

    async def ask(self, number: str) -> tuple[str, str]:
        """An order's id and its purchase order's number."""
        answer = await self.client.post("/graphql", json={"query": ASKED, "variables": {"number": number}})
        order = answer.json()["data"]["order"]
        return order["id"], order["purchaseOrderNumber"]

    def sent(self, system: str, seconds: int = 0, *, forged: bool = False) -> SentWebhook:
        """What a system sends about its first order or parcel."""
        simulator = self.business.simulators[system]
        assert isinstance(simulator, SendsWebhooks)
        return simulator.webhook(UNTIL + timedelta(seconds=seconds), forged=forged)

    def level(self, name: str) -> SentWebhook:
        """What the shop sends about a level of its stock: its name, and no SKU."""
        content = {"inventory_item_id": 1, "admin_graphql_api_id": name, "updated_at": UNTIL.isoformat()}
        body = msgspec.json.encode(content)
        secret = str(self.business.simulators["shop-us"].settings()["webhook_secrets"])
        signature = b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
        headers = {"x-shopify-topic": "inventory_levels/update", "x-shopify-hmac-sha256": signature}
        return SentWebhook(headers=headers, body=body)

    async def parcels(self) -> dict[str, Parcel]:
        """How parcels stand in the index that are alone in their shipment, by tracking number."""
        assert self.woven.index is not None
        named = (shipments.c.tracking_number, shipments.c.status, shipments.c.package_status, shipments.c.delivered_at)
        others = select(shipments.c.shipment_id).where(shipments.c.package > 0)
        wanted = select(*named).where(shipments.c.tracking_number.is_not(None), shipments.c.shipment_id.not_in(others))
        rows = await self.woven.index.read(lambda found: found.execute(wanted).all(), seconds=10)
        return {row[0]: (row[1], row[2], row[3]) for row in rows}

    def arrive(self, number: str) -> OrderRecord:
        """The carrier delivers a parcel; what it knows of it from then on."""
        world = self.business.worlds["carrier"]
        (before,) = (each for each in world.orders if list(numbers_in(each)) == [number])
        assert before.fulfillment is not None
        (sent,) = before.fulfillment.shipments
        (package,) = sent.packages
        there = TrackingEvent(occurred_at=UNTIL, status=ShipmentStatus.DELIVERED)
        arrived = msgspec.structs.replace(
            package, status=ShipmentStatus.DELIVERED, events=(*(package.events or ()), there)
        )
        shipment = msgspec.structs.replace(sent, status=ShipmentStatus.DELIVERED, packages=(arrived,))
        after = msgspec.structs.replace(before, fulfillment=Fulfillment(shipments=(shipment,)))
        orders = tuple(after if each is before else each for each in world.orders)
        self.business.simulators["carrier"].seed(msgspec.structs.replace(world, orders=orders))
        return after

    async def deliver(self, system: str, sent: SentWebhook) -> int:
        """Deliver it; gives the status."""
        answer = await self.client.post(f"/webhooks/{system}", content=sent.body, headers=dict(sent.headers))
        return answer.status_code

    def first(self) -> OrderRecord:
        """The order of which the shop's webhooks speak."""
        return self.business.worlds["shop-us"].orders[0]

    def edit(self, purchase_order: str) -> None:
        """The shop changes that order."""
        world, first = self.business.worlds["shop-us"], self.first()
        assert first.header is not None
        header = msgspec.structs.replace(first.header, purchase_order_number=purchase_order)
        changed = msgspec.structs.replace(first, header=header)
        self.business.simulators["shop-us"].seed(msgspec.structs.replace(world, orders=(changed, *world.orders[1:])))

    def recount(self, sku: str) -> None:
        """The shop finds one of a SKU at each of its places."""
        world = self.business.worlds["shop-us"]
        one = {"on_hand": Decimal(1), "available": Decimal(1)}
        stock = tuple(msgspec.structs.replace(each, **one) if each.sku == sku else each for each in world.stock)
        self.business.simulators["shop-us"].seed(msgspec.structs.replace(world, stock=stock))

    def calls(self) -> dict[str, int]:
        """How many calls reached each system that was called; counting begins anew."""
        found = {name: len(each.calls) for name, each in self.business.simulators.items() if each.calls}
        for simulator in self.business.simulators.values():
            simulator.calls.clear()
        return found


@asynccontextmanager
async def shop(folder: Path, players: Sequence[str] = PLAYERS) -> AsyncIterator[Shop]:
    """A running business, closed at the end."""
    async with DemoBusiness(seed=7, orders=60, connectors=players) as business:
        made = Shop(business, folder)
        try:
            yield made
        finally:
            await made.client.aclose()
            await made.app.doors.close()
            await made.woven.close()


async def test_a_change_in_the_shop(tmp_path: Path) -> None:
    """The shop changes an order whose screen is cached. Until its webhook comes the screen says what it said, without
    a call; then the order is read from the shop, and from nobody else, and the index has it. The screen says what is
    new: it asks the shop by the order's number, once, and nobody else.
    """
    async with shop(tmp_path) as running:
        number = running.first().key("number")
        assert number is not None
        name, before = await running.ask(number)
        running.edit("PO-NEW")
        running.calls()
        assert await running.ask(number) == (name, before)
        assert running.calls() == {}

        sent = running.sent("shop-us")
        assert [await running.deliver("shop-us", sent) for _ in range(3)] == [200, 200, 200]
        assert running.calls() == {}
        assert await running.receiving.worker.turn() == 1
        assert running.calls() == {"shop-us": 1}
        assert running.woven.index is not None
        counted = select(func.count()).select_from(records).where(records.c.system == "shop-us")
        assert await running.woven.index.read(lambda found: found.execute(counted).scalar_one(), seconds=10) == 1

        assert await running.ask(number) == (name, "PO-NEW")
        assert running.calls() == {"shop-us": 1}
        await running.ask(number)
        assert running.calls() == {}
        assert await running.receiving.worker.turn() == 0


async def test_whoever_follows_hears_at_once(tmp_path: Path) -> None:
    """An order is followed and polled once an hour. The shop changes it, and its webhook makes the event at once."""
    async with shop(tmp_path) as running:
        number = running.first().key("number")
        assert number is not None
        name, _ = await running.ask(number)
        subject = Subject(Topic.ORDER, (name,))
        async with running.app.doors.feed.follow(subject, Lane.INTERACTIVE) as following:
            following.now()
            running.edit("PO-NEW")
            await running.deliver("shop-us", running.sent("shop-us"))
            await running.receiving.worker.turn()
            async with asyncio.timeout(10):
                missed = await following.next()
            assert [event.changed for event in missed.events] == [("HEADER",)]


async def test_whoever_follows_stock_hears_of_a_level(tmp_path: Path) -> None:
    """Stock is followed and polled once an hour. The shop counts less of it, and its word of the level, which names no
    SKU, makes the event at once; word of a level that nobody follows lets nobody look.
    """
    async with shop(tmp_path) as running:
        gateway = running.woven.gateway
        sku = running.business.worlds["shop-us"].stock[0].sku
        (item,) = await gateway.inventory([sku], gateway.call())
        sources = [source for level in item.levels for source in level.sources]
        name = next(source.external_id for source in sources if source.system == "shop-us")
        async with running.app.doors.feed.follow(Subject.of_skus([sku]), Lane.INTERACTIVE) as following:
            following.now()
            running.recount(sku)
            running.calls()
            await running.deliver("shop-us", running.level("gid://shopify/InventoryLevel/999?inventory_item_id=1"))
            assert await running.receiving.worker.turn() == 1
            assert running.calls() == {}
            await running.deliver("shop-us", running.level(name))
            assert await running.receiving.worker.turn() == 1
            async with asyncio.timeout(10):
                missed = await following.next()
            assert [tidy_sku(name) for event in missed.events for name in event.changed] == [tidy_sku(item.sku)]


async def test_a_parcel_arrives(tmp_path: Path) -> None:
    """The carrier delivers a parcel and says so three times. Until then the index has it on its way; then the carrier
    is asked about it once and nobody else is, and the rows of its order say when it arrived, without a turn of the
    sync. A parcel that is no order's is asked about nowhere.
    """
    async with shop(tmp_path) as running:
        assert running.woven.sync is not None
        await running.woven.sync.turn()
        before = await running.parcels()
        number = next(number for number, (_, status, _) in before.items() if status not in ENDED)
        parcel = running.arrive(number)
        running.calls()
        carrier = running.business.simulators["carrier"]
        sent = told(carrier, parcel, UNTIL)
        assert [await running.deliver("carrier", sent) for _ in range(3)] == [200, 200, 200]
        assert await running.parcels() == before
        assert await running.receiving.worker.turn() == 1
        assert running.calls() == {"carrier": 1}
        assert await running.parcels() == before | {number: ("DELIVERED", "DELIVERED", UNTIL)}
        nobodys = told(carrier, order("x", tracking="9X 1"), UNTIL)
        assert await running.deliver("carrier", nobodys) == 200
        assert await running.receiving.worker.turn() == 1
        assert running.calls() == {}


async def test_the_warehouse_and_the_carrier(tmp_path: Path) -> None:
    """What the warehouse and the carrier sign is taken too, and makes each of them be asked anew and nobody else."""
    async with shop(tmp_path) as running:
        for system in ("wms", "carrier"):
            assert await running.deliver(system, running.sent(system)) == 200
        running.calls()
        assert await running.receiving.worker.turn() == 2
        assert set(running.calls()) == {"wms"}
        assert running.receiving.tally.worked == {("wms", "DONE"): 1, ("carrier", "DONE"): 1}


async def test_the_order_management(tmp_path: Path) -> None:
    """Fluent signs that an order's fulfilment changed: it is asked for that order, once however often it says so, and
    the index has it. What it signs with the same key for another account, and what others sign, stays out.
    """
    async with shop(tmp_path, ("shopify", "fluent_commerce")) as running:
        sent = running.sent("oms")
        others = sent.body.replace(b'"accountId":"SIMULATED"', b'"accountId":"ANOTHER"')
        theirs = SentWebhook(headers={"fluent-signature": rsa_key("fluent_commerce").signed(others)}, body=others)
        forged = running.sent("oms", forged=True)
        assert [await running.deliver("oms", each) for each in (theirs, forged)] == [401, 401]
        assert await asyncio.gather(*(running.deliver("oms", sent) for _ in range(20))) == [200] * 20
        running.calls()
        assert await running.receiving.worker.turn() == 1
        called = running.calls()
        assert set(called) == {"oms"}
        assert running.woven.index is not None
        wanted = select(records.c.external_id).where(records.c.system == "oms")
        held = await running.woven.index.read(lambda found: found.execute(wanted).scalars().all(), seconds=10)
        assert held == [running.business.worlds["oms"].orders[0].external_id]
        assert running.receiving.tally.received == {("oms", "FORGED"): 2, ("oms", "NEW"): 1, ("oms", "KNOWN"): 19}


async def test_forgeries_at_every_door(tmp_path: Path) -> None:
    """What somebody else signed, what was signed for another system, and what comes for a system that sends none."""
    async with shop(tmp_path) as running:
        statuses = [
            await running.deliver(system, running.sent(system, forged=True)) for system in ("shop-us", "wms", "carrier")
        ]
        statuses += [
            await running.deliver("wms", running.sent("shop-us")),
            await running.deliver("erp", running.sent("shop-us")),
            await running.deliver("nobody", running.sent("shop-us")),
        ]
        assert statuses == [401] * 6
        assert await running.receiving.worker.turn() == 0
