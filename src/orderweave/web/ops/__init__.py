"""The operations page: how each system and this process do, drawn on the server, for those who hold the token.

`routes.py` is its face; `state.py` gathers what is shown, `page.py` and `drawing.py` write it, `access.py` lets in.
"""

from orderweave.web.ops.access import Access
from orderweave.web.ops.routes import ops_routes

__all__ = ["Access", "ops_routes"]
