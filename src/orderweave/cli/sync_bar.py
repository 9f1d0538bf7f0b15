"""How a sync shows itself while it runs: one line that moves on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TextIO

from orderweave_sdk.clock import Clock

# Records, and seconds, after which there is another line where no line can move, whichever comes first; and seconds
# between two looks of one that can.
_LINE_EVERY = 1_000
_LINE_SECONDS = 30.0
_LOOK_EVERY = 0.1
_WIDTH = 24


class SyncBar:
    """Told of a sync; what it shows goes to `out`. `systems` are those of which a history is read.

    How far a history is, nobody says beforehand: it is told by time, from the first record to now.
    """

    def __init__(self, systems: Sequence[str], out: TextIO, clock: Clock) -> None:
        self._out = out
        self._clock = clock
        self._moving = out.isatty()
        self._started = clock.monotonic()
        self._looked = 0.0
        self._lined = self._started
        self._read = dict.fromkeys(systems, 0)
        self._first: dict[str, datetime] = {}
        self._share = dict.fromkeys(systems, 0.0)
        self._woven = 0

    def read(self, system: str, records: int, upto: datetime | None) -> None:
        """A page of a system's orders was read."""
        before = self._read.get(system, 0)
        self._read[system] = before + records
        if upto is not None:
            first = self._first.setdefault(system, upto)
            whole = (self._clock.now() - first).total_seconds()
            self._share[system] = min(1.0, (upto - first).total_seconds() / whole) if whole > 0 else 0.0
        if self._moving:
            self._look(self._reading())
        elif before // _LINE_EVERY != self._read[system] // _LINE_EVERY or self._is_quiet():
            self._line(f"{system}: {self._read[system]:,} orders{self._left()}")

    def done(self, system: str) -> None:
        """All of a system's orders are read."""
        if self._share.get(system) == 1.0:
            return
        self._share[system] = 1.0
        self._line(f"{system}: {self._read.get(system, 0):,} orders, up to now")

    def woven(self, records: int, left: int) -> None:
        """Records were put together."""
        self._woven += records
        if self._moving:
            self._look(f"putting orders together: {_bar(self._woven / max(1, self._woven + left))} {left:,} left")
        elif left and self._is_quiet():
            self._line(f"{self._woven:,} records put together, {left:,} left")
        if left == 0 and self._woven:
            self._line(f"{self._woven:,} records put together")
            self._woven = 0

    def failed(self, system: str, part: str, message: str) -> None:
        """A system did not answer."""
        self._line(f"{system}: {part}: {message}")

    def _reading(self) -> str:
        share = min(self._share.values(), default=1.0)
        total = sum(self._read.values())
        return f"{_bar(share)} {total:,} orders{self._left()}"

    def _left(self) -> str:
        """About how long it still takes, by the system that has most before it."""
        share = min(self._share.values(), default=1.0)
        if not 0.0 < share < 1.0:
            return ""
        seconds = (self._clock.monotonic() - self._started) * (1.0 - share) / share
        return f", about {_duration(seconds)} left"

    def _look(self, text: str) -> None:
        now = self._clock.monotonic()
        if now - self._looked >= _LOOK_EVERY:
            self._looked = now
            print(f"\r\x1b[K{text}", end="", file=self._out, flush=True)

    def _is_quiet(self) -> bool:
        return self._clock.monotonic() - self._lined >= _LINE_SECONDS

    def _line(self, text: str) -> None:
        self._lined = self._clock.monotonic()
        print(f"\r\x1b[K{text}" if self._moving else text, file=self._out, flush=True)


def _bar(share: float) -> str:
    full = round(share * _WIDTH)
    return f"[{'#' * full}{'.' * (_WIDTH - full)}] {share:4.0%}"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{round(seconds)} s"
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
