"""What a database has: the fields of each model as this user sees them, the digits of currencies, country codes.

Odoo refuses a whole request for one field that it does not know, and fields differ by version and module. So they are
asked for once, all at a time, and again after an hour or at a check.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import msgspec

from orderweave_odoo.client import Client
from orderweave_odoo.failures import NoSuchModel
from orderweave_odoo.fields import FIELDS, TIES
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode

_SECONDS = 3600.0
_DIGITS = 2
_ACTIVE_OR_NOT = [["active", "in", [True, False]]]


class _Currency(msgspec.Struct):
    name: str
    decimal_places: int


class _Country(msgspec.Struct):
    id: int
    code: str | bool | None = None


class Dictionary(msgspec.Struct, frozen=True):
    """What was found. `fields` lacks the models that the database does not have."""

    fields: Mapping[str, frozenset[str]]
    currencies: Mapping[str, int]
    countries: Mapping[int, str]

    def has(self, model: str) -> bool:
        """Whether the model is there, with the field that ties it to sales."""
        known = self.fields.get(model)
        return known is not None and (model not in TIES or TIES[model] in known)

    def those_of(self, model: str, names: Sequence[str] | None = None) -> list[str]:
        """The fields to ask a model for: of `names`, or of all that are used."""
        known = self.fields.get(model, frozenset())
        return [name for name in (FIELDS[model] if names is None else names) if name in known]

    def digits(self, currency: str | None) -> int:
        """Decimal places of a currency."""
        return self.currencies.get(currency or "", _DIGITS)


class Library:
    """Keeps the dictionary; callers that come together share one look."""

    def __init__(self, client: Client, models: Sequence[str]) -> None:
        self._client = client
        self._models = models
        self._kept: tuple[float, Dictionary] | None = None
        self._looking = asyncio.Lock()

    def forget(self) -> None:
        """Let the next caller look again."""
        self._kept = None

    async def dictionary(self, call: Call) -> Dictionary:
        """The dictionary, at most an hour old."""
        async with self._looking:
            now = call.clock.monotonic()
            if self._kept is None or now - self._kept[0] >= _SECONDS:
                self._kept = (now, await self._look(call))
            return self._kept[1]

    async def _look(self, call: Call) -> Dictionary:
        currencies, countries, found = await asyncio.gather(
            self._currencies(call),
            self._countries(call),
            asyncio.gather(*(self._fields(model, call) for model in self._models)),
        )
        known = {model: names for model, names in zip(self._models, found, strict=True) if names is not None}
        return Dictionary(fields=known, currencies=currencies, countries=countries)

    async def _fields(self, model: str, call: Call) -> frozenset[str] | None:
        try:
            return await self._client.fields_of(model, FIELDS[model], call)
        except NoSuchModel:
            return None

    async def _currencies(self, call: Call) -> dict[str, int]:
        raws = await self._client.search_read("res.currency", _ACTIVE_OR_NOT, ["name", "decimal_places"], call)
        rows = [decode(raw, _Currency, what="currency") for raw in raws]
        return {row.name: row.decimal_places for row in rows}

    async def _countries(self, call: Call) -> dict[int, str]:
        raws = await self._client.search_read("res.country", [], ["code"], call)
        rows = [decode(raw, _Country, what="country") for raw in raws]
        return {row.id: row.code for row in rows if isinstance(row.code, str)}
