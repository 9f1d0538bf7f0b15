"""How long a caller waits: the header by which a request may state a shorter time than the configuration's."""

from __future__ import annotations

import re

# In milliseconds and with at most ten digits, as in the Connect protocol; `X-` says nothing (RFC 6648).
HEADER = "orderweave-timeout-ms"
_MILLISECONDS = re.compile(rb"[0-9]{1,10}")


class NoTime(ValueError):
    """What the header holds is no time that one can wait."""


def stated_seconds(value: bytes | None) -> float | None:
    """The seconds that a caller states, None where it states none; raises NoTime for anything else."""
    if value is None:
        return None
    if not _MILLISECONDS.fullmatch(value) or not int(value):
        raise NoTime(f"the header {HEADER} must be a whole number of milliseconds, 1 to 9999999999")
    return int(value) / 1000
