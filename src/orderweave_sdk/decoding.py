"""Typed decoding of vendors' answers: only the fields used, with a bad record set aside instead of failing all."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

import msgspec

from orderweave_sdk.capabilities import Gap
from orderweave_sdk.errors import BadPayload

T = TypeVar("T")


def decode(body: bytes | msgspec.Raw, kind: type[T], *, what: str) -> T:
    """The answer as `kind`; raises BadPayload naming `what` and the path, never the values."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadPayload(f"{what}: {explain(body, error)}") from None


def decode_each(items: Iterable[msgspec.Raw], kind: type[T], *, what: str) -> tuple[list[T], list[Gap]]:
    """Every item that is a `kind`, and a Gap for each that is not.

    The gap carries the item's own "id" where one can be read, so that the record can be found at the vendor.
    """
    found, gaps = decode_in_place(list(items), kind, what=what)
    return [item for item in found if item is not None], gaps


def explain(body: bytes | msgspec.Raw, error: Exception) -> str:
    """Why a body is not what was expected, without any of its values."""
    text = bytes(body[:64] if isinstance(body, bytes) else memoryview(body)[:64]).lstrip().lower()
    if text.startswith(b"<"):
        return "an HTML or XML page instead of JSON"
    if isinstance(error, msgspec.ValidationError):
        return str(error)
    return "not valid JSON, or cut short"


def decode_in_place(items: Sequence[msgspec.Raw], kind: type[T], *, what: str) -> tuple[list[T | None], list[Gap]]:
    """As `decode_each`, with None in the place of each item that is not a `kind`."""
    decoder: msgspec.json.Decoder[T] = _decoder(cast("Hashable", kind))
    found: list[T | None] = []
    gaps: list[Gap] = []
    for item in items:
        try:
            found.append(decoder.decode(item))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            found.append(None)
            gaps.append(Gap(f"{what}: {explain(item, error)}", _id_of(item)))
    return found, gaps


@lru_cache(maxsize=128)
def _decoder(kind: Any) -> Any:
    """Kept, because making one costs more than reading a small record."""
    return msgspec.json.Decoder(kind)


class _Identified(msgspec.Struct):
    id: str | int | None = None


def _id_of(item: msgspec.Raw) -> str | None:
    try:
        found = msgspec.json.decode(item, type=_Identified).id
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return None if found is None else str(found)
