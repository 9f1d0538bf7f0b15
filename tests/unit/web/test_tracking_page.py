"""The tracking page as it is served: its headers, what a browser may keep, its brand, and nothing of anybody's."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import httpx
import msgspec
import pytest
from graphql import build_schema, parse, validate
from starlette.applications import Starlette

from orderweave.config.configuration import Logo, TrackingPage
from orderweave.config.tracking_page import DARK_GROUND, LIGHT_GROUND
from orderweave.web import track
from orderweave.web.track import page_documents, track_routes
from orderweave.web.track.languages import languages

SDL = (Path(__file__).parents[3] / "schema.graphql").read_text()
LOGO = Logo(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/svg+xml", "svg")
BRAND = TrackingPage(
    name='Tom & "Co" <b>',
    logo=LOGO,
    accent="#7a2e5d",
    accent_dark="#e3a9cb",
    support_url="https://shop.example.com/help?a=1&b=2",
    support_email="help@example.com",
)
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
EVERYWHERE = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
}


def client_of(page: TrackingPage, *, live: bool = False) -> httpx.AsyncClient:
    """A caller of the page's routes."""
    app = Starlette(routes=track_routes(page, live=live))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gateway")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A caller of a branded page."""
    async with client_of(BRAND) as made:
        yield made


class Read(HTMLParser):
    """A page's elements as (name, attributes), and the text inside scripts and styles."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep what stands in a script or style."""
        if self.elements and self.elements[-1][0] in ("script", "style"):
            self.inline += data.strip()

    def addresses(self) -> list[str]:
        """All that the page loads."""
        loaded = [(name, given) for name, given in self.elements if name in ("script", "link", "img")]
        return [str(given.get("src") or given.get("href")) for _, given in loaded]


async def shown(client: httpx.AsyncClient, path: str = "/track") -> Read:
    """The page, read."""
    return Read((await client.get(path)).text)


async def test_headers_of_the_page(client: httpx.AsyncClient) -> None:
    """The page may run and load what is ours and nothing else, be framed by nobody, and tells nobody who sent whom."""
    response = await client.get("/track", headers={"accept-language": "de"})
    assert response.status_code == httpx.codes.OK
    policy = dict(each.split(" ", 1) for each in response.headers["content-security-policy"].split("; "))
    assert policy == POLICY
    assert EVERYWHERE.items() <= dict(response.headers).items()
    assert "geolocation=()" in response.headers["permissions-policy"]
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert (response.headers["content-language"], response.headers["vary"]) == (
        "de",
        "accept-language, accept-encoding",
    )


