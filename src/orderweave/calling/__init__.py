"""Calling systems that fail, are slow and say no: retry, breaker, bulkhead, hedging, quota and lanes."""

from orderweave.calling.caller import Caller, NotAsked
from orderweave.calling.parts import CallingParts

__all__ = ["Caller", "CallingParts", "NotAsked"]
