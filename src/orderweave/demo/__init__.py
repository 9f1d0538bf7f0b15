"""The demo: a generated business, its systems as simulators on loopback, and the gateway in front."""

from orderweave.demo.business import DemoBusiness

__all__ = ["DemoBusiness"]
