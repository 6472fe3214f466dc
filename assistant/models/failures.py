"""Vendors' errors as ours: one line with what to do, without their text, which may quote the prompt."""

import sys
from collections.abc import Iterator

from assistant.domain.errors import ModelUnavailable

#: Base classes of the errors of client libraries; only those that are loaded can be raised.
LIBRARIES = (
    ("openai", "OpenAIError"),
    ("anthropic", "AnthropicError"),
    ("google.genai.errors", "APIError"),
    ("ollama", "RequestError"),
    ("ollama", "ResponseError"),
    ("botocore.exceptions", "BotoCoreError"),
    ("botocore.exceptions", "ClientError"),
    ("langchain_core.exceptions", "LangChainException"),
    ("httpx2", "HTTPError"),
    ("httpx", "HTTPError"),
)
#: What servers send that is no stream of ours.
MALFORMED = (ValueError, KeyError, IndexError, TypeError, AttributeError, RuntimeError)
REMEDIES = {
    400: "it refuses the request; check ASSISTANT_CHAT_PARAMETERS",
    401: "check the provider's key",
    402: "there is no credit left",
    403: "the key may not use this model",
    404: "there is no such model; check ASSISTANT_CHAT_MODEL",
    429: "too many requests, or no credit left",
}


class ModelFailure(ModelUnavailable):
    """The model did not answer; knows whether and when to retry."""

    def __init__(self, message: str, *, again: bool, after: float | None = None) -> None:
        super().__init__(message)
        self.again, self.after = again, after


def list_vendor_errors() -> tuple[type[BaseException], ...]:
    """Exceptions of servers, client libraries and malformed streams."""
    loaded = (getattr(sys.modules.get(module), name, None) for module, name in LIBRARIES)
    return (*filter(None, loaded), OSError, TimeoutError, *MALFORMED)


def build_failure(name: str, error: BaseException) -> ModelFailure:
    status = next(filter(None, map(_parse_status, _list_causes(error))), None)
    kind = f"status {status}" if status else type(error).__name__
    again = status is None or status in (408, 409, 429) or status >= 500
    remedy = REMEDIES.get(status or 0) or ("" if status else "check that its server can be reached")
    message = f"{name}: {kind} ({remedy})" if remedy else f"{name}: {kind}"
    return ModelFailure(message, again=again, after=_parse_retry_after(error))


def _list_causes(error: BaseException) -> Iterator[BaseException]:
    """*error* and what it was raised from: LangChain wraps the errors of some vendors."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__


def _parse_status(error: BaseException) -> int | None:
    """The HTTP status: vendors call it `status_code` or `code`."""
    values = (getattr(error, "status_code", None), getattr(error, "code", None))
    return next((value for value in values if isinstance(value, int) and 400 <= value < 600), None)


def _parse_retry_after(error: BaseException) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, ValueError):
        return None
