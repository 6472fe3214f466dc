"""Single flight: concurrent callers share one computation."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class CachedValue(Generic[T]):
    """A value that is cached for *seconds*; computed once for concurrent callers."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._found: tuple[float, T] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def get(self, make: Callable[[], Awaitable[T]]) -> T:
        async with self._one_at_a_time:
            if self._found is None or self._clock() - self._found[0] >= self._seconds:
                self._found = (self._clock(), await make())
            return self._found[1]
