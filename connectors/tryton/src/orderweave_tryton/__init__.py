"""Orderweave connector for Tryton."""
