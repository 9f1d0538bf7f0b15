"""The README's portal: only known documents are run, and the tracking page that comes with it goes on working."""

from __future__ import annotations

import json
import tomllib
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx

from orderweave.bootstrap import Orderweave
from orderweave.config import Configuration, installed
from orderweave.config.loading import read
from orderweave.demo import DemoBusiness
from orderweave.web import build_app
from orderweave.web.track import track_routes
from tests.documents.pages import blocks, chapter, read_page
from tests.unit.web.live.reading import Reader

PORTAL = "\n".join(blocks(chapter(read_page("README.md"), "For a portal"), "toml"))
LISTED = "{ systems { name } }"


class Body(HTMLParser):
    """What the page tells its scripts."""

    told: dict[str, Any]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read it from the body."""
        if tag == "body":
            self.told = json.loads(unescape(dict(attrs)["data-page"] or ""))


def portal(business: DemoBusiness, folder: Path) -> Configuration:
    """The business's systems behind the README's portal."""
    systems = business.configuration()
    (folder / "persisted-documents.json").write_text(json.dumps({"systems": LISTED}))
    text = business.toml + PORTAL
    environment = {**business.environment, "TRACKING_KEY": "k" * 40}
    found = read(
        tomllib.loads(text), file=str(folder / "orderweave.toml"), registry=installed(), environment=environment
    )
    assert list(found.systems) == list(systems.systems)
    return found


async def test_the_tracking_page_of_a_portal_that_runs_known_documents_alone(tmp_path: Path) -> None:
    """The page's mutation, query and subscription are answered as it sends them; a document of the manifest is
    known as well (and guests may not ask it), and any other, the page's with a blank more included, is refused.
    """
    async with DemoBusiness(seed=7, orders=20) as business:
        configuration = portal(business, tmp_path)
        assert configuration.tracking is not None
        woven = Orderweave(configuration)
        app = build_app(
            woven.schema,
            woven.gateway,
            door=woven.door,
            more=track_routes(configuration.tracking.page, live=True),
        )
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gateway") as client,
        ):
            page = Body()
            page.feed((await client.get("/track")).text)
            documents = page.told["documents"]

            async def asked(query: str, **variables: str) -> Any:
                return (await client.post("/graphql", json={"query": query, "variables": variables})).json()

            number, email = business.telling_number(), business.telling_email()
            attempt = await asked(documents["track_order"], number=number, email=email)
            token = attempt["data"]["trackOrder"]["access"]["token"]
            shown = await asked(documents["tracked_order"], token=token)
            assert shown["data"]["trackedOrder"]["number"] == number
            stream = Reader(app, body={"query": documents["tracked_order_updated"], "variables": {"token": token}})
            first = await stream.told()
            assert first is not None
            assert first["data"] == {"data": {"trackedOrderUpdated": {"__typename": "TrackedOrderUpdate"}}}
            stream.hang_up()
            await stream.task
            assert (await asked(LISTED))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
            for text in ("{ __typename }", documents["tracked_order"] + " "):
                assert (await asked(text))["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_KNOWN"
