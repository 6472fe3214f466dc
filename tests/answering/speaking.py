"""A model that says what it is told to, for whatever asks one a single question."""

from collections.abc import AsyncIterator

from assistant.domain.errors import ModelUnavailable
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
