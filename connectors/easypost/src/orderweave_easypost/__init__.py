"""Orderweave connector for EasyPost."""
