"""The table `[inventory]`: what is kept back of stock, and which places serve which channels."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from orderweave.config.configuration import Problem
from orderweave.model.stock_rules import Pool, StockRules
from orderweave.model.systems import PlaceSpec

INVENTORY = {"safety_stock", "safety", "pools"}
SAFETY = {"sku", "place", "quantity"}
POOL = {"channels", "places", "share", "limit"}
# More pieces of one SKU are a slip of the finger; more rules than this belong into the system that plans.
_MOST_PIECES = 1_000_000_000
_MOST_RULES = 10_000
_QUANTITY = f"must be a number between 0 and {_MOST_PIECES}"

_Safety = dict[tuple[str | None, str | None], Decimal]


def read_inventory(
    value: Any, places: Collection[PlaceSpec], systems: Collection[str]
) -> tuple[StockRules, list[Problem]]:
    """The rules of the table, and every problem with it; its places and channels must be those of the configuration."""
    reading = _Reading({place.id for place in places}, set(systems))
    rules = reading.rules(value)
    return rules, reading.problems


class _Reading:
    def __init__(self, places: Collection[str], systems: Collection[str]) -> None:
        self._places = places
        self._systems = systems
        self.problems: list[Problem] = []

    def rules(self, value: Any) -> StockRules:
        """The table as rules; what is wrong is left out of them."""
        if not isinstance(value, Mapping):
            self._wrong("inventory", "must be a table")
            return StockRules()
        self._known("inventory", value, INVENTORY)
        safety: _Safety = {}
        if "safety_stock" in value:
            safety[None, None] = self._quantity("inventory.safety_stock", value["safety_stock"])
        self._safety(value.get("safety", []), safety)
        return StockRules(safety=safety, pools=self._pools(value.get("pools", {})))

    def _safety(self, entries: Any, safety: _Safety) -> None:
        if not isinstance(entries, list) or len(entries) > _MOST_RULES:
            self._wrong("inventory.safety", f"must be a list of at most {_MOST_RULES} tables")
            return
        for position, entry in enumerate(entries):
            key = f"inventory.safety[{position}]"
            if not isinstance(entry, Mapping):
                self._wrong(key, "must be a table")
                continue
            self._known(key, entry, SAFETY)
            sku, place = self._text(f"{key}.sku", entry.get("sku")), self._text(f"{key}.place", entry.get("place"))
            if place is not None and place not in self._places:
                self._wrong(f"{key}.place", f"{place!r} is no id of [[locations]]")
            if sku is None and place is None:
                self._wrong(key, "needs a sku, a place or both; safety_stock is for everything else")
            quantity = self._quantity(f"{key}.quantity", entry.get("quantity"))
            named = (None if sku is None else sku.strip().casefold(), place)
            if named in safety and named != (None, None):
                self._wrong(key, "another entry is for the same SKU and place")
            safety[named] = quantity

    def _pools(self, tables: Any) -> tuple[Pool, ...]:
        if not isinstance(tables, Mapping) or not all(isinstance(table, Mapping) for table in tables.values()):
            self._wrong("inventory.pools", "must be tables, one for each pool by its name")
            return ()
        serving: dict[str, str] = {}
        found = []
        for name, table in tables.items():
            key = f"inventory.pools.{name}"
            self._known(key, table, POOL)
            channels = self._names(f"{key}.channels", table.get("channels"), self._systems, "system")
            places = self._names(f"{key}.places", table.get("places"), self._places, "id of [[locations]]")
            for channel in channels:
                if channel in serving:
                    self._wrong(f"{key}.channels", f"{channel} is served by inventory.pools.{serving[channel]} already")
                serving[channel] = name
            share = Decimal(1)
            if "share" in table:
                share = _number(table["share"]) or Decimal(0)
                if not 0 < share <= 1:
                    self._wrong(f"{key}.share", "must be a number above 0, at most 1")
            limit = self._quantity(f"{key}.limit", table["limit"]) if "limit" in table else None
            found.append(Pool(name=name, channels=channels, places=places, share=share, limit=limit))
        return tuple(found)

    def _names(self, key: str, value: Any, known: Collection[str], what: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not value or not all(isinstance(name, str) for name in value):
            self._wrong(
                key,
                f"must be a list of names, each a {what}" if what == "system" else f"must be a list, each an {what}",
            )
            return ()
        for name in value:
            if name not in known:
                self._wrong(key, f"{name!r} is no {what}")
        return tuple(dict.fromkeys(value))

    def _text(self, key: str, value: Any) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self._wrong(key, "must be a text that is not empty")
            return None
        return value

    def _quantity(self, key: str, value: Any) -> Decimal:
        number = _number(value)
        if number is None or not 0 <= number <= _MOST_PIECES:
            self._wrong(key, _QUANTITY)
            return Decimal(0)
        return number

    def _known(self, key: str, table: Mapping[str, Any], known: Collection[str]) -> None:
        for name in table:
            if name not in known:
                self._wrong(f"{key}.{name}", f"unknown key; known here: {', '.join(sorted(known))}")

    def _wrong(self, key: str, message: str) -> None:
        self.problems.append(Problem(key, message))


def _number(value: Any) -> Decimal | None:
    """A number as it is written; TOML's infinities and what is none are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = Decimal(str(value))
    return number if number.is_finite() else None
