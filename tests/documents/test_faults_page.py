"""docs/faults.md holds against the code: the ways to fail, their reasons and the bounds are those that are tried."""

from __future__ import annotations

from faults import load, resources, soak
from faults.breakages import applicable
from faults.business import Business
from faults.timing import MOST_RATIO
from tests.documents.pages import code_of, codes, read_page, table

PAGE = read_page("docs/faults.md")


async def test_every_way_to_fail_is_told() -> None:
    """The table has each way that a system with a line can fail, with the reasons that count as right."""
    async with Business(seed=7, orders=20) as business:
        tried = {
            breakage.name: breakage.reasons
            for system in business.lines
            for breakage in applicable(business, system).breakages
        }
    rows = table(PAGE, "failure", "what happens", "reason in the answer")
    assert {code_of(failure): set(codes(reasons)) for failure, _, reasons in rows} == tried


def test_bounds_are_the_codes() -> None:
    """The bounds of the page are those by which a run fails."""
    text = " ".join(PAGE.split())
    assert MOST_RATIO == 1.10
    assert "A ratio past 1.10" in text
    growth = f"at most {round(100 * resources._MOST_GROWTH - 100)} % and {resources._MOST_ADDED // 1024**2} MiB above"
    assert growth in text
    assert f"at most {soak._MOST_DESCRIPTORS_KEPT} other descriptors" in text
    assert f"within {soak._MOST_SECONDS_TO_END:.0f} s of SIGTERM" in text
    assert soak._MOST_CLOSED == 1 / 500
    assert "at most one in 500 only over another connection" in text
    assert (load.CLIENTS, load._OF_WHOM_HANG_UP) == (8, 1 / 20)
    assert "Eight callers" in text
    assert "one question in twenty is given up half-way" in text
