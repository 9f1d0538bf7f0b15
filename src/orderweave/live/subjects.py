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
from orderweave.model.rights import Rights, Scope


class Topic(StrEnum):
    """What about a thing is followed; each is a field of Subscription."""

    ORDER = "orderUpdated"
    SHIPMENT = "shipmentUpdated"
    TRACKED = "trackedOrderUpdated"
    STOCK = "inventoryChanged"
    OVERSELLS = "oversellsChanged"


# The scopes that parts of an order take.
_OF_AN_ORDER = frozenset({Scope.ORDERS, Scope.PERSONAL, Scope.FINANCIALS, Scope.PROVENANCE})
# Moves with the form of the digests: those of another form are not compared with.
_FORM = 2
# So much of the log's name tells in a cursor whether it is this one.
_LOG = 8


class Subject(msgspec.Struct, frozen=True, dict=True):
    """One thing that is followed. `names` are an order's global id alone, or SKUs, tidied and in order; for oversells
    none are all that are listed.

    `rights` are what its followers see of an order. Those who see the same are told by one watch and one log, and
    others have others, so that neither an event nor a cursor tells of what one may not see.
    """

    topic: Topic
    names: tuple[str, ...]
    rights: Rights = Rights(scopes=_OF_AN_ORDER)

    @classmethod
    def of_order(cls, topic: Topic, order: str, rights: Rights) -> Subject:
        """The order with this global id as these rights show it, whosever they are."""
        scopes = rights.scopes & _OF_AN_ORDER
        return cls(topic, (order,), Rights(scopes=scopes, masked=rights.masked and Scope.PERSONAL in scopes))

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
        """The name of the subject in Redis: a hash, for a number or a SKU is nobody else's business."""
        return _hashed(str(_FORM), *sorted(self.rights.scopes), str(self.rights.masked), self.topic, *self.names)

    @cached_property
    def _thing(self) -> str:
        """What is followed, whoever sees how much of it."""
        return _hashed(self.topic, *self.names)

    def cursor(self, position: str) -> str:
        """The opaque cursor of a position in the subject's log."""
        return encode_cursor(self.topic.value, self._thing, f"{self.digest[:_LOG]}/{position}")

    def position(self, cursor: str) -> str:
        """The position in a cursor; refuses one that is not of this subject. Empty, and so known to no log, is that of
        one who saw more or less of it then, or of a gateway that kept another form.
        """
        try:
            thing, place = decode_cursor(cursor, self.topic.value)
        except (MalformedToken, ValueError):
            raise bad_input(f"after: not a cursor of {self.topic.value}") from None
        if thing != self._thing:
            raise bad_input(f"after: a cursor of another {self.topic.value}")
        log, _, position = place.partition("/")
        return position if log == self.digest[:_LOG] else ""


def _hashed(*parts: str) -> str:
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]
