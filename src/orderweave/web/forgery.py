"""No other site's page may ask here in a browser's name: such a request must be one that the browser asks leave for.

A browser sends some requests of any page with what it holds of its user (cookies, a certificate, its place inside a
network) and without asking whether it may: those whose method, content type and headers are "simple" (Fetch, CORS
protocol). A POST here is never simple, for its content type is JSON. A GET can be. See
docs/decisions/requests-of-other-sites.md.
"""

from __future__ import annotations

from enum import StrEnum

from orderweave.access import Headers
from orderweave.web.refusals import BadRequest

# Headers that no page can send without asking leave: Apollo's clients send the first two, the third is ours.
MARKS = (b"x-apollo-operation-name", b"apollo-require-preflight", b"orderweave-require-preflight")

_SIMPLE = frozenset({b"application/x-www-form-urlencoded", b"multipart/form-data", b"text/plain"})
# A page's own site, or a person who typed the address.
_NOBODY_ELSE = frozenset({b"same-origin", b"none"})
_REFUSAL = "a browser must ask leave for a GET: send content-type: application/json or one of the headers " + ", ".join(
    name.decode() for name in MARKS
)


class Preflight(StrEnum):
    """Which GETs must carry a mark that makes a browser ask leave first."""

    BROWSERS = "browsers"
    ALWAYS = "always"
    NEVER = "never"


def refuse_forged(headers: Headers, rule: Preflight) -> None:
    """Raise BadRequest for a GET that another site's page could have had a browser send."""
    if rule is Preflight.NEVER or _marked(headers):
        return
    if rule is Preflight.ALWAYS or _of_another_site(headers):
        raise BadRequest(400, _REFUSAL)


def _marked(headers: Headers) -> bool:
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    return bool(kind and kind not in _SIMPLE) or any(headers.get(name) for name in MARKS)


def _of_another_site(headers: Headers) -> bool:
    """Whether a browser sent it, unless it says that no other site had it do so.

    Browsers say so by Sec-Fetch-Site over TLS and on loopback; no page can set or unset it. Where it is missing they
    are known by what all of them send, and what no page can take off a request without a preflight.
    """
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site not in _NOBODY_ELSE
    telling = b"origin" in headers or b"referer" in headers or b"cookie" in headers
    return telling or headers.get(b"user-agent", b"").startswith(b"Mozilla/")
