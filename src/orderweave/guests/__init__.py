"""Guests: the second fact, tokens for one order, budgets of attempts, the time at which an answer is given."""

from orderweave.guests.desk import Desk

__all__ = ["Desk"]
