"""From whose address a request comes: the connection's own, or what trusted proxies say of whom they pass on.

`X-Forwarded-For` and `Forwarded` (RFC 7239) are read from the right, where the nearest proxy writes: each entry is
believed only because the address before it is trusted, and the first that is not is the client's. What a client wrote
there itself stands further left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.types import Scope

IPAddress = IPv4Address | IPv6Address

_X_FORWARDED_FOR = b"x-forwarded-for"
_FORWARDED = b"forwarded"
# Proxies in a row, at most; no door has as many.
_MOST_HOPS = 20
_FOR = re.compile(r"""(?:^|;)\s*for\s*=\s*(?:"([^"]*)"|([^;\s]*))""", re.IGNORECASE)
_V6_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d{1,5})?")
_V4_WITH_PORT = re.compile(r"(\d+\.\d+\.\d+\.\d+):\d{1,5}")


class Addresses:
    """Reads addresses; `trusted` are networks (CIDR) of proxies that are believed."""

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        self._trusted = tuple(ip_network(network) for network in trusted)

    def of(self, scope: Scope) -> IPAddress | None:
        """The address of the client behind an ASGI scope; None where the connection has none, as a Unix socket."""
        client = scope.get("client")
        peer = _read(client[0]) if client else None
        if peer is None or not self._trusts(peer):
            return peer
        headers: Sequence[tuple[bytes, bytes]] = scope["headers"]
        said = [
            self._walked(peer, hops)
            for hops in (_hops(headers, _X_FORWARDED_FOR), _hops(headers, _FORWARDED))
            if hops is not None
        ]
        # A proxy writes one of the two and passes on what a client wrote as the other: of two minds, neither counts.
        return said[0] if said and all(address == said[0] for address in said) else peer

    def _walked(self, peer: IPAddress, hops: list[str]) -> IPAddress:
        """From the nearest hop outwards to the first not trusted; what cannot be read ends the way before it."""
        found = peer
        for hop in hops[:_MOST_HOPS]:
            address = _read(hop)
            if address is None:
                return found
            found = address
            if not self._trusts(address):
                return found
        return found

    def _trusts(self, address: IPAddress) -> bool:
        return any(address in network for network in self._trusted)


def _hops(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> list[str] | None:
    """What a header says, nearest hop first; None where it does not stand. Several lines are one list (RFC 9110)."""
    values = [value.decode("latin-1") for key, value in headers if key == name]
    if not values:
        return None
    hops = [hop.strip() for hop in reversed(",".join(values).split(","))]
    return hops if name == _X_FORWARDED_FOR else list(_fors(hops))


def _fors(elements: Iterable[str]) -> Iterator[str]:
    for element in elements:
        found = _FOR.search(element)
        yield (found[1] or found[2] or "") if found else ""


def _read(text: str) -> IPAddress | None:
    """An address with or without its port; one of IPv4 inside IPv6 is itself. None for anything else."""
    bracketed, dotted = _V6_WITH_PORT.fullmatch(text), _V4_WITH_PORT.fullmatch(text)
    try:
        address = ip_address(bracketed[1] if bracketed else dotted[1] if dotted else text)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
