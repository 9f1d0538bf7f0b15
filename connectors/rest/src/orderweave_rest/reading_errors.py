"""What goes wrong with one value: a sentence without the value itself."""

from __future__ import annotations


class BadValue(Exception):
    """A value that is not what its field holds, or a text that is no expression. The message says why."""
