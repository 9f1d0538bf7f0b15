"""The calls to Vendure's Admin API: signing in, and what its errors mean; nothing of what the answers mean."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from orderweave_sdk.capabilities import Settings
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp, Retry, TimedOut, UpstreamError
from orderweave_sdk.transport import Answer
from orderweave_sdk.upstream import Upstream, UpstreamFactory
from orderweave_vendure.operations import LOGIN
from orderweave_vendure.payloads import Envelope, GraphqlError, LoginData

T = TypeVar("T")

TOKEN_HEADER = "vendure-auth-token"  # noqa: S105  # the header's name
KEY_HEADER = "vendure-api-key"
CHANNEL_HEADER = "vendure-token"

# Nobody is signed in, the session has ended, or the account lacks the right: Vendure says all three alike, in a 200.
_REFUSED = frozenset({"FORBIDDEN", "UNAUTHORIZED"})
_WRONG = frozenset({"USER_INPUT_ERROR", "BAD_USER_INPUT", "CHANNEL_NOT_FOUND", "ENTITY_NOT_FOUND"})


class Client:
    """The Admin API of one server, as one administrator or by one API key, in one channel."""

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        headers: dict[str, str] = {}
        if settings.get("channel"):
            headers[CHANNEL_HEADER] = settings["channel"]
        if settings.get("api_key"):
            headers[KEY_HEADER] = settings["api_key"]
        self._path = f"/{str(settings.get('admin_path') or 'admin-api').strip('/')}"
        self._upstream = upstream(settings["url"].rstrip("/"), headers=headers)
        self._session = (
            None
            if settings.get("api_key")
            else _Session(self._upstream, self._path, settings["username"], settings["password"])
        )

    async def ask(
        self, document: str, variables: Mapping[str, Any], kind: type[T], *, operation: str, what: str, call: Call
    ) -> T:
        """The answer's data as `kind`.

        Raises FixCredentials when the account is refused or lacks a right, GiveUp for a request that Vendure refuses,
        Retry for a fault of its own, and BadPayload for an answer of another shape.
        """
        body = {"operationName": operation, "query": document, "variables": variables}
        answer = await self._sent(body, what, call)
        whole: Any = Envelope[kind]  # type: ignore[valid-type]  # a type made at run time
        envelope: Envelope[T] = decode(answer.body, whole, what=what)
        if envelope.errors:
            raise _failure(what, envelope.errors)
        if envelope.data is None:
            raise BadPayload(f"{what}: an answer with neither data nor errors")
        return envelope.data

    async def _sent(self, body: Mapping[str, Any], what: str, call: Call) -> Answer:
        """The answer; with a session that had ended, the answer to the same after one new sign-in."""
        if self._session is None:
            return await self._post(body, what, call, {}, frozenset())
        known = self._session.token
        token = known or await self._session.renewed(None, call)
        accepted = frozenset({401}) if known else frozenset[int]()
        answer = await self._post(body, what, call, _bearer(token), accepted)
        if known and (answer.status == 401 or _is_refused(answer)):
            token = await self._session.renewed(token, call)
            answer = await self._post(body, what, call, _bearer(token), frozenset())
        return answer

    async def _post(
        self, body: Mapping[str, Any], what: str, call: Call, headers: Mapping[str, str], accepted: frozenset[int]
    ) -> Answer:
        return await self._upstream.send(
            "POST", self._path, operation=what, call=call, json=body, headers=headers, accept_statuses=accepted
        )


class _Session:
    """The sign-in: made when first needed, kept until it is refused."""

    def __init__(self, upstream: Upstream, path: str, username: str, password: str) -> None:
        self._upstream = upstream
        self._path = path
        self._credentials = {"username": username, "password": password}
        self._signing_in = asyncio.Lock()
        self.token: str | None = None

    async def renewed(self, refused: str | None, call: Call) -> str:
        """A token other than the refused one; callers that were refused together sign in once between them."""
        try:
            async with asyncio.timeout(call.remaining()), self._signing_in:
                if self.token is None or self.token == refused:
                    self.token = await self._signed_in(call)
                return self.token
        except TimeoutError:
            raise TimedOut("sign-in: no session within the deadline") from None

    async def _signed_in(self, call: Call) -> str:
        what = "sign-in"
        body = {"operationName": "Login", "query": LOGIN, "variables": self._credentials}
        answer = await self._upstream.send("POST", self._path, operation=what, call=call, json=body)
        envelope = decode(answer.body, Envelope[LoginData], what=what)
        if envelope.errors:
            raise _failure(what, envelope.errors)
        if envelope.data is None:
            raise BadPayload(f"{what}: an answer with neither data nor errors")
        if envelope.data.login.error_code is not None:
            raise FixCredentials(f"{what}: Vendure refuses the username or the password")
        token = answer.headers.get(TOKEN_HEADER)
        if not token:
            raise FixCredentials(f"{what}: Vendure gives no token; its authOptions.tokenMethod must hold 'bearer'")
        return token


def _bearer(token: str) -> Mapping[str, str]:
    return {"authorization": f"Bearer {token}"}


def _is_refused(answer: Answer) -> bool:
    """Whether a 200 says that the session is not, or no longer, good."""
    if b'"FORBIDDEN"' not in answer.body and b'"UNAUTHORIZED"' not in answer.body:
        return False
    try:
        errors = decode(answer.body, _Problems, what="errors").errors or []
    except BadPayload:
        return False
    return any(_code(error) in _REFUSED for error in errors)


class _Problems(Envelope[Any]):
    """An answer of which only the errors are read."""


def _failure(what: str, errors: Sequence[GraphqlError]) -> UpstreamError:
    """What the errors of one answer ask of us; the gravest decides. Codes and fields are told, messages never."""
    codes = sorted({_code(error) for error in errors})
    places = sorted({str(error.path[0]) for error in errors if error.path})
    told = ", ".join(codes) + (f" at {', '.join(places)}" if places else "")
    if _REFUSED.intersection(codes):
        return FixCredentials(f"{what}: Vendure refuses the account, or it lacks a right ({told})")
    if any(code in _WRONG or code.startswith("GRAPHQL_") for code in codes):
        return GiveUp(f"{what}: Vendure refuses the request ({told})")
    return Retry(f"{what}: Vendure has a fault of its own ({told})")


def _code(error: GraphqlError) -> str:
    return (error.extensions.code if error.extensions else None) or "no code"
