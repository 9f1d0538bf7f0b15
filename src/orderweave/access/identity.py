"""What the doors ask of this room: who is it that sends these headers?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from orderweave.model.codes import Code
from orderweave.model.rights import ANYBODY, Caller

# The headers of a request, names in lower case.
Headers = Mapping[bytes, bytes]
# Finds out who asks. Raises Unidentified for a credential that does not hold; the absence of one is no error here.
Identify = Callable[[Headers], Awaitable[Caller]]


class Unidentified(Exception):
    """The caller cannot be let in as whom they say they are; the message may be shown and names no secret.

    `status` is 401 for a credential that does not hold, 403 for one that holds and gives no role, 503 where it cannot
    be checked at present; then `retry_seconds` says when it perhaps can be.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 401,
        code: Code = Code.UNAUTHENTICATED,
        retry_seconds: int = 1,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_seconds = retry_seconds

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """How to come back over HTTP: with another credential, or a little later."""
        if self.status == 401:
            return [(b"www-authenticate", b"Bearer")]
        return [(b"retry-after", str(self.retry_seconds).encode())] if self.status == 503 else []


async def anybody(headers: Headers) -> Caller:
    """Everybody is let in and sees everything: a gateway without access control."""
    return ANYBODY
