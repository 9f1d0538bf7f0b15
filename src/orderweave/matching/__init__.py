"""Which records speak of the same order. Pure."""

from orderweave.matching.graph import Ambiguity
from orderweave.matching.groups import Group, match
from orderweave.matching.keys import KeyReader

__all__ = ["Ambiguity", "Group", "KeyReader", "match"]
