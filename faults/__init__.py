"""Systems that fail, and what the gateway makes of it: the matrix of faults, and the soak."""
