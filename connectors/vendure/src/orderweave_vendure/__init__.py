"""Orderweave connector for Vendure."""
