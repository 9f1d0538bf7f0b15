"""Work that outlives its process: what begins it, who does it, and who goes on with what a dead process left.

The rooms whose work it is bring loops over steps; this one knows none of them.
See docs/decisions/dbos-for-long-work.md.
"""

from orderweave.durable.durable import Durable, Offer

__all__ = ["Durable", "Offer"]
