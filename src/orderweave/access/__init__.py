"""Who asks: from what a request carries to a caller with rights and limits."""

from orderweave.access.identity import Headers, Identify, Unidentified, anybody

__all__ = ["Headers", "Identify", "Unidentified", "anybody"]
