"""Summarizes a conversation with a model for the agent who takes over."""

import asyncio
import re
from collections.abc import Mapping, Sequence

from assistant.answering.drafts.prompt_context import condense_history
from assistant.answering.pii_masking import PiiMask
from assistant.answering.prompts import Prompt
from assistant.domain.budgets import ModelBudget
from assistant.domain.errors import ModelUnavailable
from assistant.domain.turns import Utterance
from assistant.models.token_count import count_tokens, count_usage
from assistant.ports.models import ChatModel, TokenUsage

SECONDS = 10.0
#: Longest summary, in characters.
MAX_CHARACTERS = 800
MAX_TOKENS = 500
PARAGRAPH = re.compile(r"^\s*(ja|en)\s*[:：]\s*(.+?)(?=^\s*(?:ja|en)\s*[:：]|\Z)", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"\d+")


class ModelSummarizer:
    """Summarizes with a model; a summary counts only if every number in it occurs in the conversation."""

    def __init__(self, model: ChatModel, prompt: Prompt, seconds: float = SECONDS) -> None:
        self._model, self._prompt, self._seconds = model, prompt, seconds

    async def __call__(self, lines: Sequence[Utterance], allowance: ModelBudget | None) -> Mapping[str, str]:
        mask = PiiMask()
        history = condense_history(lines, mask)
        system, user = self._prompt.fill_template(history=history)
        taken = count_tokens(system + user, self._model.name)
        reserved = taken + MAX_TOKENS
        if allowance is not None and await allowance.reserve_tokens(reserved) is not None:
            return {}
        written, usage = "", TokenUsage()
        try:
            async with asyncio.timeout(self._seconds):
                written = "".join([part async for part in self._model.stream_completion(system, user, usage)])
        except (ModelUnavailable, TimeoutError):
            return {}
        finally:
            if allowance is not None:
                spent = count_usage(usage, system + user, written, self._model.name)
                await allowance.record_usage(reserved, sum(spent), None)
        return {
            language: mask.unmask_text(" ".join(text.split()))
            for language, text in PARAGRAPH.findall(written)
            if len(text) <= MAX_CHARACTERS and set(NUMBER.findall(text)) <= set(NUMBER.findall(history))
        }
