"""Orderweave connector for Extensiv 3PL Warehouse Manager."""
