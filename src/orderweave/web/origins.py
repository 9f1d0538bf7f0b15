"""From where on the network a request comes: the block of addresses that one household or one company has.

Callers without a name are told apart by it and by nothing else. Behind a proxy the connection's address is the
proxy's; what it says in `x-forwarded-for` counts only where it is one that the configuration trusts, and of a chain
of them the last address that no trusted proxy has.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

from orderweave.access import Headers

_HEADER = b"x-forwarded-for"
# What a provider gives to one customer; single addresses of it are theirs to change.
_PREFIXES = {4: 24, 6: 56}
# Addresses that are looked at in one header, from its end.
_MOST_HOPS = 10
_UNKNOWN = "unknown"


class Origins:
    """Knows the proxies in front. `trusted` are their networks, such as `10.0.0.0/8`, already checked."""

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        self._trusted = tuple(ip_network(network) for network in trusted)

    def of(self, scope: Scope, headers: Headers) -> str:
        """The block of addresses from which a request comes, such as `203.0.113.0/24`."""
        client = scope.get("client")
        address = _address(client[0]) if client else None
        forwarded = headers.get(_HEADER)
        if address is not None and forwarded is not None and self._trusts(address):
            # Of several such headers a proxy's own is the last one, which is the one that is kept.
            for said in reversed(forwarded.decode("latin-1").rsplit(",", _MOST_HOPS)[-_MOST_HOPS:]):
                before = _address(said)
                if before is None:
                    break
                address = before
                if not self._trusts(address):
                    break
        return _block(address)

    def _trusts(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._trusted)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as it stands in a header, with or without a port; None for anything else."""
    said = text.strip()
    if said.startswith("["):
        said = said[1:].partition("]")[0]
    elif said.count(":") == 1:
        said = said.partition(":")[0]
    try:
        found = ip_address(said.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _block(address: IPv4Address | IPv6Address | None) -> str:
    if address is None:
        return _UNKNOWN
    network: IPv4Network | IPv6Network = ip_network((address, _PREFIXES[address.version]), strict=False)
    return str(network)


NO_PROXIES = Origins()
