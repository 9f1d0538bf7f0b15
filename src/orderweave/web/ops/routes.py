"""The operations page over HTTP: the page, the state as JSON, and signing in and out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from urllib.parse import parse_qs

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from orderweave.model.listing import SystemInfo
from orderweave.observing.history import History
from orderweave.observing.observed import Observed
from orderweave.web.ops.access import Access
from orderweave.web.ops.page import page, shown, sign_in
from orderweave.web.ops.state import state_of

# A form with a token in it.
_MOST_FORM_BYTES = 4096

Systems = Callable[[], Sequence[SystemInfo]]


def ops_routes(systems: Systems, observed: Observed, history: History, access: Access) -> list[Route]:
    """The page's routes, under /ops; `systems` gives those of the configuration at each look."""
    ops = _Ops(systems, observed, history, access)
    return [
        Route("/ops", ops.page),
        Route("/ops/state.json", ops.state),
        Route("/ops/sign-in", ops.sign_in, methods=["POST"]),
        Route("/ops/sign-out", ops.sign_out, methods=["POST"]),
    ]


class _Ops:
    def __init__(self, systems: Systems, observed: Observed, history: History, access: Access) -> None:
        self._systems = systems
        self._observed = observed
        self._history = history
        self._access = access

    async def page(self, request: Request) -> Response:
        """The page with the state in it, or the form to sign in."""
        if not self._access.allows(request):
            return self._refusal(refused=False)
        nonce = secrets.token_urlsafe(16)
        body = f'<main id="state">{shown(state_of(self._systems(), self._observed, self._history))}</main>'
        return _html(page(body, nonce=nonce, script=True, sign_out=not self._access.open), nonce)

    async def state(self, request: Request) -> Response:
        """The state as data, and as the page shows it under `html`."""
        if not self._access.allows(request):
            refused = {"error": "send the token of the operations page as a bearer token, or sign in at /ops"}
            return _guarded(_json(refused, 401), "default-src 'none'")
        state = state_of(self._systems(), self._observed, self._history)
        return _guarded(_json({**msgspec.to_builtins(state), "html": shown(state)}, 200), "default-src 'none'")

    async def sign_in(self, request: Request) -> Response:
        """A session for whoever sends the token in a form."""
        token = await _token(request)
        if self._access.open or not self._access.is_token(token):
            return self._refusal(refused=True)
        response = RedirectResponse("/ops", status_code=303)
        self._access.sign_in(response, secure=request.url.scheme == "https")
        return _guarded(response, "default-src 'none'")

    async def sign_out(self, request: Request) -> Response:
        """The end of the session."""
        response = RedirectResponse("/ops", status_code=303)
        self._access.sign_out(response)
        return _guarded(response, "default-src 'none'")

    @staticmethod
    def _refusal(*, refused: bool) -> Response:
        nonce = secrets.token_urlsafe(16)
        response = _html(page(sign_in(refused=refused), nonce=nonce, script=False), nonce, status=401)
        response.headers["www-authenticate"] = 'Bearer realm="orderweave operations"'
        return response


async def _token(request: Request) -> str:
    """The token in a form; empty for anything else."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_FORM_BYTES:
            return ""
    fields = parse_qs(body.decode("latin-1"), max_num_fields=4) if body.count(b"&") < 4 else {}
    return fields.get("token", [""])[0]


def _json(document: object, status: int) -> Response:
    return Response(msgspec.json.encode(document), status_code=status, media_type="application/json")


def _html(text: str, nonce: str, *, status: int = 200) -> Response:
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
        "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return _guarded(HTMLResponse(text, status_code=status), policy)


def _guarded(response: Response, policy: str) -> Response:
    response.headers.update(
        {
            "content-security-policy": policy,
            "cache-control": "no-store",
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
        }
    )
    return response
