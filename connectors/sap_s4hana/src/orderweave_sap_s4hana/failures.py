"""What went wrong, by what one can do about it: SAP's error envelope inside HTTP 400, 403, 404 and parts of a batch."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from orderweave_sdk.errors import FixCredentials, GiveUp, Retry, UpstreamError, Wait

# Codes such as /IWFND/MED/170 or SY/530 name the message and hold no value of the request; its text may.
_CODE = re.compile(r"[A-Za-z0-9_/.\-]{1,60}")
# Codes of SAP Gateway for a service that is not there: not activated, or not for this user.
_NO_SERVICE = frozenset({"/IWFND/MED/170", "/IWFND/MED/176"})


class _Message(msgspec.Struct, frozen=True):
    value: str = ""


class _Error(msgspec.Struct, frozen=True):
    code: str = ""
    message: _Message = _Message()


class _Envelope(msgspec.Struct):
    error: _Error


def failure(status: int, body: bytes, operation: str, service: str) -> UpstreamError:
    """The error for an answer that is none; `service` is named where the service itself is the trouble."""
    code = _code(body)
    told = f"{operation}: HTTP {status}" + (f", {code}" if code else "")
    if status == 404 or code in _NO_SERVICE:
        kind = FixCredentials if status == 403 else GiveUp
        return kind(f"{told}, the service {service} is not there; is it activated, and the user allowed to use it?")
    if status in (401, 403):
        return FixCredentials(f"{told}, the user is refused or lacks the right to {service}")
    if status == 429:
        return Wait(f"{told}, the system asks to wait")
    if status == 408 or status >= 500:
        return Retry(told)
    return GiveUp(told)


def wants_token(status: int, headers: Mapping[str, str]) -> bool:
    """Whether a POST was refused because it lacks a valid CSRF token."""
    return status == 403 and headers.get("x-csrf-token", "").lower() == "required"


def _code(body: bytes) -> str | None:
    try:
        code = msgspec.json.decode(body, type=_Envelope).error.code
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return code if _CODE.fullmatch(code) else None
