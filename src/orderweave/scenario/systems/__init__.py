"""Systems that can stand in the business in place of those it has, one module each."""
