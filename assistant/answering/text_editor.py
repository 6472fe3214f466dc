"""Translates and rephrases with a model for agents, who read what comes of it before anything is sent."""

import asyncio
import re
from collections import Counter

from assistant.answering.completion import request_completion
from assistant.answering.drafts.prompt_context import sanitize_data
from assistant.answering.prompts import Prompt
from assistant.domain.budgets import ModelBudget
from assistant.domain.text_edits import LANGUAGE_NAMES, EditedText, TextEdit
from assistant.domain.unicode_forms import fold_compatibility
from assistant.ports.models import ChatModel
from assistant.text.characters import strip_every_invisible
from assistant.text.pii_masking import PiiMask

SECONDS = 20.0
MAX_TOKENS = 2_000
#: A translation that is longer than this many times its text, and this many characters, says something else.
MAX_GROWTH = 5
MIN_LIMIT_CHARACTERS = 400
NUMBER = re.compile(r"\d+")
MARK = re.compile(r"\[[A-Z]+_\d+\]")
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")

MANNERS = {
    "polite": "Say it more politely; in Japanese as support staff do, in correct keigo with です and ます.",
    "shorter": "Say it as briefly as politeness allows, in half the words where that is possible.",
    "simpler": "Say it in short, plain sentences and everyday words, for somebody who knows no technical "
    "terms or reads the language as a foreigner.",
}
TO_CUSTOMER = "It is a message to a customer: polite and natural, in Japanese with です and ます."
TO_AGENT = "It is a customer's message for an agent: keep its tone, also where it is angry or rude."


class ModelTextEditor:
    """Personal data does not reach the model; what differs in numbers is told beside the text."""

    def __init__(
        self, model: ChatModel, translating: Prompt, rephrasing: Prompt, seconds: float = SECONDS
    ) -> None:
        self._model, self._seconds = model, seconds
        self._translating, self._rephrasing = translating, rephrasing

    async def __call__(self, edit: TextEdit, allowance: ModelBudget | None) -> EditedText:
        mask = PiiMask()
        # Finding personal data in a long message takes a while.
        masked = await asyncio.to_thread(lambda: sanitize_data(mask.mask_text(edit.text)))
        answer = await request_completion(
            self._model,
            self._build_prompt(edit, masked),
            allowance,
            max_tokens=MAX_TOKENS,
            seconds=self._seconds,
        )
        written = strip_every_invisible(answer or "").strip()
        if not written or len(written) > max(MIN_LIMIT_CHARACTERS, MAX_GROWTH * len(masked)):
            return EditedText(problem="failed")
        differing = tuple(mask.unmask_text(one) for one in list_differing(masked, written))
        return EditedText(text=mask.unmask_text(written), differing=differing)

    def _build_prompt(self, edit: TextEdit, masked: str) -> tuple[str, str]:
        if edit.target is None:
            return self._rephrasing.fill_template(text=masked, manner=MANNERS[edit.kind])
        return self._translating.fill_template(
            text=masked,
            target=LANGUAGE_NAMES[edit.target],
            manner=TO_CUSTOMER if edit.is_draft else TO_AGENT,
        )


def list_differing(before: str, after: str) -> list[str]:
    """Numbers and marks that one of the texts has more often, each once, in their order."""
    counts = [Counter(_list_values(text)) for text in (before, after)]
    differing = (counts[0] - counts[1]) + (counts[1] - counts[0])
    return [value for value in dict.fromkeys([*counts[0], *counts[1]]) if differing[value]]


def _list_values(text: str) -> list[str]:
    marks = MARK.findall(text)
    plain = THOUSANDS.sub("", fold_compatibility(MARK.sub(" ", text)))
    return [*marks, *NUMBER.findall(plain)]
