"""The calls to ShipHero, and nothing about what the records mean."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import BadPayload, FixCredentials, TimedOut
from orderweave_sdk.metering import Quota
from orderweave_sdk.transport import Answer
from orderweave_sdk.upstream import Upstream
from orderweave_shiphero.credits import MOST_CREDITS
from orderweave_shiphero.failures import failure, of_account, passing, says_absent
from orderweave_shiphero.operations import Request
from orderweave_shiphero.payloads import Envelope, Problem, Token


class Reply(NamedTuple):
    """What came for each alias: `results` where it came, `problems` where it did not. Absent ones are in neither."""

    results: Mapping[str, msgspec.Raw]
    problems: Mapping[str, list[Problem]]


class Client:
    """ShipHero's GraphQL endpoint behind its token endpoint."""

    def __init__(self, upstream: Upstream, refresh_token: str) -> None:
        self._upstream = upstream
        self._tokens = _Tokens(upstream, refresh_token)

    @property
    def credits(self) -> Quota | None:
        """The account's credits as the last answer gave them; None before the first."""
        return self._upstream.quota

    @property
    def most_credits(self) -> float:
        """What one request may cost at most; the documented bucket until an answer has told the account's own."""
        quota = self._upstream.quota
        return min(MOST_CREDITS, quota.maximum) if quota else MOST_CREDITS

    async def ask(self, request: Request, call: Call, *, price: float) -> Reply:
        """One request, of at most so many credits.

        Raises when it fails as a whole: no data, the account refused, or a fault in every alias.
        """
        answer = await self._send(request, call, price)
        envelope = decode(answer.body, Envelope, what=request.operation)
        await self._keep_quota(envelope, price)
        problems = envelope.errors or []
        account = of_account(request.operation, problems)
        if account is not None:
            raise account
        if not envelope.data:
            if problems:
                raise failure(request.operation, problems)
            raise BadPayload(f"{request.operation}: an answer with neither data nor errors")
        if any(alias not in envelope.data for alias in request.aliases):
            raise BadPayload(f"{request.operation}: an answer without what was asked for")
        spoiled = _by_alias(envelope.data, problems)
        if spoiled is None:
            raise failure(request.operation, problems)
        if len(spoiled) == len(envelope.data) and (fault := passing(request.operation, problems)):
            raise fault
        return Reply(
            results={alias: raw for alias, raw in envelope.data.items() if alias not in spoiled},
            problems={
                alias: relevant
                for alias, found in spoiled.items()
                if (relevant := [problem for problem in found if not says_absent(problem)])
            },
        )

    async def _send(self, request: Request, call: Call, price: float) -> Answer:
        token = await self._tokens.current(call)
        answer = await self._post(request, token, call, price=price, accept_statuses=frozenset({400, 401}))
        if answer.status == 401:
            token = await self._tokens.renewed(token, call)
            answer = await self._post(request, token, call, price=price, accept_statuses=frozenset({400}))
        return answer

    async def _post(
        self, request: Request, token: str, call: Call, *, price: float, accept_statuses: frozenset[int]
    ) -> Answer:
        return await self._upstream.send(
            "POST",
            "/graphql",
            operation=request.operation,
            call=call,
            json={
                "operationName": request.operation,
                "query": request.document,
                "variables": request.variables,
            },
            headers={"authorization": f"Bearer {token}"},
            accept_statuses=accept_statuses,
            price=price,
        )

    async def _keep_quota(self, envelope: Envelope, price: float) -> None:
        throttling = envelope.extensions.throttling if envelope.extensions else None
        if throttling is not None and throttling.user_quota is not None:
            quota = throttling.user_quota
            told = Quota(
                available=quota.credits_remaining, maximum=quota.max_available, per_second=quota.increment_rate
            )
            await self._upstream.learn(told, unspent=0.0 if throttling.cost is None else price - throttling.cost)


class _Tokens:
    """The access token: made from the refresh token when first needed, kept until it is refused."""

    def __init__(self, upstream: Upstream, refresh_token: str) -> None:
        self._upstream = upstream
        self._refresh_token = refresh_token
        self._token: str | None = None
        self._renewing = asyncio.Lock()

    async def current(self, call: Call) -> str:
        """The token at hand."""
        return self._token or await self.renewed(None, call)

    async def renewed(self, refused: str | None, call: Call) -> str:
        """A token other than the refused one; callers that were refused together make one between them."""
        try:
            async with asyncio.timeout(call.remaining()), self._renewing:
                if self._token is None or self._token == refused:
                    self._token = await self._made(call)
                return self._token
        except TimeoutError:
            raise TimedOut("token: none within the deadline") from None

    async def _made(self, call: Call) -> str:
        operation = "token"
        answer = await self._upstream.send(
            "POST",
            "/auth/refresh",
            operation=operation,
            call=call,
            json={"refresh_token": self._refresh_token},
            accept_statuses=frozenset({400}),
            price=0.0,
        )
        if answer.status == 400:
            raise FixCredentials(f"{operation}: the refresh token is refused")
        return decode(answer.body, Token, what=operation).access_token


def _by_alias(data: Mapping[str, msgspec.Raw], problems: list[Problem]) -> dict[str, list[Problem]] | None:
    """Which problem spoils which alias; None when one cannot be laid at any alias's door.

    A problem names its alias by its path or, in ShipHero's own form, by `operation`. One that names only the
    root field is laid at every alias that came back empty.
    """
    spoiled: dict[str, list[Problem]] = {}
    for problem in problems:
        named = problem.path[0] if problem.path else problem.operation
        aliases = [str(named)] if named in data else [alias for alias, raw in data.items() if _is_empty(raw)]
        if not aliases:
            return None
        for alias in aliases:
            spoiled.setdefault(alias, []).append(problem)
    return spoiled


class _Result(msgspec.Struct):
    data: msgspec.Raw = msgspec.Raw(b"null")


def _is_empty(raw: msgspec.Raw) -> bool:
    """Whether a result is null, or an object whose data is."""
    try:
        result = msgspec.json.decode(raw, type=_Result | None)
    except msgspec.DecodeError:
        return False
    return result is None or bytes(result.data) == b"null"
