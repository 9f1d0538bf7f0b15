"""Orderweave connector for ShipHero."""
