"""The calls to Fluent's API: the token, and one GraphQL operation; nothing of what the answers mean."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from orderweave_fluent_commerce.failures import failure, of_account
from orderweave_fluent_commerce.payloads import Envelope, Problem, TokenPayload
from orderweave_sdk.capabilities import Settings
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import BadPayload, FixCredentials, TimedOut
from orderweave_sdk.transport import Answer
from orderweave_sdk.upstream import Upstream, UpstreamFactory

TOKEN_PATH = "/oauth/token"  # noqa: S105  # an address
GRAPHQL_PATH = "/graphql"
ACCOUNT_HEADER = "fluent.account"

# A token is renewed so many seconds before it ends, so that none ends on the way.
_MARGIN = 60.0


class Reply(NamedTuple):
    """What stands under each name of an answer, and the errors that concern single records of it.

    `spoiled` has (name,) for an entry that stands for itself, and (name, place) for one of a list.
    """

    data: Mapping[str, bytes]
    spoiled: Mapping[tuple[str | int, ...], list[Problem]]


class Client:
    """The API of one Fluent account, as one user."""

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        account = settings.get("account")
        headers = {ACCOUNT_HEADER: str(account)} if account else {}
        self._upstream = upstream(str(settings["url"]).rstrip("/"), headers=headers)
        self._session = _Session(self._upstream, settings)

    async def ask(self, document: str, variables: Mapping[str, Any], *, operation: str, what: str, call: Call) -> Reply:
        """One operation.

        Raises FixCredentials when the user is refused or lacks a right, GiveUp for a query that Fluent refuses, Retry
        for a fault of its own, and BadPayload for an answer of another shape. Errors that concern single records come
        back with the others' data. Variables that are None are left out: no filter is not a filter for nothing.
        """
        given = {name: value for name, value in variables.items() if value is not None}
        body = {"operationName": operation, "query": document, "variables": given}
        answer = await self._sent(body, what, call)
        envelope = decode(answer.body, Envelope, what=what)
        problems = envelope.errors or []
        refusal = of_account(what, problems)
        if refusal is not None:
            raise refusal
        spoiled: dict[tuple[str | int, ...], list[Problem]] = {}
        for problem in problems:
            place = _place(problem)
            if place is None or envelope.data is None:
                raise failure(what, problems)
            spoiled.setdefault(place, []).append(problem)
        if envelope.data is None:
            raise BadPayload(f"{what}: an answer with neither data nor errors")
        return Reply(data={name: bytes(raw) for name, raw in envelope.data.items()}, spoiled=spoiled)

    async def _sent(self, body: Mapping[str, Any], what: str, call: Call) -> Answer:
        """The answer; with a token that Fluent no longer takes, the answer to the same with a new one."""
        known = self._session.token(call)
        token = known or await self._session.renewed(None, call)
        answer = await self._post(body, what, call, token, frozenset({401}) if known else frozenset())
        if answer.status == 401:
            token = await self._session.renewed(token, call)
            answer = await self._post(body, what, call, token, frozenset())
        return answer

    async def _post(
        self, body: Mapping[str, Any], what: str, call: Call, token: str, accepted: frozenset[int]
    ) -> Answer:
        return await self._upstream.send(
            "POST",
            GRAPHQL_PATH,
            operation=what,
            call=call,
            json=body,
            headers={"authorization": f"Bearer {token}"},
            accept_statuses=accepted,
        )


class _Session:
    """The token: fetched when first needed, kept until it ends or is refused."""

    def __init__(self, upstream: Upstream, settings: Settings) -> None:
        self._upstream = upstream
        self._form = urlencode(
            {
                "grant_type": "password",
                "scope": "api",
                **{name: settings[name] for name in ("client_id", "client_secret", "username", "password")},
            }
        ).encode()
        self._signing_in = asyncio.Lock()
        self._token: str | None = None
        self._ends: float | None = None

    def token(self, call: Call) -> str | None:
        """The token at hand, unless it is about to end."""
        if self._ends is not None and call.clock.monotonic() >= self._ends:
            self._token = None
        return self._token

    async def renewed(self, refused: str | None, call: Call) -> str:
        """A token other than the refused one; callers that need one together fetch one between them."""
        try:
            async with asyncio.timeout(call.remaining()), self._signing_in:
                known = self.token(call)
                if known is None or known == refused:
                    known = await self._fetched(call)
                return known
        except TimeoutError:
            raise TimedOut("sign-in: no token within the deadline") from None

    async def _fetched(self, call: Call) -> str:
        what = "sign-in"
        answer = await self._upstream.send(
            "POST",
            TOKEN_PATH,
            operation=what,
            call=call,
            body=self._form,
            headers={"content-type": "application/x-www-form-urlencoded"},
            accept_statuses=frozenset({400, 401}),
            price=0,
        )
        if answer.status != 200:
            raise FixCredentials(f"{what}: Fluent refuses the client, the username or the password")
        told = decode(answer.body, TokenPayload, what=what)
        self._token = told.access_token
        self._ends = None
        if told.expires_in is not None:
            # One that ends sooner than the margin is kept for half its time: never to be used would be of no use.
            kept = max(told.expires_in - _MARGIN, told.expires_in / 2)
            self._ends = call.clock.monotonic() + kept
        return told.access_token


def _place(problem: Problem) -> tuple[str | int, ...] | None:
    """Which record an error concerns: one under a name of its own, or one entry of a list; None for none alone."""
    path = problem.path or []
    if len(path) >= 3 and path[1] == "edges" and isinstance(path[2], int):
        return (path[0], path[2])
    return (path[0],) if path and path[0] != "found" else None
