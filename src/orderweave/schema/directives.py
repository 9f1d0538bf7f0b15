"""What a client may say of an operation or a root field beside its arguments."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry.directive import DirectiveLocation

from orderweave.operations.freshness import DIRECTIVE

MaxAge = Annotated[int, strawberry.argument(description="Seconds, 0 or more; 0 asks the systems themselves.")]


@strawberry.directive(
    name=DIRECTIVE,
    locations=[DirectiveLocation.QUERY, DirectiveLocation.FIELD],
    description="How old the answer may be, on an operation or on a field of Query; the field's wins. It asks for "
    "younger than the gateway would give anyway, never for older. Where a system fails that would have to be asked, "
    "what is at hand is given, and `freshness.unmet` says so.",
)
def freshness(max_age: MaxAge) -> None:
    """Read by `orderweave.operations.freshness` before a root field is resolved; does nothing to a value."""
