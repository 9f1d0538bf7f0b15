"""HTTP: the GraphQL endpoint, the explorer and the health checks."""

from orderweave.web.app import build_app

__all__ = ["build_app"]
