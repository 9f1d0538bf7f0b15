"""Orderweave connector for Fluent Commerce."""
