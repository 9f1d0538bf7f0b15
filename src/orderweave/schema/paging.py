"""Relay's paging, described once: its arguments, and how long a page is."""

from __future__ import annotations

from typing import Annotated

import strawberry

from orderweave.operations.weights import ListSize

# Groups on a page where the caller does not say.
DEFAULT_GROUPS = 100

First = Annotated[int | None, strawberry.argument(description="At most so many, from the start of the list.")]
After = Annotated[str | None, strawberry.argument(description="Start right after this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="At most so many, from the end of the list.")]
Before = Annotated[str | None, strawberry.argument(description="End right before this cursor.")]


def connection(assumed_size: int) -> ListSize:
    """How long a connection's lists are: as long as its page, or as assumed where the caller does not say."""
    return ListSize(
        assumed_size=assumed_size,
        slicing_arguments=["first", "last"],
        sized_fields=["edges", "nodes"],
        require_one_slicing_argument=False,
    )
