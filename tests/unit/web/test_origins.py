"""Pages of other origins: off by default, exact origins or all, leave by preflight, and headers that say the truth."""

from __future__ import annotations

import httpx
import pytest

from orderweave.web import Door
from orderweave.web.origins import Origins
from tests.unit.web.gateway_over_http import caller

PORTAL = "https://portal.example.com"
BODY = {"query": "{ systems { name } }"}
ASKING = {"origin": PORTAL, "access-control-request-method": "POST"}


# What a page may read of an answer's headers.
EXPOSED = (
    "etag, ratelimit, ratelimit-policy, retry-after, www-authenticate, "
    "x-orderweave-coverage, x-orderweave-next-cursor, x-request-id"
)


def granted(response: httpx.Response) -> dict[str, str]:
    """What of an answer's headers is said to a page's browser."""
    return {name: value for name, value in response.headers.items() if name.startswith("access-control-")}


async def test_off_by_default() -> None:
    """No page is told anything, a preflight is a method that is not ours, and no answer depends on the origin."""
    async with caller() as client:
        preflight = await client.options("/graphql", headers=ASKING)
        answer = await client.post("/graphql", json=BODY, headers={"origin": PORTAL})
    assert (preflight.status_code, granted(preflight)) == (405, {})
    assert (answer.status_code, granted(answer)) == (200, {})
    assert "Origin" not in answer.headers["vary"]


async def test_an_exact_origin() -> None:
    """It is given leave for what it asks for, with how long that holds, and may read our headers of the answer."""
    door = Door(origins=Origins([PORTAL, "http://localhost:3000"], seconds=7200))
    async with caller(door=door) as client:
        asked = {**ASKING, "access-control-request-headers": "content-type, authorization,sentry-trace"}
        preflight = await client.options("/graphql", headers=asked)
        answer = await client.post("/graphql", json=BODY, headers={"origin": PORTAL})
        broken = await client.post("/graphql", content=b"{", headers={"origin": PORTAL, "content-type": "text/plain"})
    assert (preflight.status_code, preflight.content) == (204, b"")
    assert granted(preflight) == {
        "access-control-allow-origin": PORTAL,
        "access-control-allow-methods": "GET, HEAD, POST",
        "access-control-allow-headers": "content-type, authorization,sentry-trace",
        "access-control-max-age": "7200",
    }
    assert preflight.headers["vary"] == "origin, access-control-request-headers"
    told = {"access-control-allow-origin": PORTAL, "access-control-expose-headers": EXPOSED}
    assert granted(answer) == granted(broken) == told
    assert answer.headers["vary"].endswith(", Origin")


@pytest.mark.parametrize(
    "origin",
    [
        "https://portal.example.com.evil.example",
        "http://portal.example.com",
        PORTAL.upper(),
        f"{PORTAL}:444",
        "null",
        "*",
        "",
    ],
)
async def test_origins_that_only_look_alike(origin: str) -> None:
    """Another scheme, port, host or spelling is another origin: no leave, and no answer that its page could read."""
    async with caller(door=Door(origins=Origins([PORTAL], credentials=True))) as client:
        preflight = await client.options("/graphql", headers={**ASKING, "origin": origin})
        answer = await client.post("/graphql", json=BODY, headers={"origin": origin})
    assert (preflight.status_code, granted(preflight)) == (403, {})
    assert (answer.status_code, granted(answer)) == (200, {})


async def test_all_origins() -> None:
    """Every page may ask, none with its browser's credentials, and all get the same answer."""
    async with caller(door=Door(origins=Origins(["*"], credentials=True))) as client:
        preflight = await client.options("/graphql", headers={**ASKING, "origin": "https://any.example"})
        answer = await client.post("/graphql", json=BODY, headers={"origin": "https://any.example"})
    assert granted(preflight)["access-control-allow-origin"] == granted(answer)["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in {**granted(preflight), **granted(answer)}
    assert "Origin" not in answer.headers["vary"]


async def test_credentials() -> None:
    """Exact origins may be lent what the browser holds of its user, in leave and answer."""
    async with caller(door=Door(origins=Origins([PORTAL], credentials=True))) as client:
        preflight = await client.options("/graphql", headers=ASKING)
        answer = await client.post("/graphql", json=BODY, headers={"origin": PORTAL})
    for response in (preflight, answer):
        assert granted(response)["access-control-allow-credentials"] == "true"


@pytest.mark.parametrize("names", ["a b", "a,,b", "x" * 2001, "naïve", "a;b", ","])
async def test_names_that_are_no_headers(names: str) -> None:
    """Nothing is sent back that is no list of headers' names."""
    async with caller(door=Door(origins=Origins([PORTAL]))) as client:
        headers = [*((name.encode(), value.encode()) for name, value in ASKING.items())]
        headers.append((b"access-control-request-headers", names.encode("latin-1")))
        assert (await client.options("/graphql", headers=headers)).status_code == 400


async def test_an_options_that_is_no_preflight() -> None:
    """Without the method that is asked leave for it is a method that is not ours."""
    async with caller(door=Door(origins=Origins([PORTAL]))) as client:
        response = await client.options("/graphql", headers={"origin": PORTAL})
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, POST")


STREAM = "/graphql/stream"
TOLD = {"access-control-allow-origin": PORTAL, "access-control-expose-headers": EXPOSED}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
async def test_event_streams_ask_leave_too(method: str) -> None:
    """For each method of graphql-sse and the headers that its client sends, as for JSON; other origins get none."""
    names = "content-type,last-event-id,x-graphql-event-stream-token"
    asked = {
        **ASKING,
        "accept": "*/*",
        "access-control-request-method": method,
        "access-control-request-headers": names,
    }
    async with caller(door=Door(origins=Origins([PORTAL], seconds=7200))) as client:
        preflight = await client.options(STREAM, headers=asked)
        other = await client.options(STREAM, headers={**asked, "origin": "https://evil.example"})
    assert (preflight.status_code, preflight.content) == (204, b"")
    assert granted(preflight) == {
        "access-control-allow-origin": PORTAL,
        "access-control-allow-methods": "GET, POST, PUT, DELETE",
        "access-control-allow-headers": names,
        "access-control-max-age": "7200",
    }
    assert preflight.headers["vary"] == "origin, access-control-request-headers"
    assert (other.status_code, granted(other)) == (403, {})


async def test_a_page_reads_event_streams() -> None:
    """Streams, reservations, what is sent to them, and refusals say who may read them; nothing is said to others."""
    events = {"origin": PORTAL, "accept": "text/event-stream"}
    async with caller(door=Door(origins=Origins([PORTAL]))) as client:
        made = await client.put(STREAM, headers={"origin": PORTAL})
        token = {"origin": PORTAL, "x-graphql-event-stream-token": made.text}
        sent = await client.post(STREAM, json={**BODY, "extensions": {"operationId": "1"}}, headers=token)
        ended = await client.delete(STREAM, headers=token)
        stream = await client.post(STREAM, json=BODY, headers=events)
        at_graphql = await client.post("/graphql", json=BODY, headers=events)
        refused = await client.post(STREAM, content=b"{", headers=events)
        other = await client.post(STREAM, json=BODY, headers={**events, "origin": "https://evil.example"})
    answers = [made, sent, ended, stream, at_graphql, refused]
    assert [answer.status_code for answer in answers] == [201, 202, 404, 200, 200, 415]
    for answer in answers:
        assert granted(answer) == TOLD
        assert answer.headers["vary"].endswith(", Origin")
    assert (other.status_code, granted(other)) == (200, {})
