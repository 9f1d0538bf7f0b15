"""The command line."""

from orderweave.cli.main import main

__all__ = ["main"]
