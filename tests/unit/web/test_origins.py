"""From where a request comes: blocks of addresses, and whose word counts."""

from __future__ import annotations

import pytest

from orderweave.web.origins import Origins

PROXIES = ("10.0.0.0/8", "2001:db8:ffff::/48", "192.0.2.7")
CASES: list[tuple[str | None, str | None, str]] = [
    # Without a proxy the connection says it, and a header is only what somebody claims.
    ("203.0.113.77", None, "203.0.113.0/24"),
    ("203.0.113.77", "198.51.100.1", "203.0.113.0/24"),
    ("2001:db8:1:2ff::1", None, "2001:db8:1:200::/56"),
    ("::ffff:203.0.113.77", None, "203.0.113.0/24"),
    ("fe80::1%eth0", None, "fe80::/56"),
    (None, "198.51.100.1", "unknown"),
    ("/run/gateway.sock", None, "unknown"),
    # Behind a trusted one the last address that no trusted proxy has.
    ("10.1.2.3", "198.51.100.1", "198.51.100.0/24"),
    ("10.1.2.3", "6.6.6.6, 198.51.100.1", "198.51.100.0/24"),
    ("10.1.2.3", "6.6.6.6, 198.51.100.1, 10.9.9.9, 192.0.2.7", "198.51.100.0/24"),
    ("10.1.2.3", "198.51.100.1:4711", "198.51.100.0/24"),
    ("10.1.2.3", "[2001:db8:1:2ff::1]:4711", "2001:db8:1:200::/56"),
    ("2001:db8:ffff::1", "2001:db8:1:2ff::1", "2001:db8:1:200::/56"),
    ("::ffff:10.1.2.3", " 198.51.100.1 ", "198.51.100.0/24"),
    ("192.0.2.8", "198.51.100.1", "192.0.2.0/24"),
    # What cannot be read ends the chain there: the nearest that is known counts.
    ("10.1.2.3", "198.51.100.1, unknown", "10.1.2.0/24"),
    ("10.1.2.3", "198.51.100.1, , 10.7.7.7", "10.7.7.0/24"),
    ("10.1.2.3", "", "10.1.2.0/24"),
    ("10.1.2.3", "198.51.100.1, " + ", ".join(["10.0.0.1"] * 50_000), "10.0.0.0/24"),
]


@pytest.mark.parametrize(("client", "forwarded", "block"), CASES, ids=[f"{c} {(f or '')[:40]}" for c, f, _ in CASES])
def test_blocks(client: str | None, forwarded: str | None, block: str) -> None:
    """A block of IPv4 has 256 addresses, one of IPv6 256 networks; only a trusted proxy speaks for another."""
    headers = {} if forwarded is None else {b"x-forwarded-for": forwarded.encode()}
    assert Origins(PROXIES).of({"client": (client, 1) if client else None}, headers) == block
