"""A model that says what it is told to, for whatever asks one a single question, and what it may spend."""

from collections.abc import AsyncIterator

from assistant.domain.errors import ModelUnavailable


class SpeakingModel:
    """*words*: None is a model that is down; `seen` is what it was shown last."""

    name = "openai:fake"

    def __init__(self, words: str | None) -> None:
        self.words, self.seen = words, ""

    async def stream_completion(self, system: str, user: str) -> AsyncIterator[str]:
        self.seen = user
        if self.words is None:
            raise ModelUnavailable("down")
        yield self.words


class FakeBudget:
    """An allowance that refuses after so many calls, and keeps what was settled."""

    def __init__(self, calls: int) -> None:
        self.calls, self.settled = calls, list[tuple[int, int]]()

    async def reserve_tokens(self, tokens: int) -> str | None:
        self.calls -= 1
        return "the day's budget is spent" if self.calls < 0 else None

    async def record_usage(self, reserved: int, tokens: int, cost: float | None) -> None:
        self.settled.append((reserved, tokens))
