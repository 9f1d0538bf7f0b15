"""The gateway's own words: the merged order, the merged stock, and where each part comes from."""
