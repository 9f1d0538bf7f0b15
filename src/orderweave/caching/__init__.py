"""What was fetched, kept for a while: layers behind one small port, one flight a key, and the truth about its age."""

from orderweave.caching.cache import Cache
from orderweave.caching.counts import Counts
from orderweave.caching.taken import Live, Taken
from orderweave.caching.uncached import Uncached

__all__ = ["Cache", "Counts", "Live", "Taken", "Uncached"]
