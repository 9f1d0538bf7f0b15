"""docs/tracking-page.md holds against the page: its headers are those that are sent, its pictures are small."""

from __future__ import annotations

import re

import httpx
import pytest
from graphql import build_schema, parse, validate
from starlette.applications import Starlette

from orderweave.config.configuration import TrackingPage
from orderweave.web.track import track_routes
from tests.documents.pages import ROOT, blocks, code_of, read_page, table

PAGE = read_page("docs/tracking-page.md")
PICTURES = ROOT / "docs" / "images" / "track"
LARGEST_PICTURE = 60_000


async def test_headers_are_those_that_are_sent() -> None:
    """The table of headers has what comes with the page, value by value, and the first six come with its style too."""
    written = {code_of(name): code_of(value) for name, value in table(PAGE, "header", "value")}
    transport = httpx.ASGITransport(app=Starlette(routes=track_routes(TrackingPage())))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        page, style = await client.get("/track"), await client.get("/track/assets/x/page.css")
    about_itself = {"content-type", "content-length", "content-encoding", "content-language", "etag"}
    assert written == {name: value for name, value in page.headers.items() if name not in about_itself}
    for name in list(written)[:6]:
        assert style.headers[name] == written[name]


def test_pictures_are_there_and_small() -> None:
    """Every picture that there is is shown, with words for those who do not see it, and none is large."""
    shown = dict(re.findall(r"!\[([^\]]+)\]\(images/track/([\w-]+\.png)\)", PAGE))
    assert sorted(shown.values()) == sorted(path.name for path in PICTURES.glob("*.png"))
    assert len(shown) == 6
    for name in shown.values():
        assert (PICTURES / name).stat().st_size < LARGEST_PICTURE, name


@pytest.mark.parametrize("name", ["TRACK", "TRACKED"])
def test_documents_of_the_example_are_valid(name: str) -> None:
    """What the example asks is valid under the gateway's own schema."""
    schema = build_schema((ROOT / "schema.graphql").read_text())
    (example,) = blocks(PAGE, "js")
    (query,) = re.findall(rf"const {name} = `([^`]+)`", example)
    assert validate(schema, parse(query)) == []
