"""What a caller pays with for a request, and the answer to one who has nothing left."""

from __future__ import annotations

import math
from typing import TypedDict

from orderweave.access.points import Standing
from orderweave.model.codes import Code
from orderweave.model.rights import UNNAMED, Caller
from orderweave.operations.answers import Answer, Headers, error_of
from orderweave.operations.gate import Asker


def shares_points(caller: Caller) -> bool:
    """Whether a caller's points are those of all who ask from the same part of the network (`Request.origin`)."""
    return caller.name in UNNAMED and caller.limits.points is not None


class Account(TypedDict):
    """Whose points a request is paid with, and what they are."""

    payer: str
    points: int
    per_seconds: int


def account_of(caller: Caller, origin: str) -> Account | None:
    """The account of a caller; those without a name share that of where they are. None where nothing is counted."""
    if caller.limits.points is None:
        return None
    payer = f"{caller.role} at {origin}" if shares_points(caller) else f"{caller.role} as {caller.name}"
    return {"payer": payer, "points": caller.limits.points, "per_seconds": caller.limits.per_seconds}


def rate_limited(spent: Standing, context: Asker) -> Answer:
    """The answer to one who has spent too much."""
    wait = max(1, math.ceil(spent.wait_seconds))
    limits = context.caller.limits
    message = f"{limits.points} points in {limits.per_seconds} s are spent; try again in {wait} s"
    error = error_of(message, Code.RATE_LIMITED, {"retryAfterSeconds": wait})
    headers = (*told_of(spent, context), (b"retry-after", str(wait).encode()))
    return Answer(data=None, errors=(error,), executed=False, status=429, headers=headers)


def told_of(spent: Standing, context: Asker) -> Headers:
    """What is left of a caller's points, in the headers that are on their way to a standard (RateLimit)."""
    limits = context.caller.limits
    return (
        (b"ratelimit-policy", f'"points";q={limits.points};w={limits.per_seconds}'.encode()),
        (b"ratelimit", f'"points";r={spent.left};t={math.ceil(spent.full_seconds)}'.encode()),
    )
