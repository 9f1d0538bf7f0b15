"""What is seen of the gateway at work: the port into which the other rooms report, and what is made of it.

`port.py` is all that a reporting room needs; `catalog.py` lists every metric.
"""

from orderweave.observing.port import UNOBSERVED, CacheResult, Observing, Stage

__all__ = ["UNOBSERVED", "CacheResult", "Observing", "Stage"]
