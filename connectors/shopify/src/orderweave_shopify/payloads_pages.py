"""Shopify's connections on the wire: pages of entries, and where to go on."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

Entry = TypeVar("Entry")


class PageInfo(msgspec.Struct, rename="camel", gc=False):
    """Whether there is more, and the cursor to go on from."""

    has_next_page: bool
    end_cursor: str | None = None


class Page(msgspec.Struct, Generic[Entry], rename="camel", gc=False):
    """One page of a connection."""

    nodes: list[Entry]
    page_info: PageInfo


class Edge(msgspec.Struct, gc=False):
    """One hit of the orders search; the order is decoded on its own, so that a bad one spoils no other."""

    cursor: str
    node: msgspec.Raw


class Edges(msgspec.Struct, rename="camel", gc=False):
    """One page of the orders search."""

    edges: list[Edge | None]
    page_info: PageInfo
