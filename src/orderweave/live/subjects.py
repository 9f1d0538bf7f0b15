"""What can be followed: an order, its shipments, stock and oversells of some SKUs; and the cursors of its changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property

import msgspec

from orderweave.answering.errors import bad_input
from orderweave.merging.lines import tidy_sku
from orderweave.model.ids import MalformedToken, decode_cursor, encode_cursor


class Topic(StrEnum):
    """What about a thing is followed; each is a field of Subscription."""

    ORDER = "orderUpdated"
    SHIPMENT = "shipmentUpdated"
    TRACKED = "trackedOrderUpdated"
    STOCK = "inventoryChanged"
    OVERSELLS = "oversellsChanged"


class Subject(msgspec.Struct, frozen=True, dict=True):
    """One thing that is followed. `names` are an order's global id alone, or SKUs, tidied and in order; for oversells
    none are all that are listed.
    """

    topic: Topic
    names: tuple[str, ...]

    @classmethod
    def of_skus(cls, skus: Iterable[str]) -> Subject:
        """The stock of these SKUs, the same however they are written and ordered."""
        return cls(Topic.STOCK, tuple(sorted({tidy_sku(sku) for sku in skus})))

    @classmethod
    def of_oversells(cls, skus: Iterable[str]) -> Subject:
        """What is oversold of these SKUs; of all that are listed where none is given."""
        return cls(Topic.OVERSELLS, tuple(sorted({tidy_sku(sku) for sku in skus})))

    @cached_property
    def digest(self) -> str:
        """The name of the subject in Redis and in cursors: a hash, for a number or a SKU is nobody else's business."""
        return hashlib.sha256(msgspec.json.encode([self.topic, *self.names])).hexdigest()[:32]

    def cursor(self, position: str) -> str:
        """The opaque cursor of a position in the subject's log."""
        return encode_cursor(self.topic.value, self.digest, position)

    def position(self, cursor: str) -> str:
        """The position in a cursor; refuses one that is not of this subject."""
        try:
            digest, position = decode_cursor(cursor, self.topic.value)
        except (MalformedToken, ValueError):
            raise bad_input(f"after: not a cursor of {self.topic.value}") from None
        if digest != self.digest:
            raise bad_input(f"after: a cursor of another {self.topic.value}")
        return position
