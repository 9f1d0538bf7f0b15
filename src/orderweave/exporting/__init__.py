"""Exports: rows of the index as files to take away, in parts, so that a process may die at any time."""

from orderweave.exporting.exports import Exports
from orderweave.exporting.layout import LAYOUTS, VERSION
from orderweave.exporting.selection import Selection
from orderweave.exporting.tallies import Tally

__all__ = ["LAYOUTS", "VERSION", "Exports", "Selection", "Tally"]
