"""The gateway: one GraphQL API over the systems that exist."""
