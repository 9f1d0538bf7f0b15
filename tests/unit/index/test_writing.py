"""One writer at a time, and nobody waits for it without a bound."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from orderweave.index import Database


def test_a_writer_waits_no_longer_than_it_may(tmp_path: Path) -> None:
    """While another one writes, the wait ends in a tenth of a second where that is all there is."""
    first, second = (Database(f"sqlite:///{tmp_path}/index.db") for _ in range(2))

    def work(_: Connection) -> None:
        with pytest.raises(OperationalError):
            second.write_now(lambda connection: None, seconds=0.1)

    first.write_now(work)
    assert second.write_now(lambda connection: 1, seconds=0.1) == 1
    for database in (first, second):
        database.close()
