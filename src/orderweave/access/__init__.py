"""Who asks: from what a request carries to a caller with rights and limits."""

from orderweave.access.api_keys import digest_of, new_key
from orderweave.access.identifying import Identifier
from orderweave.access.identity import Headers, Identify, Unidentified, anybody
from orderweave.access.key_sets import KeySets

__all__ = ["Headers", "Identifier", "Identify", "KeySets", "Unidentified", "anybody", "digest_of", "new_key"]
