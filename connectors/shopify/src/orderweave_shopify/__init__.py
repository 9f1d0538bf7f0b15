"""Orderweave connector for Shopify, over the Admin GraphQL API."""
