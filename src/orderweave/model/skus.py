"""SKUs that nobody named: a page of those that are listed."""

from __future__ import annotations

import msgspec

from orderweave.model.provenance import SourceIssue


class SkuPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some SKUs, tidied (`merging.lines.tidy_sku`), each once and in their order, and whether there are more. `missing`
    are the systems of whose SKUs not all are known, and why.
    """

    skus: tuple[str, ...]
    more: bool
    missing: tuple[SourceIssue, ...] = ()
