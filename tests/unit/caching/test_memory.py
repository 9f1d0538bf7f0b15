"""Keeping in memory: never more than its bounds, the least used goes first, nothing past its time comes back."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from hypothesis import given
from hypothesis import strategies as st

from orderweave.caching.memory import ENTRY_OVERHEAD, MemoryStore
from orderweave.caching.store import Kept
from tests.unit.fake_clock import FakeClock

MOST_ENTRIES = 4
MOST_BYTES = 4 * ENTRY_OVERHEAD

NAMES = st.sampled_from("abcdefgh")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("get"), NAMES),
        st.tuples(st.just("delete"), NAMES),
        st.tuples(st.just("pass"), st.integers(0, 30)),
        st.tuples(st.just("set"), NAMES, st.integers(0, MOST_BYTES), st.integers(0, 50)),
    ),
    max_size=60,
)


@given(STEPS)
def test_bounds_and_order(steps: list[tuple[object, ...]]) -> None:
    """Whatever is done: bytes and count stay within bounds, the weight is that of what is held, and what is found is
    exactly what a plain model of least-recently-used with times to live finds.
    """
    clock = FakeClock()
    store = MemoryStore(clock, most_entries=MOST_ENTRIES, most_bytes=MOST_BYTES)
    model: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def weight() -> int:
        return sum(size + ENTRY_OVERHEAD for size, _ in model.values())

    async def run() -> None:
        for step in steps:
            match step:
                case ("get", str(name)):
                    found = await store.get_many([name])
                    if name in model and model[name][1] <= clock.monotonic():
                        del model[name]
                    assert {key: len(value) for key, value in found.items()} == (
                        {name: model[name][0]} if name in model else {}
                    )
                    if name in model:
                        model.move_to_end(name)
                case ("delete", str(name)):
                    await store.delete_many([name])
                    model.pop(name, None)
                case ("pass", int(seconds)):
                    clock.advance(seconds)
                case ("set", str(name), int(size), int(seconds)):
                    await store.set_many({name: Kept(b"x" * size, float(seconds))})
                    model.pop(name, None)
                    if size + ENTRY_OVERHEAD <= MOST_BYTES and seconds > 0:
                        model[name] = (size, clock.monotonic() + seconds)
                    while len(model) > MOST_ENTRIES or weight() > MOST_BYTES:
                        model.popitem(last=False)
            assert len(store) == len(model) <= MOST_ENTRIES
            assert store.weight == weight() <= MOST_BYTES

    asyncio.run(run())


async def test_what_had_to_go_is_counted() -> None:
    """Three entries where two fit: the first goes, unless it was used since; closing forgets all."""
    store = MemoryStore(FakeClock(), most_entries=2, most_bytes=MOST_BYTES)
    await store.set_many({"a": Kept(b"1", 9.0), "b": Kept(b"2", 9.0)})
    await store.get_many(["a"])
    await store.set_many({"c": Kept(b"3", 9.0)})

    assert await store.get_many("abc") == {"a": b"1", "c": b"3"}
    assert store.dropped == 1
    await store.close()
    assert (len(store), store.weight) == (0, 0)
