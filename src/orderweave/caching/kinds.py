"""What can be kept: for each kind of record, by which keys it is asked, and what its parts are."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable, Iterable
from functools import cached_property
from typing import Any, Generic, TypeVar

import msgspec

from orderweave.caching.ages import Subject
from orderweave.caching.pages import StoredPage
from orderweave.matching.keys import tidy
from orderweave.model.parcels import tidy_tracking
from orderweave_sdk.facets import combine, facets_of
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import (
    Facet,
    Key,
    LocationRecord,
    OrderRecord,
    ProductRecord,
    ReceiptRecord,
    StockRecord,
    TrackingRecord,
)

R = TypeVar("R")

# Tracking comes inside the packages of the fulfillment: an answer with one of them replaces both.
_TOGETHER = frozenset({Facet.FULFILLMENT.value, Facet.TRACKING.value})


class Kind(ABC, Generic[R]):
    """A kind of record that has one part and is asked for by one key each, of the capability named.

    `tells`: answers made of these records say how old they are, so that one older than asked may serve at all.
    """

    name: str
    tells = False

    def __init__(self, record: type[R], subject: Subject, capability: Capability) -> None:
        self.name = subject.value
        self.capability = capability.value
        self.record = record
        self._subject = subject

    @cached_property
    def shape(self) -> str:
        """A hash of the record's types: entries of another shape are another kind, whichever release wrote them."""
        text = msgspec.json.encode(msgspec.json.schema(self.record), order="sorted")
        return hashlib.blake2b(text, digest_size=8).hexdigest()

    def subject(self, part: str) -> Subject:
        """Whose ages hold for a part."""
        return self._subject

    def fits(self, record: R, keys: Iterable[Key]) -> list[Key]:
        """Those of the keys by which the record is found."""
        return list(keys)

    @abstractmethod
    def place(self, record: R) -> Hashable:
        """What tells records of one system apart."""

    def own_key(self, record: R) -> Key | None:
        """A key that names this record and no other, under which it can be asked for."""
        return None

    def names(self, record: R) -> Iterable[Key]:
        """All keys under which the record may have been asked for."""
        return ()

    def spellings(self, key: Key) -> Iterable[Key]:
        """The ways in which a key may have been asked for."""
        return (key,)

    def narrowed(self, record: R, parts: Collection[str]) -> R:
        """The record as an answer to a question for these parts alone."""
        return record

    def beside(self, known: Collection[str], new: Collection[str]) -> frozenset[str]:
        """The parts of an older answer that stand beside a newer one's."""
        return frozenset()

    def completed(self, new: R, known: R, parts: Collection[str]) -> R:
        """The newer record with these parts of the older one."""
        return new


class OrderKind(Kind[OrderRecord]):
    """Orders by (look-up, value), in facets."""

    tells = True

    def __init__(self) -> None:
        super().__init__(OrderRecord, Subject.HEADER, Capability.FIND_ORDERS)
        self.name = "orders"

    def subject(self, part: str) -> Subject:
        """A facet's own; which records there are is as fast as the header."""
        return Subject(part.lower()) if part else Subject.HEADER

    def fits(self, record: OrderRecord, keys: Iterable[Key]) -> list[Key]:
        """By the record's own keys and references, however they are typed: some systems compare so, and a wider answer
        is allowed everywhere, because keys are matched again.
        """
        names = {(key.namespace, _tidied(key.value)) for key in (*record.keys, *record.references)}
        return [key for key in keys if (key.namespace, _tidied(key.value)) in names]

    def place(self, record: OrderRecord) -> Hashable:
        """Its id."""
        return record.external_id

    def own_key(self, record: OrderRecord) -> Key | None:
        """Its id."""
        return Key("id", record.external_id)

    def names(self, record: OrderRecord) -> Iterable[Key]:
        """Its own keys, and its references."""
        return (*record.keys, *record.references)

    def spellings(self, key: Key) -> Iterable[Key]:
        """As it stands, tidied, and with and without a number's sign."""
        bare = _tidied(key.value)
        values = (key.value, key.value.strip(), key.value.strip().removeprefix("#"), bare, f"#{bare}")
        return dict.fromkeys(Key(key.namespace, value) for value in values)

    def narrowed(self, record: OrderRecord, parts: Collection[str]) -> OrderRecord:
        """The record with these facets alone."""
        return facets_of(record, frozenset(Facet(part) for part in parts if part))

    def beside(self, known: Collection[str], new: Collection[str]) -> frozenset[str]:
        """Facets that were not asked anew."""
        left = frozenset(known) - frozenset(new)
        return left - _TOGETHER if _TOGETHER & frozenset(new) else left

    def completed(self, new: OrderRecord, known: OrderRecord, parts: Collection[str]) -> OrderRecord:
        """The newer record, its names as they are now, with these facets of the older one."""
        whole = combine(self.narrowed(known, parts), new)
        return msgspec.structs.replace(whole, keys=new.keys, references=new.references, updated_at=new.updated_at)


