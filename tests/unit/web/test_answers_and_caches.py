"""What caches are told is true: nobody keeps a POST's answer or an error; a caller's own may ask again for a GET's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orderweave.web import Door, compressing
from orderweave.web.compressing import SMALLEST_COMPRESSED, accepts_gzip
from orderweave.web.etags import etag_of, is_known
from orderweave.web.wishes import COST_HEADER, EXPLAIN_HEADER
from orderweave_sdk.errors import Unreachable
from tests.unit.web.gateway_over_http import NEW, business, caller

QUERY = '{ order(by: {number: "1001"}) { number customer { email } } }'
VARY = "Accept, Accept-Encoding, Authorization, Cookie, Orderweave-Cost, Orderweave-Explain, X-API-Key"
LARGE = "{ " + " ".join(f"s{number}: systems {{ name title kind capabilities facets }}" for number in range(18)) + " }"


async def test_answers_that_nobody_keeps() -> None:
    """A POST's answer, an error of a GET and one in part are private and no-store, without a tag."""
    woven = business()
    async with caller(woven) as client:
        posted = await client.post("/graphql", json={"query": QUERY})
        broken = await client.get("/graphql", params={"query": "{"})
        woven.fakes["shop"].error = Unreachable("orders: no connection")
        partly = await client.get(
            "/graphql", params={"query": '{ systems { name } order(by: {number: "4711"}) { id } }'}
        )
        for response in (posted, broken, partly):
            assert response.headers["cache-control"] == "private, no-store"
            assert response.headers["vary"] == VARY
            assert "etag" not in response.headers
        again = await client.post("/graphql", json={"query": QUERY}, headers={"if-none-match": "*"})
    assert again.status_code == 200


async def test_a_get_is_asked_for_again() -> None:
    """The caller that has the bytes is told so in 304 without them; once they change, they come with another tag."""
    woven = business()
    async with caller(woven) as client:
        first = await client.get("/graphql", params={"query": QUERY})
        tag = first.headers["etag"]
        assert first.headers["cache-control"] == "private, no-cache"
        assert tag == etag_of(first.content).decode()
        for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            second = await client.get("/graphql", params={"query": QUERY}, headers={"if-none-match": known})
            assert (second.status_code, second.content) == (304, b"")
            assert (second.headers["etag"], second.headers["vary"]) == (tag, VARY)
            assert second.headers["cache-control"] == "private, no-cache"
            assert "content-type" not in second.headers
        other = await client.get("/graphql", params={"query": QUERY}, headers={"if-none-match": '"other"'})
        assert (other.status_code, other.headers["etag"]) == (200, tag)
        changed = await client.get(
            "/graphql", params={"query": '{ order(by: {number: "1002"}) { number } }'}, headers={"if-none-match": tag}
        )
        assert changed.status_code == 200
        assert changed.headers["etag"] != tag


async def test_the_media_type_is_part_of_what_is_kept() -> None:
    """The same bytes in another media type are another answer for a cache: Vary names Accept."""
    async with caller() as client:
        response = await client.get("/graphql", params={"query": QUERY}, headers={"accept": NEW})
    assert "Accept," in response.headers["vary"]


@pytest.mark.parametrize("header", [COST_HEADER, EXPLAIN_HEADER])
async def test_what_a_header_adds_to_an_answer_is_part_of_what_is_kept(header: str) -> None:
    """The price and the plan make other bytes of the same question, and `Vary` names the header that asks for them."""
    async with caller() as client:
        plain = await client.get("/graphql", params={"query": QUERY})
        more = await client.get("/graphql", params={"query": QUERY}, headers={header: "1"})
    assert plain.headers["etag"] != more.headers["etag"]
    assert header in plain.headers["vary"].lower().split(", ")


async def test_head_is_get_without_the_body() -> None:
    """All headers of the GET, its length and tag among them, and no bytes; also 304, and also for an error."""
    async with caller() as client:
        for query in (QUERY, "{"):
            got = await client.get("/graphql", params={"query": query})
            head = await client.head("/graphql", params={"query": query})
            assert head.content == b""
            assert (head.status_code, dict(head.headers)) == (got.status_code, dict(got.headers))
        tag = (await client.head("/graphql", params={"query": QUERY})).headers["etag"]
        known = await client.head("/graphql", params={"query": QUERY}, headers={"if-none-match": tag})
        assert known.status_code == 304


@pytest.mark.parametrize(
    ("given", "known"),
    [(None, False), (b"", False), (b"*", True), (b'"a"', True), (b'W/"a"', True), (b'"b", "c"', False)],
)
def test_tags(given: bytes | None, known: bool) -> None:
    """A tag is known where it stands among those that were sent."""
    assert is_known(given, b'"a"') is known


async def test_compressed_answers() -> None:
    """A large answer comes compressed to who reads that, with a tag of its own; unless that is off."""
    async with caller() as client:
        plain = await client.get("/graphql", params={"query": LARGE}, headers={"accept-encoding": "identity"})
        small = await client.get("/graphql", params={"query": LARGE}, headers={"accept-encoding": "br, gzip"})
        assert len(plain.content) >= SMALLEST_COMPRESSED
        assert (small.headers["content-encoding"], small.content) == ("gzip", plain.content)
        assert "content-encoding" not in plain.headers
        assert int(small.headers["content-length"]) < len(plain.content) / 4
        assert small.headers["etag"] != plain.headers["etag"]
        known = {"accept-encoding": "gzip", "if-none-match": small.headers["etag"]}
        again = await client.get("/graphql", params={"query": LARGE}, headers=known)
        assert (again.status_code, again.headers["etag"]) == (304, small.headers["etag"])
        assert "content-encoding" not in again.headers
        tiny = await client.get("/graphql", params={"query": QUERY}, headers={"accept-encoding": "gzip"})
        assert "content-encoding" not in tiny.headers
    async with caller(door=Door(compress=False)) as client:
        response = await client.get("/graphql", params={"query": LARGE}, headers={"accept-encoding": "gzip"})
        assert "content-encoding" not in response.headers


async def test_a_very_large_answer_is_compressed_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long to compress is handed to a thread; the bytes are the same."""
    monkeypatch.setattr(compressing, "_MOST_BETWEEN", SMALLEST_COMPRESSED)
    beside: list[int] = []

    async def to_thread(compress: Callable[..., bytes], body: bytes, *rest: int) -> bytes:
        beside.append(len(body))
        return compress(body, *rest)

    monkeypatch.setattr("orderweave.web.compressing.asyncio.to_thread", to_thread)
    async with caller() as client:
        response = await client.post("/graphql", json={"query": LARGE}, headers={"accept-encoding": "gzip"})
        plain = await client.post("/graphql", json={"query": LARGE}, headers={"accept-encoding": "identity"})
    assert response.content == plain.content
    assert beside == [len(plain.content)]


@pytest.mark.parametrize(
    ("accepted", "read"),
    [
        (None, False),
        (b"", False),
        (b"gzip", True),
        (b"br, GZIP;q=0.5", True),
        (b"gzip;q=0", False),
        (b"gzip; q=0.000", False),
        (b"x-gzip", False),
        (b"identity, *", False),
    ],
)
def test_who_reads_gzip(accepted: bytes | None, read: bool) -> None:
    """Only who names it, with a quality above zero."""
    assert accepts_gzip(accepted) is read
