"""Relay's paging arguments, described once."""

from __future__ import annotations

from typing import Annotated

import strawberry

First = Annotated[int | None, strawberry.argument(description="At most so many, from the start of the list.")]
After = Annotated[str | None, strawberry.argument(description="Start right after this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="At most so many, from the end of the list.")]
Before = Annotated[str | None, strawberry.argument(description="End right before this cursor.")]
