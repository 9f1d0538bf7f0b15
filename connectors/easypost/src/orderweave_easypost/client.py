"""The calls to EasyPost, and nothing about what the answers mean.

Only what reads is called, but for the registering of a webhook, which an operator asks for: `POST /v2/trackers` would
make a tracker, and EasyPost charges for one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from orderweave_easypost.payloads import RefusalAnswer, TrackerPage, Webhook, WebhookList
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import FixCredentials, GiveUp
from orderweave_sdk.transport import Answer
from orderweave_sdk.upstream import Upstream

T = TypeVar("T")
_WEBHOOKS = "/v2/webhooks"
_PAYMENT_REQUIRED = 402
# Refusals whose body names a reason; the other statuses say by themselves what one can do.
_REFUSALS = frozenset({400, _PAYMENT_REQUIRED, 404, 405, 422})
_CODE = re.compile(r"[A-Z][A-Z_.]{0,59}")


class Client:
    """EasyPost's Trackers API. `upstream` sends the API key."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def trackers(self, codes: Sequence[str], call: Call) -> TrackerPage:
        """The account's trackers of these codes, newest first; codes that it has no tracker of are absent."""
        operation = "trackers by code"
        answer = await self._upstream.send(
            "POST",
            "/v2/trackers/batch",
            json={"tracking_codes": list(codes)},
            operation=operation,
            call=call,
            accept_statuses=_REFUSALS,
        )
        return _page(answer, operation)

    async def newest(self, call: Call) -> TrackerPage:
        """The newest tracker of all: proves address and key."""
        operation = "newest tracker"
        answer = await self._upstream.send(
            "GET",
            "/v2/trackers",
            params=[("page_size", "1")],
            operation=operation,
            call=call,
            accept_statuses=_REFUSALS,
        )
        return _page(answer, operation)

    async def webhooks(self, call: Call) -> list[Webhook]:
        """The account's webhooks."""
        operation = "webhooks"
        answer = await self._upstream.send("GET", _WEBHOOKS, operation=operation, call=call, accept_statuses=_REFUSALS)
        return _read(answer, WebhookList, operation).webhooks

    async def make_webhook(self, url: str, secret: str, call: Call) -> None:
        """One more webhook, whose deliveries are signed with the secret."""
        operation = "register webhook"
        answer = await self._upstream.send(
            "POST",
            _WEBHOOKS,
            json={"webhook": {"url": url, "webhook_secret": secret}},
            operation=operation,
            call=call,
            accept_statuses=_REFUSALS,
        )
        _read(answer, Webhook, operation)


def _page(answer: Answer, operation: str) -> TrackerPage:
    return _read(answer, TrackerPage, operation)


def _read(answer: Answer, kind: type[T], operation: str) -> T:
    if answer.status not in _REFUSALS:
        return decode(answer.body, kind, what=operation)
    why = f"{operation}: HTTP {answer.status}, {_code(answer.body)}"
    if answer.status == _PAYMENT_REQUIRED:
        raise FixCredentials(f"{why}: the account has to be paid or lacks the plan")
    raise GiveUp(why)


def _code(body: bytes) -> str:
    """The documented kind of error code; anything else could hold what was sent, or be a page."""
    try:
        code = msgspec.json.decode(body, type=RefusalAnswer).error.code or ""
    except (msgspec.DecodeError, UnicodeDecodeError):
        code = ""
    return code if _CODE.fullmatch(code) else "without a code"
