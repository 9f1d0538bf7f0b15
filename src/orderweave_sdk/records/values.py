"""Small values that many records share: money, keys, status words, places and people."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from orderweave_sdk.records.words import Axis, ChannelKind, LocationKind


class Money(msgspec.Struct, frozen=True, gc=False):
    """An exact amount in one currency. `currency` is the ISO 4217 code; `amount` is never a float."""

    amount: Decimal
    currency: str


class Key(msgspec.Struct, frozen=True, gc=False, order=True):
    """A name by which a system calls something: (namespace, value).

    In a record the namespace is the connector's own look-up name ("id", "number", "reference"); the gateway
    puts the system's name before it (`shop-us:number`). `value` is as the system wrote it, not tidied.
    """

    namespace: str
    value: str


class StatusWord(msgspec.Struct, frozen=True, gc=False):
    """One system's word for one axis: the raw word, what it means here, and which mapping said so."""

    axis: Axis
    raw: str
    normalized: str
    mapping_version: str


class Place(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A location as one system names it. `external_id` is that system's own id of it."""

    external_id: str
    name: str | None = None
    kind: LocationKind = LocationKind.UNKNOWN


class Channel(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where an order was captured, as one system names it."""

    code: str
    name: str | None = None
    kind: ChannelKind = ChannelKind.UNKNOWN


class Address(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A postal address. `lines` are street lines in order; `country_code` is ISO 3166-1 alpha-2."""

    name: str | None = None
    company: str | None = None
    lines: tuple[str, ...] = ()
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone: str | None = None


class Person(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A customer as one system knows them; `external_id` is that system's own id."""

    external_id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None


class Company(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A buying company as one system knows it."""

    external_id: str | None = None
    name: str | None = None
    tax_id: str | None = None


def utc(moment: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a naive time: a guess of zone is not made here."""
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError("a time without a zone; the connector must say which zone its system means")
    return moment.astimezone(UTC)
