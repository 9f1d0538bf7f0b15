"""The tracking page over HTTP: the page in each language, what it loads, and the headers that bound both."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from orderweave.config.configuration import TrackingPage
from orderweave.web.track.assets import Assets, assets
from orderweave.web.track.languages import chosen_language, languages
from orderweave.web.track.page import rendered
from orderweave.web.track.sending import Sent

# The page runs our scripts, asks our endpoint and does nothing else: no markup is ever made of a text.
_PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
# A logo is a shop's own file: opened by itself it may neither run nor load anything.
_ASSET_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "payment",
        "publickey-credentials-get",
        "usb",
    )
)
_EVERYWHERE = {
    "referrer-policy": "no-referrer",
    "permissions-policy": _PERMISSIONS,
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
}
# The page holds nothing of anybody; it may be kept, and is asked for again each time.
_ASKED_AGAIN = "no-cache"
_HTML = "text/html; charset=utf-8"
_KEPT = "public, max-age=31536000, immutable"


def track_routes(page: TrackingPage, *, live: bool = False, postal_code: bool = True) -> list[Route]:
    """The page's routes, under /track. `live` says that the endpoint has the subscription `trackedOrderUpdated`
    over graphql-sse at /graphql/stream: the page then listens to it while it is open, and polls behind it. Without
    `postal_code` the form asks for the e-mail address alone.
    """
    track = _Track(page, assets(page), live=live, postal_code=postal_code)
    return [
        Route("/track", track.page),
        Route("/track/assets/{digest}/{name}", track.asset),
    ]


class _Track:
    def __init__(self, page: TrackingPage, held: Assets, *, live: bool, postal_code: bool) -> None:
        self._digest = held.digest
        self._files = {name: Sent(asset.content, asset.media_type) for name, asset in held.files.items()}
        self._pages = {
            code: Sent(rendered(page, held, code, live=live, postal_code=postal_code).encode(), _HTML)
            for code in languages()
        }

    async def page(self, request: Request) -> Response:
        """The page in the language that the address or the browser asks for."""
        code = chosen_language(request.query_params.get("lang"), request.headers.get("accept-language"))
        headers = {
            **_EVERYWHERE,
            "content-language": code,
            "vary": "accept-language",
            "cache-control": _ASKED_AGAIN,
            "content-security-policy": _PAGE_POLICY,
        }
        return self._pages[code].answer(request, headers)

    async def asset(self, request: Request) -> Response:
        """A file of the page. Under a digest of another release it is given all the same, and not kept: a page that
        was fetched before an update still finds its scripts.
        """
        found = self._files.get(request.path_params["name"])
        if found is None:
            return Response(status_code=404, headers=_EVERYWHERE)
        ours = request.path_params["digest"] == self._digest
        headers = {
            **_EVERYWHERE,
            "cache-control": _KEPT if ours else "no-store",
            "content-security-policy": _ASSET_POLICY,
        }
        return found.answer(request, headers)
