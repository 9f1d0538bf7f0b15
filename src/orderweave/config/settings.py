"""A connector's settings: types from its manifest, secrets from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from orderweave_sdk.manifest import Setting, SettingKind

_TYPES: dict[SettingKind, tuple[type, str]] = {
    SettingKind.TEXT: (str, "a text"),
    SettingKind.URL: (str, "an address such as https://example.com"),
    SettingKind.INTEGER: (int, "a whole number"),
    SettingKind.BOOLEAN: (bool, "true or false"),
    SettingKind.TABLE: (dict, "a table"),
}

# Variables hold texts; these are read as what they stand for.
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_SWITCHES = {"true": True, "false": False}

Problems = list[tuple[str, str]]


def read_settings(
    prefix: str, table: Mapping[str, Any], declared: Sequence[Setting], environment: Mapping[str, str]
) -> tuple[dict[str, Any], Problems]:
    """The settings with defaults and secrets filled in, and every problem as (key, what would be right)."""
    problems: Problems = []
    known = {setting.name: setting for setting in declared}
    problems += [
        (f"{prefix}.{name}", f"unknown setting; this connector knows: {', '.join(known)}")
        for name in table
        if name not in known
    ]
    values: dict[str, Any] = {}
    for setting in declared:
        key = f"{prefix}.{setting.name}"
        if setting.name not in table:
            if setting.required:
                how = ' as { env = "NAME" }' if setting.secret else ""
                problems.append((key, f"is missing{how}: {setting.description}"))
            elif setting.default is not None:
                values[setting.name] = setting.default
            continue
        problem, value = _value(setting, table[setting.name], environment)
        if problem is not None:
            problems.append((key, problem))
        else:
            values[setting.name] = value
    return values, problems


def _value(setting: Setting, given: Any, environment: Mapping[str, str]) -> tuple[str | None, Any]:
    """A problem or None, and the value."""
    if isinstance(given, dict) and set(given) == {"env"} and setting.kind is not SettingKind.TABLE:
        return _from_environment(setting, given["env"], environment)
    if setting.secret:
        return 'is a secret: write { env = "NAME" } and set that variable', None
    return _checked(setting, given)


def _from_environment(setting: Setting, name: Any, environment: Mapping[str, str]) -> tuple[str | None, Any]:
    if not isinstance(name, str):
        return 'must be { env = "NAME" } with the name of a variable', None
    text = environment.get(name)
    if not text:
        return f"the environment variable {name!r} is not set or empty", None
    if setting.kind is SettingKind.INTEGER:
        whole = _WHOLE.fullmatch(text)
        return (None, int(text)) if whole else (f"the variable {name!r} must hold a whole number", None)
    if setting.kind is SettingKind.BOOLEAN:
        if text.lower() not in _SWITCHES:
            return f"the variable {name!r} must hold true or false", None
        return None, _SWITCHES[text.lower()]
    return _checked(setting, text)


def _checked(setting: Setting, given: Any) -> tuple[str | None, Any]:
    kind, described = _TYPES[setting.kind]
    if type(given) is not kind:
        return f"must be {described}", None
    if setting.kind is SettingKind.URL:
        try:
            parts = urlsplit(str(given))
        except ValueError:
            return f"must be {described}", None
        if not parts.scheme or not (parts.netloc or parts.path):
            return f"must be {described}", None
    return None, given
