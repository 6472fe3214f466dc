"""How often one visitor or address may do something; kept in memory, forgotten after a while."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from assistant.domain.errors import TooMany

#: Visitors remembered at a time; the longest unseen are forgotten first.
REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    #: So many at once …
    burst: int
    #: … and so many a second on average.
    per_second: float


class Limiter:
    """A token bucket per key. Source: the usual leaky-bucket-as-meter formulation."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, key: str) -> None:
        """Count one use by *key*; TooMany, with the seconds to wait, when it is over its rate."""
        now = self._clock()
        tokens, seen = self._buckets.pop(key, (float(self._rate.burst), now))
        tokens = min(self._rate.burst, tokens + (now - seen) * self._rate.per_second)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        if not allowed:
            raise TooMany(retry_after=max(1, round((1 - tokens) / self._rate.per_second)))


class Limits:
    """The rates of the service."""

    def __init__(self) -> None:
        self.open = Limiter(Rate(60, 2.0))
        self.message = Limiter(Rate(30, 2.0))
        self.login = Limiter(Rate(10, 0.1))
        self.handoff = Limiter(Rate(10, 0.2))
