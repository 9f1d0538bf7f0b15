"""The list of orders as the vendor gives it: filters, two sorts, limit and offset, and no total."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zlib import crc32

from orderweave_salesforce_b2c.simulated_documents import Document

_SORTS = {"creation_date": "creationDate", "last_modified_date": "lastModified"}
_BOUNDS = {
    "creationDateFrom": ("creationDate", False),
    "creationDateTo": ("creationDate", True),
    "lastModifiedDateFrom": ("lastModified", False),
    "lastModifiedDateTo": ("lastModified", True),
}
# Each filter by words: the field, the words that may be asked for, and how many at once.
_WORDS = {
    "status": ("status", {"new", "completed", "cancelled"}, 2),
    "paymentStatus": ("paymentStatus", {"not_paid", "part_paid", "paid"}, 2),
    "shippingStatus": ("shippingStatus", {"not_shipped", "part_shipped", "shipped"}, 2),
}
_OTHERS = {"siteId", "sortBy", "sortOrder", "limit", "offset"}
_MOST = 200


class Refused(Exception):
    """A parameter that the vendor does not take."""


class OrderList:
    """All orders of the site. Orders of one moment come in an order of no meaning, as the vendor promises none."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = sorted(documents, key=lambda each: crc32(each["orderNo"].encode()))
        self._moments = {
            field: {each["orderNo"]: datetime.fromisoformat(each[field]) for each in self._documents if field in each}
            for field in _SORTS.values()
        }
        self._sorted: dict[tuple[str, bool], list[Document]] = {}

    def page(self, query: Sequence[tuple[str, str]]) -> list[Document]:
        """The orders that a request asks for; raises Refused."""
        asked = dict(query)
        unknown = asked.keys() - _OTHERS - _BOUNDS.keys() - _WORDS.keys()
        if unknown:
            raise Refused(f"unknown parameter {min(unknown)}")
        limit, offset = _whole(asked, "limit", 100), _whole(asked, "offset", 0)
        if not 1 <= limit <= _MOST or offset < 0:
            raise Refused("limit or offset")
        words = {name: _words(asked, name) for name in _WORDS.keys() & asked.keys()}
        bounds = {name: _moment(asked[name]) for name in _BOUNDS.keys() & asked.keys()}
        passing = [each for each in self._in_order(asked) if self._passes(each, words, bounds)]
        return passing[offset : offset + limit]

    def _in_order(self, asked: Mapping[str, str]) -> list[Document]:
        by, order = asked.get("sortBy", "creation_date"), asked.get("sortOrder", "desc")
        if by not in _SORTS or order not in ("asc", "desc"):
            raise Refused("sortBy or sortOrder")
        key = (_SORTS[by], order == "desc")
        if key not in self._sorted:
            moments = self._moments[key[0]]
            self._sorted[key] = sorted(self._documents, key=lambda each: moments[each["orderNo"]], reverse=key[1])
        return self._sorted[key]

    def _passes(self, order: Document, words: Mapping[str, set[str]], bounds: Mapping[str, datetime]) -> bool:
        if any(order[_WORDS[name][0]] not in wanted for name, wanted in words.items()):
            return False
        for name, bound in bounds.items():
            field, is_end = _BOUNDS[name]
            moment = self._moments[field][order["orderNo"]]
            if (moment >= bound) if is_end else (moment < bound):
                return False
        return True


def _whole(asked: Mapping[str, str], name: str, otherwise: int) -> int:
    try:
        return int(asked.get(name, otherwise))
    except ValueError:
        raise Refused(name) from None


def _words(asked: Mapping[str, str], name: str) -> set[str]:
    _, known, most = _WORDS[name]
    wanted = set(asked[name].split(","))
    if not wanted <= known or len(wanted) > most:
        raise Refused(name)
    return wanted


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("a date") from None
    if moment.tzinfo is None:
        raise Refused("a date without a zone")
    return moment
