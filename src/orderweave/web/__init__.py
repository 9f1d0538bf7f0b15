"""HTTP: the GraphQL endpoint with its admission and deadlines, the connections, the explorer and the health checks."""

from orderweave.web.admission import Admission
from orderweave.web.app import App, build_app
from orderweave.web.current import Current
from orderweave.web.door import Door

__all__ = ["Admission", "App", "Current", "Door", "build_app"]
