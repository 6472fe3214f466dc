"""Answering: a question and its passages to an answer."""

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
    """The input of an Answerer."""

    question: str
    #: Language of the answer.
    language: str
    #: Best first.
    passages: Sequence[Passage]
    #: All earlier messages, oldest first.
    lines: Sequence[Utterance] = ()
    #: None: no budget, as on the command line.
    allowance: ModelBudget | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An answer of which every sentence is supported; empty text: there was nothing to answer with."""

    text: str
    citations: tuple[Citation, ...] = ()
    #: The model that wrote it, ``extractive`` for quotes.
    model: str = "extractive"
    prompt_version: str | None = None
    withheld: tuple[WithheldSentence, ...] = ()
    tokens: int = 0  # prompt and completion together
    cost: float | None = None
    #: Why quotes replace a model's answer; empty: they do not.
    instead: str = ""


#: Called with the whole text so far, whenever a checked sentence is added.
Progress = Callable[[str], Awaitable[None]]


async def ignore_progress(_text: str) -> None:
    """The Progress of a draft that nobody sees before it is whole."""


#: Rewrites a follow-up as a standalone question: (question, lines before it, what it may spend).
Rewrite = Callable[[str, Sequence[Utterance], ModelBudget | None], Awaitable[str]]


class Answerer(Protocol):
    """Answers a question with only what the passages say."""

    async def write_answer(self, request: AnswerRequest, progress: Progress) -> Draft: ...
