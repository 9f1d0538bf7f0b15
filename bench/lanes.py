"""`python -m bench.lanes [--seconds N]`: what a portal notices of a report on the same shop, over real sockets.

A simulated shop with Shopify's cost bucket (4,000 points, 200 a second) runs in a process of its own. A portal looks
up an order twice a second: alone, beside six reports in the lane `analytics`, and beside the same reports in its own
lane. The last line is JSON. `throttled` are calls that the shop turned away, `held_back` those that were refused before
they were made.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import sys
import time
from multiprocessing.connection import Connection
from typing import Any

import msgspec

from orderweave.bootstrap import Orderweave
from orderweave.config import Configuration, installed
from orderweave.config.loading import read
from orderweave.config.registry import simulator
from orderweave.model.provenance import SourceIssue
from orderweave.model.terms import Lane
from orderweave_sdk.capabilities import Search
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import Facet, Key
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.world import World

SCREEN = frozenset({Facet.HEADER, Facet.LINES, Facet.PAYMENTS})
REPORT = frozenset({Facet.HEADER, Facet.LINES})
REPORTS = 6
_EVERY = 0.5
_DEADLINE = 10.0
_POINTS = (4000.0, 200.0)


def shop(talk: Connection) -> None:
    """The shop's process: tells its settings, and ends when it is told to."""

    async def serve() -> None:
        running: Any = simulator("shopify")()
        running.throttles = True
        running.bucket.maximum, running.bucket.per_second = _POINTS
        # Prices go by what is asked, not by what is found: a few orders keep the simulator itself out of the figures.
        whole = sample_world(running.external_id)
        running.seed(World(orders=whole.orders[:3]))
        await running.start()
        talk.send(running.settings())
        await asyncio.to_thread(talk.recv)
        await running.stop()

    asyncio.run(serve())


def configured(settings: dict[str, Any]) -> Configuration:
    """The shop as the configuration names it, live, and nothing retried: every call that is turned away is seen."""
    given = {**settings, "access_token": {"env": "TOKEN"}}
    shop = {"connector": "shopify", "settings": given, "calls": {"attempts": 1}}
    document = {"cache": {"enabled": False}, "systems": {"shop": shop}}
    return read(
        document, file="bench.lanes", registry=installed(), environment={"TOKEN": str(settings["access_token"])}
    )


class Figures(msgspec.Struct):
    """What one load saw, in seconds."""

    waits: list[float]
    throttled: int = 0
    held_back: int = 0
    pages: int = 0

    def count(self, issue: SourceIssue | None) -> None:
        """One more question, and how it failed."""
        if issue is not None and issue.reason == "THROTTLED":
            turned_away = "our quota" not in issue.message
            self.throttled += turned_away
            self.held_back += not turned_away

    def told(self) -> dict[str, float]:
        """As it is printed; milliseconds."""
        ordered = sorted(self.waits)
        return {
            "screens": len(ordered),
            "p50_ms": round(1000 * ordered[len(ordered) // 2], 1),
            "p95_ms": round(1000 * ordered[len(ordered) * 95 // 100], 1),
            "report_pages": self.pages,
            "throttled": self.throttled,
            "held_back": self.held_back,
        }


async def load(seconds: float, reports: int, lane: Lane) -> Figures:
    """So many seconds of a portal beside so many reports, on a fresh shop."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=shop, args=(theirs,))
    process.start()
    woven = Orderweave(configured(await asyncio.to_thread(ours.recv)))
    figures = Figures(waits=[])
    end = time.monotonic() + seconds

    async def look_up() -> None:
        began = time.monotonic()
        answer = await woven.systems.find_orders("shop", [Key("number", "1001")], SCREEN, woven.systems.call(_DEADLINE))
        figures.waits.append(time.monotonic() - began)
        figures.count(answer.failed)

    async def report() -> None:
        search = Search(conditions=(), sort=SearchField.PLACED_AT, descending=True, size=50, after=None, facets=REPORT)
        while time.monotonic() < end:
            page = await woven.systems.search_orders("shop", search, woven.systems.call(_DEADLINE, lane))
            figures.count(page.failed)
            figures.pages += page.failed is None

    tasks = [asyncio.create_task(report()) for _ in range(reports)]
    while time.monotonic() < end:
        tasks.append(asyncio.create_task(look_up()))
        await asyncio.sleep(_EVERY)
    await asyncio.gather(*tasks)
    await woven.close()
    ours.send("end")
    await asyncio.to_thread(process.join)
    return figures


def main() -> int:
    """Measure; 1 when the shop turned a call away."""
    parser = argparse.ArgumentParser(prog="bench.lanes", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="how long each of the three loads lasts")
    seconds = parser.parse_args().seconds
    found = {}
    for name, reports, lane in (
        ("alone", 0, Lane.INTERACTIVE),
        ("beside_analytics", REPORTS, Lane.ANALYTICS),
        ("beside_its_own_lane", REPORTS, Lane.INTERACTIVE),
    ):
        found[name] = asyncio.run(load(seconds, reports, lane)).told()
        print(f"{name:20} {found[name]}")
    print(json.dumps(found))
    return int(any(figures["throttled"] for figures in found.values()))


if __name__ == "__main__":
    sys.exit(main())
