"""Deadlines and concurrency limits of chat models, and the circuit breaker."""

import time
from collections.abc import Callable
from dataclasses import dataclass

#: Tokens of one answer; also what a budget reserves for it.
MAX_TOKENS = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLimits:
    """Limits of a chat model, in seconds unless stated otherwise."""

    connect: float = 3.0
    #: Until the first token, a retry included.
    first: float = 8.0
    #: Between tokens; an empty chunk does not count.
    between: float = 5.0
    total: float = 30.0
    #: Before the second try, where the server names no time.
    pause: float = 0.3
    #: Concurrent calls.
    parallel: int = 8
    #: Characters of one answer; a model that writes more is looping.
    characters: int = 8_000


class CircuitBreaker:
    """Opens after several failures in a row; after a pause one call tests the model."""

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
        self._closed_until = self._clock() + self._pause  # one call tests, the others wait for its outcome
        return True

    def record_success(self) -> None:
        self._failures = 0

    def record_failure(self) -> None:
        self._failures += 1
        if self._failures >= self._most:
            self._closed_until = self._clock() + self._pause
