"""The index: what the systems said, kept for questions that no system answers by itself."""

from orderweave.index.database import Database, TooBusy, TooSlow
from orderweave.index.index import Answer, Index
from orderweave.index.listed import ListedSkus

__all__ = ["Answer", "Database", "Index", "ListedSkus", "TooBusy", "TooSlow"]
