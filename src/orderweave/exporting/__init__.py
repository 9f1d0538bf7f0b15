"""Exports: rows of the index as files to take away, in parts, so that a process may die at any time."""

from orderweave.exporting.layout import LAYOUTS, VERSION, What
from orderweave.exporting.selection import Format, Selection

__all__ = ["LAYOUTS", "VERSION", "Format", "Selection", "What"]
