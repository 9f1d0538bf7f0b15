"""Typed decoding: a bad record is set aside, and no value ever shows in an error."""

from __future__ import annotations

import msgspec
import pytest

from orderweave_sdk.capabilities import Gap
from orderweave_sdk.decoding import decode, decode_each
from orderweave_sdk.errors import BadPayload


class Tea(msgspec.Struct):
    """A payload."""

    id: str
    grams: int


def test_a_sound_answer_is_decoded() -> None:
    """Fields that nobody uses are passed over."""
    assert decode(b'{"id":"1","grams":50,"origin":"Assam"}', Tea, what="tea") == Tea("1", 50)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"id":"1","grams":"s3cret"}', "tea: Expected `int`, got `str` - at `$.grams`"),
        (b'{"id":"1"}', "tea: Object missing required field `grams`"),
        (b'{"id":"1","gra', "tea: not valid JSON, or cut short"),
        (b"", "tea: not valid JSON, or cut short"),
        (b"\xff\xfe", "tea: not valid JSON, or cut short"),
        (b"s3cret", "tea: not valid JSON, or cut short"),
        (b"<!DOCTYPE html><p>s3cret", "tea: an HTML or XML page instead of JSON"),
        (b'  \n<?xml version="1.0"?>', "tea: an HTML or XML page instead of JSON"),
    ],
)
def test_what_is_wrong_is_named_without_its_values(body: bytes, message: str) -> None:
    """The message tells the path or the kind of the body, and the chain of causes is cut."""
    with pytest.raises(BadPayload) as caught:
        decode(body, Tea, what="tea")
    assert str(caught.value) == message
    assert caught.value.__suppress_context__


def test_one_bad_record_among_good_ones_is_a_gap() -> None:
    """The good ones come, and each bad one is named by its id where it has a readable one."""
    items = [
        b'{"id":"1","grams":50}',
        b'{"id":"2","grams":null}',
        b'{"id":3,"grams":1}',
        b'{"grams":5}',
        b'{"id":{"no":"text"}}',
        b'{"id":"6","grams":7}',
    ]
    good, gaps = decode_each([msgspec.Raw(item) for item in items], Tea, what="tea")
    assert good == [Tea("1", 50), Tea("6", 7)]
    assert gaps == [
        Gap("tea: Expected `int`, got `null` - at `$.grams`", "2"),
        Gap("tea: Expected `str`, got `int` - at `$.id`", "3"),
        Gap("tea: Object missing required field `id`", None),
        Gap("tea: Expected `str`, got `object` - at `$.id`", None),
    ]
