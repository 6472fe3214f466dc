"""A question and its passages to an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.domain.budgets import ModelBudget
from assistant.domain.knowledge import Passage
from assistant.domain.messages import Citation
from assistant.domain.turns import Utterance, WithheldSentence


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRequest:
    """What an answer is to be written from."""

    question: str
    #: Language to answer in.
    language: str
    #: Best first.
    passages: Sequence[Passage]
    #: Everything said before, oldest first.
    lines: Sequence[Utterance] = ()
    #: None: no budget, as on the command line.
    allowance: ModelBudget | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An answer of which every sentence is supported; an empty text means there was nothing to say."""

    text: str
    citations: tuple[Citation, ...] = ()
    #: Model that wrote it, ``extractive`` for quotes.
    model: str = "extractive"
    prompt_version: str | None = None
    withheld: tuple[WithheldSentence, ...] = ()
    tokens: int = 0  #: in and out together
    cost: float | None = None
    #: Why quotes stand in for a model's words; empty: they do not.
    instead: str = ""


#: Called with the whole text so far, each time a checked sentence is added.
Progress = Callable[[str], Awaitable[None]]

#: Turns a follow-up question into one that stands alone: (question, lines before it).
Rewrite = Callable[[str, Sequence[Utterance]], Awaitable[str]]


class Answerer(Protocol):
    """A question and its passages to an answer that says only what the passages say."""

    async def write_answer(self, ask: AnswerRequest, progress: Progress) -> Draft: ...
