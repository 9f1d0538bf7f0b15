"""What a query costs: Orderweave and others side by side, over recorded vendor answers. Run by `make bench`."""
