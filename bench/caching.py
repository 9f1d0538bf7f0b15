"""Orderweave with its cache: what the configuration says then, so that every answer but the first is from there."""

from __future__ import annotations

from orderweave.config import Configuration

# How the demo's configuration has everything live.
_LIVE = "[cache]\nenabled = false\n"
_SUBJECTS = (
    *("header", "lines", "customer", "addresses", "payments", "invoices", "fulfillment", "tracking", "returns"),
    *("holds", "timeline", "stock", "products", "locations", "searches", "absent"),
)
# Longer than any run, so that nothing is fetched anew in the middle of it.
_SECONDS = 24 * 3600


def can_cache() -> bool:
    """Whether a configuration can have a cache."""
    return "cache" in Configuration.__struct_fields__


def with_cache(toml: str) -> str:
    """The demo's configuration with everything kept for a day. Raises ValueError for one that is not live."""
    if toml.count(_LIVE) != 1:
        raise ValueError(f"the configuration does not say {_LIVE!r}")
    ages = "".join(f"{subject} = {{ ttl = {_SECONDS} }}\n" for subject in _SUBJECTS)
    return toml.replace(_LIVE, f"[cache]\n{ages}")
