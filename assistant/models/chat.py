"""Chat models: any OpenAI-compatible server, or any LangChain provider, with deadlines and a
circuit breaker.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from assistant.domain.errors import ModelUnavailable
from assistant.models.failures import ModelFailure, build_failure, list_vendor_errors
from assistant.models.limits import CircuitBreaker, ModelLimits
from assistant.models.model_call import ModelCall, build_run_config
from assistant.models.vendors import select_factory
from assistant.ports.models import ChatModel, TokenUsage

if TYPE_CHECKING:
    from httpx2 import AsyncClient
    from langchain_core.language_models import BaseChatModel

EXTRACTIVE = "extractive"
#: Finish reasons of a complete answer.
_COMPLETE = frozenset(
    {"stop", "end_turn", "eos", "end", "complete", "completed", "finished", "stop_sequence"}
)


@dataclass(frozen=True, slots=True)
class ModelCapacity:
    """What all uses of a model share: connections, places at a time, and how it did of late."""

    http: "Callable[[], AsyncClient]"
    places: asyncio.Semaphore
    breaker: CircuitBreaker


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What a model is used for: parameters of its own, and by model name what it shares with other uses."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    capacities: dict[str, ModelCapacity] = field(default_factory=dict)


def build_chat_model(
    spec: str,
    *,
    api_key: str | None = None,
    base_url: str | None = None,
    limits: ModelLimits | None = None,
    http: "AsyncClient | None" = None,
    use: ModelUse | None = None,
) -> ChatModel | None:
    """The model that *spec* names; None for ``extractive``; comma-separated models form a fallback chain."""
    limits, use = limits or ModelLimits(), use or ModelUse()
    names = [name.strip() for name in spec.split(",") if name.strip() and name.strip() != EXTRACTIVE]
    models = list[LangChainModel]()
    for name in names:
        shared = use.capacities.setdefault(name, _build_capacity(limits, http))
        make = select_factory(name, api_key, base_url, shared.http, limits, use.parameters)
        models.append(LangChainModel(name, make, limits, breaker=shared.breaker, places=shared.places))
    if len(models) < 2:
        return models[0] if models else None
    return FallbackModel(models)


def _build_capacity(limits: ModelLimits, http: "AsyncClient | None") -> ModelCapacity:
    return ModelCapacity(
        http=(lambda: http) if http else cache(partial(build_http_client, limits)),
        places=asyncio.Semaphore(limits.parallel),
        breaker=CircuitBreaker(),
    )


def build_http_client(limits: ModelLimits) -> "AsyncClient":
    """The only place where an HTTP client for a model server is created."""
    import httpx2

    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(limits.total, connect=limits.connect),
        limits=httpx2.Limits(max_connections=limits.parallel * 2),
        follow_redirects=False,
    )


class LangChainModel:
    """A LangChain chat model with our deadlines, one retry before the first token, and a circuit breaker."""

    def __init__(
        self,
        name: str,
        make: "Callable[[], BaseChatModel]",
        limits: ModelLimits,
        *,
        breaker: CircuitBreaker | None = None,
        places: asyncio.Semaphore | None = None,
    ) -> None:
        self.name = name
        self._make, self._limits = make, limits
        self._chat: BaseChatModel | None = None
        self._making = asyncio.Lock()
        self._breaker = breaker or CircuitBreaker()
        self._places = places or asyncio.Semaphore(limits.parallel)

    async def stream_completion(
        self, system: str, user: str, usage: TokenUsage | None = None
    ) -> AsyncGenerator[str, None]:
        """Stream the text; ModelUnavailable unless the model ended it by itself."""
        usage = TokenUsage() if usage is None else usage
        if not self._breaker.allows_calls:
            raise ModelUnavailable(
                f"{self.name} failed several times in a row; it is left alone for a while."
            )
        chat = await self._get_or_build_chat()
        started = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(started + self._limits.first):
                await self._places.acquire()
        except TimeoutError:
            raise ModelUnavailable(f"{self.name} is busy with other questions.") from None
        call = ModelCall(self.name)
        try:
            async with aclosing(self._stream_with_retry(chat, (system, user), started, usage)) as words:
                async for word in words:
                    call.record_word()
                    yield word
        except ModelUnavailable as exc:
            self._breaker.record_failure()
            call.outcome = type(exc).__name__
            raise
        else:
            self._breaker.record_success()
        finally:
            self._places.release()
            call.record_end(usage)

    async def _get_or_build_chat(self) -> "BaseChatModel":
        """The model's client, created by the first caller while others wait."""
        async with self._making:
            if self._chat is None:
                try:
                    self._chat = await asyncio.to_thread(self._make)
                except (ImportError, ValueError) as error:
                    raise ModelUnavailable(f"{self.name} cannot be used: {type(error).__name__}") from error
            return self._chat

    async def _stream_with_retry(
        self, chat: "BaseChatModel", prompt: tuple[str, str], started: float, usage: TokenUsage
    ) -> AsyncGenerator[str, None]:
        shown = False
        try:
            async with aclosing(self._stream_attempt(chat, prompt, started, usage)) as words:
                async for word in words:
                    shown = True
                    yield word
            return
        except ModelFailure as failure:
            pause = self._limits.pause if failure.after is None else failure.after
            left = started + self._limits.first - asyncio.get_running_loop().time()
            if shown or not failure.again or pause >= left:
                raise
        await asyncio.sleep(pause)
        async with aclosing(self._stream_attempt(chat, prompt, started, usage)) as words:
            async for word in words:
                yield word

    async def _stream_attempt(
        self, chat: "BaseChatModel", prompt: tuple[str, str], started: float, usage: TokenUsage
    ) -> AsyncGenerator[str, None]:
        """One attempt; vendors' errors are raised as ours."""
        chunks = chat.astream([("system", prompt[0]), ("human", prompt[1])], build_run_config()).__aiter__()
        try:
            async for word in self._enforce_deadlines(chunks, started, usage):
                yield word
        except list_vendor_errors() as error:
            raise build_failure(self.name, error) from error
        finally:
            await _close_stream(chunks)

    async def _enforce_deadlines(
        self, chunks: AsyncIterator[Any], started: float, usage: TokenUsage
    ) -> AsyncIterator[str]:
        """Apply the deadlines, which count non-empty chunks only."""
        clock = asyncio.get_running_loop().time
        due, written, finish = started + self._limits.first, 0, None
        while written <= self._limits.characters:
            async with asyncio.timeout_at(min(due, started + self._limits.total)):
                chunk = await anext(chunks, None)
            if chunk is None:
                break
            finish = _parse_finish_reason(chunk.response_metadata) or finish
            if counted := chunk.usage_metadata:
                usage.add_counts(counted["input_tokens"], counted["output_tokens"])
            if text := _extract_text(chunk.content):
                due, written = clock() + self._limits.between, written + len(text)
                yield text
        if finish == "length" and not written:
            raise ModelFailure(f"{self.name}: {NO_WORD}", again=False)
        if finish not in _COMPLETE or written > self._limits.characters:
            raise ModelFailure(f"{self.name} broke off ({finish or 'no reason given'}).", again=not finish)
        if not written:
            raise ModelFailure(f"{self.name} said nothing.", again=True)


