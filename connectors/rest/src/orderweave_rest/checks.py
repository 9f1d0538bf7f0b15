"""Reading a table of the configuration, and noting all that is wrong with it: the key, and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orderweave_rest.expressions import Expression, expression
from orderweave_rest.reading_errors import BadValue

Choice = TypeVar("Choice", bound=StrEnum)


class Checks:
    """The problems found so far. Each reading method gives the value, or None after noting what is wrong."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def wrong(self, path: str, why: str) -> None:
        """Note a problem."""
        self.problems.append(f"{path}: {why}")

    def table(self, path: str, given: Any, keys: Iterable[str], *, like: str) -> Mapping[str, Any]:
        """The table, whose keys must be among these; an empty one for what is none. `like` shows one."""
        if not isinstance(given, Mapping):
            self.wrong(path, f"must be a table, such as {like}")
            return {}
        for key in given:
            if key not in (names := list(keys)):
                self.unknown(f"{path}.{key}", key, names)
        return given

    def unknown(self, path: str, key: str, names: list[str]) -> None:
        """Note a key that is not known here."""
        close = difflib.get_close_matches(key, names, n=1)
        hint = f"did you mean {close[0]}?" if close else f"known here are {', '.join(names)}"
        self.wrong(path, f"is not known; {hint}")

    def text(self, path: str, given: Any, like: str) -> str | None:
        """A text that is not empty."""
        if isinstance(given, str) and given:
            return given
        self.wrong(path, f"must be a text, such as {like}")
        return None

    def texts(self, path: str, given: Any, like: str) -> dict[str, str]:
        """A table of texts."""
        if isinstance(given, Mapping) and all(isinstance(value, str) for value in given.values()):
            return {str(name): value for name, value in given.items()}
        self.wrong(path, f"must be a table of texts, such as {like}")
        return {}

    def whole(self, path: str, given: Any, least: int, most: int) -> int | None:
        """A whole number within bounds."""
        if isinstance(given, int) and not isinstance(given, bool) and least <= given <= most:
            return given
        self.wrong(path, f"must be a whole number from {least} to {most}")
        return None

    def flag(self, path: str, given: Any) -> bool:
        """True or false."""
        if not isinstance(given, bool):
            self.wrong(path, "must be true or false")
        return bool(given)

    def choice(self, path: str, given: Any, choices: type[Choice]) -> Choice | None:
        """One of the enum's words."""
        if isinstance(given, str) and given in [choice.value for choice in choices]:
            return choices(given)
        self.wrong(path, f"{given!r} is not one of {', '.join(choices)}")
        return None

    def expression(self, path: str, given: Any) -> Expression | None:
        """A JMESPath expression, compiled."""
        if not isinstance(given, str) or not given.strip():
            self.wrong(path, "must be a JMESPath expression, such as 'customer.email'")
            return None
        try:
            return expression(given)
        except BadValue as error:
            self.wrong(path, str(error))
            return None

    def zone(self, path: str, given: Any) -> ZoneInfo | None:
        """A time zone by its name."""
        try:
            return ZoneInfo(given)
        except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
            self.wrong(path, f"{given!r} is not a time zone; write one such as UTC or America/New_York")
            return None

    def named(self, path: str, given: Any, like: str) -> Mapping[str, Any]:
        """A table whose keys the configuration chooses."""
        if isinstance(given, Mapping):
            return given
        self.wrong(path, f"must be a table, such as {like}")
        return {}
