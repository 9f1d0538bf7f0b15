"""Promises and the oversell watch over the demo's gateway and its simulators, against the scenario's own records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from orderweave.demo import DemoBusiness
from orderweave.scenario import UNTIL
from orderweave_sdk.testing.faults import Fault
from tests.documents.pages import blocks, read_page
from tests.e2e.business import Front, front

PROMISE, WATCH = blocks(read_page("docs/inventory.md"), "graphql")
STOCK = """query ($skus: [String!]!, $soon: DateTime!, $later: DateTime!) {
  inventory(skus: $skus) {
    sku onHand availableToSell
    soon: availableToPromise(by: $soon)
    later: availableToPromise(by: $later)
    promises { availableFrom quantity }
    expected { quantity expectedAt overdue promised location { name } }
    levels { location { name } later: availableToPromise(by: $later) }
    channels { channel { code } available { quantity } later: availableToPromise(by: $later) }
    freshness { missing { system } }
  }
}"""
SOON, LATER = UNTIL + timedelta(days=10), UNTIL + timedelta(days=60)
EAST = "East warehouse"


def skus_of(business: DemoBusiness) -> list[str]:
    """Every SKU of the business."""
    return sorted({level.sku for level in business.scenario.worlds["shop-us"].stock})


class Books:
    """What is truly for sale and coming, counted from the story's own records and not from any answer."""

    def __init__(self, business: DemoBusiness) -> None:
        worlds = business.scenario.worlds
        self._free: dict[tuple[str, str], Decimal] = {}
        for level in worlds["erp"].stock:
            if level.location.name != EAST:
                self._free[level.sku.casefold(), level.location.name or ""] = level.available or Decimal(0)
        for level in worlds["wms"].stock:
            self._free[level.sku.casefold(), EAST] = level.available or Decimal(0)
        self._lines = [
            (receipt.sku.casefold(), receipt.location.name or "", receipt.expected_at, receipt.quantity)
            for receipt in worlds["erp"].receipts
        ]

    def free(self, sku: str, places: Iterable[str] | None = None, by: datetime | None = None) -> Decimal:
        """What may be promised of a SKU at these places, or at all, by an instant or at once."""
        total = Decimal(0)
        for (name, place), quantity in self._free.items():
            if name == sku.casefold() and (places is None or place in places):
                total += quantity
        for name, place, when, quantity in self._lines:
            fits = name == sku.casefold() and (places is None or place in places)
            if fits and by is not None and when is not None and UNTIL < when <= by:
                total += quantity
        return total


async def asked(running: Front, skus: list[str]) -> list[dict[str, Any]]:
    """The stock of these SKUs with what may be promised."""
    variables = {"skus": skus, "soon": SOON.isoformat(), "later": LATER.isoformat()}
    answer = await running.ask(STOCK, variables)
    assert "errors" not in answer
    found: list[dict[str, Any]] = answer["data"]["inventory"]
    return found


@pytest.mark.parametrize(
    ("seed", "connectors"), [(7, None), (8, ["shopify", "odoo", "shiphero"])], ids=["tryton", "odoo"]
)
async def test_promises_are_what_the_books_say(seed: int, connectors: list[str] | None) -> None:
    """Sixty SKUs over three places and four systems: on hand once, promised at once and by day as counted by hand."""
    async with front(seed=seed, orders=120, connectors=connectors) as running:
        business = running.business
        books = Books(business)
        items = await asked(running, skus_of(business))
        on_hand: dict[str, Decimal] = defaultdict(Decimal)
        for entry in business.scenario.truth.stock:
            on_hand[entry.sku.casefold()] += entry.on_hand
        assert len(items) == 60
        moved = 0
        for item in items:
            sku = item["sku"]
            assert item["onHand"] == on_hand[sku.casefold()]
            assert item["freshness"]["missing"] == []
            assert item["availableToSell"] == books.free(sku)
            assert (item["soon"], item["later"]) == (books.free(sku, by=SOON), books.free(sku, by=LATER))
            assert item["promises"][-1]["quantity"] == item["later"]
            for level in item["levels"]:
                assert level["later"] == books.free(sku, [level["location"]["name"]], LATER)
            by_channel = {entry["channel"]["code"]: entry for entry in item["channels"]}
            assert by_channel["shop-eu"]["available"]["quantity"] == books.free(sku, [EAST])
            assert by_channel["shop-eu"]["later"] == books.free(sku, [EAST], LATER)
            assert by_channel["shop-us"]["later"] == books.free(sku, by=LATER)
            moved += item["later"] != item["availableToSell"]
        assert moved > 5


