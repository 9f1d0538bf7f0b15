"""Reads what the items of an answer mean: tables and fields that mirror our records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orderweave_rest.api_map import FieldMap, TableMap
from orderweave_rest.checks import Checks
from orderweave_rest.expressions import Expression
from orderweave_rest.reading_errors import BadValue
from orderweave_rest.values import ISO, UNIX, UNIX_MS, Times, read_value
from orderweave_rest.vocabulary import (
    CURRENCY,
    REFERENCE,
    REFERENCES,
    RESERVED_REFERENCES,
    Field,
    FieldKind,
    Shape,
)

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MOST_PLACES = 6
EACH = "each"

# What may stand beside `at` for each kind of field.
OPTIONS: Mapping[FieldKind, tuple[str, ...]] = {
    FieldKind.TIME: ("time_zone", "time_format"),
    FieldKind.DATE: ("time_zone", "time_format"),
    FieldKind.AMOUNT: ("minor_units",),
    FieldKind.WORD: ("words", "documented"),
}


def read_times(checks: Checks, path: str, given: Mapping[str, Any], usual: Times) -> Times:
    """`time_zone`, `time_format` and `time_sent` of a table, where it has them."""
    zone = checks.zone(f"{path}.time_zone", given["time_zone"]) if "time_zone" in given else usual.zone
    forms = {"time_format": usual.form, "time_sent": usual.sent}
    for name in forms:
        told = given.get(name)
        if told is None:
            continue
        if told in (ISO, UNIX, UNIX_MS) or (isinstance(told, str) and "%" in told):
            forms[name] = told
        else:
            checks.wrong(
                f"{path}.{name}",
                "must be iso, unix (seconds), unix_ms (milliseconds) or a pattern such as '%d/%m/%Y %H:%M'",
            )
    return Times(forms["time_format"] or ISO, zone, forms["time_sent"])


class RecordReader:
    """Reads the tables of one kind of item. `times` are those of the API."""

    def __init__(self, checks: Checks, times: Times) -> None:
        self._checks = checks
        self._times = times

    def table(self, path: str, given: Any, shape: Shape, *, many: bool = False, top: bool = False) -> TableMap:
        """A table; `many` demands `each`, and `top` allows it."""
        names = [*([EACH] if many or top else []), *shape.fields]
        given = self._checks.table(path, given, names, like=f'{{ {next(iter(shape.fields), "name")} = "…" }}')
        each = self._checks.expression(f"{path}.{EACH}", given[EACH]) if EACH in given and EACH in names else None
        if many and EACH not in given:
            self._checks.wrong(f"{path}.{EACH}", "is missing; name the list in the answer, such as 'items'")
        fields: dict[str, FieldMap] = {}
        for name, value in given.items():
            if name in shape.fields:
                found = self._field(f"{path}.{name}", value, shape.fields[name], name)
                if found is not None:
                    fields[name] = found
        for name, field in shape.fields.items():
            if field.required and name not in given:
                self._checks.wrong(f"{path}.{name}", "is missing; say where it stands")
        return TableMap(path=path, shape=shape, fields=fields, each=each)

    def _field(self, path: str, given: Any, field: Field, name: str) -> FieldMap | None:
        if name == REFERENCES and field.into is None:
            return FieldMap(path=path, field=field, table=self._references(path, given, field))
        if field.shape is not None:
            table = self.table(path, given, field.shape, many=field.kind is FieldKind.LIST)
            return FieldMap(path=path, field=field, table=table)
        return self._value(path, given, field)

    def _references(self, path: str, given: Any, field: Field) -> TableMap:
        assert field.shape is not None
        fields: dict[str, FieldMap] = {}
        for name, value in self._checks.named(path, given, like='{ shop_number = "customerRef" }').items():
            if not _NAME.fullmatch(name) or name in RESERVED_REFERENCES:
                self._checks.wrong(
                    f"{path}.{name}", "name a reference in lower-case letters, digits and underscores, not id or number"
                )
            elif (found := self._value(f"{path}.{name}", value, REFERENCE)) is not None:
                fields[name] = found
        return TableMap(path=path, shape=field.shape, fields=fields)

    def _value(self, path: str, given: Any, field: Field) -> FieldMap | None:
        """A field that is no table: an expression, several for street lines, or a table that says more."""
        if isinstance(given, str) or (isinstance(given, list) and field.kind is FieldKind.TEXTS):
            given = {"at": given}
        if not isinstance(given, Mapping):
            self._checks.wrong(path, "must be a JMESPath expression, or a table with `at` or `value`")
            return None
        options = ("at", "value", "whole", *OPTIONS.get(field.kind, ()))
        given = self._checks.table(path, given, options, like='{ at = "…" }')
        if ("at" in given) == ("value" in given):
            self._checks.wrong(path, "must say either `at` or `value`")
            return None
        times = read_times(self._checks, path, given, self._times)
        units = None
        if "minor_units" in given:
            units = self._checks.whole(f"{path}.minor_units", given["minor_units"], 0, _MOST_PLACES)
        if "value" in given:
            return self._constant(path, given["value"], field, times, units)
        at = self._expressions(path, given["at"], field)
        words, documented = self._words(path, given, field)
        whole = self._checks.flag(f"{path}.whole", given["whole"]) if "whole" in given else False
        if not at:
            return None
        return FieldMap(
            path=path,
            field=field,
            at=at,
            whole=whole,
            times=times,
            minor_units=units,
            words=words,
            documented=documented,
        )

    def _expressions(self, path: str, given: Any, field: Field) -> tuple[Expression, ...]:
        many = given if isinstance(given, list) and field.kind is FieldKind.TEXTS else [given]
        found = [self._checks.expression(path, text) for text in many]
        if not many:
            self._checks.wrong(path, "must hold at least one JMESPath expression")
        return tuple(each for each in found if each is not None)

    def _constant(self, path: str, value: Any, field: Field, times: Times, units: int | None) -> FieldMap | None:
        if field.words is not None:
            if value not in [word.value for word in field.words]:
                self._checks.wrong(f"{path}.value", f"{value!r} is not one of {', '.join(field.words)}")
                return None
            return FieldMap(path=path, field=field, value=value, words={value: value}, documented=(value,))
        try:
            read = read_value(value, field.kind, times, units)
        except BadValue as error:
            self._checks.wrong(f"{path}.value", f"is {error}")
            return None
        if read is None:
            self._checks.wrong(f"{path}.value", "is empty; leave the field out instead")
            return None
        return FieldMap(path=path, field=field, value=read)

    def _words(self, path: str, given: Mapping[str, Any], field: Field) -> tuple[dict[str, str], tuple[str, ...]]:
        """The meanings, and the documented words, of a field that holds words."""
        if field.words is None:
            return {}, ()
        words = given.get("words")
        if not isinstance(words, Mapping) or not words:
            self._checks.wrong(f"{path}.words", 'is missing; say what each word means, such as { paid = "PAID" }')
            words = {}
        allowed = [word.value for word in field.words]
        for raw, meaning in words.items():
            if meaning not in allowed:
                self._checks.wrong(f"{path}.words.{raw}", f"{meaning!r} is not one of {', '.join(allowed)}")
        documented = given.get("documented", [])
        if not isinstance(documented, list) or not all(isinstance(raw, str) for raw in documented):
            self._checks.wrong(f"{path}.documented", "must be a list of words")
            documented = []
        for raw in documented:
            if raw not in words:
                self._checks.wrong(f"{path}.words", f"has no meaning for the documented word {raw!r}")
        return {raw: str(meaning) for raw, meaning in words.items()}, tuple(documented or words)


def amounts_without_currency(table: TableMap) -> list[str]:
    """The paths of amounts that neither their table nor one above it gives a currency."""
    if CURRENCY in table.fields:
        return []
    found = [each.path for each in table.fields.values() if each.field.kind is FieldKind.AMOUNT]
    for each in table.fields.values():
        if each.table is not None:
            found += amounts_without_currency(each.table)
    return found