async def test_the_page_is_asked_for_again(client: httpx.AsyncClient) -> None:
    """A browser asks each time if the page changed, and is told in a word when it did not; each language is a page."""
    first = await client.get("/track")
    assert first.headers["cache-control"] == "no-cache"
    for known in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
        again = await client.get("/track", headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    other = await client.get("/track?lang=es", headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == httpx.codes.OK


async def test_assets_are_kept(client: httpx.AsyncClient) -> None:
    """All that the page loads lies under one digest, is kept for a year, and runs nothing when opened by itself."""
    page = await shown(client)
    addresses = page.addresses()
    assert len(addresses) == 17
    assert {address.rpartition("/")[0] for address in addresses} == {addresses[0].rpartition("/")[0]}
    kinds = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
    for address in addresses:
        response = await client.get(address)
        assert response.status_code == httpx.codes.OK, address
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["content-type"] == kinds[address.rpartition(".")[2]]
        assert "sandbox" in response.headers["content-security-policy"]
        assert EVERYWHERE.items() <= dict(response.headers).items()
        known = await client.get(address, headers={"if-none-match": response.headers["etag"]})
        assert known.status_code == httpx.codes.NOT_MODIFIED


async def test_a_first_visit_is_small(client: httpx.AsyncClient) -> None:
    """The page and all that it loads come packed, under 30 KB in all, and hold the same as unpacked."""
    paths = ["/track", *(await shown(client)).addresses()]
    total = 0
    for path in paths:
        packed = await client.get(path, headers={"accept-encoding": "br, gzip"})
        plain = await client.get(path, headers={"accept-encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.content == plain.content
        assert packed.headers["etag"] != plain.headers["etag"]
        assert "accept-encoding" in packed.headers["vary"]
        total += int(packed.headers["content-length"])
    assert total < 30_000


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("GZIP;q=0.5", True),
        ("br, gzip;q=1.0", True),
        ("gzip;", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=much", False),
        ("x-gzip, br", False),
        ("*", False),
        ("", False),
    ],
)
async def test_packed_for_those_who_take_it(accepted: str, packed: bool, client: httpx.AsyncClient) -> None:
    """Only a browser that names the packing, and does not refuse it, gets it."""
    response = await client.get("/track", headers={"accept-encoding": accepted})
    assert ("content-encoding" in response.headers) == packed


async def test_a_picture_is_not_packed_again() -> None:
    """A logo that is packed by its own nature is sent as it is."""
    logo = Logo(b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "image/png", "png")
    async with client_of(TrackingPage(logo=logo)) as client:
        response = await client.get("/track/assets/x/logo.png", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in response.headers
    assert response.content == logo.content
    assert response.headers["content-type"] == "image/png"


async def test_a_digest_of_another_release(client: httpx.AsyncClient) -> None:
    """A page from before an update still finds its scripts, which nobody keeps under that name."""
    response = await client.get("/track/assets/0123456789/page.js")
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")


async def test_another_brand_is_another_digest() -> None:
    """Changing the brand changes the addresses of what is kept."""
    paths = set()
    for brand in (BRAND, TrackingPage(), TrackingPage(accent="#101010", accent_dark="#eeeeee")):
        async with client_of(brand) as client:
            paths.add((await shown(client)).addresses()[-1])
    assert len(paths) == 3


@pytest.mark.parametrize(
    "path",
    ["routes.py", "page.html", "en.json", "..%2Fpage.html", "%2Fetc%2Fpasswd", "logo.png", "tracked_order.graphql", ""],
)
async def test_nothing_else_is_served(path: str, client: httpx.AsyncClient) -> None:
    """No other file of the folder is served, by no way of writing its name."""
    assert (await client.get(f"/track/assets/x/{path}")).status_code == httpx.codes.NOT_FOUND


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_nothing_is_sent_to_the_page(method: str, client: httpx.AsyncClient) -> None:
    """The page itself takes no form: what a guest types goes to the endpoint, in a body."""
    assert (await client.request(method, "/track")).status_code == httpx.codes.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("code", ["en", "de", "es"])
async def test_the_page_in_each_language(code: str, client: httpx.AsyncClient) -> None:
    """The language is the document's, its words are filled in everywhere, and the switcher says which it is."""
    response = await client.get(f"/track?lang={code}")
    page = Read(response.text)
    assert page.elements[0] == ("html", {"lang": code, "dir": "ltr"})
    assert "{{" not in response.text
    current = [given["hreflang"] for name, given in page.elements if name == "a" and "aria-current" in given]
    assert current == [code]
    assert [given["href"] for _, given in page.elements if "hreflang" in given] == [
        "/track?lang=de",
        "/track?lang=en",
        "/track?lang=es",
    ]


async def test_nothing_stands_inline(client: httpx.AsyncClient) -> None:
    """No script, no style and no handler stands in the page, which its policy would not run."""
    page = await shown(client)
    assert page.inline == ""
    for name, given in page.elements:
        assert name != "style"
        assert [key for key in given if key.startswith("on") or key == "style"] == [], name


async def test_nothing_comes_from_elsewhere(client: httpx.AsyncClient) -> None:
    """The page loads what is ours alone; the shop's own help page is linked to, not loaded."""
    page = await shown(client)
    assert [each for each in page.addresses() if not each.startswith("/track/assets/")] == []
    links = [given["href"] for name, given in page.elements if name == "a"]
    assert [each for each in links if not str(each).startswith("/track")] == [
        "https://shop.example.com/help?a=1&b=2",
        "mailto:help@example.com",
    ]


async def test_the_brand(client: httpx.AsyncClient) -> None:
    """Name, logo and colors are the shop's; a name with markup in it stays a name."""
    response = await client.get("/track")
    assert "<b>" not in response.text
    page = Read(response.text)
    (logo,) = [given for name, given in page.elements if name == "img"]
    assert logo["alt"] == BRAND.name
    found = await client.get(str(logo["src"]))
    assert found.content == LOGO.content
    assert found.headers["content-security-policy"].startswith("default-src 'none'")
    style = await client.get(next(each for each in page.addresses() if each.endswith("brand.css")))
    assert re.findall(r"--accent: (\S+);", style.text) == ["#7a2e5d", "#e3a9cb"]


async def test_no_support_unless_it_is_named() -> None:
    """Without a way to reach the shop there is no list of them, and without a logo the name stands for it."""
    async with client_of(TrackingPage(name="Shop")) as client:
        text = (await client.get("/track")).text
    assert 'class="support"' not in text
    assert '<p class="brand">Shop</p>' in text


NEEDED = {
    "en": "This page needs JavaScript to look up your order. Please switch it on.",
    "de": "Diese Seite braucht JavaScript, um Ihre Bestellung zu finden. Bitte schalten Sie es ein.",
    "es": "Esta página necesita JavaScript para buscar su pedido. Actívelo, por favor.",
}
REACHABLE = {
    "en": " Or get in touch with us, see below: we are glad to look for you.",
    "de": " Oder melden Sie sich bei uns, siehe unten: Wir sehen gern für Sie nach.",
    "es": " O póngase en contacto con nosotros, más abajo: con gusto lo buscamos por usted.",
}


@pytest.mark.parametrize("code", NEEDED)
async def test_without_javascript(code: str) -> None:
    """A browser without scripts is told so under a heading, and to write to the shop only where that is possible."""
    for page, reached in (
        (TrackingPage(), ""),
        (TrackingPage(support_email="help@example.com"), REACHABLE[code]),
        (TrackingPage(support_url="https://shop.example.com/help"), REACHABLE[code]),
    ):
        async with client_of(page) as client:
            text = (await client.get(f"/track?lang={code}")).text
        title = languages()[code].words["title"]
        note = f'<p class="note">{NEEDED[code]}{reached}</p>'
        assert f"<noscript><h1>{title}</h1>{note}</noscript>" in text


@pytest.mark.parametrize(("live", "stream"), [(False, None), (True, "/graphql/stream")])
async def test_what_the_scripts_are_told(live: bool, stream: str | None) -> None:
    """The page tells its scripts where to ask, by which documents, and of a stream only where the server has one."""
    async with client_of(BRAND, live=live) as client:
        page = await shown(client)
    (given,) = [given["data-page"] for name, given in page.elements if name == "body"]
    told = msgspec.json.decode(unescape(str(given)))
    assert (told["graphql"], told["stream"], told["language"]) == ("/graphql", stream, "en")
    assert told["documents"] == page_documents()
    assert told["words"]["title"] == "Where is my order?"


def test_documents_fit_the_schema() -> None:
    """Each document that the page sends is one operation that is valid under the gateway's own schema."""
    schema = build_schema(SDL)
    assert list(page_documents()) == ["track_order", "tracked_order", "tracked_order_updated"]
    for text in page_documents().values():
        document = parse(text)
        assert validate(schema, document) == []
        assert len(document.definitions) == 1


def test_grounds_are_the_style_sheets() -> None:
    """The grounds against which colors are checked when they are configured are those of the style sheet."""
    style = (Path(track.__file__).parent / "page.css").read_text()
    light, dark = style.split("@media (prefers-color-scheme: dark)", 1)
    assert f"--ground: {LIGHT_GROUND};" in light
    assert f"--card: {DARK_GROUND};" in dark
