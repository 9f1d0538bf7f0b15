"""Pages of other origins: which may ask here and read the answer (the CORS protocol of the Fetch standard)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from orderweave.access import Headers
from orderweave.web.refusals import BadRequest, HeaderList

# What a page may read of an answer's headers beyond what every page may.
_EXPOSED = (
    b"etag, ratelimit, ratelimit-policy, retry-after, www-authenticate, "
    b"x-orderweave-coverage, x-orderweave-next-cursor, x-request-id"
)
# Characters of the names of headers that a page asks leave for; a client's own and its tracing's are a few hundred.
_LONGEST_NAMES = 2000
_NAMES = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+(?:[ \t]*,[ \t]*[A-Za-z0-9!#$%&'*+.^_`|~-]+)*")


class Origins:
    """The origins that may ask: exact ones, such as https://portal.example.com, or "*" for all; none by default.

    With `credentials` a page may send what the browser holds of its user, which no configuration grants to "*".
    `seconds` is how long a browser may keep the leave that it was given.
    """

    def __init__(self, allowed: Iterable[str] = (), *, credentials: bool = False, seconds: int = 600) -> None:
        self._allowed = frozenset(origin.encode() for origin in allowed)
        self._all = b"*" in self._allowed
        self._credentials = credentials and not self._all
        self._seconds = seconds

    @property
    def on(self) -> bool:
        """Whether any page of another origin may ask."""
        return bool(self._allowed)

    @property
    def told_apart(self) -> bool:
        """Whether answers to different origins differ."""
        return self.on and not self._all

    def names(self, origin: bytes) -> bool:
        """Whether this very origin is allowed; with "*" none is, for that lends no page what a browser holds."""
        return not self._all and origin in self._allowed

    def is_asked(self, method: str, headers: Headers) -> bool:
        """Whether this is a browser that asks leave for a page, and pages of other origins may have one."""
        return method == "OPTIONS" and self.on and b"access-control-request-method" in headers

    def granted(self, headers: Headers) -> HeaderList:
        """What an answer says to the page that asked."""
        found = self._leave(headers.get(b"origin"))
        return [*found, (b"access-control-expose-headers", _EXPOSED)] if found else []

    def preflight(self, headers: Headers, methods: bytes) -> HeaderList:
        """The answer to a browser that asks leave for a page, where these methods are taken; raises BadRequest where
        there is none.
        """
        found = self._leave(headers.get(b"origin"))
        if not found:
            raise BadRequest(403, "pages of this origin may not ask here")
        names = headers.get(b"access-control-request-headers", b"").strip()
        if names:
            if len(names) > _LONGEST_NAMES or not _NAMES.fullmatch(names):
                raise BadRequest(400, "access-control-request-headers must be names of headers")
            # Whoever may ask at all may ask with any header: clients and tracing add their own.
            found.append((b"access-control-allow-headers", names))
        varying = b"access-control-request-headers"
        return [
            *found,
            (b"access-control-allow-methods", methods),
            (b"access-control-max-age", str(self._seconds).encode()),
            (b"vary", b"origin, " + varying if self.told_apart else varying),
        ]

    def _leave(self, origin: bytes | None) -> HeaderList:
        if origin is None or not (self._all or origin in self._allowed):
            return []
        found = [(b"access-control-allow-origin", b"*" if self._all else origin)]
        if self._credentials:
            found.append((b"access-control-allow-credentials", b"true"))
        return found
