"""The address that systems send webhooks to: /webhooks/ and the system's name.

A body is read within bounds, as bytes, and handed on; what it says is for `receiving`. Every answer says as little as
there is to say: whatever is not a system's own is answered alike, whether there is such a system or not.
"""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from orderweave.receiving import Outcome, Receiving

# Vendors' largest bodies, an order of some hundred lines or a product of many variants, have some hundred KiB.
_MOST_BODY_BYTES = 2 * 1024 * 1024
# Bytes of all bodies together that have come in part, or are being stored.
_MOST_HELD_BYTES = 32 * 1024 * 1024
# When a vendor may come back; vendors have times of their own, and some of them look.
_RETRY_AFTER = {"retry-after": "30"}
# Also what ShipHero wants to read; the others look at the status alone.
_TAKEN = b'{"code":"200","Status":"Success"}'


class Webhooks:
    """Takes deliveries over HTTP."""

    def __init__(self, receiving: Receiving) -> None:
        self._receiving = receiving
        self._held_bytes = 0

    async def __call__(self, request: Request) -> Response:
        """Answer one delivery."""
        if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
            return Response(status_code=415, headers={"accept-encoding": "identity"})
        chunks: list[bytes] = []
        size = 0
        try:
            async for chunk in request.stream():
                size += len(chunk)
                self._held_bytes += len(chunk)
                if size > _MOST_BODY_BYTES:
                    return Response(status_code=413)
                if self._held_bytes > _MOST_HELD_BYTES:
                    return _answer(Outcome.LATER)
                chunks.append(chunk)
            headers = {name.lower(): value for name, value in request.headers.items()}
            return _answer(await self._receiving.accept(request.path_params["system"], headers, b"".join(chunks)))
        except ClientDisconnect:
            return Response(status_code=400)
        finally:
            self._held_bytes -= size


def _answer(outcome: Outcome) -> Response:
    if outcome is Outcome.REFUSED:
        return Response(status_code=401, headers={"www-authenticate": "Signature"})
    if outcome is Outcome.LATER:
        return Response(status_code=503, headers=_RETRY_AFTER)
    return Response(_TAKEN, media_type="application/json")


def webhook_route(receiving: Receiving) -> Route:
    """Where systems send their webhooks."""
    return Route("/webhooks/{system}", Webhooks(receiving).__call__, methods=["POST"])
