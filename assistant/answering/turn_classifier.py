"""Asks a model about a turn that the signal reader is unsure of; no opinion on failure or timeout."""

import asyncio
import re
from collections.abc import Sequence

from assistant.answering.drafts.prompt_context import condense_history, sanitize_data
from assistant.answering.pii_masking import PiiMask
from assistant.answering.prompts import Prompt
from assistant.domain.budgets import ModelBudget
from assistant.domain.errors import ModelUnavailable
from assistant.domain.signals import ModelOpinion
from assistant.domain.turns import Utterance
from assistant.models.token_count import count_tokens, count_usage
from assistant.ports.models import ChatModel, TokenUsage

#: Seconds; the customer waits.
SECONDS = 2.0
MAX_TOKENS = 30
#: Characters of the end of the turn that the model reads.
MAX_CHARACTERS = 1_500
LINE = re.compile(
    r"person\s*[:：]\s*(yes|no)\b.{0,20}frustration\s*[:：]\s*(\d{1,2})\b", re.IGNORECASE | re.DOTALL
)


class ModelTurnClassifier:
    def __init__(self, model: ChatModel, prompt: Prompt, seconds: float = SECONDS) -> None:
        self._model, self._prompt, self._seconds = model, prompt, seconds

    async def __call__(
        self, text: str, lines: Sequence[Utterance], allowance: ModelBudget | None
    ) -> ModelOpinion | None:
        mask = PiiMask()
        history, message = (
            condense_history(lines, mask),
            sanitize_data(mask.mask_text(text[-MAX_CHARACTERS:])),
        )
        system, user = self._prompt.fill_template(history=history, message=message)
        taken = count_tokens(system + user, self._model.name)
        if allowance is not None and await allowance.reserve_tokens(taken + MAX_TOKENS) is not None:
            return None
        written, usage = "", TokenUsage()
        try:
            async with asyncio.timeout(self._seconds):
                async for part in self._model.stream_completion(system, user, usage):
                    written += part
        except (ModelUnavailable, TimeoutError):
            return None
        finally:
            if allowance is not None:
                spent = count_usage(usage, system + user, written, self._model.name)
                await allowance.record_usage(taken + MAX_TOKENS, sum(spent), None)
        found = LINE.search(written)
        if found is None or int(found[2]) > 10:
            return None
        return ModelOpinion(wants_human=found[1].lower() == "yes", frustration=int(found[2]) / 10)
