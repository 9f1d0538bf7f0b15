"""Reads the mapping of the configuration, and says all that is wrong with it at once.

Every problem is a sentence that begins with the key's path and ends with what would be right.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orderweave_sql.cells import BadCell, read_cell
from orderweave_sql.database_map import ColumnMap, DatabaseMap, SectionMap, field_of
from orderweave_sql.vocabulary import REFERENCES, RESERVED_REFERENCES, SECTIONS, Field, FieldKind

_NAME = re.compile(r"[a-z][a-z0-9_]*")
# A table as it is stored, in a schema or not. Whatever else is wanted is written as a SELECT.
_TABLE = re.compile(r"[^.\"'`;()\[\]\n]+(\.[^.\"'`;()\[\]\n]+)?")
_QUERY = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
_STATEMENT = re.compile(
    r"\s*(alter|analyze|attach|begin|call|copy|create|delete|do|drop|exec|execute|explain|grant|insert|lock|merge|"
    r"pragma|replace|reset|revoke|set|show|truncate|update|vacuum|values)\s",
    re.IGNORECASE,
)
# Quoted text and comments, within which a semicolon ends nothing.
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|--[^\n]*|/\*.*?\*/", re.DOTALL)

_MOST_PLACES = 6


def read_mapping(given: Any) -> tuple[DatabaseMap, list[str]]:
    """The mapping as far as it can be read, and every problem; it may be used only when there is none."""
    reader = _Reader()
    found = reader.database(given)
    return found, reader.problems


class _Reader:
    def __init__(self) -> None:
        self.problems: list[str] = []
        self._zone: ZoneInfo | None = None

    def wrong(self, path: str, why: str) -> None:
        self.problems.append(f"{path}: {why}")

    def database(self, given: Any) -> DatabaseMap:
        if not isinstance(given, Mapping):
            self.wrong("mapping", "must be a table, with a section such as [mapping.orders]")
            return DatabaseMap()
        self.known("mapping", given, ("version", "time_zone", "money_places", "numbers_unique", *SECTIONS))
        if "time_zone" in given:
            self._zone = self.zone("mapping.time_zone", given["time_zone"])
        sections = {
            name: section
            for name in SECTIONS
            if name in given and (section := self.section(name, given[name])) is not None
        }
        if not any(name in given for name in SECTIONS):
            self.wrong("mapping", "is empty; map at least one of orders, stock, products or locations")
        self.belonging(sections, given)
        self.currencies(sections)
        return DatabaseMap(
            version=self.of_kind("mapping.version", given.get("version", "1"), str, "a text such as '1'") or "1",
            money_places=self.small("mapping.money_places", given.get("money_places")),
            numbers_unique=bool(
                self.of_kind("mapping.numbers_unique", given.get("numbers_unique", False), bool, "true or false")
            ),
            sections=sections,
        )

    def section(self, name: str, given: Any) -> SectionMap | None:
        path = f"mapping.{name}"
        if not isinstance(given, Mapping):
            self.wrong(path, "must be a table with `from` and the columns by field")
            return None
        columns: dict[str, ColumnMap] = {}
        self.fields(name, path, "", {key: value for key, value in given.items() if key != "from"}, columns)
        for field, rule in SECTIONS[name].fields.items():
            if rule.required and not _mentions(given, field):
                self.wrong(f"{path}.{field}", "is missing; name the column that holds it")
        # What names a row's order must differ from row to row.
        named = "id" if name == "orders" else "order"
        if named in columns and not columns[named].names:
            self.wrong(f"{path}.{named}", "must be a column; the same value for every row would name no one order")
        schema, table, query = self.source(path, given.get("from"))
        return SectionMap(name=name, columns=columns, schema=schema, table=table, query=query)

    def source(self, path: str, given: Any) -> tuple[str | None, str | None, str | None]:
        """Schema, table and query, of which one of the last two is meant."""
        path = f"{path}.from"
        if not isinstance(given, str) or not given.strip():
            self.wrong(path, "is missing; name a table, or write a SELECT")
        elif _QUERY.match(given):
            if ";" in _QUOTED.sub("", given):
                self.wrong(path, "holds a semicolon; write one SELECT and nothing after it")
            return None, None, given
        elif _STATEMENT.match(given):
            self.wrong(path, "is not a SELECT; only a table's name or a query that begins with SELECT or WITH is read")
        elif not _TABLE.fullmatch(given):
            self.wrong(path, "is neither a table's name (schema.table) nor a SELECT")
        else:
            schema, _, table = given.rpartition(".")
            return schema or None, table, None
        return None, None, None

    def fields(
        self, section: str, path: str, prefix: str, given: Mapping[str, Any], found: dict[str, ColumnMap]
    ) -> None:
        """The columns of a section, or of a nested table of it such as `totals`."""
        names = SECTIONS[section].fields
        here = sorted({name.removeprefix(prefix).split(".")[0] for name in names if name.startswith(prefix)})
        if section == "orders" and not prefix:
            here.append(REFERENCES.rstrip("."))
        for key, value in given.items():
            name = f"{prefix}{key}"
            at = f"{path}.{key}"
            if prefix == REFERENCES:
                if not _NAME.fullmatch(key) or key in RESERVED_REFERENCES:
                    self.wrong(at, "name a reference in lower-case letters, digits and underscores, not id or number")
                    continue
            elif key not in here:
                self.unknown(at, key, ["from", *here] if not prefix else here)
                continue
            elif name not in names:
                if isinstance(value, Mapping):
                    self.fields(section, at, f"{name}.", value, found)
                else:
                    self.wrong(at, f'must be a table of fields, such as {{ {_first_under(names, name)} = "column" }}')
                continue
            column = self.column(at, value, field_of(section, name))
            if column is not None:
                found[name] = column

    def column(self, path: str, given: Any, field: Field) -> ColumnMap | None:
        """One field's column: its name, a list of names for street lines, or a table that says more."""
        if isinstance(given, str) or (isinstance(given, list) and field.kind is FieldKind.STREET):
            given = {"column": given}
        if not isinstance(given, Mapping):
            self.wrong(path, "must be a column's name, or a table with `column` or `value`")
            return None
        options = _OPTIONS.get(field.kind, ())
        self.known(path, given, ("column", "value", *options))
        if ("column" in given) == ("value" in given):
            self.wrong(path, "must say either `column` or `value`")
            return None
        zone = self.zone(f"{path}.time_zone", given["time_zone"]) if "time_zone" in given else self._zone
        units = self.small(f"{path}.minor_units", given.get("minor_units"))
        if "value" in given:
            return self.constant(path, given["value"], field, ColumnMap(zone=zone, minor_units=units))
        names = given["column"] if isinstance(given["column"], list) else [given["column"]]
        several = isinstance(given["column"], list) and field.kind is not FieldKind.STREET
        if several or not names or not all(isinstance(name, str) and name for name in names):
            self.wrong(f"{path}.column", "must be a column's name")
            return None
        words, documented = self.words(path, given, field)
        return ColumnMap(names=tuple(names), zone=zone, minor_units=units, words=words, documented=documented)

    def constant(self, path: str, value: Any, field: Field, column: ColumnMap) -> ColumnMap | None:
        if field.words is not None:
            if value not in list(field.words):
                self.wrong(f"{path}.value", f"{value!r} is not one of {', '.join(field.words)}")
                return None
            return ColumnMap(value=str(value), words={str(value): str(value)})
        try:
            read = read_cell(value, field, column, money_places=None)
        except BadCell as error:
            self.wrong(f"{path}.value", f"is {error}")
            return None
        if read is None:
            self.wrong(f"{path}.value", "is empty; leave the field out instead")
            return None
        return ColumnMap(value=read)

    def words(self, path: str, given: Mapping[str, Any], field: Field) -> tuple[dict[str, str], tuple[str, ...]]:
        """The meanings, and the documented words, of a field that holds words."""
        if field.words is None:
            return {}, ()
        words = given.get("words")
        if not isinstance(words, Mapping) or not words:
            self.wrong(f"{path}.words", 'is missing; say what each word means, such as { paid = "PAID" }')
            words = {}
        allowed = list(field.words)
        for raw, meaning in words.items():
            if meaning not in allowed:
                self.wrong(f"{path}.words.{raw}", f"{meaning!r} is not one of {', '.join(allowed)}")
        documented = given.get("documented", [])
        if not isinstance(documented, list) or not all(isinstance(raw, str) for raw in documented):
            self.wrong(f"{path}.documented", "must be a list of words")
            documented = []
        for raw in documented:
            if raw not in words:
                self.wrong(f"{path}.words", f"has no meaning for the documented word {raw!r}")
        return {raw: str(meaning) for raw, meaning in words.items()}, tuple(documented or words)

    def belonging(self, sections: Mapping[str, SectionMap], given: Mapping[str, Any]) -> None:
        """A part without its whole could be attached to nothing."""
        for name, section in sections.items():
            for field, parent in SECTIONS[name].parents.items():
                if parent not in given and (field in section.columns or SECTIONS[name].fields[field].required):
                    self.wrong(f"mapping.{name}", f"needs the section {parent}, to which its rows belong")
        orders = sections.get("orders")
        if orders and "payment_terms" in orders.columns and "invoices" not in given:
            self.wrong("mapping.orders.payment_terms", "needs the section invoices, with which it is delivered")

    def currencies(self, sections: Mapping[str, SectionMap]) -> None:
        """An amount without a currency is no money."""
        orders = sections.get("orders")
        if orders is None or "currency" in orders.columns:
            return
        for name, section in sections.items():
            amounts = [field for field in section.columns if section.field(field).kind is FieldKind.AMOUNT]
            if amounts and "currency" not in section.columns:
                self.wrong(
                    "mapping.orders.currency",
                    f'is missing, and {name}.{amounts[0]} is an amount; name a column or write {{ value = "USD" }}',
                )

    def zone(self, path: str, given: Any) -> ZoneInfo | None:
        try:
            return ZoneInfo(given)
        except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
            self.wrong(path, f"{given!r} is not a time zone; write one such as UTC or America/New_York")
            return None

    def small(self, path: str, given: Any) -> int | None:
        if given is None:
            return None
        if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= _MOST_PLACES:
            self.wrong(path, f"must be a whole number from 0 to {_MOST_PLACES}")
            return None
        return given

    def of_kind(self, path: str, given: Any, kind: type, what: str) -> Any:
        if isinstance(given, kind):
            return given
        self.wrong(path, f"must be {what}")
        return None

    def known(self, path: str, given: Mapping[str, Any], keys: Iterable[str]) -> None:
        for key in given:
            if key not in keys:
                self.unknown(f"{path}.{key}", key, list(keys))

    def unknown(self, path: str, key: str, keys: list[str]) -> None:
        close = difflib.get_close_matches(key, keys, n=1)
        hint = f"did you mean {close[0]}?" if close else f"known here are {', '.join(keys)}"
        self.wrong(path, f"is not known; {hint}")


_OPTIONS: dict[FieldKind, tuple[str, ...]] = {
    FieldKind.TIME: ("time_zone",),
    FieldKind.DATE: ("time_zone",),
    FieldKind.AMOUNT: ("minor_units",),
    FieldKind.WORD: ("words", "documented"),
}


def _mentions(given: Mapping[str, Any], field: str) -> bool:
    """Whether a (dotted) field is given at all, soundly or not."""
    node: Any = given
    for part in field.split("."):
        if not isinstance(node, Mapping) or part not in node:
            return False
        node = node[part]
    return True


def _first_under(names: Iterable[str], prefix: str) -> str:
    return next((name.split(".")[1] for name in names if name.startswith(f"{prefix}.")), "name")
