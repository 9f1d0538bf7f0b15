"""The oversell watch: which channels list more than they may sell, SKU by SKU, over some or all that are listed."""

from __future__ import annotations

from collections.abc import Sequence

from orderweave.answering.errors import RequestError, bad_input
from orderweave.answering.indexed import busy, too_slow
from orderweave.answering.inventory import MOST_SKUS, check_skus, inventory
from orderweave.answering.known_skus import KnownSkus
from orderweave.answering.parts import Parts
from orderweave.index import TooBusy, TooSlow
from orderweave.inventory import oversells
from orderweave.inventory.channels import HOLDERS
from orderweave.merging.lines import tidy_sku
from orderweave.model.codes import Code
from orderweave.model.ids import MalformedToken, decode_cursor, encode_cursor
from orderweave.model.inventory import InventoryItem, OversellReport
from orderweave.model.provenance import SourceIssue
from orderweave.model.skus import SkuPage
from orderweave.model.terms import Terms

DEFAULT_CHECKED = 100
# What a subscription may follow: each look asks for all of them anew.
MOST_WATCHED = 1000
_CURSOR = "oversells"


async def report(
    parts: Parts,
    skus: Sequence[str] | None,
    first: int | None,
    after: str | None,
    call: Terms,
    *,
    most: int = MOST_SKUS,
) -> OversellReport:
    """What is oversold among the `first` SKUs after the cursor: of those given, or of all that are listed.

    UNSUPPORTED for all of them where nobody knows which there are.
    """
    size = min(DEFAULT_CHECKED, most) if first is None else first
    if not 1 <= size <= most:
        raise bad_input(f"first must be between 1 and {most}, is {size}")
    if skus is not None and not 1 <= len(skus) <= most:
        raise bad_input(f"skus must hold 1 to {most} SKUs, holds {len(skus)}")
    page = await _page(parts, skus, size, _place(after), call)
    if not page.skus:
        return OversellReport(oversells=(), checked=0, unjudged=(), missing=page.missing, next_cursor=None)
    return _report(parts, await inventory(parts, page.skus, call, most), page)


async def watched(parts: Parts, skus: Sequence[str], call: Terms) -> tuple[OversellReport, dict[str, bool]]:
    """What is oversold among these tidied SKUs, or among all that are listed where none is given, at most 1000 of them;
    and of each that was looked at whether every system answered.
    """
    page = SkuPage(skus=tuple(skus), more=False)
    if not skus:
        page = await _page(parts, None, MOST_WATCHED, None, call)
        if page.more:
            raise bad_input(f"more than {MOST_WATCHED} SKUs are listed; name those to follow")
    names = page.skus
    items: list[InventoryItem] = []
    for start in range(0, len(names), MOST_SKUS):
        items += await inventory(parts, names[start : start + MOST_SKUS], call)
    whole = {name: not item.freshness.missing for name, item in zip(names, items, strict=True)}
    return _report(parts, items, page), whole


def _report(parts: Parts, items: Sequence[InventoryItem], page: SkuPage) -> OversellReport:
    missing: dict[SourceIssue, None] = dict.fromkeys(page.missing)
    unjudged = []
    for item in items:
        missing |= dict.fromkeys(item.freshness.missing)
        if any(parts.business.systems[issue.system].kind in HOLDERS for issue in item.freshness.missing):
            unjudged.append(item.sku)
    return OversellReport(
        oversells=oversells(items),
        checked=len(items),
        unjudged=tuple(unjudged),
        missing=tuple(missing),
        next_cursor=encode_cursor(_CURSOR, page.skus[-1]) if page.more else None,
    )


async def _page(parts: Parts, skus: Sequence[str] | None, size: int, after: str | None, call: Terms) -> SkuPage:
    """So many tidied SKUs after one, of those given or of all that are known."""
    if skus is not None:
        check_skus(skus)
        left = sorted({name for name in map(tidy_sku, skus) if after is None or name > after})
        return SkuPage(skus=tuple(left[:size]), more=len(left) > size)
    try:
        return await known(parts).listed(after, size, call)
    except TooSlow:
        raise too_slow(call.remaining()) from None
    except TooBusy:
        raise busy() from None


def known(parts: Parts) -> KnownSkus:
    """Whoever knows all SKUs; UNSUPPORTED where nobody does."""
    if parts.known_skus is None:
        raise RequestError(
            Code.UNSUPPORTED, "skus must be given: without an index nobody can say which SKUs are listed"
        )
    return parts.known_skus


def _place(after: str | None) -> str | None:
    if after is None:
        return None
    try:
        (name,) = decode_cursor(after, _CURSOR)
    except (MalformedToken, ValueError):
        raise bad_input("after: not a cursor of this list") from None
    return name
