"""The index: what the systems said, kept for questions that no system answers by itself."""

from orderweave.index.database import Database, TooBusy, TooSlow
from orderweave.index.index import Answer, Index

__all__ = ["Answer", "Database", "Index", "TooBusy", "TooSlow"]
