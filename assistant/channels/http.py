"""HTTP for all channels: our errors instead of the library's, and limits on responses."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urljoin

import httpx
import structlog

from assistant.channels.allowed_hosts import FileHosts
from assistant.domain.channels import MessagePart, OutboundMessage, SendResult
from assistant.domain.errors import BadInput, RetryLater, Undeliverable

log = structlog.get_logger()

T = TypeVar("T")

#: Seconds for connecting, for a call or all calls of a send, and for a file.
CONNECT_SECONDS = 3.0
CALL_SECONDS = 10.0
FILE_SECONDS = 60.0
#: Requests for one file, redirects included.
MAX_REDIRECTS = 3
#: Bytes of a file; one more shows that it is too large.
MAX_FILE_BYTES = 10 * 1024 * 1024 + 1
#: Limits of webhook JSON: nesting depth, and digits of a number.
MAX_JSON_DEPTH = 24
MAX_INTEGER_DIGITS = 40
#: Bytes of an API response.
MAX_RESPONSE_BYTES = 1024 * 1024

Values = Mapping[str, str]


def build_client() -> httpx.AsyncClient:
    """The client of all channels; redirects are not followed, because tokens would be sent along."""
    return httpx.AsyncClient(
        timeout=httpx.Timeout(CALL_SECONDS, connect=CONNECT_SECONDS), follow_redirects=False
    )


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A response with a status below 500 that is not a request to retry."""

    status: int
    #: The JSON object of the body; empty if there is none.
    data: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        """Whether the call was accepted: by status only, whatever the body says."""
        return 200 <= self.status < 300

    def find_value(self, *path: str | int) -> Any:
        """The value at a path in the body; None if the body has another form."""
        found: Any = self.data
        for step in path:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    def find_text(self, *path: str | int) -> str:
        """As `find_value` for an id or a name as text; "" if missing."""
        found = self.find_value(*path)
        return str(found) if isinstance(found, str | int) else ""

    @property
    def error_message(self) -> str:
        """The app's error message, with the status."""
        data = self.data
        inner: dict[str, Any] = data["error"] if isinstance(data.get("error"), dict) else data
        words = next((inner[k] for k in ("message", "Message", "description", "error") if inner.get(k)), "")
        return f"{str(words)[:200]} ({self.status})".strip()


async def call_api(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    final: Sequence[str] = (),
    seconds: float = CALL_SECONDS,
    **how: Any,
) -> ApiResponse:
    """Call the API; RetryLater on timeouts, server errors and rate limits.

    A 429 whose text contains one of *final* is Undeliverable: waiting does not help.
    """
    response, body = await _fetch_body(client, method, url, (MAX_RESPONSE_BYTES, seconds), how)
    answer = ApiResponse(response.status_code, _parse_answer_data(body), response.headers)
    if answer.status == 429 and any(words in answer.error_message for words in final):
        raise Undeliverable(answer.error_message)
    _raise_if_throttled(response, answer.error_message)
    return answer


def build_refusal(answer: ApiResponse, *, token: str) -> Undeliverable:
    """The error for a refused call; *token* is the setting with our credentials."""
    if answer.status == 401:
        return Undeliverable(f"the app does not accept our credentials: mend {token}; {answer.error_message}")
    return Undeliverable(f"the app refuses it: {answer.error_message}")


def _raise_if_throttled(response: httpx.Response, says: str) -> None:
    if response.status_code == 429 or response.status_code >= 500:
        why = "asks us to wait" if response.status_code == 429 else "has trouble"
        after = parse_retry_after(response.headers.get("retry-after"), datetime.now(UTC))
        raise RetryLater(f"the app {why}: {says}", after=after)


