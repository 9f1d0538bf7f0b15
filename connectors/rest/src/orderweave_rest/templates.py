"""Texts with placeholders such as {key}: which they hold, and what they become with values put in. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

# Values by placeholder. None says that there is none this time; a list is one JSON list, or a repeated parameter.
Values = Mapping[str, str | int | Sequence[str | int] | None]


def placeholders(node: Any) -> set[str]:
    """The names of all placeholders in a text, a query or a body."""
    if isinstance(node, str):
        return set(_PLACEHOLDER.findall(node))
    if isinstance(node, Mapping):
        return set().union(*map(placeholders, node.values()))
    return set().union(*map(placeholders, node)) if isinstance(node, list | tuple) else set()


def path_of(template: str, values: Values) -> str:
    """The path, each value with everything escaped that is not a letter or a digit of it."""
    return _PLACEHOLDER.sub(lambda found: quote(str(values[found[1]]), safe=""), template)


def query_of(template: Mapping[str, str], values: Values) -> list[tuple[str, str]]:
    """The parameters; one whose placeholder has no value is left out, one with a list comes once for each entry."""
    found: list[tuple[str, str]] = []
    for name, text in template.items():
        wanted = _PLACEHOLDER.findall(text)
        if any(values.get(each) is None for each in wanted):
            continue
        many = next((each for each in wanted if isinstance(values[each], list)), None)
        if many is None:
            found.append((name, _filled(text, values)))
        else:
            entries = values[many]
            assert isinstance(entries, list)
            found += [(name, _filled(text, {**values, many: entry})) for entry in entries]
    return found


def body_of(template: Any, values: Values) -> Any:
    """The body; a text that is one placeholder becomes its value with its type, and is left out when it has none."""
    if isinstance(template, Mapping):
        filled = {name: body_of(node, values) for name, node in template.items()}
        return {name: node for name, node in filled.items() if node is not None}
    if isinstance(template, list | tuple):
        return [body for node in template if (body := body_of(node, values)) is not None]
    if not isinstance(template, str):
        return template
    only = _PLACEHOLDER.fullmatch(template)
    if only is not None:
        return values.get(only[1])
    if any(values.get(name) is None for name in _PLACEHOLDER.findall(template)):
        return None
    return _filled(template, values)


def put(body: dict[str, Any], path: str, value: Any) -> None:
    """Put a value into a body at a dotted path, making the objects on the way."""
    *way, last = path.split(".")
    for name in way:
        body = body.setdefault(name, {})
    body[last] = value


def _filled(text: str, values: Values) -> str:
    return _PLACEHOLDER.sub(lambda found: str(values[found[1]]), text)
