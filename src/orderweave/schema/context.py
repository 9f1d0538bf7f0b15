"""What a resolver of a root field has at hand: the request, and what it selects."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from graphql import GraphQLResolveInfo
from strawberry import Info

from orderweave.answering import Gateway
from orderweave.answering.errors import bad_input
from orderweave.model.filters import Filter
from orderweave.model.rights import ANYBODY, Caller, Limits
from orderweave.model.terms import Lane, Terms
from orderweave.operations.freshness import terms_of
from orderweave.operations.selection import coordinates
from orderweave.planning.needs import Needs, needs_of


class Context:
    """What one request carries: the gateway, who asks, and the terms under which the work must end.

    `within` are the seconds that the caller waits, where it says so, and `address` is where the request comes from.
    `under_way` is what its root fields are asking or have asked, as it is written.
    """

    def __init__(
        self,
        gateway: Gateway,
        lane: Lane = Lane.INTERACTIVE,
        within: float | None = None,
        caller: Caller = ANYBODY,
        address: IPv4Address | IPv6Address | None = None,
    ) -> None:
        self.gateway = gateway
        self.caller = caller
        self.address = address
        self.under_way: dict[str, asyncio.Future[Any]] = {}
        self._filters: dict[Hashable, int] = {}
        self.call: Terms = gateway.call(lane, within, caller.rights)

    def filtering(self, wanted: Filter, place: Hashable) -> Filter:
        """A filter that is about to be used; refuses what makes the work for one document too much. It counts once for
        each `place` in the document, in whatever parts that is answered and for however many objects.
        """
        self._filters[place, wanted] = wanted.tests
        if sum(self._filters.values()) > _MOST_TESTS:
            raise bad_input(f"filter: the filters of a document hold at most {_MOST_TESTS} tests together")
        return wanted


Asked = Info[Context, None]

# Tests that the filters of one document hold together, each field counted that is asked for itself.
_MOST_TESTS = 200


def raw(info: Asked) -> GraphQLResolveInfo[Any]:
    """The executor's own information."""
    return info._raw_info


def limits(info: Asked) -> Limits:
    """What the caller may ask for at once."""
    return info.context.caller.limits


def terms(info: Asked) -> Terms:
    """The terms of the root field that is being resolved."""
    return terms_of(info.context.call, raw(info))


def root_key(info: Asked) -> str | int:
    """The key under which the root field that is being resolved stands in the answer."""
    return raw(info).path.key


def selected(info: Asked) -> frozenset[str]:
    """The coordinates below the root field that is being resolved."""
    return coordinates(raw(info))


def needs(info: Asked) -> Needs:
    """The facets that these coordinates need."""
    return needs_of(selected(info))
