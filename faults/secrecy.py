"""Whether a secret stands anywhere that a caller or an operator reads."""

from __future__ import annotations

from collections.abc import Iterable

# A shorter one would be found in any text by chance.
_LEAST = 6
_MOST_TOLD = 20


class Watch:
    """Every secret that there has been, and where one was seen. Never says a secret itself."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self.leaks: list[str] = []

    def learn(self, secrets: Iterable[str]) -> None:
        """Look for these too from now on."""
        self._secrets |= {secret for secret in secrets if len(secret) >= _LEAST}

    def heed(self, text: str) -> None:
        """Look through an answer."""
        self._look(text, "an answer")

    def look_through(self, log: str, *, people: Iterable[str], where: str) -> None:
        """Look through a log, for personal data too."""
        self._look(log, where)
        if any(person in log for person in people):
            self._tell(f"{where} holds an e-mail address of a customer")

    def _look(self, text: str, where: str) -> None:
        for secret in self._secrets:
            if secret in text:
                self._tell(f"{where} holds a secret of {len(secret)} characters: {_around(text, secret)}")

    def _tell(self, leak: str) -> None:
        if len(self.leaks) < _MOST_TOLD and leak not in self.leaks:
            self.leaks.append(leak)


def _around(text: str, secret: str) -> str:
    place = text.index(secret)
    return f"{text[max(0, place - 40) : place]}…"
