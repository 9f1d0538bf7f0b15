"""The names of entries: never mixed up, and saying nothing of what they name."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from orderweave.caching.keys import digest_of, key_of, lease_of

TEXT = st.text(max_size=4)
PARTS = st.tuples(TEXT, st.binary(max_size=4), TEXT, TEXT, st.tuples(TEXT, TEXT))


@given(PARTS, PARTS)
def test_no_two_questions_share_a_name(
    one: tuple[str, bytes, str, str, tuple[str, str]], other: tuple[str, bytes, str, str, tuple[str, str]]
) -> None:
    """Kind, configuration, system, scope and key each tell names apart, wherever one ends and the next begins."""
    assert (key_of(*one) == key_of(*other)) == (one == other)


def test_a_name_tells_nothing() -> None:
    """An e-mail address in a key stands in no name, in whole or in part."""
    name = key_of("orders", b"d", "shop", "", ("number", "ada@example.com"))
    assert re.fullmatch(r"orderweave:[0-9a-f]{40}", name)


def test_leases_differ_by_what_is_fetched() -> None:
    """The same key with other facets or in another lane is another call; the order of facets is nothing."""
    names = {
        lease_of("a", frozenset({"LINES", "HEADER"}), "SYNC"),
        lease_of("a", frozenset({"LINES"}), "SYNC"),
        lease_of("a", frozenset({"LINES", "HEADER"}), "INTERACTIVE"),
        lease_of("b", frozenset({"LINES", "HEADER"}), "SYNC"),
    }
    assert len(names) == 4
    assert lease_of("a", frozenset({"HEADER", "LINES"}), "SYNC") in names


def test_another_account_is_another_configuration() -> None:
    """Address, account, connector and its version are in the digest; the order of settings is not, nor is a secret."""
    settings = {"url": "https://erp.example.com", "password": "hunter2"}
    digests = {
        digest_of("tryton", "1", settings),
        digest_of("tryton", "1", {**settings, "password": "hunter3"}),
        digest_of("tryton", "1", {**settings, "url": "https://other.example.com"}),
        digest_of("tryton", "2", settings),
        digest_of("sql", "1", settings),
    }
    assert len(digests) == 5
    assert digest_of("tryton", "1", dict(reversed(settings.items()))) in digests
    assert all(b"hunter2" not in digest for digest in digests)