#: What became of a model whose tokens all went into reasoning.
NO_WORD = (
    "its tokens were used up before a word (it reasons first); set reasoning_effort lower or max_tokens "
    "higher in ASSISTANT_CHAT_PARAMETERS"
)


class FallbackModel:
    """A chain of models; the next is called when one fails before its first token."""

    def __init__(self, models: Sequence[ChatModel]) -> None:
        self._models = models
        self.name = models[0].name

    async def stream_completion(
        self, system: str, user: str, usage: TokenUsage | None = None
    ) -> AsyncGenerator[str, None]:
        for model in self._models:
            shown = False
            try:
                async for word in model.stream_completion(system, user, usage):
                    shown = True
                    yield word
                return
            except ModelUnavailable:
                if shown or model is self._models[-1]:
                    raise


async def _close_stream(chunks: AsyncIterator[Any]) -> None:
    """Closes the connection when the reader stops early."""
    if isinstance(chunks, AsyncGenerator):
        await chunks.aclose()


def _parse_finish_reason(metadata: Mapping[str, Any]) -> str | None:
    reason = metadata.get("finish_reason") or metadata.get("stop_reason") or metadata.get("done_reason")
    return str(reason).lower() if reason else None


def _extract_text(content: object) -> str:
    """Text of a chunk, without tool calls and reasoning; lone surrogates become �."""
    if isinstance(content, list):
        content = "".join(part.get("text", "") for part in content if isinstance(part, dict))
    return (
        content.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if isinstance(content, str)
        else ""
    )
