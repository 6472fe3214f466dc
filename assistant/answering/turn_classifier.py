"""Asks a model about a turn that the signal reader is unsure of; no opinion on failure or timeout."""

import re
from collections.abc import Sequence

from assistant.answering.completion import request_completion
from assistant.answering.drafts.prompt_context import condense_history, sanitize_data
from assistant.answering.prompts import Prompt
from assistant.domain.budgets import ModelBudget
from assistant.domain.signals import ModelOpinion
from assistant.domain.turns import Utterance
from assistant.ports.models import ChatModel
from assistant.text.pii_masking import PiiMask

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
        prompt = self._prompt.fill_template(history=history, message=message)
        written = await request_completion(
            self._model, prompt, allowance, max_tokens=MAX_TOKENS, seconds=self._seconds
        )
        found = LINE.search(written or "")
        if found is None or int(found[2]) > 10:
            return None
        return ModelOpinion(wants_human=found[1].lower() == "yes", frustration=int(found[2]) / 10)
