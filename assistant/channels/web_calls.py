"""How every channel talks HTTP: our errors instead of the library's, limits on what is read."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx
import structlog

from assistant.domain.errors import BadInput, NotYet, Undeliverable

log = structlog.get_logger()

T = TypeVar("T")

#: Connecting, and the whole call.
CONNECT_SECONDS, CALL_SECONDS = 3.0, 10.0
#: Bytes of a file that we take; one more shows that it is too large.
LARGEST_FILE = 10 * 1024 * 1024 + 1
#: Of a webhook: how deep its JSON may be, and the digits of its numbers.
DEEPEST, LONGEST_INTEGER = 24, 40
#: Bytes of an answer to an API call.
LARGEST_ANSWER = 1024 * 1024

Values = Mapping[str, str]


def new_client() -> httpx.AsyncClient:
    """One for all channels; redirects are not followed, because tokens would travel with them."""
    return httpx.AsyncClient(
        timeout=httpx.Timeout(CALL_SECONDS, connect=CONNECT_SECONDS), follow_redirects=False
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What the app answered: below 500, and not "later"."""

    status: int
    data: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.status < 400

    @property
    def says(self) -> str:
        """The app's own words about what is wrong, with the status."""
        data: dict[str, Any] = self.data if isinstance(self.data, dict) else {}
        inner: dict[str, Any] = data["error"] if isinstance(data.get("error"), dict) else data
        words = next((inner[k] for k in ("message", "Message", "description", "error") if inner.get(k)), "")
        return f"{str(words)[:200]} ({self.status})".strip()


async def call(
    client: httpx.AsyncClient, method: str, url: str, *, final: Sequence[str] = (), **how: Any
) -> Answer:
    """Call the app; NotYet when it does not answer, is broken, or asks us to wait.

    A 429 whose words contain one of *final* is Undeliverable: waiting does not help.
    """
    response, body = await _read(client, method, url, LARGEST_ANSWER, how)
    answer = Answer(response.status_code, _data(body), response.headers)
    if answer.status == 429 and any(words in answer.says for words in final):
        raise Undeliverable(answer.says)
    _or_wait(response, answer.says)
    return answer


def refused(answer: Answer, *, token: str) -> Undeliverable:
    """What a refusal means; *token* is the setting that holds our credentials."""
    if answer.status == 401:
        return Undeliverable(f"the app does not accept our credentials: mend {token}; {answer.says}")
    return Undeliverable(f"the app refuses it: {answer.says}")


def _or_wait(response: httpx.Response, says: str) -> None:
    if response.status_code == 429 or response.status_code >= 500:
        why = "asks us to wait" if response.status_code == 429 else "has trouble"
        after = retry_after(response.headers.get("retry-after"), datetime.now(UTC))
        raise NotYet(f"the app {why}: {says}", after=after)


async def download(client: httpx.AsyncClient, url: str, **how: Any) -> bytes:
    """A file, up to one byte more than we keep; NotYet, Undeliverable."""
    response, body = await _read(client, "GET", url, LARGEST_FILE, how)
    _or_wait(response, str(response.status_code))
    if response.status_code >= 300:
        raise Undeliverable(f"the app does not give the file ({response.status_code})")
    return body


async def _read(
    client: httpx.AsyncClient, method: str, url: str, most: int, how: dict[str, Any]
) -> tuple[httpx.Response, bytes]:
    try:
        async with client.stream(method, url, **how) as response:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) >= most:
                    break
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        raise NotYet(f"the app does not answer ({type(exc).__name__})") from exc
    return response, bytes(body[:most])


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds of a Retry-After header, given as seconds or as a date."""
    if not value:
        return None
    if re.fullmatch(r"\d{1,6}(\.\d+)?", value, re.ASCII):
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None


def _data(body: bytes) -> Any:
    try:
        return json.loads(body) if body else {}
    except (ValueError, RecursionError):
        return {}


def json_of(body: bytes) -> dict[str, Any]:
    """The object in the body of a webhook, or BadInput; its texts as every database can keep them."""
    try:
        value = _storable(json.loads(body.decode("utf-8"), parse_int=_integer))
    except (ValueError, RecursionError) as exc:
        raise BadInput("The body is not JSON in UTF-8.") from exc
    if not isinstance(value, dict):
        raise BadInput("The body is not a JSON object.")
    return value


def _integer(digits: str) -> int | None:
    """None for a number that nothing counts: it costs its own event and not the call."""
    return int(digits) if len(digits) <= LONGEST_INTEGER else None


def _storable(value: Any, depth: int = 0) -> Any:
    """Without NUL and half characters; None in place of what is nested deeper than any app nests."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict | list) and depth == DEEPEST:
        return None
    if isinstance(value, list):
        return [_storable(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {storable(name): _storable(one, depth + 1) for name, one in value.items()}
    return value


def storable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


#: What a broken event makes its reader raise. OSError: a time beyond what the system can tell.
BROKEN = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, OSError)


def each(items: Any, read: Callable[[Any], Sequence[T]]) -> Iterator[T]:
    """What *read* makes of every item; one that is broken is noted and does not cost the others."""
    for item in items if isinstance(items, list) else ():
        try:
            yield from list(read(item))
        except BROKEN as exc:
            # Only its kind: the text of a ValueError quotes what somebody wrote.
            log.warning("event not understood", why=type(exc).__name__)


def text_of(value: Any) -> str:
    """A string, or ValueError: ids and texts are never anything else."""
    if not isinstance(value, str):
        raise ValueError("not a string")
    return value
