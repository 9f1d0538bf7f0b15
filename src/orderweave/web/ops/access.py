"""Who may see the operations page: whoever sends the token, or signed in with it and holds a session cookie.

The cookie holds the moment at which it ends and a signature under the token, so that any worker knows it, none keeps
it, and a new token ends every session.
"""

from __future__ import annotations

import hashlib
import hmac

from starlette.requests import Request
from starlette.responses import Response

from orderweave_sdk.clock import Clock

COOKIE = "orderweave_ops"
PATH = "/ops"
SESSION_SECONDS = 12 * 3600
_PURPOSE = b"orderweave operations page, session until "


class Access:
    """`token` None lets everybody in: for the demo, which listens on loopback alone."""

    def __init__(self, token: str | None, clock: Clock) -> None:
        self._key = hashlib.sha256(token.encode()).digest() if token is not None else None
        self._clock = clock

    @property
    def open(self) -> bool:
        """Whether everybody is let in."""
        return self._key is None

    def allows(self, request: Request) -> bool:
        """Whether a request may see the page."""
        if self._key is None:
            return True
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.is_token(token.strip()):
            return True
        return self._in_session(request.cookies.get(COOKIE, ""))

    def is_token(self, given: str) -> bool:
        """Whether this is the token; in a time that does not tell how much of it is right, nor how long it is."""
        digest = hashlib.sha256(given.encode("utf-8", "surrogateescape")).digest()
        return self._key is not None and hmac.compare_digest(digest, self._key)

    def sign_in(self, response: Response, *, secure: bool) -> None:
        """Give the session's cookie along; `secure` where the page came over HTTPS."""
        until = str(int(self._clock.now().timestamp()) + SESSION_SECONDS)
        response.set_cookie(
            COOKIE,
            f"{until}.{self._signature(until)}",
            max_age=SESSION_SECONDS,
            path=PATH,
            secure=secure,
            httponly=True,
            samesite="strict",
        )

    def sign_out(self, response: Response) -> None:
        """Take the session's cookie away."""
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")

    def _in_session(self, cookie: str) -> bool:
        until, _, signature = cookie.partition(".")
        if not (until.isascii() and until.isdigit() and len(until) <= 12 and signature.isascii()):
            return False
        right = hmac.compare_digest(signature, self._signature(until))
        return right and int(until) > self._clock.now().timestamp()

    def _signature(self, until: str) -> str:
        assert self._key is not None
        return hmac.new(self._key, _PURPOSE + until.encode(), hashlib.sha256).hexdigest()
