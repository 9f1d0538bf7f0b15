"""An order on the tracking page in a real browser: what each state shows, in whose words and whose time."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser import tracked_orders
from tests.browser.tracked_orders import STATES, at, event, line, order, parcel, shipment, waiting
from tests.browser.tracking_site import EVERY, Site, after, quiet, served, shown, visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

# As it is read, whatever the breaks of lines.
EXPECTED = {
    "in-transit": """
        Order #EU1026 · placed Monday 9 March On its way Expected Tomorrow, 10:00-14:00 How far your order is
        Ordered done Monday 9 March, 9:00 Prepared done On its way now Yesterday, 10:00 Out for delivery still
        to come Delivered still to come Your parcel DHL Tracking number: 00340434161094042557 Follow at DHL
        (opens a new tab) On its way On its way to the delivery base Today, 10:00 Hamburg 2 earlier steps In this
        parcel 2 x Linen shirt, white, M 1 x Canvas belt
    """,
    "split-shipment": """
        Order #EU1026 · placed Monday 9 March Part of your order has arrived How far your order is Ordered done
        Monday 9 March, 9:00 Prepared done On its way in part Out for delivery in part Delivered in part Parcel
        1 of 2 Delivered Arrived Yesterday, 14:00 DHL Tracking number: 00340434161094042557 Follow at DHL (opens
        a new tab) Delivered Delivered to the letter box Yesterday, 14:00 Hamburg 1 earlier step In this parcel 1 x
        Brass lamp 1 x Linen shade, sand Parcel 2 of 2 Out for delivery Expected Today, 14:00-16:00 UPS Tracking
        number: 1Z999AA10123456784 Follow at UPS (opens a new tab) Out for delivery Today, 9:00 Hamburg 1 earlier
        step In this parcel 1 x Walnut side table Still to come 2 x Wool blanket
    """,
    "pick-up": """
        Order #EU1026 · placed Monday 9 March Ready for you to pick up How far your order is Ordered done Monday
        9 March, 9:00 Prepared done Ready for pick-up now Picked up still to come Pick-up: Harbor store Ready
        for you 1 x Enamel teapot 4 x Stoneware cup
    """,
    "delivered": """
        Order #EU1026 · placed Monday 9 March Delivered Arrived Today, 10:42 How far your order is Ordered done
        Monday 9 March, 9:00 Prepared done On its way done Yesterday, 10:00 Out for delivery done Today, 7:00
        Delivered done Today, 10:42 Your parcel DHL Tracking number: 00340434161094042557 Follow at DHL (opens a
        new tab) Delivered Handed to a neighbor Today, 10:42 Hamburg 2 earlier steps In this parcel 2 x Linen shirt,
        white, M
    """,
    "trouble": """
        You were missed Expected By today, 11:00 It is late. We keep an eye on it. How far your order is
    """,
    "placed": """
        We have your order How far your order is Ordered now Monday 9 March, 9:00 Being prepared still to come
    """,
    "canceled": """
        This order was canceled How far your order is Ordered done Monday 9 March, 9:00 Canceled now
        Canceled 1 x Canvas belt
    """,
    "shared": """
        In this shipment 1 x Wardrobe Canceled 2 x Felt hat
    """,
    "stale": """
        One of our systems does not answer just now, so something may be missing here. It will appear by itself.
        The latest we know is from today, 7:00, longer ago than usual. We keep asking for news.
    """,
}


@pytest.mark.parametrize("state", STATES)
async def test_what_a_state_shows(state: str, driven: Browser) -> None:
    """Each state reads as it should, every word that is drawn with a sign said in words too."""
    async with served(Site()) as site, visit(site, driven) as looking:
        site.order = STATES[state]()
        await looking.open_order()
        assert " ".join(EXPECTED[state].split()) in await shown(looking)
        assert looking.faults == []


async def test_as_of(driven: Browser) -> None:
    """The page says from when its knowledge is, that it updates itself while anything is to come, and the zone."""
    async with served(Site()) as site, visit(site, driven) as looking:
        await looking.open_order()
        assert await looking.text("#as-of") == (
            "As of: today, 11:59. This page updates by itself. All times: Central European Time."
        )
        site.order = tracked_orders.delivered()
        await after(looking, EVERY)
        assert await looking.text("#as-of") == "As of: today, 11:59. All times: Central European Time."


async def test_times_are_the_readers(driven: Browser) -> None:
    """In another zone and another language the same moments stand in that zone and that language."""
    async with (
        served(Site()) as site,
        visit(site, driven, timezone_id="America/New_York", locale="es-US") as looking,
    ):
        await looking.open_order("/track?lang=es")
        assert "Mañana, 5:00-9:00 a.m." in await shown(looking)
        assert (await looking.text("#as-of")).endswith("Todas las horas: hora oriental.")


async def test_several_parcels_of_one_shipment(driven: Browser) -> None:
    """Parcels that left together share what is in them, and each has its own number, state and time."""
    async with served(Site()) as site, visit(site, driven) as looking:
        both = shipment(
            "IN_TRANSIT",
            parcel("DELIVERED", event(at(-1), "DELIVERED", None, None), number="P1"),
            parcel("IN_TRANSIT", number="P2", carrier=None, trackingUrl="javascript:alert(1)"),
            contents={"Wardrobe": 1},
        )
        site.order = order("OPEN", "FULFILLED", shipments=[both])
        await looking.open_order()
        read = await shown(looking)
        assert "1 of 2 parcels has arrived" in read
        assert "Out for delivery 1 of 2 parcels Delivered 1 of 2 parcels" in read
        assert "2 parcels Parcel 1 of 2 Delivered Arrived Yesterday, 12:00" in read
        assert "Parcel 2 of 2 On its way Tracking number: P2 In this shipment 1 x Wardrobe" in read
        assert await looking.page.locator(".follow").count() == 1


async def test_what_is_in_which_of_several_parcels(driven: Browser) -> None:
    """Where it is said of each parcel what is in it, that stands with the parcel and not beneath them all; where it is
    said of one alone, beneath them all.
    """
    lamp, shade = [{"title": "Brass lamp", "quantity": 1}], [{"title": "Linen shade", "quantity": 2}]
    async with served(Site()) as site, visit(site, driven) as looking:
        for last, said in (
            (shade, "P1 Follow at DHL (opens a new tab) In this parcel 1 x Brass lamp Parcel 2 of 2"),
            (None, "P2 Follow at DHL (opens a new tab) In this shipment 1 x Brass lamp 2 x Linen shade"),
        ):
            parcels = [parcel("IN_TRANSIT", number="P1", lines=lamp), parcel("IN_TRANSIT", number="P2", lines=last)]
            both = shipment("IN_TRANSIT", *parcels, contents={"Brass lamp": 1, "Linen shade": 2})
            site.order = order("OPEN", "FULFILLED", shipments=[both])
            await looking.open_order()
            read = await shown(looking)
            assert said in read
            assert ("In this parcel 2 x Linen shade" in read) is (last is not None)


async def test_a_shipment_that_is_a_pickup(driven: Browser) -> None:
    """Where a system writes a shipment for what is picked up, as shops do, there is a pick-up and no parcel; once it
    was picked up the page asks no more.
    """
    async with served(Site()) as site, visit(site, driven) as looking:
        site.order = tracked_orders.pickup("FULFILLED")
        there = shipment("AVAILABLE_FOR_PICKUP", contents={"Enamel teapot": 1, "Stoneware cup": 4}, isPickup=True)
        site.order["shipments"] = [there]
        await looking.open_order()
        goods = "1 x Enamel teapot 4 x Stoneware cup"
        assert (await shown(looking)).endswith(f"Pick-up: Harbor store Ready for you {goods}")
        assert await looking.text("#headline") == "Ready for you to pick up"
        site.order["pickups"][0]["state"] = "COLLECTED"
        there["status"] = "PICKED_UP"
        await after(looking, EVERY)
        assert (await shown(looking)).endswith(f"Pick-up: Harbor store Picked up {goods}")
        assert await looking.text("#spoken") == "Picked up"
        await quiet(looking, site, 3_600_000)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("dhl", "DHL"),
        ("fedex", "FedEx"),
        ("Fedex", "FedEx"),
        ("FEDEX", "FedEx"),
        ("Ups", "UPS"),
        ("usps", "USPS"),
        ("GLS", "GLS"),
        ("dpd UK", "dpd UK"),
        ("dhl_express", "DHL Express"),
        ("royal_mail", "Royal Mail"),
        ("correos", "Correos"),
        ("mrw", "MRW"),
        ("constructor", "Constructor"),
    ],
)
async def test_carriers_by_their_code(said: str, read: str, driven: Browser) -> None:
    """A carrier that is known by its code alone, however that is written, is written as its name."""
    async with served(Site()) as site, visit(site, driven) as looking:
        there = shipment("IN_TRANSIT", parcel("IN_TRANSIT", carrier={"name": said}), contents={"Canvas belt": 1})
        site.order = order("OPEN", "FULFILLED", shipments=[there])
        await looking.open_order()
        assert await looking.text(".carrier") == read
        assert f"Follow at {read}" in await shown(looking)


# An event as a carrier tells it, and what is read of it in English, German and Spanish.
EVENTS: dict[tuple[str, str | None], tuple[str, str, str]] = {
    ("DELIVERED", "Handed to a neighbor"): (
        "Delivered Handed to a neighbor",
        "Zugestellt Handed to a neighbor",
        "Entregado Handed to a neighbor",
    ),
    ("OUT_FOR_DELIVERY", "Out for delivery."): ("Out for delivery", "In Zustellung", "En reparto"),
    ("IN_TRANSIT", "IN TRANSIT"): ("On its way", "Unterwegs", "En camino"),
    ("IN_TRANSIT", "unterwegs"): ("On its way unterwegs", "Unterwegs", "En camino unterwegs"),
    ("PICKED_UP", None): ("Handed to the carrier", "An den Versanddienst übergeben", "Entregado al transportista"),
    ("UNKNOWN", "Customs inspection"): ("Customs inspection", "Customs inspection", "Customs inspection"),
    ("TELEPORTED", "Beam ready"): ("Beam ready", "Beam ready", "Beam ready"),
    ("UNKNOWN", None): ("No news yet", "Noch nichts Neues", "Aún sin novedades"),
}
READ = "[...document.querySelectorAll('.events .message, .events .said')].map((each) => each.textContent).join(' ')"
CARRIERS = "[...document.querySelectorAll('.events [lang=\"\"]')].map((each) => each.textContent).join(' ')"


@pytest.mark.parametrize(("language", "place"), [("en", 0), ("de", 1), ("es", 2)])
async def test_what_happened_in_the_readers_words(language: str, place: int, driven: Browser) -> None:
    """An event is told by its status in the page's language; the carrier's own words, of an unknown language, stand
    beneath it where they say more, and alone where nobody knows the status.
    """
    async with served(Site()) as site, visit(site, driven) as looking:
        for (status, message), read in EVENTS.items():
            there = parcel("IN_TRANSIT", event(at(), status, message, None))
            site.order = order(
                "OPEN", "FULFILLED", shipments=[shipment("IN_TRANSIT", there, contents={"Canvas belt": 1})]
            )
            await looking.open_order(f"/track?lang={language}")
            assert await looking.page.evaluate(READ) == read[place]
            own = await looking.page.evaluate(CARRIERS)
            assert own == (message if message and read[place].endswith(message) else "")
            await looking.page.goto("about:blank")


async def test_a_parcel_and_a_pickup(driven: Browser) -> None:
    """What is in a parcel, what waits in a store and what is in neither are told apart."""
    async with served(Site()) as site, visit(site, driven) as looking:
        site.order = tracked_orders.pickup("PARTIALLY_FULFILLED", "PREPARING")
        site.order["lines"] += [line("Canvas belt", 1, shipped=1), line("Wool blanket", 2)]
        site.order["shipments"] = [shipment("IN_TRANSIT", parcel("IN_TRANSIT"), contents={"Canvas belt": 1})]
        await looking.open_order()
        read = await shown(looking)
        assert "Part of your order is on its way" in read
        assert "Pick-up: Harbor store Being prepared Ready by Today, 18:00 1 x Enamel teapot 4 x Stoneware cup" in read
        assert "In this parcel 1 x Canvas belt Still to come 2 x Wool blanket" in read


async def test_texts_are_texts(driven: Browser) -> None:
    """Markup in what systems and carriers say is shown as it is written and never becomes part of the page."""
    evil = '<img src=x onerror="document.title=1">'
    async with served(Site()) as site, visit(site, driven) as looking:
        there = parcel("IN_TRANSIT", event(at(), "IN_TRANSIT", evil, evil), number=evil, carrier={"name": evil})
        site.order = order(
            "OPEN", "FULFILLED", number=evil, shipments=[shipment("IN_TRANSIT", there, contents={evil: 1})]
        )
        await looking.open_order()
        assert (await shown(looking)).count(evil) == 7
        assert await looking.page.locator("#shown img").count() == 0
        assert looking.faults == []


async def test_what_nobody_knows(driven: Browser) -> None:
    """An order with next to nothing known, and words that came into the schema later, still are a page."""
    async with served(Site()) as site, visit(site, driven) as looking:
        bare: dict[str, Any] = {"carrier": None, "trackingUrl": None, "events": []}
        site.order = order(
            "UNKNOWN",
            "SOMETHING_NEW",
            number=None,
            placedAt=None,
            lines=[line(None, 1, shipped=None)],
            pickups=[waiting("BEAMED_UP", {})],
            shipments=[
                shipment("TELEPORTED", parcel("TELEPORTED", number=None, **bare), contents={}, shippedAt=None),
                shipment("IN_TRANSIT", contents={}, shippedAt=None),
            ],
            freshness={"asOf": None, "stale": True, "incomplete": False},
        )
        await looking.open_order()
        read = await shown(looking)
        assert "Pick-up: Harbor store Being prepared" in read
        assert "Parcel 1 of 2 No news yet Parcel 2 of 2 On its way" in read
        assert looking.faults == []
