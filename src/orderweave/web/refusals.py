"""What ends a request before it is a GraphQL request, in one form."""

from __future__ import annotations

from collections.abc import Sequence

# Names in lower case, as the server takes them.
HeaderList = list[tuple[bytes, bytes]]


class BadRequest(Exception):
    """The HTTP request is no GraphQL request; `status` says how, `headers` go with it."""

    def __init__(self, status: int, message: str, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers


class CallerGone(Exception):
    """Nobody waits for an answer any more."""
