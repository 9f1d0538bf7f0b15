"""Orderweave connector for Salesforce B2C Commerce."""
