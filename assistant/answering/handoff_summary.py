"""Summarizes a conversation with a model for the agent who takes over."""

import asyncio
import re
from collections.abc import Mapping, Sequence

from assistant.answering.completion import request_completion
from assistant.answering.drafts.prompt_context import HistoryLimits, condense_history
from assistant.answering.prompts import Prompt
from assistant.domain.budgets import ModelBudget
from assistant.domain.turns import Utterance
from assistant.ports.models import ChatModel
from assistant.text.pii_masking import PiiMask

SECONDS = 10.0
#: Longest summary, in characters.
MAX_CHARACTERS = 800
MAX_TOKENS = 500
#: What is summed up. All together it stays within the budget of a message in Japanese too, where a character
#: is about a token: a longer conversation loses its oldest lines rather than its summary.
CONVERSATION = HistoryLimits(lines=40, characters=400, characters_of_ours=400, total=6_000)
_LABEL = r"^[^\S\n]*(?:ja|en)\s*[:：]"
PARAGRAPH = re.compile(rf"^[^\S\n]*(ja|en)\s*[:：]\s*(.+?)(?={_LABEL}|\Z)", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"\d+")


class ModelSummarizer:
    """Summarizes with a model; a summary counts only if every number in it occurs in the conversation."""

    def __init__(self, model: ChatModel, prompt: Prompt, seconds: float = SECONDS) -> None:
        self._model, self._prompt, self._seconds = model, prompt, seconds

    async def __call__(self, lines: Sequence[Utterance], allowance: ModelBudget | None) -> Mapping[str, str]:
        mask = PiiMask()
        # Finding personal data in many long messages takes a while.
        history = await asyncio.to_thread(condense_history, lines, mask, CONVERSATION)
        prompt = self._prompt.fill_template(history=history)
        written = await request_completion(
            self._model, prompt, allowance, max_tokens=MAX_TOKENS, seconds=self._seconds
        )
        return {
            language: mask.unmask_text(" ".join(text.split()))
            for language, text in PARAGRAPH.findall(written or "")
            if len(text) <= MAX_CHARACTERS and set(NUMBER.findall(text)) <= set(NUMBER.findall(history))
        }
