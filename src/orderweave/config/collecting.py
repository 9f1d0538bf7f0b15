"""Reading values of tables whose mistakes are collected: each method gives something usable and notes what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from orderweave.config.configuration import Problem

# What names of ours look like: roles, issuers, keys.
NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")


class Collecting:
    """Reads values and collects the problems in `problems`."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def problem(self, key: str, message: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(key, message))

    def table(self, key: str, value: Any, known: Iterable[str] | None = None) -> Mapping[str, Any]:
        """A table, an empty one in place of anything else; with `known` each other key in it is a mistake."""
        if not isinstance(value, dict):
            self.problem(key, "must be a table")
            return {}
        for name in value:
            if known is not None and name not in known:
                self.problem(f"{key}.{name}", f"unknown key; known here: {', '.join(sorted(known))}")
        return value

    def tables(self, key: str, value: Any, what: str) -> dict[str, Any]:
        """Tables by names of ours; those with other names are left out."""
        found = {}
        for name, entry in self.table(key, value).items():
            if NAME.fullmatch(name):
                found[name] = entry
            else:
                self.problem(f"{key}.{name}", f"{what} name has lower-case letters, digits and dashes, a letter first")
        return found

    def text(self, key: str, value: Any) -> str:
        """A text with something in it."""
        if isinstance(value, str) and value:
            return value
        self.problem(key, "must be a text that is not empty")
        return ""

    def texts(self, key: str, value: Any) -> tuple[str, ...]:
        """A list of texts."""
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.problem(key, "must be a list of texts that is not empty")
        return ()

    def pairs(self, key: str, value: Any) -> dict[str, str]:
        """A table of texts."""
        return {name: self.text(f"{key}.{name}", entry) for name, entry in self.table(key, value).items()}

    def switch(self, key: str, value: Any) -> bool:
        """True or false."""
        if not isinstance(value, bool):
            self.problem(key, "must be true or false")
        return value is True

    def whole(self, key: str, value: Any, least: int, most: int, *, instead: str = "") -> int:
        """A whole number between two; `instead` names what else would be right."""
        if type(value) is int and least <= value <= most:
            return value
        self.problem(key, f"must be a whole number between {least} and {most}{instead}")
        return least

    def one_of(self, key: str, value: Any, known: Iterable[str]) -> str | None:
        """One of these words."""
        if isinstance(value, str) and value in known:
            return value
        self.problem(key, f"must be one of {', '.join(known)}")
        return None
