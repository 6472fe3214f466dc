"""Whether a reply is a yes to what was shown: by rules, and by a classifier where they leave it open."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from assistant.conversation.actions.consent import SURE_YES, Consent, may_be_yes, read_consent
from assistant.domain.actions import Tool


@dataclass(frozen=True, slots=True)
class ConsentReader:
    tools: Mapping[str, Tool]
    #: How surely words are a yes, 0-1.
    score_yes: Callable[[str], Awaitable[float]]

    async def read_reply(self, text: str, tool: str) -> Consent:
        """UNCLEAR is asked again; the classifier never outweighs a word that speaks against a yes."""
        words = {name: list(one.consent_words.values()) for name, one in self.tools.items()}
        consent = read_consent(text, words[tool])
        others = [word for name, some in words.items() if name != tool for word in some]
        if consent is not Consent.UNCLEAR or not may_be_yes(text, words[tool], others):
            return consent
        return Consent.YES if await self.score_yes(text) >= SURE_YES else consent
