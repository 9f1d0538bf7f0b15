"""The configuration: one TOML file, read whole, with every mistake reported at once."""

from orderweave.config.configuration import Configuration, ConfigurationError, Problem
from orderweave.config.loading import load
from orderweave.config.registry import Registry, installed

__all__ = ["Configuration", "ConfigurationError", "Problem", "Registry", "installed", "load"]
