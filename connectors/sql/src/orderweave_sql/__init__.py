"""Orderweave connector for home-grown databases."""
