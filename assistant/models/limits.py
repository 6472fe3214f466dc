"""How long and how many at once a chat model may be asked, and when to leave it alone for a while."""

import time
from collections.abc import Callable
from dataclasses import dataclass

#: Of one answer; what a budget holds back for it.
MAX_TOKENS = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLimits:
    """Seconds, unless said otherwise."""

    connect: float = 3.0
    #: Until the first words, a retry included.
    first: float = 8.0
    #: Between words; an empty piece of a stream is no word.
    between: float = 5.0
    total: float = 30.0
    #: Before the second try, where the server names no time.
    pause: float = 0.3
    #: Calls at the same time.
    parallel: int = 8
    #: Characters of one answer; a model that writes more has lost itself.
    characters: int = 8_000


class CircuitBreaker:
    """Stops asking a model that failed several times in a row; after a pause one call tries it again."""

    def __init__(
        self, *, failures: int = 5, pause: float = 30.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._pause, self._clock = failures, pause, clock
        self._failures = 0
        self._closed_until = 0.0

    @property
    def allows_calls(self) -> bool:
        if self._failures < self._most:
            return True
        if self._clock() < self._closed_until:
            return False
        self._closed_until = self._clock() + self._pause  # one call tries, the others wait for what it finds
        return True

    def record_success(self) -> None:
        self._failures = 0

    def record_failure(self) -> None:
        self._failures += 1
        if self._failures >= self._most:
            self._closed_until = self._clock() + self._pause
