"""How often one address, token or account may do something; kept in memory, forgotten after a while."""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from assistant.domain.errors import RateLimited

#: Callers remembered by each limit; the longest unseen are forgotten first.
MAX_TRACKED_KEYS = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    #: So many at once …
    burst: int
    #: … and so many a second on average.
    per_second: float


class LimitKey(StrEnum):
    """Who is counted."""

    ADDRESS = "address"
    #: The token or session that is sent; the address where there is none.
    TOKEN = "token"
    #: The e-mail address that somebody signs in with.
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many calls of some kind."""

    name: str
    by: LimitKey
    rate: Rate


class TokenBucket:
    """A token bucket per key. Source: the usual leaky-bucket-as-meter formulation."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def consume_token(self, key: str) -> None:
        """Count one use by *key*; RateLimited, with the seconds to wait, when it is over its rate."""
        now = self._clock()
        tokens, seen = self._buckets.pop(key, (float(self._rate.burst), now))
        tokens = min(self._rate.burst, tokens + (now - seen) * self._rate.per_second)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > MAX_TRACKED_KEYS:
            self._buckets.popitem(last=False)
        if not allowed:
            raise RateLimited(retry_after=max(1, round((1 - tokens) / self._rate.per_second)))


class RateLimiter:
    """What every caller has used of every limit."""

    clock: Callable[[], float] = staticmethod(time.monotonic)

    def __init__(self) -> None:
        self._limiters: dict[RateLimit, TokenBucket] = {}
        self._open: Counter[str] = Counter()

    def check_rate(self, limit: RateLimit, key: str) -> None:
        """Count one use of *limit* by *key*, or RateLimited."""
        if limit not in self._limiters:
            self._limiters[limit] = TokenBucket(limit.rate, self.clock)
        self._limiters[limit].consume_token(key)

    def reserve_slot(self, key: str, most: int) -> Callable[[], None]:
        """One more that *key* has open at a time, or RateLimited; call what it returns at the end."""
        if self._open[key] >= most:
            raise RateLimited("There are too many open at a time; close some.", retry_after=5)
        self._open[key] += 1
        return partial(self._release_slot, key)

    def _release_slot(self, key: str) -> None:
        self._open[key] -= 1
        if self._open[key] <= 0:
            del self._open[key]
