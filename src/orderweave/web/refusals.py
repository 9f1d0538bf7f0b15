"""What ends a request before it is a GraphQL request, in one form at every door."""

from __future__ import annotations

from collections.abc import Sequence

from orderweave.access import Unidentified
from orderweave.model.codes import Code
from orderweave.operations.answers import Answer, error_of, not_run
from orderweave.web.admission import Overloaded

# Names in lower case, as the server takes them.
HeaderList = list[tuple[bytes, bytes]]

# A place is free again as soon as one answer is done; a caller who comes back after this finds one or is told again.
_LATER: HeaderList = [(b"retry-after", b"1")]


class BadRequest(Exception):
    """The HTTP request is no GraphQL request; `status` says how, `headers` go with it."""

    def __init__(self, status: int, message: str, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers


class CallerGone(Exception):
    """Nobody waits for an answer any more."""


def refusal_of(error: BadRequest | Unidentified | Overloaded) -> tuple[int, Answer, HeaderList]:
    """What is said to who is not let in: status, answer and headers."""
    if isinstance(error, BadRequest):
        return error.status, failed(str(error), Code.BAD_REQUEST), [*error.headers]
    if isinstance(error, Unidentified):
        return error.status, failed(str(error), error.code), [*error.headers]
    return 503, busy(), [*_LATER]


def failed(message: str, code: Code) -> Answer:
    """An answer to what was not run."""
    return not_run(error_of(message, code))


def busy() -> Answer:
    """An answer for whom there is no place."""
    return failed("too much is asked of the gateway at once; try again", Code.OVERLOADED)
