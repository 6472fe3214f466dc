"""Chat models: any OpenAI-compatible server, or any LangChain provider, with deadlines and a
circuit breaker.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from assistant.domain.errors import ModelUnavailable, SetupError
from assistant.models.limits import MAX_TOKENS, CircuitBreaker, ModelLimits
from assistant.ports.models import ChatModel

if TYPE_CHECKING:
    from httpx2 import AsyncClient
    from langchain_core.language_models import BaseChatModel

EXTRACTIVE = "extractive"
#: Finish reasons of a complete answer.
_COMPLETE = frozenset(
    {"stop", "end_turn", "eos", "end", "complete", "completed", "finished", "stop_sequence"}
)


def build_chat_model(
    spec: str,
    *,
    api_key: str | None = None,
    base_url: str | None = None,
    limits: ModelLimits | None = None,
    http: "AsyncClient | None" = None,
) -> ChatModel | None:
    """The model that *spec* names; None for ``extractive``; comma-separated models form a fallback chain."""
    limits = limits or ModelLimits()
    names = [name.strip() for name in spec.split(",") if name.strip() and name.strip() != EXTRACTIVE]
    models = [
        LangChainModel(name, _select_factory(name, api_key, base_url, limits, http), limits) for name in names
    ]
    if len(models) < 2:
        return models[0] if models else None
    return FallbackModel(models)


def build_http_client(limits: ModelLimits) -> "AsyncClient":
    """The only place where an HTTP client for a model server is created."""
    import httpx2

    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(limits.total, connect=limits.connect),
        limits=httpx2.Limits(max_connections=limits.parallel * 2),
        follow_redirects=False,
    )


def _select_factory(
    name: str, api_key: str | None, base_url: str | None, limits: ModelLimits, http: "AsyncClient | None"
) -> "Callable[[], BaseChatModel]":
    """A factory for the model's client, called on first use; SetupError now if it can never succeed."""
    provider, _, model = name.partition(":")
    if not model:
        raise SetupError(f"ASSISTANT_CHAT_MODEL={name} has no provider; write it as openai:{name}.")
    if provider == "openai":
        if not api_key and not base_url:
            raise SetupError(f"ASSISTANT_CHAT_MODEL={name} needs OPENAI_API_KEY or OPENAI_BASE_URL.")
        # Importing it takes as long as starting the rest of the service.
        return lambda: build_openai_chat(model, api_key, base_url, limits, http)
    other = _build_other_chat(provider, model, limits)
    return lambda: other


def build_openai_chat(
    model: str, api_key: str | None, base_url: str | None, limits: ModelLimits, http: "AsyncClient | None"
) -> "BaseChatModel":
    """Any OpenAI-compatible server through the official client, with every default set explicitly."""
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    return ChatOpenAI(
        model=model,
        # A local server needs no key, but the client insists on one.
        api_key=SecretStr(api_key or "none"),
        base_url=base_url,
        temperature=0,
        max_completion_tokens=MAX_TOKENS,
        # Retries and deadlines are ours: the client would wait two minutes for a Retry-After.
        max_retries=0,
        timeout=limits.total,
        stream_chunk_timeout=None,
        http_async_client=http or build_http_client(limits),
        use_responses_api=False,
    )


