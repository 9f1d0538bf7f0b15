"""For each facet: who is believed, what disagrees, how old it is. Pure."""

from orderweave.merging.order import Merger

__all__ = ["Merger"]
