"""Where the vendors' published contracts lie, for the checks that hold connectors and simulators against them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def contract_file(relative: str) -> Path:
    """The contract's path, such as "shopify/admin_2026-10.introspection.json".

    The folder is `ORDERWEAVE_CONTRACTS`, or `../shared/contracts` beside the checkout. Without it the test is
    skipped, because a user's test run may not need it; with CI=true it fails.
    """
    folder = Path(os.environ.get("ORDERWEAVE_CONTRACTS", Path.cwd().parent / "shared" / "contracts"))
    path = folder / relative
    if path.exists():
        return path
    if os.environ.get("CI") == "true":
        pytest.fail(f"with CI=true the contract {relative} must be there; looked in {folder}")
    pytest.skip(f"the vendor's contract {relative} is not on this machine; it is checked with CI=true")
