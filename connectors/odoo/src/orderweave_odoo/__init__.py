"""Orderweave connector for Odoo."""