async def test_what_is_expected_is_listed_whole() -> None:
    """Every line of every purchase comes once; late ones and those without a day are no promise, the others are."""
    async with front(seed=7, orders=120) as running:
        items = await asked(running, skus_of(running.business))
        told = [(item["sku"].casefold(), entry["quantity"]) for item in items for entry in item["expected"]]
        receipts = running.business.scenario.worlds["erp"].receipts
        assert sorted(told) == sorted((receipt.sku.casefold(), receipt.quantity) for receipt in receipts)
        entries = [entry for item in items for entry in item["expected"]]
        assert {entry["promised"] for entry in entries if entry["overdue"] or entry["expectedAt"] is None} == {False}
        assert {entry["promised"] for entry in entries if not entry["overdue"] and entry["expectedAt"]} == {True}


async def cases(running: Front, skus: list[str], **more: Any) -> tuple[list[tuple[str, str, int]], Mapping[str, Any]]:
    """Each oversell by SKU, channel and excess, and the rest of the report."""
    answer = await running.ask(WATCH, {"skus": skus, **more})
    assert "errors" not in answer
    report = answer["data"]["oversells"]
    return [(case["sku"].casefold(), case["channel"]["code"], case["excess"]) for case in report["oversells"]], report


@pytest.mark.parametrize("seed", [7, 11])
async def test_every_planted_oversell_and_no_other(seed: int) -> None:
    """The watch finds what was planted, case by case, and both numbers are of this moment."""
    async with front(seed=seed, orders=120) as running:
        skus = skus_of(running.business)
        planted = [
            (case.sku.casefold(), case.channel, int(case.excess)) for case in running.business.scenario.truth.oversells
        ]
        found, report = await cases(running, skus)
        assert len(planted) >= 6
        assert sorted(found) == sorted(planted)
        assert (report["checked"], report["unjudged"], report["missing"], report["nextCursor"]) == (60, [], [], None)
        for case in report["oversells"]:
            for number in (case["listed"], case["available"]):
                assert (datetime.fromisoformat(number["asOf"]), number["ageSeconds"]) == (UNTIL, 0)


async def test_a_warehouse_that_is_down_is_no_alarm() -> None:
    """Without the warehouse nothing is judged, and the answer says so; with it everything is found again."""
    async with front(seed=7, orders=120) as running:
        skus = skus_of(running.business)
        await running.business.fail("wms", Fault.STOPPED)
        found, report = await cases(running, skus)
        assert (found, len(report["unjudged"])) == ([], 60)
        assert {issue["system"] for issue in report["missing"]} == {"wms"}
        await running.business.fail("wms", None)


async def test_the_pages_queries_run() -> None:
    """The query of the page is answered whole; without an index the watch names what it needs."""
    async with front(seed=7, orders=40) as running:
        answer = await running.ask(PROMISE, {"skus": running.business.telling_skus()})
        assert "errors" not in answer
        assert all(item["channels"] and item["promises"] for item in answer["data"]["inventory"])
        refused = await running.ask(WATCH, {})
        assert refused["errors"][0]["extensions"]["code"] == "UNSUPPORTED"
        (error,) = (await running.ask('{ inventory(skus: ["A"]) { availableToPromise(channel: "moon") } }'))["errors"]
        assert error["message"] == "channel: goods are sold in shop-eu, shop-us"
        (error,) = (await running.ask('{ inventory(skus: ["A"]) { availableToPromise(by: "2026-01-01T00:00:00") } }'))[
            "errors"
        ]
        assert error["message"].startswith("by: an instant needs its time zone")
