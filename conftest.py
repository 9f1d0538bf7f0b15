"""What all tests share: what stays until the end is looked at by no garbage collection, and queues are quick."""

from __future__ import annotations

import gc
from collections.abc import Generator

import pytest

from orderweave.durable import durable

# Work that waits in a queue is begun at once: each piece of it would wait for a second otherwise.
durable.QUEUE_LOOK_SECONDS = 0.05
# Modules of tests after which what is left of them is set aside. What tests leave behind for good (schemas, statements,
# reports) grows so large that looking at it again and again would take a third of the whole time.
_MODULES = 8
_ended = 0


def pytest_collection_finish() -> None:
    """The schema, the contracts and the tests themselves stay until the end."""
    _set_aside()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """Between modules, when nobody measures anything, the rest is set aside."""
    global _ended  # noqa: PLW0603 - pytest has no place of its own for it
    try:
        return (yield)
    finally:
        if nextitem is None or nextitem.path != item.path:
            _ended += 1
            if _ended % _MODULES == 0:
                _set_aside()


def _set_aside() -> None:
    gc.collect()
    gc.freeze()
