"""Which facets are needed, and which system is asked for what. Pure: no I/O, no clock."""
