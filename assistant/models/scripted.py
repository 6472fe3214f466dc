"""A chat model for tests: returns scripted answers and records its calls."""

from collections.abc import AsyncIterator

from assistant.domain.errors import ModelUnavailable
from assistant.ports.models import TokenUsage


class ScriptedModel:
    """A ChatModel for tests, demonstrations and dry runs of evaluations."""

    def __init__(self, *replies: str, name: str = "scripted", breaks_off: bool = False) -> None:
        self.name = name
        self._replies, self._breaks_off = list(replies), breaks_off
        #: (system, user) of every call.
        self.asked: list[tuple[str, str]] = []

    async def stream_completion(
        self, system: str, user: str, usage: TokenUsage | None = None
    ) -> AsyncIterator[str]:
        self.asked.append((system, user))
        if not self._replies:
            raise ModelUnavailable(f"{self.name} has nothing more to say.")
        reply = self._replies.pop(0)
        for start in range(0, len(reply), 7):
            yield reply[start : start + 7]
        if self._breaks_off:
            raise ModelUnavailable(f"{self.name} broke off.")
