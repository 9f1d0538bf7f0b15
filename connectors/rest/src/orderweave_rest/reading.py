"""Reads the table `api` of the configuration, and says all that is wrong with it at once.

Every problem is a sentence that begins with the key's path and ends with what would be right.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from orderweave_rest.api_map import (
    ApiMap,
    Auth,
    AuthStyle,
    BatchStyle,
    Filter,
    Part,
    Probe,
    Request,
    SearchMap,
    Things,
)
from orderweave_rest.checks import Checks
from orderweave_rest.expressions import expression
from orderweave_rest.filtering import STATUS_OF
from orderweave_rest.manifest import BOUNDED, MANIFEST
from orderweave_rest.record_reader import RecordReader, amounts_without_currency, read_times
from orderweave_rest.request_reader import read_request
from orderweave_rest.values import Times
from orderweave_rest.vocabulary import LOCATION, ORDER, PRODUCT, SKU, STOCK, TABLE_OF_FACET, TRACKING, Shape
from orderweave_sdk.capabilities import Settings
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import Facet, SystemKind

THINGS: Mapping[str, Shape] = {
    "stock": STOCK,
    "tracking": TRACKING,
    "products": PRODUCT,
    "locations": LOCATION,
    "skus": SKU,
}
# Asked for as a whole, without keys.
_WHOLE = ("locations", "skus")
KEYS = (
    "kind",
    "version",
    "numbers_unique",
    "concurrency",
    "rate_limit",
    "headers",
    "auth",
    "time_zone",
    "time_format",
    "time_sent",
    "check",
    "lookups",
    "search",
    "changes",
    "parts",
    "order",
    *THINGS,
)
# What each way of signing in needs, and what it may have.
AUTH_KEYS: Mapping[AuthStyle, tuple[tuple[str, ...], tuple[str, ...]]] = {
    AuthStyle.NONE: ((), ()),
    AuthStyle.HEADER: (("name",), ("prefix",)),
    AuthStyle.QUERY: (("name",), ()),
    AuthStyle.BASIC: (("user",), ()),
    AuthStyle.BEARER: ((), ()),
    AuthStyle.CLIENT_CREDENTIALS: (("client_id", "token_url"), ("scope", "audience", "in_body")),
}
SEARCH_KEYS = ("sorts", "directions", "filters")
FILTER_KEYS = ("equal", "several", "from", "to")
PART_KEYS = ("key", "belongs", "facets")
_MOST_AT_ONCE = 32
_MOST_REQUESTS, _MOST_SECONDS = 1_000_000, 86_400


def read_api(given: Any) -> tuple[ApiMap, list[str]]:
    """The mapping as far as it can be read, and every problem; it may be used only when there is none."""
    reader = _Reader()
    found = reader.api(given)
    return found, reader.checks.problems


def problems(settings: Settings) -> list[str]:
    """All that is wrong with the table `api`, and with what it needs beside it."""
    api, found = read_api(settings["api"])
    needs = api.auth.style is not AuthStyle.NONE
    if needs != bool(settings.get("secret")):
        style = api.auth.style
        found.append(
            f"secret: is missing, and api.auth.style is {style}"
            if needs
            else "secret: is given, and api.auth says nothing of it; say how it is sent"
        )
    return found


class _Reader:
    def __init__(self) -> None:
        self.checks = Checks()

    def api(self, given: Any) -> ApiMap:
        checks = self.checks
        given = checks.table("api", given, KEYS, like="[systems.<name>.settings.api]")
        times = read_times(checks, "api", given, Times())
        records = RecordReader(checks, times)
        order = records.table("api.order", given["order"], ORDER) if "order" in given else None
        if order is not None:
            if "id" in order.fields and not order.fields["id"].at:
                checks.wrong("api.order.id", "must be an expression; the same id for all would name no one order")
            for path in amounts_without_currency(order):
                checks.wrong("api.order.currency", f'is missing, and {path} is an amount; or write {{ value = "USD" }}')
        things = {
            name: self.things(name, given[name], shape, records) for name, shape in THINGS.items() if name in given
        }
        api = ApiMap(
            kind=checks.choice("api.kind", given.get("kind"), SystemKind) or SystemKind.OMS,
            version=checks.text("api.version", given.get("version", "1"), "'1'") or "1",
            numbers_unique=checks.flag("api.numbers_unique", given.get("numbers_unique", False)),
            concurrency=checks.whole("api.concurrency", given.get("concurrency", 4), 1, _MOST_AT_ONCE) or 1,
            rate=self.rate(given["rate_limit"]) if "rate_limit" in given else None,
            headers=self.headers(given.get("headers", {})),
            auth=self.auth(given.get("auth", {"style": "none"})),
            times=times,
            check=self.check(given.get("check")),
            lookups=self.lookups(given["lookups"]) if "lookups" in given else {},
            search=self.search(given["search"]) if "search" in given else None,
            changes=read_request(checks, "api.changes", given["changes"], fills=("since",))
            if "changes" in given
            else None,
            parts=tuple(self.parts(given["parts"])) if "parts" in given else (),
            order=order,
            **things,
        )
        self.together(api, given)
        if api.skus is not None:
            self.listing(api.skus, api.stock)
        return api

    def together(self, api: ApiMap, given: Mapping[str, Any]) -> None:
        """What the tables need of each other."""
        checks = self.checks
        asks = [name for name in ("lookups", "search", "changes", "parts") if name in given]
        if not asks and not any(name in given for name in THINGS):
            checks.wrong(
                "api", "asks for nothing; describe at least one of lookups, search, changes, " + ", ".join(THINGS)
            )
        if asks and api.order is None:
            checks.wrong("api.order", f"is missing, and api.{asks[0]} finds orders")
        if api.order is not None and not asks:
            checks.wrong("api.lookups", "is missing, and nothing else finds the orders that api.order describes")
        if "lookups" in given and "id" not in api.lookups:
            checks.wrong("api.lookups.id", "is missing; orders that are known are read by their id")
        named = {"id", *(("number",) if api.field("number") else ()), *api.references}
        for name in api.lookups:
            if name not in named and api.order is not None:
                checks.wrong(
                    f"api.lookups.{name}", f"must be one of those that api.order maps: {', '.join(sorted(named))}"
                )
        if api.changes is not None:
            if api.changes.paging is None:
                checks.wrong("api.changes.paging", "is missing; changes are read page by page")
            if api.order is not None and api.field("updated_at") is None:
                checks.wrong("api.order.updated_at", "is missing, and api.changes goes by it")
        for field in api.search.filters if api.search else ():
            axis = STATUS_OF.get(field)
            if axis is not None and api.field("statuses", axis) is None:
                checks.wrong(
                    f"api.order.statuses.{axis}", f"is missing, and api.search.filters.{field} sends its words"
                )

    def listing(self, skus: Things, stock: Things | None) -> None:
        """What the listing of SKUs needs."""
        if stock is None:
            self.checks.wrong("api.stock", "is missing, and api.skus lists what stock can be asked of")
        if "sku" not in skus.map.fields:
            self.checks.wrong("api.skus.map.sku", "is missing; say where it stands")

    def things(self, name: str, given: Any, shape: Shape, records: RecordReader) -> Things:
        path = f"api.{name}"
        request = read_request(self.checks, path, given, also=("map",), keyed=name not in _WHOLE)
        mapped = given.get("map") if isinstance(given, Mapping) else None
        return Things(request=request, map=records.table(f"{path}.map", mapped, shape, top=True))

    def rate(self, given: Any) -> tuple[int, int] | None:
        path = "api.rate_limit"
        given = self.checks.table(path, given, ("requests", "seconds"), like="{ requests = 40, seconds = 60 }")
        requests = self.checks.whole(f"{path}.requests", given.get("requests"), 1, _MOST_REQUESTS)
        seconds = self.checks.whole(f"{path}.seconds", given.get("seconds"), 1, _MOST_SECONDS)
        return (requests, seconds) if requests and seconds else None

    def headers(self, given: Any) -> dict[str, str]:
        found = self.checks.texts("api.headers", given, '{ "X-Tenant" = "shop-1" }')
        for name, value in found.items():
            if not name.isascii() or not name.replace("-", "").isalnum() or not value.isprintable():
                self.checks.wrong(f"api.headers.{name}", "is no HTTP header; a name of letters, digits and dashes is")
        return {name.lower(): value for name, value in found.items()}

    def auth(self, given: Any) -> Auth:
        path, checks = "api.auth", self.checks
        style = checks.choice(f"{path}.style", given.get("style") if isinstance(given, Mapping) else None, AuthStyle)
        needed, allowed = AUTH_KEYS[style or AuthStyle.NONE]
        if style is None:
            return Auth()
        given = checks.table(path, given, ("style", *needed, *allowed), like='{ style = "bearer" }')
        for name in needed:
            if name not in given:
                checks.wrong(f"{path}.{name}", f"is missing; the style {style} needs it")
        told = {
            name: checks.text(f"{path}.{name}", given[name], "…") or ""
            for name in (*needed, *allowed)
            if name in given and name != "in_body"
        }
        url = urlsplit(told.get("token_url", "/"))
        if not told.get("token_url", "/").startswith("/") and not (url.scheme in ("http", "https") and url.netloc):
            checks.wrong(f"{path}.token_url", "must be a path of the API (/oauth/token) or a whole URL (https://…)")
        return Auth(style=style, in_body=checks.flag(f"{path}.in_body", given.get("in_body", False)), **told)

    def check(self, given: Any) -> Probe | None:
        path = "api.check"
        if given is None:
            self.checks.wrong(
                path, 'is missing; name a cheap request, such as { path = "/orders", query = { limit = "1" } }'
            )
            return None
        given = self.checks.table(path, given, ("path", "query"), like='{ path = "/ping" }')
        where = self.checks.text(f"{path}.path", given.get("path"), "/ping") or "/"
        if not where.startswith("/"):
            self.checks.wrong(f"{path}.path", "must begin with /")
        return Probe(path=where, query=self.checks.texts(f"{path}.query", given.get("query", {}), '{ limit = "1" }'))

    def lookups(self, given: Any) -> dict[str, Request]:
        named = self.checks.named("api.lookups", given, like='{ id = { path = "/orders/{key}" } }')
        return {
            name: read_request(self.checks, f"api.lookups.{name}", told, keyed=True) for name, told in named.items()
        }

    def search(self, given: Any) -> SearchMap:
        path, checks = "api.search", self.checks
        request = read_request(checks, path, given, also=SEARCH_KEYS, fills=("sort", "direction"))
        given = given if isinstance(given, Mapping) else {}
        sorts: dict[SearchField, tuple[str, str]] = {}
        for name, told in checks.named(
            f"{path}.sorts", given.get("sorts", {}), like='{ PLACED_AT = "created" }'
        ).items():
            if name not in [sort.value for sort in MANIFEST.sorts]:
                checks.wrong(f"{path}.sorts.{name}", f"is not one of {', '.join(sorted(MANIFEST.sorts))}")
            elif isinstance(told, str):
                sorts[SearchField(name)] = (told, told)
            else:
                both = checks.table(f"{path}.sorts.{name}", told, _WAYS, like=_LIKE_WAYS)
                pair = [checks.text(f"{path}.sorts.{name}.{way}", both.get(way), "-created") or "" for way in _WAYS]
                sorts[SearchField(name)] = (pair[0], pair[1])
        if not sorts:
            checks.wrong(f"{path}.sorts", 'is missing; say by what the API sorts, such as { PLACED_AT = "created" }')
        ways = checks.table(f"{path}.directions", given.get("directions", {}), _WAYS, like=_LIKE_WAYS)
        return SearchMap(
            request=request,
            sorts=sorts,
            directions=(str(ways.get(_WAYS[0], "asc")), str(ways.get(_WAYS[1], "desc"))),
            filters=self.filters(given.get("filters", {})),
        )

    def filters(self, given: Any) -> dict[SearchField, Filter]:
        path, checks = "api.search.filters", self.checks
        found: dict[SearchField, Filter] = {}
        for name, told in checks.named(path, given, like='{ NUMBER = "orderNumber" }').items():
            at = f"{path}.{name}"
            if name not in [field.value for field in MANIFEST.filters]:
                checks.wrong(at, f"is not one of {', '.join(sorted(MANIFEST.filters))}")
                continue
            field = SearchField(name)
            table = checks.table(
                at, {"equal": told} if isinstance(told, str) else told, FILTER_KEYS, like='"orderNumber"'
            )
            right = ("from", "to") if field in BOUNDED else ("equal", "several")
            for key in table:
                if key in FILTER_KEYS and key not in right:
                    checks.wrong(f"{at}.{key}", f"{field} is looked for by {' and '.join(right)}")
            texts = {key: checks.text(f"{at}.{key}", table[key], "createdAfter") for key in right if key in table}
            several = texts.pop("several", None)
            if several == BatchStyle.ONE:
                checks.wrong(
                    f"{at}.several", "must be list, repeated or body; leave it out where one value can be sent"
                )
            found[field] = Filter(
                equal=texts.get("equal"),
                several=checks.choice(f"{at}.several", several, BatchStyle) if several else None,
                from_=texts.get("from"),
                to=texts.get("to"),
            )
        return found

    def parts(self, given: Any) -> list[Part]:
        checks = self.checks
        found: list[Part] = []
        named = checks.named("api.parts", given, like='{ shipments = { path = "/shipments", … } }')
        for name, told in named.items():
            path = f"api.parts.{name}"
            request = read_request(checks, path, told, also=PART_KEYS, keyed=True)
            table = told if isinstance(told, Mapping) else {}
            belongs = checks.expression(f"{path}.belongs", table["belongs"]) if "belongs" in table else None
            if belongs is None and request.batch is not None and request.batch.style is not BatchStyle.ONE:
                checks.wrong(f"{path}.belongs", "is missing; say where an item of the answer names its order")
            facets = table.get("facets")
            allowed = [*TABLE_OF_FACET, Facet.TRACKING]
            if not isinstance(facets, list) or not facets or any(facet not in allowed for facet in facets):
                checks.wrong(f"{path}.facets", f"must be a list of the facets that need it, of {', '.join(allowed)}")
                facets = []
            key = checks.expression(f"{path}.key", table.get("key", "id"))
            part = Part(
                name=name,
                request=request,
                key=key or expression("id"),
                belongs=belongs,
                facets=frozenset(Facet(facet) for facet in facets),
            )
            found.append(part)
        return found


_WAYS = ("ascending", "descending")
_LIKE_WAYS = '{ ascending = "created", descending = "-created" }'
