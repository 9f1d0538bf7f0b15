"""Reading what fake systems hold into an index, as a sync would."""

from __future__ import annotations

from functools import partial

from orderweave.index.progress import note
from tests.unit.fake_systems import Woven


async def read_all(woven: Woven) -> None:
    """Read everything that the fake systems hold into the index."""
    index = woven.index
    assert index is not None
    at = woven.time.now()
    for name, fake in woven.fakes.items():
        await index.take(name, fake.orders, at)
        await index.take_stock(name, fake.stock, at)
        for part in ("orders", "stock"):
            await index.write(partial(note, system=name, part=part, reached_at=at, complete_at=at))
