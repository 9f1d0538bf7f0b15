"""What the index lists and adds up, at length, in SQLite and in PostgreSQL."""

from __future__ import annotations

import pytest

from orderweave.index import Index
from tests.unit.index.oracle import check_groups, check_lists, check_midnights
from tests.unit.index.story import Story

pytestmark = pytest.mark.systems


def test_lists_are_the_oracles(filled: Index, told: Story) -> None:
    """Whatever is filtered and sorted: the same orders in the same order over all pages, and the same count."""
    check_lists(filled, told, examples=1000)


def test_groups_are_the_oracles(filled: Index, told: Story) -> None:
    """Whatever is grouped, in whatever zone: the same groups and exact sums."""
    check_groups(filled, told, examples=1000)


def test_days_with_two_midnights(filled: Index) -> None:
    """In Havana, where the clock went from one o'clock back to midnight: one day, from the first."""
    check_midnights(filled)
