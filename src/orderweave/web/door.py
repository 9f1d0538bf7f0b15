"""What one configuration says of the endpoint: who is let in, which pages may ask, what is run, how answers go back."""

from __future__ import annotations

from orderweave.access import Identify, anybody
from orderweave.operations.persisted import Documents
from orderweave.web.addresses import Addresses
from orderweave.web.forgery import Preflight
from orderweave.web.origins import Origins

# Who asks is told by Authorization, by a key of their own, or by a browser's cookie; what stands beside the data is
# asked for by the headers of `wishes`.
_VARY = b"Accept, Accept-Encoding, Authorization, Cookie, Orderweave-Cost, Orderweave-Explain, X-API-Key"


class Door:
    """The endpoint's rules, which come and go with their gateway. `identify` finds out who asks, by default nobody is
    asked and everybody may see everything; `addresses` read where a request comes from. With `compress` large answers
    are compressed for callers who can read that. `vary` is what of a request an answer depends on, beside the address
    and the body.
    """

    def __init__(
        self,
        *,
        identify: Identify = anybody,
        addresses: Addresses | None = None,
        origins: Origins | None = None,
        documents: Documents | None = None,
        preflight: Preflight = Preflight.BROWSERS,
        compress: bool = True,
    ) -> None:
        self.identify = identify
        self.addresses = addresses or Addresses()
        self.origins = origins or Origins()
        self.documents = documents or Documents()
        self.preflight = preflight
        self.compress = compress
        self.vary = _VARY + b", Origin" if self.origins.told_apart else _VARY
