"""What changes while somebody looks: watchers that poll for all who follow a thing, and a log to go on from.

The way in is `Feed`: `follow` for whoever wants to know, `announce` for whoever heard of a change.
"""

from orderweave.live.feed import Feed, Full
from orderweave.live.following import Following, Missed
from orderweave.live.subjects import Subject, Topic

__all__ = ["Feed", "Following", "Full", "Missed", "Subject", "Topic"]
