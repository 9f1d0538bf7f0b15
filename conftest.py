"""What all tests share: the schema, the contracts and the tests themselves are looked at by no garbage collection."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """What is collected stays until the end, and is so much that looking at it again costs seconds in any test."""
    gc.collect()
    gc.freeze()
