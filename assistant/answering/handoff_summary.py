"""Summarizes a conversation with a model for the agent who takes over."""

import asyncio
import re
from collections.abc import Mapping, Sequence

from assistant.answering.drafts.prompt_context import HistoryLimits, condense_history
from assistant.answering.pii_masking import PiiMask
from assistant.answering.prompts import Prompt
from assistant.domain.budgets import ModelBudget
from assistant.domain.errors import ModelUnavailable
from assistant.domain.turns import Utterance
from assistant.models.token_count import count_tokens
from assistant.ports.models import ChatModel

SECONDS = 10.0
#: Longest summary, in characters.
MAX_CHARACTERS = 800
MAX_TOKENS = 500
#: What is summed up. All together it stays within the budget of a message in Japanese too, where a character
#: is about a token: a longer conversation loses its oldest lines rather than its summary.
CONVERSATION = HistoryLimits(lines=40, characters=400, characters_of_ours=400, total=6_000)
PARAGRAPH = re.compile(r"^\s*(ja|en)\s*[:：]\s*(.+?)(?=^\s*(?:ja|en)\s*[:：]|\Z)", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"\d+")


class ModelSummarizer:
    """Summarizes with a model; a summary counts only if every number in it occurs in the conversation."""

    def __init__(self, model: ChatModel, prompt: Prompt, seconds: float = SECONDS) -> None:
        self._model, self._prompt, self._seconds = model, prompt, seconds

    async def __call__(self, lines: Sequence[Utterance], allowance: ModelBudget | None) -> Mapping[str, str]:
        mask = PiiMask()
        history = condense_history(lines, mask, CONVERSATION)
        system, user = self._prompt.fill_template(history=history)
        taken = count_tokens(system + user, self._model.name)
        reserved = taken + MAX_TOKENS
        if allowance is not None and await allowance.reserve_tokens(reserved) is not None:
            return {}
        written = ""
        try:
            async with asyncio.timeout(self._seconds):
                written = "".join([part async for part in self._model.stream_completion(system, user)])
        except (ModelUnavailable, TimeoutError):
            return {}
        finally:
            if allowance is not None:
                await allowance.record_usage(reserved, taken + count_tokens(written, self._model.name), None)
        return {
            language: mask.unmask_text(" ".join(text.split()))
            for language, text in PARAGRAPH.findall(written)
            if len(text) <= MAX_CHARACTERS and set(NUMBER.findall(text)) <= set(NUMBER.findall(history))
        }
