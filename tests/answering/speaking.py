"""A model that says what it is told to, for whatever asks one a single question, and what it may spend."""

from collections.abc import AsyncIterator

from assistant.domain.errors import ModelUnavailable
from assistant.domain.withheld_reasons import WithheldReason
from assistant.ports.models import TokenUsage


class SpeakingModel:
    """*words*: None is a model that is down; `seen` is what it was shown last."""

    name = "openai:fake"

    def __init__(self, words: str | None) -> None:
        self.words, self.seen = words, ""

    async def stream_completion(
        self, system: str, user: str, usage: TokenUsage | None = None
    ) -> AsyncIterator[str]:
        self.seen = user
        if self.words is None:
            raise ModelUnavailable("down")
        yield self.words


class FakeBudget:
    """An allowance that refuses after so many calls, and keeps what was settled."""

    def __init__(self, calls: int) -> None:
        self.calls, self.settled = calls, list[tuple[int, int]]()

    async def reserve_tokens(self, tokens: int) -> WithheldReason | None:
        self.calls -= 1
        return WithheldReason.DAY_BUDGET_SPENT if self.calls < 0 else None

    async def record_usage(self, reserved: int, tokens: int, cost: float | None) -> None:
        self.settled.append((reserved, tokens))
