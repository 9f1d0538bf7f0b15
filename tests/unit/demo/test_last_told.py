"""Until when the demo tells its business."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orderweave.demo.serving import last_told


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (datetime(2027, 3, 1, 17, 59, 59, tzinfo=UTC), datetime(2027, 2, 28, 18, tzinfo=UTC)),
        (datetime(2027, 3, 1, 18, 0, tzinfo=UTC), datetime(2027, 3, 1, 18, tzinfo=UTC)),
        (datetime(2028, 2, 29, 23, 0, tzinfo=UTC), datetime(2028, 2, 29, 18, tzinfo=UTC)),
        (datetime(2027, 1, 1, 3, 0, tzinfo=UTC), datetime(2026, 12, 31, 18, tzinfo=UTC)),
    ],
)
def test_the_hour_of_the_scenario(now: datetime, until: datetime) -> None:
    """The last time that it was that hour, never later than now and never a day ago."""
    assert last_told(now) == until
