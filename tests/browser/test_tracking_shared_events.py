"""A shipment of several parcels on the tracking page in a real browser, of which a system tells the same of all."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.browser.tracked_orders import TOLD, at, event, order, parcel, shipment, together
from tests.browser.tracking_site import EVERY, Site, after, served, shown, visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

WINDOW = {"from": at(1, hours=-2), "to": at(1, hours=2)}


@pytest.mark.parametrize(
    ("language", "read"),
    [
        (
            "en",
            "2 parcels All parcels of this shipment On its way Expected Tomorrow, 10:00-14:00 On its way Sorted in the "
            "parcel center Today, 10:00 Hamburg 1 earlier step Parcel 1 of 2 DHL Tracking number: P1 Follow at DHL "
            "(opens a new tab) Parcel 2 of 2 DHL Tracking number: P2 Follow at DHL (opens a new tab) In this shipment "
            "1 x Wardrobe",
        ),
        (
            "de",
            "2 Pakete Alle Pakete dieser Sendung Unterwegs Erwartet Morgen, 10:00-14:00 Uhr Unterwegs Sorted in the "
            "parcel center Heute, 10:00 Hamburg 1 frühere Station Paket 1 von 2 DHL Sendungsnummer: P1 Bei DHL "
            "verfolgen (öffnet einen neuen Tab) Paket 2 von 2 DHL Sendungsnummer: P2 Bei DHL verfolgen (öffnet einen "
            "neuen Tab) In dieser Sendung 1 x Wardrobe",
        ),
        (
            "es",
            "2 paquetes Todos los paquetes de este envío En camino Llegada prevista Mañana, 10:00-14:00 En camino "
            "Sorted in the parcel center Hoy, 10:00 Hamburg 1 paso anterior Paquete 1 de 2 DHL Número de seguimiento: "
            "P1 Seguir en DHL (se abre en una pestaña nueva) Paquete 2 de 2 DHL Número de seguimiento: P2 Seguir en "
            "DHL (se abre en una pestaña nueva) En este envío 1 x Wardrobe",
        ),
    ],
)
async def test_what_is_told_of_the_shipment_alone(language: str, read: str, driven: Browser) -> None:
    """Where all parcels of a shipment have the same events, these, how they stand and when they are expected stand once
    above them, and each parcel has its carrier and number alone.
    """
    async with served(Site()) as site, visit(site, driven) as looking:
        site.order = order("OPEN", "FULFILLED", shipments=[together("P1", "P2")])
        await looking.open_order(f"/track?lang={language}")
        assert (await shown(looking)).endswith(read)
        assert await looking.page.locator(".bar").count() == 1
        assert looking.faults == []


async def test_the_shipments_news_are_announced_once(driven: Browser) -> None:
    """What happens to all parcels of a shipment is read aloud once, and what was folded out stays so."""
    async with served(Site()) as site, visit(site, driven) as looking:
        site.order = order("OPEN", "FULFILLED", shipments=[together("P1", "P2"), together("P3")])
        await looking.open_order()
        await looking.page.click("#earlier-shipment-0 summary")
        news = event(at(minutes=2), "IN_TRANSIT", "Left the parcel center", None)
        changed = together("P1", "P2")
        for each in changed["packages"]:
            each["events"].append(news)
        site.order = order("OPEN", "FULFILLED", shipments=[changed, together("P3")])
        await after(looking, EVERY)
        assert await looking.text("#spoken") == "All parcels of this shipment: On its way, Left the parcel center"
        assert await looking.page.evaluate("document.querySelector('#earlier-shipment-0').open")


async def test_parcels_that_share_a_part(driven: Browser) -> None:
    """What differs stands with each parcel: other events, another status; without events, the same window once."""
    late = event(at(hours=-1), "IN_TRANSIT", None, None)
    for first, second, read in (
        (
            parcel("IN_TRANSIT", *TOLD, number="P1"),
            parcel("IN_TRANSIT", *TOLD, late, number="P2"),
            "2 parcels Parcel 1 of 2 On its way DHL Tracking number: P1",
        ),
        (
            parcel("IN_TRANSIT", *TOLD, number="P1"),
            parcel("EXCEPTION", *TOLD, number="P2"),
            "2 parcels All parcels of this shipment On its way Sorted in the parcel center Today, 10:00 Hamburg "
            "1 earlier step Parcel 1 of 2 On its way DHL Tracking number: P1",
        ),
        (
            parcel("IN_TRANSIT", number="P1", eta=WINDOW),
            parcel("IN_TRANSIT", number="P2", eta=WINDOW),
            "2 parcels All parcels of this shipment On its way Expected Tomorrow, 10:00-14:00 Parcel 1 of 2 DHL",
        ),
    ):
        async with served(Site()) as site, visit(site, driven) as looking:
            site.order = order(
                "OPEN", "FULFILLED", shipments=[shipment("IN_TRANSIT", first, second, contents={"Wardrobe": 1})]
            )
            await looking.open_order()
            assert read in await shown(looking)


async def test_what_is_in_each_parcel_of_such_a_shipment(driven: Browser) -> None:
    """What is in each of the parcels stands with it, beneath what is told of all."""
    async with served(Site()) as site, visit(site, driven) as looking:
        told = together("P1", "P2")
        for each, title in zip(told["packages"], ("Brass lamp", "Linen shade"), strict=True):
            each["lines"] = [{"title": title, "quantity": 1}]
        site.order = order("OPEN", "FULFILLED", shipments=[told])
        await looking.open_order()
        assert (await shown(looking)).endswith(
            "Parcel 1 of 2 DHL Tracking number: P1 Follow at DHL (opens a new tab) In this parcel 1 x Brass lamp "
            "Parcel 2 of 2 DHL Tracking number: P2 Follow at DHL (opens a new tab) In this parcel 1 x Linen shade"
        )
