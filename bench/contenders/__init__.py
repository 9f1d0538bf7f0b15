"""The programs that are measured, each a process of its own that answers POST /graphql on a port."""
