"""Callers, root fields and owners: what each sees is what docs/access.md says, by either executor."""

from __future__ import annotations

from pathlib import Path

import pytest

from orderweave.schema import build_schema
from tests.access.callers import CALLERS, OWNERS, order_id
from tests.access.matrix import OF_NOBODY, asked, by_owner, by_part, of_owner, printed

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "access.md").read_text()
_, BEGIN, _REST = PAGE.partition("<!-- matrix -->\n")
WRITTEN, END, _ = _REST.partition("\n<!-- /matrix -->")


def test_every_root_field_is_asked() -> None:
    """The matrix asks every field of the schema's roots: a new one is missed here until somebody says who sees it."""
    schema = build_schema()._schema
    roots = [root for root in (schema.query_type, schema.mutation_type, schema.subscription_type) if root]
    assert sorted(name for root in roots for name in root.fields) == sorted([*of_owner("Ada's"), *OF_NOBODY])


async def test_the_page_holds_the_matrix() -> None:
    """`python -m tests.access.matrix` prints what stands on the page."""
    assert BEGIN
    assert END
    assert await printed() == WRITTEN


async def test_both_executors_show_the_same() -> None:
    """Cell by cell the reference executor shows and refuses what the compiled one does."""
    assert await by_owner(compiled=False) == await by_owner(compiled=True)
    assert await by_part(compiled=False) == await by_part(compiled=True)


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "reference"])
@pytest.mark.parametrize("caller", [name for name in CALLERS if name.startswith("Ada")])
async def test_of_others_nothing_is_told(caller: str, compiled: bool) -> None:
    """About Ben's and nobody's order Ada is answered, to the byte, as about one that does not exist."""
    # Whoever knows an order's second fact may track it, as anybody may.
    for field in of_owner("Ben's").keys() - {"trackOrder"}:
        about = {}
        for owner in OWNERS:
            document = await asked(of_owner(owner)[field], CALLERS[caller], compiled=compiled)
            about[owner] = str(document).replace(order_id(owner), "")
        assert about["Ben's"] == about["nobody's"] == about["unknown"]
        # Links and revocations are for nobody who sees only their own.
        assert about["Ada's"] != about["unknown"] or field in {"trackingLink", "revokeTracking"}
