"""Fault switches: what a simulator can be told to do wrong."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any, TypeAlias


class Fault(StrEnum):
    """One way for an upstream to fail."""

    STOPPED = "STOPPED"  # nothing listens
    SLOW = "SLOW"  # the answer never comes
    RESET = "RESET"  # the connection is reset in place of an answer
    THROTTLED = "THROTTLED"  # 429 with Retry-After: 7
    THROTTLED_UNTIMED = "THROTTLED_UNTIMED"  # 429 that does not say how long to wait
    UNAUTHORIZED = "UNAUTHORIZED"  # 401
    SERVER_ERROR = "SERVER_ERROR"  # 500
    TRUNCATED = "TRUNCATED"  # the connection ends in the middle of the body
    CUT_JSON = "CUT_JSON"  # a whole HTTP answer whose JSON stops half-way
    FOREIGN_JSON = "FOREIGN_JSON"  # JSON of another world
    HTML = "HTML"  # 200 with a page
    OVERSIZED = "OVERSIZED"  # an answer past any believable size
    BAD_RECORD = "BAD_RECORD"  # one record or several among good ones have wrong types


# The external id of the record that BAD_RECORD spoils, or those of several.
BadRecord: TypeAlias = str | tuple[str, ...] | None


class FaultSwitch:
    """What is wrong at present. `bad_records` holds the external ids that BAD_RECORD spoils."""

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.bad_records: tuple[str, ...] = ()
        self._left: int | None = None

    def set(self, fault: Fault | None, *, times: int | None = None, bad_record: BadRecord = None) -> None:
        """Turn a fault on for the next `times` answers (None: until changed), or off with None."""
        self.fault = fault
        self.bad_records = (bad_record,) if isinstance(bad_record, str) else bad_record or ()
        self._left = times

    def take(self) -> Fault | None:
        """The fault for this answer; counts it."""
        fault = self.fault
        if fault is not None and self._left is not None:
            self._left -= 1
            if self._left <= 0:
                self.fault = None
        return fault


def spoil(body: bytes, external_id: str) -> bytes:
    """The JSON body with the one object that carries `external_id` as a value made unreadable.

    Every other scalar of that object becomes an object, as when a vendor changes a type without notice.
    """
    document = json.loads(body)
    _spoil(document, external_id)
    return json.dumps(document).encode()


def _spoil(node: Any, external_id: str) -> bool:
    if isinstance(node, dict):
        if any(_names(value, external_id) for value in node.values()):
            for key, value in node.items():
                if not _names(value, external_id) and not isinstance(value, dict | list):
                    node[key] = {"spoiled": True}
            return True
        return any(_spoil(value, external_id) for value in node.values())
    if isinstance(node, list):
        return any(_spoil(value, external_id) for value in node)
    return False


def _names(value: Any, external_id: str) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and str(value) == external_id
