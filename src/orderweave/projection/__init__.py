"""From merged objects to the plain data of an answer, by code generated once for each selection.

The way in is `compile_projection`; what it gives is run by a `Projector`. Read `generating.py` for what the code
looks like. Pure: no I/O, no clock, nothing awaited below a root field.
"""

from orderweave.projection.generating import MOST_FIELDS, compile_projection
from orderweave.projection.projecting import Projection, Projector
from orderweave.projection.reading import Declined

__all__ = ["MOST_FIELDS", "Declined", "Projection", "Projector", "compile_projection"]
