"""The rows of the page's table of fields, as the code has them."""

from __future__ import annotations

from collections.abc import Iterator

from orderweave_rest.reading import THINGS
from orderweave_rest.vocabulary import ORDER, REFERENCES, FieldKind, Shape

_NOTES = {
    FieldKind.AMOUNT: " (amount)",
    FieldKind.NUMBER: " (number)",
    FieldKind.TIME: " (time)",
    FieldKind.DATE: " (date)",
    FieldKind.FLAG: " (flag)",
    FieldKind.WORD: " (word)",
    FieldKind.TEXTS: " (lines)",
}


def rows() -> Iterator[str]:
    """One row for each table; a table that stands in several places has one row for all of them."""
    places: dict[str, list[str]] = {}
    order = Shape(
        record=ORDER.record, fields={name: field for name, field in ORDER.fields.items() if name != REFERENCES}
    )
    for path, shape, many in (
        ("order", order, False),
        *((f"{name}.map", shape, False) for name, shape in THINGS.items()),
    ):
        for where, fields in _tables(path, shape, many=many):
            places.setdefault(fields, []).append(where)
    for told, wheres in places.items():
        yield f"| {', '.join(wheres)} | {told} |"


def _tables(path: str, shape: Shape, *, many: bool) -> Iterator[tuple[str, str]]:
    own = [name for name, field in shape.fields.items() if field.shape is None]
    told = [
        f"{f'**{name}**' if shape.fields[name].required else name}{_NOTES.get(shape.fields[name].kind, '')}"
        for name in own
    ]
    if told:
        yield f"`{path}`{' *each*' if many else ''}", ", ".join(told)
    for name, field in shape.fields.items():
        if field.shape is not None:
            yield from _tables(f"{path}.{name}", field.shape, many=field.kind is FieldKind.LIST)
