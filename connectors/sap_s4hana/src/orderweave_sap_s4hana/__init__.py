"""Orderweave connector for SAP S/4HANA."""
