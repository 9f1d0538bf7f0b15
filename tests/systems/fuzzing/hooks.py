"""What schemathesis checks of each answer; it runs in schemathesis' own environment, which imports this file.

Its own check for faults of the server knows the error codes of Apollo and takes ours for faults; this one takes their
place. Beside it stand all the checks that schemathesis has for GraphQL.
"""

from __future__ import annotations

from typing import Any

import schemathesis  # type: ignore[import-not-found]  # installed apart, see requirements/schemathesis.in
from hypothesis import strategies as st
from schemathesis.graphql import nodes, scalar  # type: ignore[import-not-found]  # likewise

# What a caller can mend. All systems are up, so that nothing may be incomplete.
_CALLERS = {
    "BAD_INPUT",
    "AMBIGUOUS",
    "UNSUPPORTED",
    "LIMIT_EXCEEDED",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
}


# A number as a text, and now and then what is none.
scalar("Decimal", (st.decimals(allow_nan=False, allow_infinity=False).map(str) | st.text()).map(nodes.String))


@schemathesis.check  # type: ignore[untyped-decorator]  # as above
def only_what_a_caller_can_mend(ctx: Any, response: Any, case: Any) -> None:
    """An answer is 200 and JSON with data or errors, and each error has a code that its caller can act on."""
    assert response.status_code == 200, f"status {response.status_code}"
    document = response.json()
    assert set(document) <= {"data", "errors", "extensions"}, f"keys {sorted(document)}"
    assert "data" in document or document["errors"], "neither data nor errors"
    for error in document.get("errors", ()):
        code = error["extensions"]["code"]
        assert code in _CALLERS, f"{code}: {error['message']}"
