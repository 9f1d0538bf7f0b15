"""Locks and seats: one process has each, and what a dead one had is free."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url

from orderweave.durable.locks import FileLock, lock_of
from orderweave.durable.seats import Seats, TooManyProcesses

HOLDING = """
import sys
from sqlalchemy import make_url
from orderweave.durable.seats import Seats
print(Seats(make_url(sys.argv[1]), "worker").sit(), flush=True)
sys.stdin.read()
"""


def test_one_has_it(tmp_path: Path) -> None:
    """A second one is refused until the first lets go; who has it may take it again."""
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.take()
    assert first.take()
    assert first.held()
    assert not second.take()
    assert not second.held()
    first.release()
    assert not first.held()
    assert second.take()
    second.release()


def test_locks_of_an_index_are_told_apart_by_name(tmp_path: Path) -> None:
    """Each name is a lock of its own, in a file beside the index."""
    url = make_url(f"sqlite:///{tmp_path}/index.db")
    one, other = lock_of(url, "one"), lock_of(url, "other")
    assert one.take()
    assert other.take()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.db-one", "index.db-other"]
    one.release()
    other.release()


def test_the_first_free_seat(tmp_path: Path) -> None:
    """Who comes sits where nobody does; a seat that was left is taken again; no more sit than there are seats."""
    url = make_url(f"sqlite:///{tmp_path}/index.db")
    all_ = [Seats(url, "worker") for _ in range(128)]
    assert [seats.sit() for seats in all_] == list(range(1, 129))
    with pytest.raises(TooManyProcesses):
        Seats(url, "worker").sit()
    assert Seats(url, "passes").sit() == 1
    all_[2].rise()
    assert not all_[2].held()
    assert Seats(url, "worker").sit() == 3
    for seats in all_:
        seats.rise()


def test_a_vacant_seat_is_kept_free(tmp_path: Path) -> None:
    """Whoever looks after what was left at a seat keeps others from it meanwhile; a taken one is not vacant."""
    url = make_url(f"sqlite:///{tmp_path}/index.db")
    mine, other = Seats(url, "worker"), Seats(url, "worker")
    assert mine.sit() == 1
    with other.vacant(1) as vacant:
        assert not vacant
    with other.vacant(2) as vacant:
        assert vacant
        third = Seats(url, "worker")
        assert third.sit() == 3
    with other.vacant(2) as vacant:
        assert vacant
    mine.rise()
    third.rise()


def test_the_seat_of_a_killed_process_is_free(tmp_path: Path) -> None:
    """Killed with -9, a process has left its seat."""
    url = make_url(f"sqlite:///{tmp_path}/index.db")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(url)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"1\n"
        seats = Seats(url, "worker")
        with seats.vacant(1) as vacant:
            assert not vacant
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert seats.sit() == 1
        seats.rise()
