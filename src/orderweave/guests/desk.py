"""All that serves guests, put together for one configuration."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from orderweave.config.configuration import TrackingSettings
from orderweave.guests.attempts import Attempts, UsedUp
from orderweave.guests.facts import FactKind
from orderweave.guests.pseudonyms import Pseudonyms
from orderweave.guests.reaching import Reach
from orderweave.guests.revocations import Revocations
from orderweave.guests.shared import Ledgers
from orderweave.guests.slots import Pause, Slots
from orderweave.guests.tokens import Tokens
from orderweave.guests.views import Views
from orderweave.observing import Observing, catalog
from orderweave_sdk.clock import Clock

logger = logging.getLogger("orderweave.guests")

# Attempts of one process at once. Each holds a place of the process' requests until its slot ends; the other places are
# for everybody else.
_MOST_AT_ONCE = 32


class Outcome(StrEnum):
    """What became of an attempt or a view, for operators alone."""

    GIVEN = "GIVEN"
    NO_ORDER = "NO_ORDER"
    WRONG_FACT = "WRONG_FACT"
    SEVERAL_FIT = "SEVERAL_FIT"
    SYSTEMS_SILENT = "SYSTEMS_SILENT"
    USED_UP = "USED_UP"
    FAILED = "FAILED"
    VIEWED = "VIEWED"
    TOKEN_REFUSED = "TOKEN_REFUSED"  # noqa: S105 - a word, and no token
    LINK_GIVEN = "LINK_GIVEN"
    REVOKED = "REVOKED"


class Desk:
    """Where guests are served. `pause` lets time pass; with `redis` all processes count together."""

    def __init__(
        self, settings: TrackingSettings, *, clock: Clock, pause: Pause, redis: Any, observing: Observing
    ) -> None:
        self.settings = settings
        self._clock = clock
        reach = Reach(redis, clock) if redis is not None else None
        pseudonyms = [Pseudonyms(secret) for secret in settings.keys]
        self._pseudonyms = pseudonyms[0]
        self.tokens = Tokens(settings, clock)
        self.attempts = Attempts(settings, Ledgers(clock, reach), self._pseudonyms)
        longest = max(settings.session_seconds, settings.link_seconds)
        self.revocations = Revocations(clock, reach, pseudonyms, longest=longest)
        self.slots = Slots(settings.slot_seconds, clock, pause)
        self._views = Views(clock)
        self._at_once = 0
        self._outcomes: Counter[Outcome] = Counter()
        observing.readings.read(
            catalog.TRACKING, lambda: {(outcome.value,): count for outcome, count in self._outcomes.items()}
        )

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Around one attempt; raises UsedUp where too many are being served."""
        if self._at_once >= _MOST_AT_ONCE:
            raise UsedUp(self.settings.slot_seconds)
        self._at_once += 1
        try:
            yield
        finally:
            self._at_once -= 1

    def tried(self, outcome: Outcome, number: str, fact: FactKind, block: str) -> None:
        """Record one attempt. Its number stands under a keyed hash, its block under one that changes each day."""
        self._outcomes[outcome] += 1
        fields = {
            "outcome": outcome.value,
            "fact": fact.value,
            "number": self._pseudonyms.of("told number", number),
            "block": self._pseudonyms.of_the_day("told block", block, self._clock.now()),
        }
        logger.info("tracking_attempt", extra={"fields": fields})

    def seen(self, outcome: Outcome, order: str | None, given: int, block: str) -> None:
        """Record one use of a token, for the order with this global id; None where the token does not open. A right,
        which began when it was `given`, is told of once in some minutes for each block that it comes from.
        """
        self._outcomes[outcome] += 1
        fields = {
            "outcome": outcome.value,
            "order": self._pseudonyms.of("told order", order) if order is not None else None,
            "block": self._pseudonyms.of_the_day("told block", block, self._clock.now()),
        }
        if self._views.new(outcome.value, fields["order"] or "", str(given), block):
            logger.info("tracking_view", extra={"fields": fields})

    def managed(self, outcome: Outcome, caller: str, order: str) -> None:
        """Record what staff did with an order's tokens: who, by the caller's name, and the order under a keyed hash."""
        self._outcomes[outcome] += 1
        fields = {"outcome": outcome.value, "caller": caller, "order": self._pseudonyms.of("told order", order)}
        logger.info("tracking_managed", extra={"fields": fields})
