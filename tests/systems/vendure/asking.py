"""A plain GraphQL client for seeding: each session keeps the token that Vendure gives it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.request import Request, urlopen

_SECONDS = 60


class Session:
    """One visitor or administrator at one of the two endpoints; its token is kept and sent along.

    `channel` is a channel's token.
    """

    def __init__(self, url: str, token: str | None = None, *, channel: str | None = None) -> None:
        self._url = url
        self._token = token
        self._channel = {"vendure-token": channel} if channel else {}

    def ask(self, document: str, variables: Mapping[str, Any] | None = None) -> Any:
        """The one root field's value; fails with what the server says, also where it is an error among the results."""
        (value,) = self.data(document, variables).values()
        assert not (isinstance(value, dict) and value.get("errorCode")), (document, value)
        return value

    def data(self, document: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """All root fields; fails with what the server says."""
        sent = json.dumps({"query": document, "variables": variables or {}}).encode()
        token = {"authorization": f"Bearer {self._token}"} if self._token else {}
        request = Request(self._url, data=sent, headers={"content-type": "application/json", **token, **self._channel})
        with urlopen(request, timeout=_SECONDS) as answer:
            self._token = answer.headers.get("vendure-auth-token") or self._token
            told = json.load(answer)
        assert not told.get("errors"), (document, told["errors"])
        data: dict[str, Any] = told["data"]
        return data