def _build_other_chat(provider: str, model: str, limits: ModelLimits) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(
            model, model_provider=provider, max_retries=0, timeout=limits.total, temperature=0
        )
    except (ImportError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise SetupError(f"ASSISTANT_CHAT_MODEL={provider}:{model} cannot be used: {reason}") from error


class LangChainModel:
    """A LangChain chat model with our deadlines, one retry before the first token, and a circuit breaker."""

    def __init__(
        self,
        name: str,
        make: "Callable[[], BaseChatModel]",
        limits: ModelLimits,
        *,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        self.name = name
        self._make, self._limits = make, limits
        self._chat: BaseChatModel | None = None
        self._making = asyncio.Lock()
        self._breaker = breaker or CircuitBreaker()
        self._places = asyncio.Semaphore(limits.parallel)

    async def stream_completion(self, system: str, user: str) -> AsyncGenerator[str, None]:
        """Stream the text; ModelUnavailable unless the model ended it by itself."""
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
        try:
            async with aclosing(self._stream_with_retry(chat, system, user, started)) as words:
                async for word in words:
                    yield word
        except ModelUnavailable:
            self._breaker.record_failure()
            raise
        else:
            self._breaker.record_success()
        finally:
            self._places.release()

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
        self, chat: "BaseChatModel", system: str, user: str, started: float
    ) -> AsyncGenerator[str, None]:
        shown = False
        try:
            async with aclosing(self._stream_attempt(chat, system, user, started)) as words:
                async for word in words:
                    shown = True
                    yield word
            return
        except _ModelFailure as failure:
            pause = self._limits.pause if failure.after is None else failure.after
            left = started + self._limits.first - asyncio.get_running_loop().time()
            if shown or not failure.again or pause >= left:
                raise
        await asyncio.sleep(pause)
        async with aclosing(self._stream_attempt(chat, system, user, started)) as words:
            async for word in words:
                yield word

    async def _stream_attempt(
        self, chat: "BaseChatModel", system: str, user: str, started: float
    ) -> AsyncGenerator[str, None]:
        """One attempt; vendors' errors are raised as ours."""
        chunks = chat.astream([("system", system), ("human", user)]).__aiter__()
        try:
            async for word in self._enforce_deadlines(chunks, started):
                yield word
        except _vendor_error_types() as error:
            raise _build_failure(self.name, error) from error
        finally:
            await _close_stream(chunks)

    async def _enforce_deadlines(self, chunks: AsyncIterator[Any], started: float) -> AsyncIterator[str]:
        """Apply the deadlines, which count non-empty chunks only."""
        clock = asyncio.get_running_loop().time
        due, written, finish = started + self._limits.first, 0, None
        while written <= self._limits.characters:
            async with asyncio.timeout_at(min(due, started + self._limits.total)):
                chunk = await anext(chunks, None)
            if chunk is None:
                break
            finish = _parse_finish_reason(chunk.response_metadata) or finish
            if text := _extract_text(chunk.content):
                due, written = clock() + self._limits.between, written + len(text)
                yield text
        if finish not in _COMPLETE or written > self._limits.characters:
            raise _ModelFailure(f"{self.name} broke off ({finish or 'no reason given'}).", again=not finish)
        if not written:
            raise _ModelFailure(f"{self.name} said nothing.", again=True)


class FallbackModel:
    """A chain of models; the next is called when one fails before its first token."""

    def __init__(self, models: Sequence[ChatModel]) -> None:
        self._models = models
        self.name = models[0].name

    async def stream_completion(self, system: str, user: str) -> AsyncGenerator[str, None]:
        for model in self._models:
            shown = False
            try:
                async for word in model.stream_completion(system, user):
                    shown = True
                    yield word
                return
            except ModelUnavailable:
                if shown or model is self._models[-1]:
                    raise


class _ModelFailure(ModelUnavailable):
    """A ModelUnavailable that knows whether and when to retry."""

    def __init__(self, message: str, *, again: bool, after: float | None = None) -> None:
        super().__init__(message)
        self.again, self.after = again, after


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


def _vendor_error_types() -> tuple[type[Exception], ...]:
    """Exceptions of servers, client libraries and malformed streams."""
    import httpx2
    import openai
    from langchain_core.exceptions import LangChainException

    malformed = (ValueError, KeyError, IndexError, TypeError, AttributeError)
    return (openai.OpenAIError, httpx2.HTTPError, LangChainException, OSError, TimeoutError, *malformed)


def _build_failure(name: str, error: Exception) -> _ModelFailure:
    """Our error for a vendor's; only its class is kept, because its text may quote the prompt."""
    status = getattr(error, "status_code", None)
    kind = f"status {status}" if status else type(error).__name__
    again = status is None or status in (408, 409, 429) or status >= 500
    return _ModelFailure(f"{name}: {kind}", again=again, after=_parse_retry_after(error))


def _parse_retry_after(error: Exception) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, ValueError):
        return None
