"""The tracking page: where an order is, for whoever has its number and one fact more, in their language.

`routes.py` is its face; `page.py` writes the HTML, `assets.py` holds what the page loads, `languages.py` its words;
`sending.py` sends them, `wishes.py` reads what a browser would like.
The scripts under `scripts/` ask the gateway's own endpoint with the documents under `documents/`, and nobody else.
"""

from orderweave.web.track.assets import page_documents
from orderweave.web.track.routes import track_routes

__all__ = ["page_documents", "track_routes"]
