"""What a client may say of an operation or a root field beside its arguments."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry.directive import DirectiveLocation

from orderweave.operations import deferring
from orderweave.operations.freshness import DIRECTIVE

If = Annotated[bool, strawberry.argument(name="if", description="Whether it is deferred.")]
Label = Annotated[str | None, strawberry.argument(description="What the part is called in the answer.")]
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


@strawberry.directive(
    name=deferring.DIRECTIVE,
    locations=[DirectiveLocation.FRAGMENT_SPREAD, DirectiveLocation.INLINE_FRAGMENT],
    description="Answer this part when it is ready, and the rest before, for who accepts multipart/mixed. Everything "
    "is answered at once in a list, inside another deferred part, and for who may not defer.",
)
def defer(if_: If = True, label: Label = None) -> None:
    """Read by `orderweave.operations.deferring`; does nothing to a value."""