class SkuKind(Kind[R]):
    """Records of one SKU, asked for by SKU in whatever case."""

    def fits(self, record: R, keys: Iterable[Key]) -> list[Key]:
        """By the SKU, in any case, as systems keep the same SKU in different ones."""
        sku: Any = getattr(record, "sku")  # noqa: B009 - the type variable stands for records that have one
        return [key for key in keys if tidy(key.value) == tidy(sku)]

    def spellings(self, key: Key) -> Iterable[Key]:
        """As it stands, and in either case."""
        values = (key.value, key.value.strip(), tidy(key.value), key.value.strip().upper())
        return dict.fromkeys(Key(key.namespace, value) for value in values)


class StockKind(SkuKind[StockRecord]):
    """Stock levels by SKU."""

    tells = True

    def place(self, record: StockRecord) -> Hashable:
        """SKU and place; a level's id tells further ones apart."""
        return record.sku, record.location.external_id, record.external_id


class ReceiptKind(SkuKind[ReceiptRecord]):
    """Expected goods by SKU."""

    tells = True

    def place(self, record: ReceiptRecord) -> Hashable:
        """The line's id."""
        return record.sku, record.external_id


class TrackingKind(Kind[TrackingRecord]):
    """Parcels by tracking number, in whatever case and spaced in whatever way."""

    tells = True

    def fits(self, record: TrackingRecord, keys: Iterable[Key]) -> list[Key]:
        """By the number."""
        number = tidy_tracking(record.tracking_number)
        return [key for key in keys if tidy_tracking(key.value) == number]

    def spellings(self, key: Key) -> Iterable[Key]:
        """As it stands, and tidied."""
        values = (key.value, key.value.strip(), tidy_tracking(key.value))
        return dict.fromkeys(Key(key.namespace, value) for value in values)

    def place(self, record: TrackingRecord) -> Hashable:
        """Its number."""
        return tidy_tracking(record.tracking_number)


class ProductKind(SkuKind[ProductRecord]):
    """Products by SKU."""

    def place(self, record: ProductRecord) -> Hashable:
        """Its id."""
        return record.external_id, record.sku


class LocationKind(Kind[LocationRecord]):
    """All places of a system, under one key."""

    def place(self, record: LocationRecord) -> Hashable:
        """Its id."""
        return record.external_id


class PageKind(Kind[StoredPage]):
    """Pages of searches, each under a hash of its search."""

    def place(self, record: StoredPage) -> Hashable:
        """There is one under a key."""
        return None


ORDERS = OrderKind()
STOCK = StockKind(StockRecord, Subject.STOCK, Capability.READ_STOCK)
RECEIPTS = ReceiptKind(ReceiptRecord, Subject.RECEIPTS, Capability.READ_RECEIPTS)
PRODUCTS = ProductKind(ProductRecord, Subject.PRODUCTS, Capability.FIND_PRODUCTS)
TRACKING = TrackingKind(TrackingRecord, Subject.TRACKING, Capability.READ_TRACKING)
LOCATIONS = LocationKind(LocationRecord, Subject.LOCATIONS, Capability.LIST_LOCATIONS)
PAGES = PageKind(StoredPage, Subject.SEARCHES, Capability.SEARCH_ORDERS)


def _tidied(number: str) -> str:
    return tidy(number).removeprefix("#").strip()
