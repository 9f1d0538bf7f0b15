"""The configuration while the process runs: read again when asked, taken over when it holds, left alone when not."""

from __future__ import annotations

import logging
from collections.abc import Callable

from orderweave.access import KeySets
from orderweave.bootstrap import Orderweave
from orderweave.config import Configuration, ConfigurationError
from orderweave.config.configuration import LiveSettings, Server
from orderweave.config.issuers import is_loopback
from orderweave.observing import Observing
from orderweave.web import Current

logger = logging.getLogger("orderweave.serving")

Load = Callable[[], Configuration]

# What a process has built on since it started.
_AT_ONCE = frozenset({"deadline_seconds", "trusted_proxies"})
_AT_START = tuple(field for field in Server.__struct_fields__ if field not in _AT_ONCE)
# Past the deadline of the last request of a gateway that was replaced; then it is closed all the same.
_GRACE = 2.0


class Reread:
    """The last configuration that held. `load` reads it anew and raises ConfigurationError with all its problems."""

    def __init__(self, configuration: Configuration, load: Load) -> None:
        self.configuration = configuration
        self._listens_on = configuration.server.host
        self._load = load

    def quiet(self) -> bool:
        """Read again; whether it holds, and is the last that did. All problems of one that does not are logged."""
        try:
            read = self._load()
        except ConfigurationError as error:
            for problem in error.problems:
                logger.error("%s: %s: %s", error.file, problem.key, problem.message)
            count = len(error.problems)
            logger.error("%d problem%s; the configuration stays as it was", count, "s" if count > 1 else "")
            return False
        if self._opens(read):
            logger.error(
                "the process listens on %s until its next start, where access must be configured; "
                "the configuration stays as it was",
                self._listens_on,
            )
            return False
        self.configuration = read
        return True

    def _opens(self, read: Configuration) -> bool:
        """Whether a file that may go without access control, on its own host, would open the host of this process."""
        closed = self.configuration.access is not None and read.access is None
        return closed and is_loopback(read.server.host) and not is_loopback(self._listens_on)

    def loud(self) -> bool:
        """The same, and says what is new but waits for the next start."""
        before = self.configuration
        if not self.quiet():
            return False
        after = self.configuration
        for key in _AT_START:
            if getattr(before.server, key) != getattr(after.server, key):
                logger.warning("server.%s: takes effect at the next start", key)
        for key in LiveSettings.__struct_fields__:
            if getattr(before.live, key) != getattr(after.live, key):
                logger.warning("live.%s: takes effect at the next start", key)
        if before.webhooks != after.webhooks:
            logger.warning("webhooks: takes effect at the next start")
        logger.info("the configuration was read again: %s", self.configuration.file)
        return True


class Reloading:
    """Puts a new gateway in the place of the current one, in one process.

    Keys of issuers that both configurations know are handed on in `key_sets`. `supervised` leaves it to the process
    above to say what waits for a start.
    """

    def __init__(
        self, reread: Reread, current: Current, observing: Observing, key_sets: KeySets, *, supervised: bool
    ) -> None:
        self._reread = reread
        self._key_sets = key_sets
        self._observing = observing
        self._current = current
        self._read = reread.quiet if supervised else reread.loud

    async def reload(self) -> bool:
        """Read and wire the configuration beside the old one; whether new requests go to it from now on.

        The old gateway is closed when its last request is done, at the latest a moment after that one's deadline.
        """
        before = self._reread.configuration
        if not self._read():
            return False
        try:
            woven = Orderweave(self._reread.configuration, observing=self._observing, key_sets=self._key_sets)
        except Exception as error:
            # A connector's own code: what it said may hold a setting.
            logger.error("a connector cannot be made (%s); the configuration stays as it was", type(error).__name__)
            self._reread.configuration = before
            return False
        # What runs beside the answers waits until that of the gateway before has ended: one lock is for both.
        woven.begin()
        within = before.server.deadline_seconds + _GRACE
        left = await self._current.replace(woven.gateway, woven.close, woven.door, within=within)
        if left:
            logger.warning("the gateway before was closed with %d requests at work", left)
        return True
