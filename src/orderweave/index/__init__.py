"""The index: what the systems said, kept for questions that no system answers by itself."""

from orderweave.index.database import Database, TooBusy, TooSlow
from orderweave.index.index import Answer, Index
from orderweave.index.listed import ListedSkus
from orderweave.index.migrating import UnknownForm

__all__ = ["Answer", "Database", "Index", "ListedSkus", "TooBusy", "TooSlow", "UnknownForm"]
