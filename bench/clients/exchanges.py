"""The form in which the recorded calls go from one process of the measurement to the others."""

from __future__ import annotations

import msgspec


class Exchange(msgspec.Struct, frozen=True):
    """One call as it was: the request without its host, and the answer's body, not compressed."""

    system: str
    operation: str
    method: str
    path: str
    headers: dict[str, str]
    sent: bytes
    answered: bytes