async def download_file(client: httpx.AsyncClient, url: str, hosts: FileHosts, **how: Any) -> bytes:
    """A file on one of *hosts*, up to one byte more than the limit; RetryLater, Undeliverable.

    It may redirect to another host of the app; *how*, our credentials, is sent only to hosts that may have
    it.
    """
    for _ in range(MAX_REDIRECTS):
        if not hosts.is_allowed(url):
            raise Undeliverable("the file is on a server that we do not call")
        own = how if hosts.is_trusted(url) else {}
        response, body = await _fetch_body(client, "GET", url, (MAX_FILE_BYTES, FILE_SECONDS), own)
        _raise_if_throttled(response, str(response.status_code))
        if not response.has_redirect_location:
            break
        url = urljoin(url, response.headers["location"])
    if not response.is_success:
        raise Undeliverable(f"the app does not give the file ({response.status_code})")
    return body


def with_send_deadline(
    send: Callable[[Any, OutboundMessage, MessagePart], Awaitable[SendResult]],
) -> Callable[[Any, OutboundMessage, MessagePart], Awaitable[SendResult]]:
    """*send* with one deadline for all its calls, a longer one for a file: RetryLater when it expires."""

    @wraps(send)
    async def send_with_deadline(channel: Any, outbound: OutboundMessage, part: MessagePart) -> SendResult:
        seconds = FILE_SECONDS if outbound.file else CALL_SECONDS
        try:
            async with asyncio.timeout(seconds):
                return await send(channel, outbound, part)
        except TimeoutError as exc:
            raise RetryLater(f"the app does not answer within {seconds:.0f} seconds") from exc

    return send_with_deadline


async def _fetch_body(
    client: httpx.AsyncClient, method: str, url: str, limits: tuple[int, float], how: dict[str, Any]
) -> tuple[httpx.Response, bytes]:
    """The response and its body; *limits* are its most bytes and the seconds for all of them."""
    most, seconds = limits
    try:
        async with asyncio.timeout(seconds), client.stream(method, url, **how) as response:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) >= most:
                    break
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as exc:
        raise RetryLater(f"the app does not answer ({type(exc).__name__})") from exc
    return response, bytes(body[:most])


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds of a Retry-After header, given as seconds or as a date."""
    if not value:
        return None
    if re.fullmatch(r"\d{1,6}(\.\d+)?", value, re.ASCII):
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None


def _parse_answer_data(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def parse_json_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a webhook's body, or BadInput; its texts are made storable."""
    try:
        value = _sanitize_value(json.loads(body.decode("utf-8"), parse_int=_parse_integer))
    except (ValueError, RecursionError) as exc:
        raise BadInput("The body is not JSON in UTF-8.") from exc
    if not isinstance(value, dict):
        raise BadInput("The body is not a JSON object.")
    return value


def _parse_integer(digits: str) -> int | None:
    """None for an integer with too many digits: it invalidates its own event, not the call."""
    return int(digits) if len(digits) <= MAX_INTEGER_DIGITS else None


def _sanitize_value(value: Any, depth: int = 0) -> Any:
    """Remove NUL and lone surrogates; None in place of what is nested too deeply."""
    if isinstance(value, str):
        return sanitize_text(value)
    if isinstance(value, dict | list) and depth == MAX_JSON_DEPTH:
        return None
    if isinstance(value, list):
        return [_sanitize_value(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {sanitize_text(name): _sanitize_value(one, depth + 1) for name, one in value.items()}
    return value


def sanitize_text(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


#: Exceptions of parsing a malformed event. OSError: a time beyond the system's range.
BROKEN = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, OSError)


def parse_each(items: Any, read: Callable[[Any], Sequence[T]]) -> Iterator[T]:
    """*read* applied to every item; malformed items are logged and skipped."""
    for item in items if isinstance(items, list) else ():
        try:
            yield from list(read(item))
        except BROKEN as exc:
            # Only the class: the text of a ValueError quotes the input.
            log.warning("event not understood", why=type(exc).__name__)


def require_text(value: Any) -> str:
    """A string, or ValueError: for ids and texts."""
    if not isinstance(value, str):
        raise ValueError("not a string")
    return value
