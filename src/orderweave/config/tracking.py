"""The `[tracking]` table: the keys of guests' tokens, how long those hold, and how often may be tried."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orderweave.config.configuration import Allowance, Problem, TrackingSettings
from orderweave.config.tracking_page import read_tracking_page

# Shorter than this a key can be guessed.
_SHORTEST_KEY = 32
_MOST_KEYS = 5
_MOST_REVOKED_ORDERS = 1_000
# What the numbers may be, ends included: a minute to a day, a week, a year; a slot that people will wait for.
_WHOLE = {
    "token_seconds": (60, 86_400),
    "session_seconds": (60, 604_800),
    "link_seconds": (3_600, 31_536_000),
}
_SLOT = (0.1, 10)
_ALLOWANCES = ("number", "fact", "address", "everybody")
_ATTEMPTS = (1, 1_000_000)
_SECONDS = (1, 2_592_000)
TRACKING = frozenset(
    {
        "keys",
        "postal_code",
        "slot_seconds",
        *_WHOLE,
        "link_url",
        "revoked_before",
        "revoked_orders",
        *_ALLOWANCES,
        "page",
    }
)
ALLOWANCE = frozenset(Allowance.__struct_fields__)


def read_tracking(
    value: Any, environment: Mapping[str, str], deadline_seconds: int, folder: Path
) -> tuple[TrackingSettings | None, list[Problem]]:
    """The table's settings, None where it does not stand, and every problem with them. A logo's path is taken from
    `folder` on.
    """
    if value is None:
        return None, []
    if not isinstance(value, dict):
        return None, [Problem("tracking", "must be a table")]
    reading = _Reading(environment)
    reading.unknown("tracking", value, TRACKING)
    given: dict[str, Any] = {"keys": reading.keys(value.get("keys"))}
    for name, (least, most) in _WHOLE.items():
        if name in value:
            given[name] = reading.whole(f"tracking.{name}", value[name], least, most)
    for name in _ALLOWANCES:
        if name in value:
            given[name] = reading.allowance(f"tracking.{name}", value[name], getattr(TrackingSettings(keys=()), name))
    for name, read in (
        ("postal_code", reading.switch),
        ("slot_seconds", reading.slot),
        ("link_url", reading.link),
        ("revoked_before", reading.moment),
        ("revoked_orders", reading.orders),
    ):
        if name in value:
            given[name] = read(f"tracking.{name}", value[name])
    given["page"], wrong_page = read_tracking_page(value.get("page", {}), folder)
    reading.problems += wrong_page
    settings = TrackingSettings(**given)
    if settings.slot_seconds > deadline_seconds:
        reading.problem("tracking.slot_seconds", "must be at most server.deadline_seconds")
    if settings.token_seconds > settings.session_seconds:
        reading.problem("tracking.token_seconds", "must be at most session_seconds")
    return settings, reading.problems


class _Reading:
    """Reads values and collects what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.problems: list[Problem] = []

    def problem(self, key: str, message: str) -> None:
        """One more mistake."""
        self.problems.append(Problem(key, message))

    def unknown(self, prefix: str, table: Mapping[str, Any], known: frozenset[str]) -> None:
        """A problem for each key that is not known here."""
        for key in table:
            if key not in known:
                self.problem(f"{prefix}.{key}", f"unknown key; known here: {', '.join(sorted(known))}")

    def keys(self, value: Any) -> tuple[str, ...]:
        """The secrets, each from the environment."""
        if not isinstance(value, list) or not 1 <= len(value) <= _MOST_KEYS:
            self.problem("tracking.keys", f'must be a list of 1 to {_MOST_KEYS} keys, each {{ env = "NAME" }}')
            return ()
        found = []
        for position, entry in enumerate(value):
            where = f"tracking.keys[{position}]"
            name = entry.get("env") if isinstance(entry, dict) and set(entry) == {"env"} else None
            if not isinstance(name, str):
                self.problem(where, 'is a secret: write { env = "NAME" } and set that variable')
            elif not (secret := self._environment.get(name)):
                self.problem(where, f"the environment variable {name!r} is not set or empty")
            elif len(secret) < _SHORTEST_KEY:
                self.problem(where, f"must have {_SHORTEST_KEY} characters or more")
            else:
                found.append(secret)
        if len(set(found)) < len(found):
            self.problem("tracking.keys", "holds one key twice")
        return tuple(found)

    def whole(self, key: str, value: Any, least: int, most: int) -> int:
        """A whole number between two."""
        if type(value) is int and least <= value <= most:
            return value
        self.problem(key, f"must be a whole number between {least} and {most}")
        return least

    def allowance(self, key: str, value: Any, default: Allowance) -> Allowance:
        """How often in how long."""
        if not isinstance(value, dict):
            self.problem(key, "must be a table such as { attempts = 10, seconds = 86400 }")
            return default
        self.unknown(key, value, ALLOWANCE)
        return Allowance(
            attempts=self.whole(f"{key}.attempts", value.get("attempts", default.attempts), *_ATTEMPTS),
            seconds=self.whole(f"{key}.seconds", value.get("seconds", default.seconds), *_SECONDS),
        )

    def switch(self, key: str, value: Any) -> bool:
        """True or false."""
        if not isinstance(value, bool):
            self.problem(key, "must be true or false")
        return value is True

    def slot(self, key: str, value: Any) -> float:
        """The seconds of a slot."""
        least, most = _SLOT
        if type(value) in (int, float) and least <= value <= most:
            return float(value)
        self.problem(key, f"must be a number between {least} and {most}")
        return least

    def link(self, key: str, value: Any) -> str:
        """Where the tracking page is; the token is put behind it."""
        if isinstance(value, str) and value.startswith(("https://", "http://", "/")) and "#" not in value:
            return value
        self.problem(key, "must be a path or an address such as https://shop.example.com/track, without #")
        return "/track"

    def moment(self, key: str, value: Any) -> datetime | None:
        """An instant with its offset."""
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(UTC)
        self.problem(key, "must be a time with its offset such as 2026-11-05T08:00:00Z")
        return None

    def orders(self, key: str, value: Any) -> frozenset[str]:
        """Global ids of orders."""
        if isinstance(value, list) and len(value) <= _MOST_REVOKED_ORDERS and all(isinstance(e, str) for e in value):
            return frozenset(value)
        self.problem(key, f"must be a list of at most {_MOST_REVOKED_ORDERS} global ids of orders")
        return frozenset()
