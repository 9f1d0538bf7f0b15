"""Global ids and cursors come back as they were made, and nothing else is taken for one."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.model.ids import MalformedToken, decode_cursor, decode_id, encode_cursor, encode_id

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def forged(content: bytes) -> str:
    """A token with this inside, encoded as ours are."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@given(_TEXTS.filter(bool), st.lists(_TEXTS, max_size=3))
def test_an_id_comes_back_whole(kind: str, parts: list[str]) -> None:
    """Kind and parts survive, whatever signs are in them; the token is safe in an URL."""
    token = encode_id(kind, *parts)
    assert decode_id(token) == (kind, tuple(parts))
    assert token.replace("-", "").replace("_", "").isalnum()
    assert token.isascii()


def test_an_id_is_stable() -> None:
    """The same order has the same id in every release: clients keep them."""
    assert encode_id("Order", "shop-us:number", "1001") == "WyJPcmRlciIsInNob3AtdXM6bnVtYmVyIiwiMTAwMSJd"


@given(_TEXTS, st.lists(_TEXTS, max_size=3))
def test_a_cursor_comes_back_whole(kind: str, place: list[str]) -> None:
    """The place survives in the list that it was made for."""
    assert decode_cursor(encode_cursor(kind, *place), kind) == tuple(place)


def test_a_cursor_of_another_list_is_refused() -> None:
    """A cursor does not start another list, filter or sort."""
    with pytest.raises(MalformedToken, match="another list"):
        decode_cursor(encode_cursor("orders:a", "1"), "orders:b")


def test_ids_and_cursors_are_not_each_other() -> None:
    """An id is no cursor and a cursor is no id."""
    with pytest.raises(MalformedToken, match="not an id"):
        decode_id(encode_cursor("orders", "1"))
    with pytest.raises(MalformedToken, match="not a cursor"):
        decode_cursor(encode_id("Order", "a", "b"), "orders")


@pytest.mark.parametrize(
    "token",
    ["", "=", "a", "abcd", "%%%%", "WyJ", "gid://shopify/Order/1", "1001", "é", "\ud800", "\x00", " WyJPcmRlciJd"],
)
def test_texts_that_are_no_tokens_are_refused(token: str) -> None:
    """Whatever a caller types, the refusal is ours and tells nothing of how tokens are made."""
    with pytest.raises(MalformedToken, match="of this API"):
        decode_id(token)
    with pytest.raises(MalformedToken, match="of this API"):
        decode_cursor(token, "orders")


@pytest.mark.parametrize(
    "content",
    [
        b"null",
        b"[]",
        b'[""]',
        b"[1]",
        b'["Order",1]',
        b'"Order"',
        b'["Order", "a"]',
        b'["\\u004frder"]',
        b"\xff\xfe",
        b"[1e999]",
        b"[123456789012345678901234567890]",
        b'["a\\ud800"]',
        b"[" * 1400,
        b'{"c":' * 250,
    ],
)
def test_forged_ids_are_refused(content: bytes) -> None:
    """Well encoded, but not as we write it: other types, other spacing, other escapes, nested without end."""
    with pytest.raises(MalformedToken, match="of this API"):
        decode_id(forged(content))


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b'{"c":"orders"}',
        b'{"c":"orders","p":[]}',
        b'{"c":"orders","p":["1"],"s":""}',
        b'{"c":"orders","p":["1"],"s":"000000000000"}',
        b'{"c":"orders","p":"1","s":""}',
        b'{"c":"orders","p":[1],"s":""}',
        b'{"p":[],"c":"orders","s":""}',
        b'{"x":' + b"[" * 1400,
        b'{"c":"orders","p":[],"s":"","x":1}',
        b'{"c":"orders","p":' + b"[" * 1400,
    ],
)
def test_forged_cursors_are_refused(content: bytes) -> None:
    """Only what we wrote is read."""
    with pytest.raises(MalformedToken, match="not a cursor of this API"):
        decode_cursor(forged(content), "orders")


def test_a_changed_token_is_refused() -> None:
    """The last character's unused bits count: two texts are never one id."""
    token = encode_id("Order", "a", "b12")
    assert token.endswith("Q")
    with pytest.raises(MalformedToken):
        decode_id(f"{token[:-1]}R")


@given(st.data(), _TEXTS, st.lists(_TEXTS, max_size=3))
def test_a_damaged_cursor_is_refused(data: st.DataObject, kind: str, place: list[str]) -> None:
    """Flip any bit in a cursor, or put any sign for another: it is no cursor any more, and never another place."""
    token = encode_cursor(kind, *place)
    content = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    bit = data.draw(st.integers(0, len(content) * 8 - 1))
    content[bit // 8] ^= 1 << bit % 8
    index = data.draw(st.integers(0, len(token) - 1))
    sign = data.draw(st.characters(codec="utf-8").filter(lambda sign: sign != token[index]))
    for changed in (forged(bytes(content)), f"{token[:index]}{sign}{token[index + 1 :]}", token[:-1], f"{token}A"):
        with pytest.raises(MalformedToken, match="of this API"):
            decode_cursor(changed, kind)


@given(st.text(max_size=200), _TEXTS)
def test_anything_typed_is_no_cursor(text: str, kind: str) -> None:
    """No text that was not made here is a cursor, and none breaks anything."""
    with pytest.raises(MalformedToken):
        decode_cursor(text, kind)


def test_a_token_longer_than_any_is_refused_unread() -> None:
    """A megabyte of token costs nothing."""
    with pytest.raises(MalformedToken, match="longer than any"):
        decode_id("A" * 2001)
    with pytest.raises(MalformedToken, match="longer than any"):
        decode_cursor("A" * 1_000_000, "orders")
