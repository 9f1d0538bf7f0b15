"""The calls to Shopify's one endpoint, and what its errors and its quota mean; nothing of what the answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec

from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp, Retry, Wait
from orderweave_sdk.metering import Quota
from orderweave_sdk.upstream import Upstream

Data = TypeVar("Data")

# Codes in errors[].extensions.code that say the fault is Shopify's and passes.
_PASSING = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"})
_DENIED = frozenset({"ACCESS_DENIED", "UNAUTHORIZED", "SHOP_INACTIVE"})


class TooCostly(GiveUp):
    """Shopify prices the query higher than one query may cost; a smaller batch may pass."""


class ErrorExtensions(msgspec.Struct):
    """What kind of error it is."""

    code: str | None = None


class GraphqlError(msgspec.Struct):
    """One error of an answer. Its message may quote values and is not read."""

    path: list[str | int] | None = None
    extensions: ErrorExtensions | None = None

    @property
    def code(self) -> str:
        """The vendor's code, or UNKNOWN."""
        return (self.extensions.code if self.extensions else None) or "UNKNOWN"


class ThrottleStatus(msgspec.Struct, rename="camel"):
    """The leaky bucket: points left, its size, and points restored a second."""

    maximum_available: float
    currently_available: float
    restore_rate: float


class Cost(msgspec.Struct, rename="camel"):
    """What the query may cost at most, what it did cost where it was run, and the bucket afterwards."""

    requested_query_cost: float | None = None
    actual_query_cost: float | None = None
    throttle_status: ThrottleStatus | None = None


class Extensions(msgspec.Struct):
    """What stands beside the data."""

    cost: Cost | None = None


class Envelope(msgspec.Struct, Generic[Data]):
    """One answer."""

    data: Data | None = None
    errors: list[GraphqlError] = []
    extensions: Extensions | None = None


class Answered(msgspec.Struct, Generic[Data], frozen=True):
    """The data of an answer, and the errors that speak of parts of it."""

    data: Data
    errors: tuple[GraphqlError, ...]


class Client:
    """Shopify's Admin GraphQL API of one version."""

    def __init__(self, upstream: Upstream, version: str) -> None:
        self._upstream = upstream
        self._path = f"/admin/api/{version}/graphql.json"

    async def ask(
        self, document: str, variables: Mapping[str, Any], kind: type[Data], *, operation: str, call: Call, price: float
    ) -> Answered[Data]:
        """The answer's data as `kind`, with the errors that leave the rest of it sound. `price` is in points.

        Raises Wait when the bucket is empty, TooCostly, FixCredentials when a right is missing, Retry for a fault
        of Shopify's own, GiveUp for a query that it refuses, and BadPayload for an answer of another shape.
        """
        answer = await self._upstream.send(
            "POST",
            self._path,
            json={"query": document, "variables": variables},
            operation=operation,
            call=call,
            price=price,
        )
        whole: Any = Envelope[kind]  # type: ignore[valid-type]  # a type made at run time
        envelope: Envelope[Data] = decode(answer.body, whole, what=operation)
        cost = envelope.extensions.cost if envelope.extensions else None
        if cost is not None and cost.throttle_status is not None:
            # A query that was turned away has no actual cost and took nothing.
            await self._upstream.learn(_quota(cost.throttle_status), unspent=price - (cost.actual_query_cost or 0.0))
        _raise_for(envelope.errors, cost, operation, whole=envelope.data is None)
        if envelope.data is None:
            raise BadPayload(f"{operation}: an answer with neither data nor errors")
        return Answered(envelope.data, tuple(envelope.errors))


def _quota(status: ThrottleStatus) -> Quota:
    return Quota(available=status.currently_available, maximum=status.maximum_available, per_second=status.restore_rate)


def _raise_for(errors: list[GraphqlError], cost: Cost | None, operation: str, *, whole: bool) -> None:
    """Raise for errors that leave no answer to use; errors beside data on a part of it are the caller's."""
    codes = {error.code for error in errors}
    if "THROTTLED" in codes:
        raise Wait(f"{operation}: Shopify's cost bucket is empty", seconds=_patience(cost))
    if "MAX_COST_EXCEEDED" in codes:
        raise TooCostly(f"{operation}: Shopify prices the query above what one query may cost")
    if codes & _DENIED:
        fields = sorted({_field(error) for error in errors if error.code in _DENIED})
        raise FixCredentials(f"{operation}: the access token lacks a right, for {', '.join(fields)}")
    if not whole or not errors:
        return
    if codes & _PASSING:
        raise Retry(f"{operation}: Shopify failed ({', '.join(sorted(codes))})")
    raise GiveUp(f"{operation}: Shopify refuses the query ({', '.join(sorted(codes))})")


def _field(error: GraphqlError) -> str:
    """The field that an error speaks of, by its names alone."""
    return ".".join(step for step in error.path or () if isinstance(step, str)) or "the whole query"


def _patience(cost: Cost | None) -> float | None:
    """Seconds until the bucket holds what the query may cost; None when Shopify does not say."""
    if cost is None or cost.throttle_status is None or cost.requested_query_cost is None:
        return None
    status = cost.throttle_status
    if status.restore_rate <= 0:
        return None
    return max(0.0, cost.requested_query_cost - status.currently_available) / status.restore_rate
