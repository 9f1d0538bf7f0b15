"""Webhooks: each is believed by its vendor's own signature, stored, and then worked on, once.

The way in is `Receiving`: `accept` for what comes, `run` for what is to be done about it.
"""

from orderweave.receiving.accepting import Outcome
from orderweave.receiving.receiving import Receiving

__all__ = ["Outcome", "Receiving"]
