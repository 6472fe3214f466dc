"""Yorisoi inside LangChain programs: its search as a retriever, its answerer as a runnable.

Callbacks and the `RunnableConfig` of the caller reach every step, so that a trace shows retrieval, rewrite,
draft and model call as spans of one run. See docs/langchain.md.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from langchain_core.callbacks import (
    AsyncCallbackManagerForRetrieverRun,
    CallbackManagerForRetrieverRun,
)
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda
from pydantic import ConfigDict

from assistant.app.knowledge_base import KnowledgeBase, open_knowledge
from assistant.app.settings import Settings, load_settings
from assistant.app.wiring import build_turn_dependencies
from assistant.conversation.turn.ask_once import answer_once
from assistant.conversation.turn.think import TurnDependencies
from assistant.domain.budgets import ModelBudget
from assistant.domain.errors import BadInput
from assistant.domain.knowledge import Passage
from assistant.domain.messages import Author
from assistant.domain.turns import Utterance
from assistant.ports.answering import Answerer, AnswerRequest, Draft, Progress, Rewrite
from assistant.ports.knowledge import Retriever

#: Whose words messages are; a system's and a tool's are nobody's in a conversation.
AUTHORS = {HumanMessage: Author.CUSTOMER, AIMessage: Author.ASSISTANT}
ASYNC_ONLY = "Yorisoi answers in async programs; call ainvoke, astream or abatch."


class YorisoiRetriever(BaseRetriever):
    """Passages that answer a question, best first; `metadata["score"]`: how probably each does, 0-1."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    source: Any  #: a `Retriever` of ours
    k: int = 5
    language: str | None = None

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        found = await self.source.search(query, language=self.language, limit=self.k)
        return [build_document(passage) for passage in found]

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> NoReturn:
        raise NotImplementedError(ASYNC_ONLY)


class YorisoiAnswerer(Runnable[str | Sequence[BaseMessage], dict[str, Any]]):
    """A question, or a conversation that ends with one, to a reply as `assistant ask --json` prints it."""

    name = "yorisoi"

    def __init__(self, dependencies: TurnDependencies) -> None:
        self._dependencies = replace(
            dependencies,
            retriever=_TracedSearch(dependencies.retriever),
            rewrite=_trace_rewrite(dependencies.rewrite),
            answerer=_TracedAnswerer(dependencies.answerer),
        )

    async def ainvoke(
        self, input: str | Sequence[BaseMessage], config: RunnableConfig | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        return await self._acall_with_config(self._answer_question, input, config)

    def invoke(
        self, input: str | Sequence[BaseMessage], config: RunnableConfig | None = None, **kwargs: Any
    ) -> NoReturn:
        raise NotImplementedError(ASYNC_ONLY)

    async def _answer_question(self, input: str | Sequence[BaseMessage]) -> dict[str, Any]:
        question, lines = _split_messages(input)
        return await answer_once(self._dependencies, question, lines)


@dataclass(frozen=True, slots=True)
class Yorisoi:
    """An opened knowledge base for LangChain."""

    knowledge: KnowledgeBase
    dependencies: TurnDependencies

    def build_retriever(self, *, k: int = 5, language: str | None = None) -> YorisoiRetriever:
        return YorisoiRetriever(source=self.dependencies.retriever, k=k, language=language)

    def build_answerer(self) -> YorisoiAnswerer:
        return YorisoiAnswerer(self.dependencies)


@asynccontextmanager
async def open_yorisoi(settings: Settings | None = None) -> AsyncIterator[Yorisoi]:
    """The knowledge base of *settings*, of the environment by default; it may be open in `serve` too."""
    settings = settings or load_settings()
    knowledge = await open_knowledge(settings, beside_serve=True)
    try:
        yield Yorisoi(knowledge, build_turn_dependencies(settings, knowledge))
    finally:
        await knowledge.close()


def build_document(passage: Passage) -> Document:
    return Document(
        id=str(passage.chunk),
        page_content=passage.text,
        metadata={
            "article": passage.article,
            "title": passage.title,
            "url": passage.url,
            "language": passage.language,
            "headings": list(passage.headings),
            "score": passage.score,
        },
    )


def _split_messages(input: str | Sequence[BaseMessage]) -> tuple[str, list[Utterance]]:
    """The question, and what the customer and the assistant said before it."""
    if isinstance(input, str):
        return input, []
    if not input or not isinstance(input[-1], HumanMessage):
        raise BadInput("The last message must be the question of a person.")
    lines = [
        Utterance(author=author, text=str(message.text))
        for message in input[:-1]
        for kind, author in AUTHORS.items()
        if isinstance(message, kind) and message.text
    ]
    return str(input[-1].text), lines


class _TracedSearch:
    """A retriever of ours whose searches show in traces as a retriever's."""

    def __init__(self, inner: Retriever) -> None:
        self._inner = inner

    async def search(self, question: str, *, language: str | None = None, limit: int = 5) -> list[Passage]:
        kept = _KeptSearch(self._inner)
        await YorisoiRetriever(source=kept, k=limit, language=language).ainvoke(question)
        return kept.found


class _KeptSearch:
    """Keeps the passages, of which LangChain sees documents only."""

    def __init__(self, inner: Retriever) -> None:
        self._inner = inner
        self.found: list[Passage] = []

    async def search(self, question: str, *, language: str | None = None, limit: int = 5) -> list[Passage]:
        self.found = await self._inner.search(question, language=language, limit=limit)
        return self.found


class _TracedAnswerer:
    """An answerer whose drafts show in traces, with the model's call inside."""

    def __init__(self, inner: Answerer) -> None:
        self._inner = inner

    async def write_answer(self, request: AnswerRequest, progress: Progress) -> Draft:
        async def draft_and_check(_question: str) -> Draft:
            return await self._inner.write_answer(request, progress)

        draft: Draft = await RunnableLambda(draft_and_check).ainvoke(request.question)
        return draft


def _trace_rewrite(inner: Rewrite) -> Rewrite:
    async def rewrite_question(
        question: str, lines: Sequence[Utterance], allowance: ModelBudget | None
    ) -> str:
        async def rewrite(text: str) -> str:
            return await inner(text, lines, allowance)

        found: str = await RunnableLambda(rewrite).ainvoke(question)
        return found

    return rewrite_question
