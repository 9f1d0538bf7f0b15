"""Times on the tracking page in a real browser: windows, what is late, and from when what is shown is."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser.tracked_orders import Order, at, in_transit, order, parcel, shipment
from tests.browser.tracking_site import EVERY, Site, after, passes, served, visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

LANGUAGES = ("en", "de", "es")


def expected(eta: dict[str, str | None] | None, **more: Any) -> Order:
    """One parcel on its way, expected then."""
    there = parcel("IN_TRANSIT", eta=eta, **more)
    return order("OPEN", "FULFILLED", shipments=[shipment("IN_TRANSIT", there, contents={"Canvas belt": 1})])


# When a parcel is expected, and what is read of it in English, German and Spanish; it is noon.
WINDOWS: dict[str, tuple[dict[str, str | None], tuple[str, str, str]]] = {
    "a beginning": (
        {"from": at(1), "to": None},
        (
            "Expected From tomorrow, 12:00",
            "Erwartet Ab morgen, 12:00",
            "Llegada prevista A partir de: mañana, 12:00",
        ),
    ),
    "a beginning that has passed": (
        {"from": at(-1), "to": None},
        (
            "Expected From yesterday, 12:00",
            "Erwartet Ab gestern, 12:00",
            "Llegada prevista A partir de: ayer, 12:00",
        ),
    ),
    "an evening": (
        {"from": at(hours=9), "to": at(hours=14)},
        (
            "Expected Today, 21:00 - tomorrow, 2:00",
            "Erwartet Heute, 21:00 - morgen, 2:00",
            "Llegada prevista Hoy, 21:00 - mañana, 2:00",
        ),
    ),
    "a night of another day": (
        {"from": at(4, hours=9), "to": at(4, hours=14)},
        (
            "Expected Monday 16 March, 21:00 - Tuesday 17 March, 2:00",
            "Erwartet Montag, 16. März, 21:00 - Dienstag, 17. März, 2:00",
            "Llegada prevista Lunes, 16 de marzo, 21:00 - martes, 17 de marzo, 2:00",
        ),
    ),
    "days": (
        {"from": at(1), "to": at(2)},
        (
            "Expected Fri 13 March - Sat 14 March",
            "Erwartet Fr., 13. - Sa., 14. März",
            "Llegada prevista Vie, 13 de marzo - sáb, 14 de marzo",
        ),
    ),
    "an end before its beginning": (
        {"from": at(2), "to": at(1)},
        ("Expected By tomorrow, 12:00", "Erwartet Bis morgen, 12:00", "Llegada prevista Antes de: mañana, 12:00"),
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_when_it_is_expected(language: str, driven: Browser) -> None:
    """A beginning without an end is told as one and is never late; a window of a night keeps its hours; one of days is
    told in days.
    """
    async with served(Site()) as site, visit(site, driven) as looking:
        for eta, read in WINDOWS.values():
            site.order = expected(eta)
            await looking.open_order(f"/track?lang={language}")
            assert await looking.text(".head .expected") == read[LANGUAGES.index(language)]
            await looking.page.goto("about:blank")


async def test_late_while_the_page_is_open(driven: Browser) -> None:
    """An open page says that a parcel is late once its window has passed, though the answers are the same."""
    async with served(Site()) as site, visit(site, driven) as looking:
        site.order = expected({"from": None, "to": at(minutes=3)})
        await looking.open_order()
        assert await looking.text(".head .expected") == "Expected By today, 12:03"
        await passes(looking, 240_000)
        assert await looking.text(".head .expected") == "Expected By today, 12:03 It is late. We keep an eye on it."


STALE = {
    "en": "The latest we know is from today, {time}, longer ago than usual. We keep asking for news.",
    "de": "Das Neueste, was wir wissen, ist von heute, {time}, etwas älter als sonst. Wir fragen weiter nach.",
    "es": "Lo último que sabemos es de hoy, {time}, algo más antiguo de lo habitual. Seguimos pidiendo novedades.",
}


@pytest.mark.parametrize("language", STALE)
async def test_the_word_on_old_news_moves_on(language: str, driven: Browser) -> None:
    """While all else stays the same, the time that is said of old news is that of the latest answer, and what the
    reader has marked stays marked; when the news are of today again, nothing is said.
    """
    async with served(Site()) as site, visit(site, driven) as looking:
        for hours, time in ((-5, "7:00"), (-1, "11:00")):
            site.order = in_transit(freshness={"asOf": at(hours=hours), "stale": True, "incomplete": False})
            if hours == -5:
                await looking.open_order(f"/track?lang={language}")
                await looking.page.evaluate("getSelection().selectAllChildren(document.querySelector('.carriage'))")
            else:
                await after(looking, EVERY)
            assert await looking.text("#notes") == STALE[language].format(time=time)
            assert time in await looking.text("#as-of")
        assert "00340434161094042557" in await looking.page.evaluate("getSelection().toString()")
        site.order = in_transit()
        await after(looking, EVERY)
        assert await looking.page.is_hidden("#notes")


ZONES = {
    "en": "All times: Eastern Time.",
    "de": "Alle Zeiten: Nordamerikanische Ostküstenzeit.",
    "es": "Todas las horas: hora oriental.",
}


@pytest.mark.parametrize("language", ZONES)
async def test_the_zone_of_summer_and_winter(language: str, driven: Browser) -> None:
    """Its name is that of the zone all year, for the times that are told may be of summer or winter."""
    async with served(Site()) as site, visit(site, driven, timezone_id="America/New_York") as looking:
        await looking.open_order(f"/track?lang={language}")
        assert (await looking.text("#as-of")).endswith(ZONES[language])


async def test_a_zone_without_summer(driven: Browser) -> None:
    """A zone that has no name for both is told by its one."""
    async with served(Site()) as site, visit(site, driven, timezone_id="UTC") as looking:
        await looking.open_order()
        assert (await looking.text("#as-of")).endswith("All times: Coordinated Universal Time.")
