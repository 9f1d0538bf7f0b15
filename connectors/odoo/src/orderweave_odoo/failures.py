"""What Odoo's exceptions ask of us. Both of its wires name the Python exception that the server raised. Pure."""

from __future__ import annotations

from orderweave_sdk.errors import FixCredentials, GiveUp, Retry, UpstreamError


class NoSuchModel(GiveUp):
    """The database has no such model, because its module is not installed."""


_KINDS: dict[str, tuple[type[UpstreamError], str]] = {
    "AccessDenied": (FixCredentials, "the login or API key is refused"),
    "Unauthorized": (FixCredentials, "the API key is refused"),
    "AccessError": (FixCredentials, "the user lacks a right on the model, or on the companies of the setting"),
    "Forbidden": (FixCredentials, "the user lacks a right"),
    "UserError": (GiveUp, "the server refuses the request (UserError)"),
    "ValidationError": (GiveUp, "the server refuses the request (ValidationError)"),
    "RedirectWarning": (GiveUp, "the server refuses the request (RedirectWarning)"),
    "ValueError": (GiveUp, "the server does not take the request (ValueError); was a module removed?"),
    "KeyError": (GiveUp, "the server does not take the request (KeyError); was a module removed?"),
    "TypeError": (GiveUp, "the server does not take the request (TypeError)"),
    "UnprocessableEntity": (GiveUp, "the server does not take the request (UnprocessableEntity)"),
    "BadRequest": (GiveUp, "the server does not take the request (BadRequest)"),
    "MissingError": (Retry, "a record was deleted meanwhile"),
}


def failure(name: str, message: str, *, method: str, operation: str) -> UpstreamError:
    """The error for an exception by its full name, such as "odoo.exceptions.AccessError".

    The message is read and never told: it holds values, and is in the user's language.
    """
    kind = name.rpartition(".")[2]
    if kind == "NotFound" or (method == "fields_get" and kind in ("UserError", "KeyError")):
        return NoSuchModel(f"{operation}: the database does not have this model; is its module installed?")
    if kind == "OperationalError" and "does not exist" in message:
        return GiveUp(f"{operation}: the server does not have this database")
    error, words = _KINDS.get(kind, (Retry, "the server failed on the request"))
    return error(f"{operation}: {words}")
