"""What of one database means what: the mapping of the configuration once it has been read and found sound."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from orderweave_sdk.records import Axis
from orderweave_sdk.statuses import StatusMap
from orderweave_sdk.unmapped import tell_unmapped
from orderweave_sql.vocabulary import REFERENCES, SECTIONS, STATUS_FIELDS, Field, FieldKind

Word = TypeVar("Word", bound=StrEnum)

_REFERENCE = Field(kind=FieldKind.TEXT)


class ColumnMap(msgspec.Struct, frozen=True, kw_only=True):
    """Where one field comes from: a column (several for street lines), or `value` for every row alike.

    `zone` is that of times which carry none; `minor_units` is how many decimals an amount kept as a whole number
    has (2 for cents); `words` gives each raw word its meaning, `documented` the words that must have one.
    """

    names: tuple[str, ...] = ()
    value: Any = None
    zone: ZoneInfo | None = None
    minor_units: int | None = None
    words: Mapping[str, str] = {}
    documented: tuple[str, ...] = ()


class SectionMap(msgspec.Struct, frozen=True, kw_only=True):
    """One section: its table (in a schema, or not) or its query, and the columns by field."""

    name: str
    columns: Mapping[str, ColumnMap]
    table: str | None = None
    schema: str | None = None
    query: str | None = None

    def field(self, name: str) -> Field:
        """What the field holds."""
        return field_of(self.name, name)


class DatabaseMap(msgspec.Struct, frozen=True, kw_only=True):
    """The whole mapping. `version` goes with every status word; `money_places` is how many decimals amounts have."""

    version: str = "1"
    money_places: int | None = None
    numbers_unique: bool = False
    sections: Mapping[str, SectionMap] = {}

    @property
    def orders(self) -> SectionMap | None:
        """The section `orders`, where it is mapped."""
        return self.sections.get("orders")

    @property
    def references(self) -> tuple[str, ...]:
        """The names of the reference fields, in the order of the configuration."""
        columns = self.orders.columns if self.orders else {}
        return tuple(name.removeprefix(REFERENCES) for name in columns if name.startswith(REFERENCES))

    def meaning(self, section: str, field: str, row: Mapping[str, Any], enum: type[Word]) -> Word:
        """What the row's word means; UNKNOWN when it holds none, or one that nobody mapped."""
        if field not in row:
            return enum("UNKNOWN")
        raw, axis = row[field], field_of(section, field).axis
        words = self.sections[section].columns[field].words
        if raw not in words and axis is not None:
            tell_unmapped(axis, raw)
        return enum(words.get(raw, "UNKNOWN"))

    def statuses(self) -> StatusMap:
        """The status map of the whole-order axes that are mapped."""
        columns = self.orders.columns if self.orders else {}
        mapped: dict[Axis, ColumnMap] = {axis: columns[name] for axis, name in STATUS_FIELDS.items() if name in columns}
        return StatusMap(
            version=self.version,
            documented={axis: column.documented for axis, column in mapped.items()},
            words={axis: column.words for axis, column in mapped.items()},
        )


def field_of(section: str, name: str) -> Field:
    """What a field of a section holds; any name under `references.` is a text."""
    if section == "orders" and name.startswith(REFERENCES):
        return _REFERENCE
    return SECTIONS[section].fields[name]
