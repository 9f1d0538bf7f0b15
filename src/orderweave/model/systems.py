"""What the pure rooms know of each configured system: data only, no connection."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from orderweave.model.stock_rules import StockRules
from orderweave_sdk.manifest import Capability, Manifest
from orderweave_sdk.records import LocationKind, SystemKind


class ReferenceRule(msgspec.Struct, frozen=True, kw_only=True):
    """What a reference field means. `names` are keys such as `shop-us:number`, the first that fits is meant.

    `spellings` are the ways in which people write the number, with `{}` for the number itself: they are read
    back and looked up. `many` allows several records of this system for one order (a split order). With `lookup`
    off only orders without a better name are looked up by this field: right for one that is filled beside a
    better one, and a call saved.
    """

    field: str
    names: tuple[str, ...]
    spellings: tuple[str, ...] = ("{}", "#{}", "{} ")
    many: bool = False
    lookup: bool = True


class SystemSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One configured system. `number_pattern` is what its order numbers look like once tidied.

    `captures_orders`: orders are placed here, so that lists search it and an order may be anchored here.
    """

    name: str
    title: str
    manifest: Manifest
    number_pattern: str | None
    references: tuple[ReferenceRule, ...]
    captures_orders: bool

    @property
    def kind(self) -> SystemKind:
        """The kind that the connector declares."""
        return self.manifest.kind

    @property
    def knows_parcels_alone(self) -> bool:
        """Whether it is a carrier: it tells of parcels by number, and not of the orders that are in them."""
        able = self.manifest.capabilities
        return Capability.READ_TRACKING in able and Capability.FIND_ORDERS not in able


class PlaceSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A place of the business, and its id in each system that knows it."""

    id: str
    name: str
    kind: LocationKind
    systems: Mapping[str, str]


class Business(msgspec.Struct, frozen=True, kw_only=True):
    """All systems in order of the configuration, all places, and who is believed where the default is overridden.

    `authority` gives, for an aspect, system names or kinds from most to least believed. `stock_rules` say what is kept
    back, and from where each channel may sell.
    """

    systems: Mapping[str, SystemSpec]
    places: tuple[PlaceSpec, ...] = ()
    authority: Mapping[str, tuple[str, ...]] = {}
    stock_rules: StockRules = StockRules()
