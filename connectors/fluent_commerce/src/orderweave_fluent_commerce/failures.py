"""What Fluent's GraphQL errors ask of us: to fix the credentials, to try again, or to give up.

Fluent documents no codes. Errors are told apart by their classification, where there is one, and by the words of the
message, which itself is never passed on: it may hold values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from orderweave_fluent_commerce.payloads import Problem
from orderweave_sdk.errors import FixCredentials, GiveUp, Retry, UpstreamError

_REFUSED = re.compile(
    r"unauthori[sz]ed|not authori[sz]ed|permission|forbidden|access (is )?denied|(invalid|expired) token", re.IGNORECASE
)
_PASSING = re.compile(
    r"internal (server )?error|timed? ?out|try again|unavailable|exception while fetching", re.IGNORECASE
)
_COMPLEX = re.compile(r"complexity", re.IGNORECASE)
_WRONG = frozenset({"ValidationError", "InvalidSyntax", "OperationNotSupported"})


def failure(operation: str, problems: Sequence[Problem]) -> UpstreamError:
    """The error for an answer that these problems spoil as a whole; the gravest one decides."""
    refusal = of_account(operation, problems)
    if refusal is not None:
        return refusal
    if any(_COMPLEX.search(problem.message) for problem in problems):
        return GiveUp(f"{operation}: Fluent finds the query too complex")
    if any(_classification(problem) in _WRONG for problem in problems):
        return GiveUp(f"{operation}: Fluent refuses the query ({in_words(problems)})")
    if any(_PASSING.search(problem.message) for problem in problems):
        return Retry(f"{operation}: Fluent has a fault of its own ({in_words(problems)})")
    return GiveUp(f"{operation}: Fluent refuses the request ({in_words(problems)})")


def of_account(operation: str, problems: Iterable[Problem]) -> UpstreamError | None:
    """The error when a problem is the account's, not one record's: a token or a right is missing."""
    if any(_REFUSED.search(problem.message) for problem in problems):
        return FixCredentials(f"{operation}: Fluent refuses the user, or it lacks a right")
    return None


def in_words(problems: Iterable[Problem]) -> str:
    """What kinds of errors these are, without any of their values."""
    kinds = sorted({kind for problem in problems if (kind := _classification(problem)) is not None})
    return ", ".join(kinds) or "no classification"


def _classification(problem: Problem) -> str | None:
    found = problem.extensions.classification if problem.extensions else None
    return found if isinstance(found, str) else None
