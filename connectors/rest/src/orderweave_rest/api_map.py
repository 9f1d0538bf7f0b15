"""What one API offers and what its answers mean: the table `api` of the configuration once it has been read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from orderweave_rest.expressions import Expression
from orderweave_rest.values import Times
from orderweave_rest.vocabulary import Field, Shape
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import Axis, Facet, SystemKind
from orderweave_sdk.statuses import StatusMap


class AuthStyle(StrEnum):
    """How the API learns who asks."""

    NONE = "none"
    HEADER = "header"  # the secret in a header of the API's own
    QUERY = "query"  # the secret in a query parameter
    BASIC = "basic"  # a user and the secret
    BEARER = "bearer"  # the secret is the token
    CLIENT_CREDENTIALS = "client_credentials"  # OAuth 2: the secret buys a token


class Auth(msgspec.Struct, frozen=True, kw_only=True):
    """How the API is signed in to. `name` is that of the header or parameter, `prefix` stands before the secret.

    `token_url` is an absolute URL or a path of the API; `in_body` says that id and secret travel in the form.
    """

    style: AuthStyle = AuthStyle.NONE
    name: str = ""
    prefix: str = ""
    user: str = ""
    client_id: str = ""
    token_url: str = ""
    scope: str | None = None
    audience: str | None = None
    in_body: bool = False


class BatchStyle(StrEnum):
    """How many keys travel in one request."""

    LIST = "list"  # {keys} is one text, the keys joined by `separator`
    REPEATED = "repeated"  # the parameter that holds {keys} comes once for each
    BODY = "body"  # {keys} in the body is a JSON list
    ONE = "one"  # {key}: one request each


class PagingStyle(StrEnum):
    """How an answer goes on."""

    PAGE = "page"  # {page}: a page's number
    OFFSET = "offset"  # {offset}: how many items to leave out
    CURSOR = "cursor"  # {cursor}: a text that the answer before held
    LINK = "link"  # the header Link with rel="next" (RFC 8288)
    NEXT = "next"  # a URL in the answer


class Paging(msgspec.Struct, frozen=True, kw_only=True):
    """The pages of one request. `size` fills {size}; `next` finds the cursor or the URL.

    Of `total` (items in all), `pages` (pages in all) and `more` (yes or no) one may tell the end of numbered pages;
    otherwise a page of fewer than `size` items is the last.
    """

    style: PagingStyle
    size: int
    first: int = 1
    next: Expression | None = None
    total: Expression | None = None
    pages: Expression | None = None
    more: Expression | None = None


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """How keys travel, `size` of them in one call of a capability; `integers` are sent as numbers, others never."""

    style: BatchStyle
    size: int
    separator: str = ","
    integers: bool = False


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request of the API. Texts of `path`, `query` and `body` may hold placeholders. `absent` are the statuses
    that say that there is no such thing. `sized`: the request says how many items a page shall hold.
    """

    name: str
    path: str
    method: str = "GET"
    query: Mapping[str, str] = {}
    body: Any = None
    items: Expression
    batch: Batch | None = None
    paging: Paging | None = None
    absent: frozenset[int] = frozenset()
    sized: bool = False


class FieldMap(msgspec.Struct, frozen=True, kw_only=True):
    """Where one field comes from: expressions (several for street lines), or `value` for all alike, or a table.

    `whole`: the expressions look at the whole item that the answer lists, not at the part in hand. `path` is its key
    in the configuration.
    """

    path: str
    field: Field
    at: tuple[Expression, ...] = ()
    whole: bool = False
    value: Any = None
    times: Times = Times()
    minor_units: int | None = None
    words: Mapping[str, str] = {}
    documented: tuple[str, ...] = ()
    table: TableMap | None = None


class TableMap(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a record: its fields by name and, of a LIST, `each`, which finds the parts."""

    path: str
    shape: Shape
    fields: Mapping[str, FieldMap] = {}
    each: Expression | None = None

    def table(self, name: str) -> TableMap | None:
        """The table of that name, where it is mapped."""
        found = self.fields.get(name)
        return found.table if found is not None else None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A further request for orders that were found: what it finds is put into the order's JSON under its `name`.

    `key` finds in an order what the request is asked with, `belongs` in an item of the answer the same again (None:
    everything in the answer to a request for one key). Asked only when one of `facets` is wanted.
    """

    name: str
    request: Request
    key: Expression
    belongs: Expression | None
    facets: frozenset[Facet]


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Where a search says what it looks for. `equal` takes one value, or several when `several` says how they travel;
    `from_` and `to` are bounds. Each is a query parameter or, of a POST, a dotted path in the body.
    """

    equal: str | None = None
    several: BatchStyle | None = None
    from_: str | None = None
    to: str | None = None


class SearchMap(msgspec.Struct, frozen=True, kw_only=True):
    """The search: its request, by what it sorts (ascending, descending), and what it can look for."""

    request: Request
    sorts: Mapping[SearchField, tuple[str, str]]
    directions: tuple[str, str]
    filters: Mapping[SearchField, Filter]


class Things(msgspec.Struct, frozen=True, kw_only=True):
    """A request for something other than orders, and what its items mean. With `each` an item holds several."""

    request: Request
    map: TableMap


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """The request that `check` sends."""

    path: str
    query: Mapping[str, str] = {}


class ApiMap(msgspec.Struct, frozen=True, kw_only=True):
    """The whole table."""

    kind: SystemKind = SystemKind.OMS
    version: str = "1"
    numbers_unique: bool = False
    concurrency: int = 4
    rate: tuple[int, int] | None = None
    headers: Mapping[str, str] = {}
    auth: Auth = Auth()
    times: Times = Times()
    check: Probe | None = None
    lookups: Mapping[str, Request] = {}
    search: SearchMap | None = None
    changes: Request | None = None
    parts: tuple[Part, ...] = ()
    order: TableMap | None = None
    stock: Things | None = None
    tracking: Things | None = None
    products: Things | None = None
    locations: Things | None = None
    skus: Things | None = None

    @property
    def references(self) -> tuple[str, ...]:
        """The names of the reference fields, in the order of the configuration."""
        table = self.order.table("references") if self.order else None
        return tuple(table.fields) if table else ()

    def statuses(self) -> StatusMap:
        """The status map of the whole-order axes that are mapped."""
        table = self.order.table("statuses") if self.order else None
        mapped = {Axis(name.upper()): field for name, field in (table.fields if table else {}).items()}
        return StatusMap(
            version=self.version,
            documented={axis: field.documented for axis, field in mapped.items()},
            words={axis: field.words for axis, field in mapped.items()},
        )

    def field(self, *names: str) -> FieldMap | None:
        """A field of the order by its path."""
        table = self.order
        for name in names[:-1]:
            table = table.table(name) if table else None
        return table.fields.get(names[-1]) if table else None
