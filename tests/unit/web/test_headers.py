"""Headers that come several times: lists are joined, and one that has a single value has none that anybody takes."""

from __future__ import annotations

from orderweave.access import Headers
from orderweave.model.rights import ANYBODY, Caller
from orderweave.web import build_app
from orderweave.web.door import Door
from orderweave.web.headers import headers_of, text_of
from tests.unit.web.exchanges import Exchange
from tests.unit.web.gateway_over_http import business


def given(*headers: tuple[str, str]) -> Headers:
    """The headers of a request that has these, as they are read."""
    return headers_of({"headers": [(name.encode(), value.encode()) for name, value in headers]})


def test_each_name_once() -> None:
    """Values are joined in their order, cookies as cookies are."""
    assert given(("accept", "a/b"), ("cookie", "a=1"), ("accept", "c/d"), ("cookie", "b=2"), ("x-request-id", "7")) == {
        b"accept": b"a/b, c/d",
        b"cookie": b"a=1; b=2",
        b"x-request-id": b"7",
    }
    assert text_of(given(("x-request-id", "7")), b"x-request-id") == "7"
    assert text_of(given(), b"x-request-id") is None


async def test_two_credentials_are_neither() -> None:
    """Whoever finds out who asks sees both in one value, and cannot take the one for the other."""
    seen: list[bytes] = []

    async def identify(headers: Headers) -> Caller:
        seen.append(headers[b"authorization"])
        return ANYBODY

    woven = business()
    twice = [("authorization", "Bearer one"), ("authorization", "Bearer two")]
    exchange = Exchange(build_app(woven.schema, woven.gateway, door=Door(identify=identify)), more=twice)
    assert (await exchange.done())[0] == 200
    assert seen == [b"Bearer one, Bearer two"]


async def test_two_content_types_are_none() -> None:
    """A body that is said to be two things is 415, though one of them is JSON."""
    woven = business()
    exchange = Exchange(build_app(woven.schema, woven.gateway), more=[("content-type", "text/plain")])
    assert (await exchange.done())[0] == 415
