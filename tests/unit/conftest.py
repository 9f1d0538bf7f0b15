"""How hypothesis runs: the same examples each time where a run decides something, and no clock in any verdict."""

import os

from hypothesis import settings

settings.register_profile("orderweave", deadline=None, derandomize="CI" in os.environ, max_examples=60)
settings.load_profile("orderweave")
