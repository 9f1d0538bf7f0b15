"""Orderweave connector for home-grown REST APIs, by a mapping in the configuration."""
