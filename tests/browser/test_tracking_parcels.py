"""Several parcels on the tracking page in a real browser: what the top says of all of them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser.tracked_orders import Order, at, event, line, order, parcel, shipment, waiting
from tests.browser.tracking_site import Site, quiet, served, shown, visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ORDERED = "How far your order is Ordered done Monday 9 March, 9:00 Prepared done On its way"
GOING = f"{ORDERED} now Yesterday, 10:00 Out for delivery still to come Delivered still to come Parcel 1 of 2"
OUT = f"{ORDERED} done Yesterday, 10:00 Out for delivery now Delivered still to come Parcel 1 of 2"
NOT_SENT = (
    "How far your order is Ordered done Monday 9 March, 9:00 Being prepared now On its way still to come "
    "Out for delivery still to come Delivered still to come Parcel 1 of 2"
)
TONE = "document.querySelector('.head').className"


def sent(*statuses: str, **more: Any) -> Order:
    """An order of so many parcels, each a shipment of its own; nothing more is to be sent unless it is said."""
    shipments = [
        shipment(status, parcel(status, number=f"P{n}"), contents={f"Canvas belt {n}": 1})
        for n, status in enumerate(statuses, 1)
    ]
    return order("OPEN", "FULFILLED", shipments=shipments, **more)


def alike(words: str) -> str:
    """The last step of parcels of which none will come, and the first of them."""
    return f"{ORDERED} done Yesterday, 10:00 {words} Parcel 1 of 2"


# How two parcels stand; the sentence in English, German and Spanish; its tone; the steps; whether the page asks on.
TWO: dict[tuple[str, str], tuple[tuple[str, str, str], str, str, bool]] = {
    ("PENDING", "PENDING"): (
        ("We are packing your parcels", "Wir packen Ihre Pakete", "Estamos preparando sus paquetes"),
        "plain",
        NOT_SENT,
        True,
    ),
    ("LABEL_CREATED", "LABEL_CREATED"): (
        ("Your parcels are ready to leave", "Ihre Pakete sind versandbereit", "Sus paquetes están listos para salir"),
        "plain",
        NOT_SENT,
        True,
    ),
    ("PICKED_UP", "PICKED_UP"): (
        ("Your parcels are on their way", "Ihre Pakete sind unterwegs", "Sus paquetes están en camino"),
        "plain",
        GOING,
        True,
    ),
    ("PICKED_UP", "IN_TRANSIT"): (
        ("Your parcels are on their way", "Ihre Pakete sind unterwegs", "Sus paquetes están en camino"),
        "plain",
        GOING,
        True,
    ),
    ("OUT_FOR_DELIVERY", "OUT_FOR_DELIVERY"): (
        ("Your parcels are out for delivery", "Ihre Pakete sind in Zustellung", "Sus paquetes están en reparto"),
        "plain",
        OUT,
        True,
    ),
    ("AVAILABLE_FOR_PICKUP", "AVAILABLE_FOR_PICKUP"): (
        (
            "Your parcels are waiting for you at the pick-up point",
            "Ihre Pakete liegen für Sie zur Abholung bereit",
            "Sus paquetes le esperan en el punto de recogida",
        ),
        "good",
        OUT,
        True,
    ),
    ("DELIVERED", "AVAILABLE_FOR_PICKUP"): (
        (
            "1 of 2 parcels is waiting for you at the pick-up point",
            "1 von 2 Paketen liegt für Sie zur Abholung bereit",
            "Le espera 1 de 2 paquetes en el punto de recogida",
        ),
        "good",
        f"{ORDERED} done Yesterday, 10:00 Out for delivery done Delivered 1 of 2 parcels Parcel 1 of 2",
        True,
    ),
    ("DELAYED", "DELAYED"): (
        (
            "Your parcels are a little later than planned",
            "Ihre Pakete kommen etwas später als geplant",
            "Sus paquetes llegarán un poco más tarde de lo previsto",
        ),
        "trouble",
        GOING,
        True,
    ),
    ("IN_TRANSIT", "DELAYED"): (
        (
            "1 of 2 parcels is a little later than planned",
            "1 von 2 Paketen kommt etwas später als geplant",
            "1 de 2 paquetes llegará un poco más tarde de lo previsto",
        ),
        "trouble",
        GOING,
        True,
    ),
    ("EXCEPTION", "EXCEPTION"): (
        ("Your parcels are held up", "Ihre Pakete werden aufgehalten", "Sus paquetes están retenidos"),
        "trouble",
        GOING,
        True,
    ),
    ("EXCEPTION", "DELAYED"): (
        ("1 of 2 parcels is held up", "1 von 2 Paketen wird aufgehalten", "1 de 2 paquetes está retenido"),
        "trouble",
        GOING,
        True,
    ),
    ("ATTEMPTED_DELIVERY", "ATTEMPTED_DELIVERY"): (
        ("You were missed", "Sie wurden nicht angetroffen", "No le encontramos"),
        "trouble",
        OUT,
        True,
    ),
    ("ATTEMPTED_DELIVERY", "DELIVERED"): (
        (
            "You were missed for 1 of 2 parcels",
            "Bei 1 von 2 Paketen wurden Sie nicht angetroffen",
            "No le encontramos al entregar 1 de 2 paquetes",
        ),
        "trouble",
        f"{ORDERED} done Yesterday, 10:00 Out for delivery done Delivered 1 of 2 parcels Parcel 1 of 2",
        True,
    ),
    ("RETURNING", "RETURNING"): (
        (
            "Your parcels are coming back to us",
            "Ihre Pakete kommen zu uns zurück",
            "Sus paquetes vuelven a nosotros",
        ),
        "trouble",
        alike("On its way back now"),
        True,
    ),
    ("RETURNING", "IN_TRANSIT"): (
        (
            "1 of 2 parcels is coming back to us",
            "1 von 2 Paketen kommt zu uns zurück",
            "1 de 2 paquetes vuelve a nosotros",
        ),
        "trouble",
        GOING,
        True,
    ),
    ("RETURNED", "RETURNED"): (
        ("Your parcels came back to us", "Ihre Pakete kamen zu uns zurück", "Sus paquetes han vuelto a nosotros"),
        "trouble",
        alike("Came back now"),
        False,
    ),
    ("RETURNED", "DELIVERED"): (
        (
            "1 of 2 parcels came back to us",
            "1 von 2 Paketen kam zu uns zurück",
            "1 de 2 paquetes ha vuelto a nosotros",
        ),
        "trouble",
        f"{ORDERED} done Yesterday, 10:00 Out for delivery 1 of 2 parcels Delivered 1 of 2 parcels Parcel 1 of 2",
        False,
    ),
    ("LOST", "LOST"): (
        (
            "Your parcels may be lost",
            "Ihre Pakete sind vielleicht verloren",
            "Es posible que sus paquetes se hayan perdido",
        ),
        "trouble",
        alike("May be lost now"),
        False,
    ),
    ("EXPIRED", "LOST"): (
        (
            "1 of 2 parcels may be lost",
            "1 von 2 Paketen ist vielleicht verloren",
            "Es posible que se haya perdido 1 de 2 paquetes",
        ),
        "trouble",
        alike("May be lost 1 of 2 parcels"),
        False,
    ),
    ("EXPIRED", "EXPIRED"): (
        (
            "There is no more news of your parcels",
            "Von Ihren Paketen kommt nichts Neues mehr",
            "Ya no hay novedades de sus paquetes",
        ),
        "trouble",
        alike("No more news now"),
        False,
    ),
    ("DELIVERED", "EXPIRED"): (
        (
            "There is no more news of 1 of 2 parcels",
            "Von 1 von 2 Paketen kommt nichts Neues mehr",
            "Ya no hay novedades de 1 de 2 paquetes",
        ),
        "trouble",
        f"{ORDERED} done Yesterday, 10:00 Out for delivery 1 of 2 parcels Delivered 1 of 2 parcels Parcel 1 of 2",
        False,
    ),
    ("CANCELED", "CANCELED"): (
        ("These parcels were canceled", "Diese Pakete wurden storniert", "Estos paquetes se han cancelado"),
        "plain",
        "Ordered done Monday 9 March, 9:00 Prepared done Canceled now Parcel 1 of 2",
        False,
    ),
    ("TELEPORTED", "UNKNOWN"): (
        (
            "There is no news of your parcels yet",
            "Von Ihren Paketen ist noch nichts zu hören",
            "Aún no hay novedades de sus paquetes",
        ),
        "plain",
        NOT_SENT,
        True,
    ),
}
OF_THREE = {
    "LOST": (
        "2 of 3 parcels may be lost",
        "2 von 3 Paketen sind vielleicht verloren",
        "Es posible que se hayan perdido 2 de 3 paquetes",
    ),
    "EXCEPTION": (
        "2 of 3 parcels are held up",
        "2 von 3 Paketen werden aufgehalten",
        "2 de 3 paquetes están retenidos",
    ),
    "RETURNING": (
        "2 of 3 parcels are coming back to us",
        "2 von 3 Paketen kommen zu uns zurück",
        "2 de 3 paquetes vuelven a nosotros",
    ),
    "RETURNED": (
        "2 of 3 parcels came back to us",
        "2 von 3 Paketen kamen zu uns zurück",
        "2 de 3 paquetes han vuelto a nosotros",
    ),
    "AVAILABLE_FOR_PICKUP": (
        "2 of 3 parcels are waiting for you at the pick-up point",
        "2 von 3 Paketen liegen für Sie zur Abholung bereit",
        "Le esperan 2 de 3 paquetes en el punto de recogida",
    ),
    "DELAYED": (
        "2 of 3 parcels are a little later than planned",
        "2 von 3 Paketen kommen etwas später als geplant",
        "2 de 3 paquetes llegarán un poco más tarde de lo previsto",
    ),
}


def two(first: str, second: str) -> Order:
    """An order of two parcels; one whose shipment was canceled would not be shown."""
    told = sent(first, second)
    for each in told["shipments"]:
        each["status"] = "PENDING" if each["status"] == "CANCELED" else each["status"]
    return told


@pytest.mark.parametrize("statuses", TWO, ids="-".join)
async def test_two_parcels(statuses: tuple[str, str], driven: Browser) -> None:
    """Parcels that stand alike are told of in one sentence, trouble and what waits before any progress. Those that came
    back or are lost are no longer to come. The page asks on while anything can still happen.
    """
    (sentence, _, _), tone, steps, asks = TWO[statuses]
    async with served(Site()) as site, visit(site, driven) as looking:
        site.order = two(*statuses)
        await looking.open_order()
        assert await looking.text("#headline") == sentence
        assert await looking.page.evaluate(TONE) == f"head {tone}"
        assert steps in await shown(looking)
        assert looking.faults == []
        assert ("updates by itself" in await looking.text("#as-of")) is asks
        if not asks:
            await quiet(looking, site, 3_600_000)


@pytest.mark.parametrize(("language", "place"), [("de", 1), ("es", 2)])
async def test_two_parcels_in_another_language(language: str, place: int, driven: Browser) -> None:
    """Each sentence of two parcels, and each of two of three, is said in each language."""
    told = [(two(*statuses), sentences[place]) for statuses, (sentences, _, _, _) in TWO.items()]
    told += [(sent(status, status, "IN_TRANSIT"), sentences[place]) for status, sentences in OF_THREE.items()]
    async with served(Site()) as site, visit(site, driven) as looking:
        for site.order, sentence in told:
            await looking.open_order(f"/track?lang={language}")
            assert await looking.text("#headline") == sentence
            await looking.page.goto("about:blank")


async def test_two_of_three_parcels(driven: Browser) -> None:
    """Of several that stand alike among others, the sentence speaks of as many."""
    async with served(Site()) as site, visit(site, driven) as looking:
        for status, (sentence, _, _) in OF_THREE.items():
            site.order = sent(status, status, "IN_TRANSIT")
            await looking.open_order()
            assert await looking.text("#headline") == sentence
            await looking.page.goto("about:blank")


async def test_trouble_while_more_is_to_come(driven: Browser) -> None:
    """That a parcel is lost goes before what is still to be sent or fetched; so does what waits to be fetched."""
    more: dict[str, Any] = {"lines": [line("Wool blanket", 1)]}
    for told, sentence, tone in (
        (sent("LOST", **more), "Your parcel may be lost", "trouble"),
        (sent("LOST", "LOST", **more), "Your parcels may be lost", "trouble"),
        (sent("IN_TRANSIT", "EXCEPTION", **more), "1 of 2 parcels is held up", "trouble"),
        (sent("AVAILABLE_FOR_PICKUP", **more), "Part of your order is ready for you to pick up", "good"),
        (
            sent("IN_TRANSIT", pickups=[waiting("READY", {"Mug": 1})]),
            "Part of your order is ready for you to pick up",
            "good",
        ),
        (sent("LOST", pickups=[waiting("READY", {"Mug": 1})]), "Your parcel may be lost", "trouble"),
        (sent("OUT_FOR_DELIVERY", "OUT_FOR_DELIVERY", **more), "Part of your order is on its way", "plain"),
    ):
        async with served(Site()) as site, visit(site, driven) as looking:
            site.order = {**told, "fulfillmentStatus": "PARTIALLY_FULFILLED"}
            await looking.open_order()
            assert await looking.text("#headline") == sentence
            assert await looking.page.evaluate(TONE) == f"head {tone}"


async def test_one_parcel_that_came_back(driven: Browser) -> None:
    """Of a parcel that came back no step is still to come and no arrival is expected; the last says when it did."""
    async with served(Site()) as site, visit(site, driven) as looking:
        there = parcel("RETURNED", event(at(-1), "RETURNED", None, None), eta={"from": None, "to": at(1)})
        site.order = order("OPEN", "FULFILLED", shipments=[shipment("RETURNED", there, contents={"Canvas belt": 1})])
        await looking.open_order()
        assert (await shown(looking)).startswith(
            f"Order #EU1026 · placed Monday 9 March Your parcel came back to us {ORDERED} done Yesterday, 10:00 "
            "Came back now Yesterday, 12:00 Your parcel DHL"
        )
        assert await looking.page.locator(".now .tick").count() == 0


async def test_a_canceled_label_beside_a_parcel(driven: Browser) -> None:
    """A package that was canceled is no parcel beside others, in its own shipment or another, in neither headline nor
    milestones; alone, it is shown.
    """
    arrived = parcel("DELIVERED", event(at(-1), "DELIVERED", None, None), number="P1")
    voided = parcel("CANCELED", number="P2")
    belt = {"Canvas belt": 1}
    shipments = {
        "beside": [shipment("DELIVERED", arrived, voided, contents=belt)],
        "apart": [shipment("DELIVERED", arrived, contents=belt), shipment("LABEL_CREATED", voided, contents=belt)],
    }
    for told in shipments.values():
        async with served(Site()) as site, visit(site, driven) as looking:
            site.order = order("COMPLETED", "DELIVERED", shipments=told)
            await looking.open_order()
            read = await shown(looking)
            assert read.startswith(
                "Order #EU1026 · placed Monday 9 March Delivered Arrived Yesterday, 12:00 "
                f"{ORDERED} done Yesterday, 10:00 Out for delivery done Delivered done Yesterday, 12:00 "
                "Your parcel DHL Tracking number: P1"
            )
            assert read.endswith("Delivered Yesterday, 12:00 In this parcel 1 x Canvas belt")
            assert "P2" not in read
            await quiet(looking, site, 3_600_000)
    async with served(Site()) as site, visit(site, driven) as looking:
        site.order = order("OPEN", "FULFILLED", shipments=[shipment("LABEL_CREATED", voided, contents=belt)])
        await looking.open_order()
        assert await looking.text("#headline") == "This parcel was canceled"
        assert "Tracking number: P2" in await shown(looking)
