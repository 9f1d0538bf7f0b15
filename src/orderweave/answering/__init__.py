"""One file for each question the API answers: plan, fetch, match and merge, from a request to merged objects."""

from orderweave.answering.gateway import Gateway

__all__ = ["Gateway"]
