"""Errors classed by what one can do about them: retry, wait, fix the credentials, report the payload, give up.

A message names the operation and the cause in words; it never holds a secret, a URL's query or a payload's
values, because messages reach logs and API answers.
"""

from __future__ import annotations


class UpstreamError(Exception):
    """Something a system did, or did not do. Raise one of the subclasses."""


class Retry(UpstreamError):
    """A passing fault (connection lost, time-out, 5xx): the same call may succeed at once."""


class Unreachable(Retry):
    """No connection could be made, or it broke."""


class TimedOut(Retry):
    """The deadline ran out before the answer was whole."""


class Wait(UpstreamError):
    """The system asks for patience (429, an empty quota). `seconds` is how long, where it said so."""

    def __init__(self, message: str, *, seconds: float | None = None) -> None:
        super().__init__(message)
        self.seconds = seconds


class HeldBack(Wait):
    """We hold the call back ourselves: our quota or our own line is full. The system was not asked."""


class FixCredentials(UpstreamError):
    """The system refuses who we are or what we may do; a person must act."""


class BadPayload(UpstreamError):
    """The answer is not what the vendor's contract says; report it, with the path but never the values."""


class GiveUp(UpstreamError):
    """The request itself is wrong for this system; the same call will fail again."""


class CapabilityNotDeclared(GiveUp):
    """Something was asked that the connector does not declare."""

    def __init__(self, connector: str, capability: str) -> None:
        super().__init__(f"connector {connector!r} does not declare the capability {capability}")
