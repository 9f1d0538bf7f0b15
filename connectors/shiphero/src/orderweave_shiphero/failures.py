"""What ShipHero's errors ask of us: to wait, to fix the credentials, to try again, or to give up.

The vendor documents no list of codes. What is known: code 30 for an empty quota, with the seconds to wait in
words. The rest is told apart by the words of the message, which itself is never passed on: it may hold values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from orderweave_sdk.errors import FixCredentials, GiveUp, Retry, UpstreamError, Wait
from orderweave_shiphero.payloads import Problem

_NO_CREDITS = 30

_CREDITS = re.compile(r"not enough credits|quota|throttl", re.IGNORECASE)
_REFUSED = re.compile(
    r"unauthori[sz]ed|not authori[sz]ed|authenticat|permission|forbidden|(access|invalid|expired) token|jwt",
    re.IGNORECASE,
)
_PASSING = re.compile(
    r"internal|unexpected error|something went wrong|timed? ?out|try again|unavailable", re.IGNORECASE
)
_ABSENT = re.compile(r"not found|does ?n[o']t exist", re.IGNORECASE)
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(second|minute|hour)", re.IGNORECASE)
_SECONDS_OF = {"second": 1.0, "minute": 60.0, "hour": 3600.0}


def failure(operation: str, problems: Sequence[Problem]) -> UpstreamError:
    """The error for an answer that these problems spoil as a whole; the gravest one decides."""
    for found in (of_account(operation, problems), passing(operation, problems)):
        if found is not None:
            return found
    return GiveUp(f"{operation}: ShipHero refuses the request ({_codes(problems)})")


def of_account(operation: str, problems: Sequence[Problem]) -> UpstreamError | None:
    """The error when a problem is the account's, not one record's: no credits left, or no right."""
    for problem in problems:
        if problem.code in (_NO_CREDITS, str(_NO_CREDITS)) or _CREDITS.search(problem.message):
            return Wait(f"{operation}: the account has not enough credits left", seconds=_seconds(problem))
    if any(_REFUSED.search(problem.message) for problem in problems):
        return FixCredentials(f"{operation}: ShipHero refuses the token or a right ({_codes(problems)})")
    return None


def says_absent(problem: Problem) -> bool:
    """Whether the problem only says that there is no such record."""
    return _ABSENT.search(problem.message) is not None


def in_words(problems: Sequence[Problem]) -> str:
    """What is wrong with one record, without any of its values."""
    return f"ShipHero answers with an error ({_codes(problems)})"


def passing(operation: str, problems: Sequence[Problem]) -> UpstreamError | None:
    """The error when a problem speaks of a fault on ShipHero's side that may be gone the next time."""
    if any(_PASSING.search(problem.message) for problem in problems):
        return Retry(f"{operation}: ShipHero has a fault of its own ({_codes(problems)})")
    return None


def _seconds(problem: Problem) -> float | None:
    found = _DURATION.search(problem.time_remaining or problem.message)
    return float(found[1]) * _SECONDS_OF[found[2].lower()] if found else None


def _codes(problems: Sequence[Problem]) -> str:
    codes = sorted({str(problem.code) for problem in problems if problem.code is not None})
    return f"code {', '.join(codes)}" if codes else "no code"
