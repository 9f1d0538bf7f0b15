"""The sentence at the top of the tracking page in a real browser, where parcels do not tell all: in each language."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser.tracked_orders import Order, line, order, parcel, shipment, waiting
from tests.browser.tracking_site import EVERY, Site, after, quiet, served, shown, visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

BELT, MUG = {"Canvas belt": 1}, {"Mug": 1}
ORDERED = "How far your order is Ordered done Monday 9 March, 9:00"
UNTRACKED: dict[str, Any] = {"number": None, "trackingUrl": None}


def bare(fulfillment: str, *, shipped: int | None = 1, **more: Any) -> Order:
    """An order of two belts of which no parcel and no pick-up is told."""
    return order("OPEN", fulfillment, lines=[line("Canvas belt", 2, shipped=shipped)], **more)


def fetched(*states: str, fulfillment: str = "PARTIALLY_FULFILLED", **more: Any) -> Order:
    """An order of a mug in each store, and a belt that is still to be sent."""
    stores = [waiting(state, MUG, place=place) for state, place in zip(states, ("Berlin", "Hamburg"), strict=False)]
    lines = [line("Mug", len(states), fetched=len(states)), line("Canvas belt", 1)]
    return order("OPEN", fulfillment, **{"lines": lines, "pickups": stores, **more})


SILENT = {"freshness": {"asOf": None, "stale": False, "incomplete": True}}
# The order; the sentence in English, German and Spanish; what else is read; whether the page goes on asking.
STATES: dict[str, tuple[Order, tuple[str, str, str], str, bool]] = {
    "delivered": (
        bare("DELIVERED", shipped=2),
        ("Delivered", "Zugestellt", "Entregado"),
        f"{ORDERED} Prepared done On its way done Out for delivery done Delivered done",
        False,
    ),
    "delivered, a system silent": (
        bare("DELIVERED", shipped=None, **SILENT),
        ("Delivered", "Zugestellt", "Entregado"),
        "One of our systems does not answer just now",
        True,
    ),
    "fulfilled": (
        bare("FULFILLED", shipped=None),
        ("Your order is on its way", "Ihre Bestellung ist unterwegs", "Su pedido está en camino"),
        f"{ORDERED} Prepared done On its way now Out for delivery still to come Delivered still to come",
        True,
    ),
    "delivered in part": (
        bare("PARTIALLY_DELIVERED"),
        ("Part of your order has arrived", "Ein Teil ist angekommen", "Ha llegado una parte de su pedido"),
        "On its way in part Out for delivery in part Delivered in part Still to come 1 x Canvas belt",
        True,
    ),
    "fulfilled in part": (
        bare("PARTIALLY_FULFILLED"),
        ("Part of your order is on its way", "Ein Teil ist unterwegs", "Una parte de su pedido está en camino"),
        "On its way in part Out for delivery still to come Delivered still to come Still to come 1 x Canvas belt",
        True,
    ),
    "fulfilled in part, nobody says what": (
        bare("PARTIALLY_FULFILLED", shipped=None),
        ("Part of your order is on its way", "Ein Teil ist unterwegs", "Una parte de su pedido está en camino"),
        "On its way in part Out for delivery still to come Delivered still to come",
        True,
    ),
    "nothing to send": (
        order("OPEN", "NOT_REQUIRED", lines=[line("Gift card", 1)]),
        (
            "Nothing needs to be sent for this order",
            "Für diese Bestellung wird nichts verschickt",
            "Este pedido no requiere ningún envío",
        ),
        ORDERED,
        False,
    ),
    "collected, and more to send": (
        fetched("COLLECTED"),
        ("Part of your order was picked up", "Ein Teil ist abgeholt", "Se ha recogido una parte de su pedido"),
        "Pick-up: Berlin Picked up 1 x Mug Still to come 1 x Canvas belt",
        True,
    ),
    "ready, and more to send": (
        fetched("READY"),
        (
            "Part of your order is ready for you to pick up",
            "Ein Teil liegt zur Abholung bereit",
            "Una parte de su pedido está lista para recoger",
        ),
        "Pick-up: Berlin Ready for you 1 x Mug Still to come 1 x Canvas belt",
        True,
    ),
    "collected, and a system silent that has the rest": (
        fetched("COLLECTED", fulfillment="FULFILLED", **SILENT),
        ("Part of your order was picked up", "Ein Teil ist abgeholt", "Se ha recogido una parte de su pedido"),
        "Pick-up: Berlin Picked up 1 x Mug",
        True,
    ),
    "of two stores one collected": (
        fetched(
            "COLLECTED",
            "PREPARING",
            lines=[line("Mug", 2, fetched=2)],
            shipments=[shipment("DELIVERED", contents=MUG, isPickup=True)],
        ),
        (
            "We are preparing it for pick-up",
            "Wir machen es zur Abholung bereit",
            "Lo estamos preparando para recoger",
        ),
        "Pick-up: Berlin Picked up 1 x Mug Pick-up: Hamburg Being prepared Ready by Today, 18:00 1 x Mug",
        True,
    ),
    "one sent, one of the same to fetch": (
        fetched(
            "PREPARING",
            lines=[line("Mug", 2, shipped=1, fetched=1)],
            shipments=[shipment("DELIVERED", parcel("DELIVERED", **UNTRACKED), contents=MUG)],
        ),
        ("Part of your order has arrived", "Ein Teil ist angekommen", "Ha llegado una parte de su pedido"),
        "Pick-up: Berlin Being prepared Ready by Today, 18:00 1 x Mug Your parcel Delivered DHL In this parcel 1 x Mug",
        True,
    ),
}


@pytest.mark.parametrize("state", STATES)
async def test_the_sentence_at_the_top(state: str, driven: Browser) -> None:
    """It says how things stand, as do the steps and parts beneath it; the page asks on while anything is to come."""
    told, (sentence, _, _), read, asks = STATES[state]
    async with served(Site()) as site, visit(site, driven) as looking:
        site.order = told
        await looking.open_order()
        assert await looking.text("#headline") == sentence
        assert read in await shown(looking)
        assert looking.faults == []
        if asks:
            await after(looking, EVERY)
        else:
            await quiet(looking, site, 3_600_000)


@pytest.mark.parametrize(("language", "place"), [("de", 1), ("es", 2)])
async def test_the_sentence_in_another_language(language: str, place: int, driven: Browser) -> None:
    """Each sentence is said in each language."""
    async with served(Site()) as site, visit(site, driven) as looking:
        for told, sentences, _, _ in STATES.values():
            site.order = told
            await looking.open_order(f"/track?lang={language}")
            assert await looking.text("#headline") == sentences[place]
            await looking.page.goto("about:blank")
