"""The quality scale: what every connector is held to, what each says of it, and the page that shows both."""

from orderweave.quality.page import Shown, page
from orderweave.quality.proofs import problems_of
from orderweave.quality.reading import FILE, Quality, QualityError, Said, read_quality
from orderweave.quality.rules import RULES, Rule

__all__ = ["FILE", "RULES", "Quality", "QualityError", "Rule", "Said", "Shown", "page", "problems_of", "read_quality"]
