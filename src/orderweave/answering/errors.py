"""Errors that a caller can act on; each has a code that stands in the answer's `extensions`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orderweave.model.codes import Code


class RequestError(Exception):
    """Something about the request that its sender can put right, or must know."""

    def __init__(self, code: Code, message: str, **extensions: Any) -> None:
        super().__init__(message)
        self.code = code
        self.extensions = {"code": code.value, **extensions}


def bad_input(message: str) -> RequestError:
    """The request asks for something that makes no sense; the message says what would."""
    return RequestError(Code.BAD_INPUT, message)


def ambiguous(candidates: Sequence[dict[str, Any]]) -> RequestError:
    """A name that several orders have; the candidates stand in the extensions."""
    message = f"that name fits {len(candidates)} orders; ask for one of them by id"
    return RequestError(Code.AMBIGUOUS, message, candidates=list(candidates))


def incomplete(what: str, silent: Sequence[str]) -> RequestError:
    """Nobody who answered knows it, and these systems did not answer: it may exist, ask again.

    Where naming them would tell more than that, none is named.
    """
    who = f"{', '.join(silent)} did not answer" if silent else "some did not answer"
    message = f"no system that answered knows {what}; {who}"
    return RequestError(Code.INCOMPLETE, message, systems=list(silent))


def overloaded(message: str) -> RequestError:
    """More is asked than can be served at present; the same may be asked a little later."""
    return RequestError(Code.OVERLOADED, message)
