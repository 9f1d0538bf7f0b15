"""What was canceled on the tracking page in a real browser: an order, a part of it, and what is said of it then."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser.tracked_orders import Order, at, event, line, order, parcel, shipment, waiting
from tests.browser.tracking_site import Site, quiet, served, shown, visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

STEPS = (
    "Order #EU1026 · placed Monday 9 March This order was canceled How far your order is Ordered done Monday 9 March, "
    "9:00 Canceled now"
)


def called_off(title: str, ordered: int, canceled: int, **more: Any) -> dict[str, Any]:
    """A line of which so many were canceled."""
    told = line(title, ordered, **more)
    told["quantity"]["canceled"] = canceled
    told["toCome"] = max(0, (told["toCome"] or 0) - canceled)
    return told


def canceled(*lines: dict[str, Any], **more: Any) -> Order:
    """An order that was canceled as a whole; nothing is to come of it."""
    return order("CANCELED", "CANCELED", lines=[{**each, "toCome": 0} for each in lines], **more)


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Canceled"), ("de", "Storniert"), ("es", "Cancelado")], ids=["en", "de", "es"]
)
async def test_a_part_that_was_canceled(language: str, title: str, driven: Browser) -> None:
    """Lines of which all or some was canceled stand on a card of their own, beside what comes."""
    async with served(Site()) as site, visit(site, driven) as looking:
        belt = shipment("IN_TRANSIT", parcel("IN_TRANSIT"), contents={"Canvas belt": 1})
        lines = [called_off("Canvas belt", 3, 2, shipped=1), called_off("Felt hat", 2, 2), line("Wool blanket", 1)]
        site.order = order("OPEN", "PARTIALLY_FULFILLED", lines=lines, shipments=[belt])
        await looking.open_order(f"/track?lang={language}")
        assert await looking.text(".called-off") == f"{title} 2 x Canvas belt 2 x Felt hat"
        assert (await looking.text(".left")).endswith("1 x Wool blanket")
        assert looking.faults == []


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        ([line("Canvas belt", 1), line(None, 2)], "Canceled 1 x Canvas belt 2 x Article"),
        ([line("Canvas belt", 1, shipped=None)], "Canceled 1 x Canvas belt"),
        ([called_off("Canvas belt", 1, 1), line("Felt hat", 2)], "Canceled 1 x Canvas belt 2 x Felt hat"),
        ([called_off("Canvas belt", 2, 2, shipped=2)], "Canceled 2 x Canvas belt"),
    ],
    ids=["nobody says so of the lines", "nobody says what left", "said of one line", "called back"],
)
async def test_a_canceled_order_lists_its_goods(lines: list[dict[str, Any]], read: str, driven: Browser) -> None:
    """Of an order that was canceled as a whole all goods that had not left are canceled, whatever is said of the lines;
    the page asks no more.
    """
    async with served(Site()) as site, visit(site, driven) as looking:
        site.order = canceled(*lines)
        await looking.open_order()
        assert await shown(looking) == f"{STEPS} {read}"
        await quiet(looking, site, 3_600_000)


async def test_a_canceled_order_with_a_parcel(driven: Browser) -> None:
    """Of a canceled order nothing is expected, though a parcel of it is under way, which says so itself; what came
    before it was canceled came.
    """
    moving = parcel("IN_TRANSIT", event(at(-1), "IN_TRANSIT", "Sorted", "Bonn"), eta={"from": None, "to": at(1)})
    there = parcel("DELIVERED", event(at(-1), "DELIVERED", None, None))
    for status, told, read in (
        (
            "IN_TRANSIT",
            moving,
            "On its way DHL Tracking number: 003404341610 Follow at DHL (opens a new tab) On its way",
        ),
        ("DELIVERED", there, "Delivered Arrived Yesterday, 12:00 DHL Tracking number: 003404341610"),
    ):
        async with served(Site()) as site, visit(site, driven) as looking:
            site.order = canceled(
                line("Canvas belt", 1, shipped=1),
                line("Felt hat", 1),
                shipments=[shipment(status, told, contents={"Canvas belt": 1})],
            )
            await looking.open_order()
            said = await shown(looking)
            assert said.startswith(f"{STEPS} Your parcel {read}")
            assert said.endswith("In this parcel 1 x Canvas belt Canceled 1 x Felt hat")
            assert "Expected" not in said


async def test_a_canceled_order_with_pickups(driven: Browser) -> None:
    """What was not fetched before the order was canceled is not told to be ready; what was fetched was fetched."""
    async with served(Site()) as site, visit(site, driven) as looking:
        states = ("PREPARING", "READY", "CANCELED", "COLLECTED")
        pickups = [waiting(state, {f"Mug {state.lower()}": 1}) for state in states]
        site.order = canceled(line("Mug ready", 1), line("Mug collected", 1), pickups=pickups)
        await looking.open_order()
        assert await shown(looking) == (
            f"{STEPS} Pick-up: Harbor store Picked up 1 x Mug collected Canceled 1 x Mug ready"
        )


async def test_a_canceled_order_of_which_something_left(driven: Browser) -> None:
    """Where a parcel has left and nobody says which goods, those alone are canceled that are said to be."""
    async with served(Site()) as site, visit(site, driven) as looking:
        there = parcel("DELIVERED", event(at(-1), "DELIVERED", None, None))
        lines = [line("Canvas belt", 1, shipped=None), called_off("Felt hat", 2, 1, shipped=None)]
        site.order = canceled(*lines, shipments=[shipment("DELIVERED", there, contents={})])
        await looking.open_order()
        assert await looking.text(".called-off") == "Canceled 1 x Felt hat"
