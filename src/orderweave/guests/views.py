"""What is told of views by token: the first of each, and then one in some minutes, for a page that is open polls."""

from __future__ import annotations

from orderweave_sdk.clock import Clock

# A page asks every half minute, and a guesser of tokens as often as they like: the log has one line of each in so long.
_TOLD_SECONDS = 600.0
# Views that are remembered; beyond them the oldest is forgotten, and told again when it comes again.
_MOST_REMEMBERED = 10_000


class Views:
    """Remembers of which views was told lately. `name` is whatever is to be told of once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # In the order in which they were told.
        self._told: dict[tuple[str, ...], float] = {}

    def new(self, *name: str) -> bool:
        """Whether it is to be told of now; it then counts as told."""
        now = self._clock.monotonic()
        told_at = self._told.get(name)
        if told_at is not None and now - told_at < _TOLD_SECONDS:
            return False
        self._told.pop(name, None)
        if len(self._told) >= _MOST_REMEMBERED:
            del self._told[next(iter(self._told))]
        self._told[name] = now
        return True
