"""One read of an entity set, and its address: any of many terms, in pieces that an address holds. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

import msgspec

# What a filter's chain of terms may take of an address; servers and proxies refuse addresses of more than 8 KB.
LONGEST_CHAIN = 4000

_KEPT = "$,'()/:"


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of `entity` for which any of `terms` and all of `also` hold.

    Without terms the rows are limited by `also` alone. `whole` reads on until the last row; otherwise it is one page
    of `top` rows. Names in `select` and `expand` may lead along navigation properties: `to_Item/Material`.
    """

    service: str
    entity: str
    select: tuple[str, ...]
    order: tuple[str, ...]
    terms: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    expand: tuple[str, ...] = ()
    top: int = 1000
    skip: int = 0
    whole: bool = True

    @property
    def operation(self) -> str:
        """What it is called in errors and metrics."""
        return self.entity.removeprefix("A_")

    def address(self) -> str:
        """The address within the service, with its query."""
        options = {
            "$filter": self._filter(),
            "$select": ",".join(self.select),
            "$expand": ",".join(self.expand),
            "$orderby": ",".join(self.order),
            "$top": str(self.top),
            "$skip": str(self.skip) if self.skip else "",
            "$inlinecount": "allpages" if self.whole else "",
            "$format": "json",
        }
        query = "&".join(f"{name}={quote(value, safe=_KEPT)}" for name, value in options.items() if value)
        return f"{self.entity}?{query}"

    def pieces(self) -> list[Read]:
        """The reads that this is sent as: each with as many terms as an address holds."""
        return [msgspec.structs.replace(self, terms=tuple(terms)) for terms in _cut(self.terms)] or [self]

    def _filter(self) -> str:
        if not self.terms:
            return " and ".join(self.also)
        chain = " or ".join(self.terms)
        return " and ".join((f"({chain})", *self.also)) if self.also else chain


def one_of(field: str, literals: Sequence[str]) -> tuple[str, ...]:
    """The terms of a field that equals any of these; OData V2 knows no list."""
    return tuple(f"{field} eq {literal}" for literal in literals)


def _cut(terms: Sequence[str]) -> Iterator[list[str]]:
    piece: list[str] = []
    length = 0
    for term in terms:
        size = len(quote(f"{term} or ", safe=_KEPT))
        if piece and length + size > LONGEST_CHAIN:
            yield piece
            piece, length = [], 0
        piece.append(term)
        length += size
    if piece:
        yield piece
