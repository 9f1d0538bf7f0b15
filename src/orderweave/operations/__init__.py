"""Documents: what a selection touches, running an operation, and printing its plan before it is run."""
