"""From whose address a request comes: what is believed of it, and what a client wrote itself is not."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.web.addresses import Addresses

TRUSTED = Addresses(["10.0.0.0/8", "2001:db8:ffff::/48"])


def seen(peer: str | None, *headers: tuple[str, str], addresses: Addresses = TRUSTED) -> str | None:
    """The address of a request that comes over a connection from `peer`."""
    scope = {
        "type": "http",
        "client": (peer, 4711) if peer else None,
        "headers": [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers],
    }
    found = addresses.of(scope)
    return str(found) if found else None


@pytest.mark.parametrize(
    ("peer", "headers", "client"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("::ffff:198.51.100.7", [], "198.51.100.7"),
        (None, [], None),
        # Nobody else is believed.
        ("198.51.100.7", [("x-forwarded-for", "203.0.113.1")], "198.51.100.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [("x-forwarded-for", "203.0.113.1")], "203.0.113.1"),
        ("10.0.0.1", [("x-forwarded-for", "203.0.113.1:4711")], "203.0.113.1"),
        ("10.0.0.1", [("x-forwarded-for", "[2001:db8::1]:4711")], "2001:db8::1"),
        # What stands left of the first address that is not trusted, the client wrote itself.
        ("10.0.0.1", [("x-forwarded-for", "192.0.2.66, 203.0.113.1, 10.0.0.2")], "203.0.113.1"),
        ("10.0.0.1", [("x-forwarded-for", "192.0.2.66"), ("x-forwarded-for", "203.0.113.1")], "203.0.113.1"),
        ("10.0.0.1", [("x-forwarded-for", "10.0.0.3, 10.0.0.2")], "10.0.0.3"),
        ("10.0.0.1", [("x-forwarded-for", "203.0.113.1, unknown, 10.0.0.2")], "10.0.0.2"),
        ("10.0.0.1", [("x-forwarded-for", "")], "10.0.0.1"),
        ("10.0.0.1", [("forwarded", "for=203.0.113.1;proto=https;by=10.0.0.1")], "203.0.113.1"),
        ("10.0.0.1", [("forwarded", 'for=192.0.2.66, For="[2001:db8::1]:4711"')], "2001:db8::1"),
        ("10.0.0.1", [("forwarded", "proto=https;for=203.0.113.1, for=10.0.0.2")], "203.0.113.1"),
        ("10.0.0.1", [("forwarded", "for=_hidden")], "10.0.0.1"),
        ("10.0.0.1", [("forwarded", "proto=https")], "10.0.0.1"),
        # A proxy writes one; with the other from a client, of another mind, neither counts.
        ("10.0.0.1", [("x-forwarded-for", "203.0.113.1"), ("forwarded", "for=192.0.2.66")], "10.0.0.1"),
        ("10.0.0.1", [("x-forwarded-for", "203.0.113.1"), ("forwarded", "for=203.0.113.1")], "203.0.113.1"),
        ("2001:db8:ffff::1", [("x-forwarded-for", "2001:db8::1")], "2001:db8::1"),
    ],
)
def test_addresses(peer: str | None, headers: list[tuple[str, str]], client: str | None) -> None:
    """Each kind of connection and header gives the nearest address that is not a trusted proxy's."""
    assert seen(peer, *headers) == client


def test_nobody_is_trusted_unless_said() -> None:
    """Without trusted proxies the connection's own address counts, whatever is said."""
    said = ("x-forwarded-for", "203.0.113.1")
    assert seen("127.0.0.1", said, addresses=Addresses()) == "127.0.0.1"


@given(st.lists(st.tuples(st.sampled_from(["x-forwarded-for", "forwarded"]), st.text(max_size=60)), max_size=4))
def test_nothing_written_there_raises(headers: list[tuple[str, str]]) -> None:
    """Whatever stands in the headers, an address comes out."""
    found = seen("10.0.0.1", *headers)
    assert found is not None
    assert ip_address(found)


@given(st.text(max_size=60))
def test_a_client_cannot_choose_its_address(written: str) -> None:
    """Whatever a client writes before it, what the proxy adds behind decides."""
    assert seen("10.0.0.1", ("x-forwarded-for", f"{written}, 203.0.113.1")) == "203.0.113.1"
