"""The headers of a request, each name once."""

from __future__ import annotations

from starlette.types import Scope

from orderweave.access import Headers


def headers_of(scope: Scope) -> Headers:
    """All headers by their names in lower case; one that comes several times is one with its values in a row.

    That is what a list means over HTTP (RFC 9110, 5.3). A header that holds one value only, such as Authorization or
    Content-Type, then holds none that anybody takes: of two, which one is meant is not for us to guess.
    """
    given: list[tuple[bytes, bytes]] = scope["headers"]
    found = dict(given)
    if len(found) != len(given):
        joined: dict[bytes, bytes] = {}
        for name, value in given:
            between = b"; " if name == b"cookie" else b", "
            joined[name] = joined[name] + between + value if name in joined else value
        return joined
    return found


def text_of(headers: Headers, name: bytes) -> str | None:
    """A header as a text, None where it is not there."""
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")
