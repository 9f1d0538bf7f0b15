"""Holding the gateway's matching, merging and stock against generated truth, and printing the figures."""

from orderweave.truth.figures import Figures, figures
from orderweave.truth.running import hold_against_truth

__all__ = ["Figures", "figures", "hold_against_truth"]
