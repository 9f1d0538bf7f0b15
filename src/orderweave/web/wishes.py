"""What a caller wants to be told beside the data, by headers: the price, and the plan."""

from __future__ import annotations

import msgspec

from orderweave.access import Headers
from orderweave.operations.answers import Request

# Any value but `0` asks for it.
COST_HEADER = "orderweave-cost"
EXPLAIN_HEADER = "orderweave-explain"

_COST, _EXPLAIN = COST_HEADER.encode(), EXPLAIN_HEADER.encode()


def with_wishes(request: Request, headers: Headers, origin: str) -> Request:
    """The request with what its headers ask for, and with where it comes from."""
    cost, explain = _wished(headers.get(_COST)), _wished(headers.get(_EXPLAIN))
    return msgspec.structs.replace(request, cost=cost, explain=explain, origin=origin)


def _wished(value: bytes | None) -> bool:
    return value is not None and value.strip() not in (b"", b"0")
