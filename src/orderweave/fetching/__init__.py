"""Running a plan: batched, bounded, with a failing system as an issue instead of an exception."""
