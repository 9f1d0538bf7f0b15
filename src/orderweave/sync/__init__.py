"""Keeping the index true: histories read once, changes followed, and everything held against the systems by sweeps."""

from orderweave.sync.asking import Unanswered
from orderweave.sync.rereading import Rereading
from orderweave.sync.standing import Standing, standing_of
from orderweave.sync.steady import Steady
from orderweave.sync.sync import Sync, Turn, lists_orders

__all__ = ["Rereading", "Standing", "Steady", "Sync", "Turn", "Unanswered", "lists_orders", "standing_of"]
