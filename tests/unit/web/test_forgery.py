"""Requests of other sites' pages in a browser's name: none is run that the browser has not asked leave for."""

from __future__ import annotations

import pytest

from orderweave.web import Door
from orderweave.web.forgery import Preflight, refuse_forged
from orderweave.web.refusals import BadRequest
from tests.unit.web.gateway_over_http import caller

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GET = {"query": "{ systems { name } }"}

# What an <img>, a link or a simple fetch of another page's script carries, by what the browser is and knows.
OTHERS = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "content-type": "text/plain"},
    {"sec-fetch-site": ""},
    {"user-agent": BROWSER},
    {"user-agent": BROWSER, "content-type": "text/plain;charset=UTF-8"},
    {"user-agent": BROWSER, "content-type": "application/x-www-form-urlencoded"},
    {"user-agent": BROWSER, "content-type": "multipart/form-data; boundary=x"},
    {"user-agent": BROWSER, "apollo-require-preflight": ""},
    {"user-agent": "Opera/9.80 (Android)", "referer": "https://evil.example"},
    {"origin": "null"},
    {"origin": "https://evil.example"},
    {"referer": "https://evil.example/page"},
    {"cookie": "session=1"},
]
# What no page can have a browser send without a preflight.
MARKED = [
    {"content-type": "application/json"},
    {"content-type": "application/json; charset=utf-8"},
    {"content-type": "not a type"},
    {"x-apollo-operation-name": "Systems"},
    {"apollo-require-preflight": "true"},
    {"orderweave-require-preflight": "1"},
]
# Commands, servers, the page's own site, an address that was typed.
NOBODYS = [
    {},
    {"user-agent": "curl/8.5.0"},
    {"user-agent": "node", "sec-fetch-mode": "cors"},
    {"user-agent": BROWSER, "sec-fetch-site": "none"},
    {"user-agent": BROWSER, "sec-fetch-site": "same-origin", "referer": "https://gateway/explorer"},
]


def runs(headers: dict[str, str], rule: Preflight) -> bool:
    """Whether a GET with these headers is let through."""
    try:
        refuse_forged({name.encode(): value.encode() for name, value in headers.items()}, rule)
    except BadRequest as error:
        return error.status != 400
    return True


@pytest.mark.parametrize("headers", OTHERS, ids=str)
def test_a_page_of_another_site_gets_nothing(headers: dict[str, str]) -> None:
    """Whatever a browser sends of itself is refused, and let through once it bears a mark, or where nobody minds."""
    assert not runs(headers, Preflight.BROWSERS)
    assert not runs(headers, Preflight.ALWAYS)
    assert runs({**headers, "orderweave-require-preflight": "1"}, Preflight.BROWSERS)
    assert runs(headers, Preflight.NEVER)


@pytest.mark.parametrize("headers", MARKED, ids=str)
def test_what_a_browser_asks_leave_for(headers: dict[str, str]) -> None:
    """Each mark lets a GET through by every rule, from a browser too."""
    for rule in Preflight:
        assert runs(headers, rule)
        assert runs({**headers, "user-agent": BROWSER, "sec-fetch-site": "cross-site"}, rule)


@pytest.mark.parametrize("headers", NOBODYS, ids=str)
def test_what_no_page_sends(headers: dict[str, str]) -> None:
    """A command or a person needs no mark, unless the strict rule is configured."""
    assert runs(headers, Preflight.BROWSERS)
    assert not runs(headers, Preflight.ALWAYS)


@pytest.mark.parametrize("path", ["/graphql", "/graphql/stream"])
async def test_event_streams(path: str) -> None:
    """A page of another site cannot have a GET answered by an event stream either; a page of its own needs no mark."""
    wanted = {"accept": "text/event-stream"}
    async with caller() as client:
        for forged in ({"cookie": "session=1"}, {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}):
            response = await client.get(path, params=GET, headers={**wanted, **forged})
            assert (response.status_code, response.json()["errors"][0]["extensions"]) == (400, {"code": "BAD_REQUEST"})
            marked = await client.get(path, params=GET, headers={**wanted, **forged, "apollo-require-preflight": "1"})
            assert marked.headers["content-type"] == "text/event-stream; charset=utf-8"
        own = await client.get(path, params=GET, headers={**wanted, "sec-fetch-site": "same-origin"})
        assert own.headers["content-type"] == "text/event-stream; charset=utf-8"


async def test_over_http() -> None:
    """A forged GET and HEAD are 400 and nothing is run; with a mark, and by another rule, they are answered."""
    forged = {"user-agent": BROWSER, "cookie": "session=1"}
    async with caller() as client:
        for method in ("GET", "HEAD"):
            response = await client.request(method, "/graphql", params=GET, headers=forged)
            assert response.status_code == 400
        refusal = (await client.get("/graphql", params=GET, headers=forged)).json()["errors"][0]
        assert refusal["extensions"] == {"code": "BAD_REQUEST"}
        assert "content-type: application/json" in refusal["message"]
        marked = await client.get("/graphql", params=GET, headers={**forged, "apollo-require-preflight": "1"})
        assert marked.status_code == 200
        assert (await client.get("/graphql", params=GET)).status_code == 200
    async with caller(door=Door(preflight=Preflight.ALWAYS)) as client:
        assert (await client.get("/graphql", params=GET)).status_code == 400
    async with caller(door=Door(preflight=Preflight.NEVER)) as client:
        assert (await client.get("/graphql", params=GET, headers=forged)).status_code == 200


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
async def test_simple_posts_are_never_run(content_type: str) -> None:
    """No form can POST: the content types that need no leave are 415 by every rule."""
    for rule in Preflight:
        async with caller(door=Door(preflight=rule)) as client:
            body = '{"query":"{ systems { name } }"}'
            headers = {"content-type": content_type, "apollo-require-preflight": "1"}
            assert (await client.post("/graphql", content=body, headers=headers)).status_code == 415
