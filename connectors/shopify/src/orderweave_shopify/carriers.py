"""Carriers' short codes for the company names that Shopify writes on tracking information.

Shopify lets a merchant write any name; one that is not here keeps its name and has no code.
"""

from __future__ import annotations

_CODES = {
    "australia post": "australia-post",
    "canada post": "canada-post",
    "colissimo": "colissimo",
    "dhl": "dhl",
    "dhl ecommerce": "dhl-ecommerce",
    "dhl express": "dhl",
    "dhl parcel": "dhl-parcel",
    "dpd": "dpd",
    "evri": "evri",
    "fedex": "fedex",
    "gls": "gls",
    "hermes": "hermes",
    "la poste": "la-poste",
    "ontrac": "ontrac",
    "postnl": "postnl",
    "postnord": "postnord",
    "royal mail": "royal-mail",
    "tnt": "tnt",
    "ups": "ups",
    "usps": "usps",
}


def carrier_code(company: str) -> str | None:
    """The short code of a company name, in any case; None for one that is not known."""
    return _CODES.get(company.strip().casefold())
