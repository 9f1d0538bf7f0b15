"""EasyPost's recorded exchanges, and the shape that trackers have in all of them.

The recordings are what VCR writes: YAML of which only the plain and the single-quoted texts need to be read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

_TEXT = r"'(?:[^']|'')*'"
_EXCHANGE = re.compile(
    rf"- request:\n    body: (?P<sent>null|{_TEXT})\n.*?\n    method: (?P<method>\w+)\n    uri: (?P<uri>\S+)\n"
    rf"  response:\n    body:\n      string: (?P<got>{_TEXT})\n.*?\n      code: (?P<status>\d+)\n",
    re.DOTALL,
)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One request and its answer. `parameters` are the names in the query."""

    method: str
    path: str
    parameters: frozenset[str]
    sent: Any
    status: int
    got: Any


class Shape(msgspec.Struct, kw_only=True):
    """What a place of a document held in all recordings: the kinds of values, and what they were made of.

    `always` are the fields that no object lacks. `words` are all the texts.
    """

    kinds: set[str] = msgspec.field(default_factory=set)
    fields: dict[str, Shape] = msgspec.field(default_factory=dict)
    always: set[str] | None = None
    items: Shape | None = None
    words: set[str] = msgspec.field(default_factory=set)

    @property
    def timed(self) -> bool:
        """Whether all the texts are times."""
        return bool(self.words) and all(map(_TIME.fullmatch, self.words))


def exchanges(path: Path) -> list[Exchange]:
    """The exchanges of one recording."""
    found = []
    text = path.read_text()
    for match in _EXCHANGE.finditer(text):
        split = urlsplit(match["uri"])
        found.append(
            Exchange(
                method=match["method"],
                path=split.path,
                parameters=frozenset(name for name, _ in parse_qsl(split.query)),
                sent=None if match["sent"] == "null" else json.loads(_unquoted(match["sent"])),
                status=int(match["status"]),
                got=json.loads(_unquoted(match["got"])),
            )
        )
    assert len(found) == text.count("- request:"), f"not every exchange of {path.name} could be read"
    return found


def trackers(document: Any) -> Iterator[dict[str, Any]]:
    """Every tracker in a document."""
    if isinstance(document, dict):
        if document.get("object") == "Tracker":
            yield document
        for value in document.values():
            yield from trackers(value)
    elif isinstance(document, list):
        for value in document:
            yield from trackers(value)


def shape_of(values: Iterable[Any]) -> Shape:
    """The shape that all these values have."""
    found = Shape()
    for value in values:
        _learn(found, value)
    return found


def breaches(value: Any, shape: Shape, path: str = "tracker") -> Iterator[str]:
    """Where a value is not of the shape. Of a place that always was null nothing is known but that it is there."""
    if shape.kinds <= {"null"}:
        return
    if _kind(value) not in shape.kinds:
        yield f"{path} is {_kind(value)}, and was always {' or '.join(sorted(shape.kinds))}"
    elif isinstance(value, dict):
        yield from (f"{path} lacks {name}" for name in sorted((shape.always or set()) - value.keys()))
        for name, entry in value.items():
            if name not in shape.fields:
                yield f"{path} has {name}, which was never there"
            else:
                yield from breaches(entry, shape.fields[name], f"{path}.{name}")
    elif isinstance(value, list) and shape.items is not None:
        for entry in value:
            yield from breaches(entry, shape.items, f"{path}[]")
    elif isinstance(value, str) and shape.timed and not _TIME.fullmatch(value):
        yield f"{path} is no time as EasyPost writes them"
    elif isinstance(value, str) and path.endswith(".object") and value not in shape.words:
        yield f"{path} is {value!r}, and was always {' or '.join(sorted(shape.words))}"


def _learn(shape: Shape, value: Any) -> None:
    shape.kinds.add(_kind(value))
    if isinstance(value, dict):
        shape.always = set(value) if shape.always is None else shape.always & value.keys()
        for name, entry in value.items():
            _learn(shape.fields.setdefault(name, Shape()), entry)
    elif isinstance(value, list):
        for entry in value:
            shape.items = shape.items or Shape()
            _learn(shape.items, entry)
    elif isinstance(value, str):
        shape.words.add(value)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    return {bool: "boolean", int: "number", float: "number", str: "text", list: "list", dict: "object"}[type(value)]


def _unquoted(text: str) -> str:
    """A single-quoted text of YAML: a line break with the blanks round it is one blank, a quote stands twice."""
    return re.sub(r" *\n +", " ", text[1:-1]).replace("''", "'")
