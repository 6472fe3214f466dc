"""Rate limits per address, token or account; kept in memory."""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from assistant.domain.errors import RateLimited

#: Keys per limit; the least recently used are dropped.
MAX_TRACKED_KEYS = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    #: Burst: requests at once …
    burst: int
    #: … and requests per second on average.
    per_second: float


class LimitKey(StrEnum):
    """The key of a limit."""

    ADDRESS = "address"
    #: The token or session; the address where there is none.
    TOKEN = "token"
    #: The e-mail address of a login.
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A rate limit of one kind of request."""

    name: str
    by: LimitKey
    rate: Rate


@dataclass(frozen=True, slots=True)
class LimitUse:
    """A use of a limit, and what is left of it."""

    limit: RateLimit
    remaining: int
    #: Seconds until there is one more, or a first one.
    next_seconds: int
    allowed: bool


class TokenBucket:
    """A token bucket per key. Source: the usual leaky-bucket-as-meter formulation."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def consume_token(self, key: str) -> tuple[bool, float]:
        """Consume one token of *key*, if one is left. Returns whether there was one, and what is left."""
        now = self._clock()
        tokens, seen = self._buckets.pop(key, (float(self._rate.burst), now))
        tokens = min(self._rate.burst, tokens + (now - seen) * self._rate.per_second)
        allowed = tokens >= 1
        left = tokens - 1 if allowed else tokens
        self._buckets[key] = (left, now)
        if len(self._buckets) > MAX_TRACKED_KEYS:
            self._buckets.popitem(last=False)
        return allowed, left


class RateLimiter:
    """The state of every limit."""

    clock: Callable[[], float] = staticmethod(time.monotonic)

    def __init__(self) -> None:
        self._limiters: dict[RateLimit, TokenBucket] = {}
        self._open: Counter[str] = Counter()

    def count_use(self, limit: RateLimit, key: str) -> LimitUse:
        """Count one use of *limit* by *key*, unless it is used up."""
        if limit not in self._limiters:
            self._limiters[limit] = TokenBucket(limit.rate, self.clock)
        allowed, left = self._limiters[limit].consume_token(key)
        wait = (int(left) + 1 - left) / limit.rate.per_second
        return LimitUse(limit=limit, remaining=int(left), next_seconds=max(1, round(wait)), allowed=allowed)

    def check_rate(self, limit: RateLimit, key: str) -> None:
        """Count one use of *limit* by *key*, or RateLimited with the seconds to wait."""
        require_allowed(self.count_use(limit, key))

    def reserve_slot(self, key: str, most: int) -> Callable[[], None]:
        """Count one more concurrent use by *key*, or RateLimited; call the result at its end."""
        if self._open[key] >= most:
            raise RateLimited("There are too many open at a time; close some.", retry_after=5)
        self._open[key] += 1
        return partial(self._release_slot, key)

    def _release_slot(self, key: str) -> None:
        self._open[key] -= 1
        if self._open[key] <= 0:
            del self._open[key]


def require_allowed(use: LimitUse) -> None:
    """RateLimited, with the seconds to wait, unless *use* was allowed."""
    if not use.allowed:
        raise RateLimited(retry_after=use.next_seconds)
