"""Webhooks of messaging apps: verify the signature of the raw bytes, store in one transaction,
respond 200.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import TypeVar
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from assistant.api.context import ApiContext, Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.responses import describe_content
from assistant.conversation.inbound.events import InboundContext, apply_events
from assistant.domain.channels import ChannelEvent, WebhookRequest
from assistant.domain.errors import AssistantError, NotFound, TooLarge, Unavailable
from assistant.measures import CHANNEL_CALLS
from assistant.ports.channels import Channel

router = APIRouter(prefix="/v1/channels", tags=["channels"], route_class=RateLimitedRoute)

#: Events per transaction, so that other requests need not wait for a thousand. Events are idempotent: a call
#: that failed halfway is simply delivered again.
EVENTS_PER_TRANSACTION = 50

#: Calls of an app parsed at a time, waiting calls, and seconds for both.
READERS = 2
MAX_WAITING_CALLS = 200
READING_SECONDS = 10.0

DESCRIBED = describe_content("What the app expects; mostly nothing.", "text/plain")

T = TypeVar("T")


@router.get("/{name}", include_in_schema=False)
@router.get("/{name}/{account}", operation_id="verify_webhook", response_class=Response, responses=DESCRIBED)
@router.post("/{name}", include_in_schema=False)
@router.post("/{name}/{account}", response_class=Response, responses=DESCRIBED)
async def receive_webhook(name: str, request: Request, ctx: Ctx, account: str = "") -> Response:
    """200 when every event of the call is stored, now or before."""
    channel = _find_channel(ctx.channels, name, account)
    try:
        answer = await _process_webhook(channel, await build_webhook_request(request, ctx.public_url), ctx)
    except AssistantError as exc:
        CHANNEL_CALLS.labels(channel.name, exc.code).inc()
        raise
    CHANNEL_CALLS.labels(channel.name, "ok").inc()
    return PlainTextResponse(answer)


async def _process_webhook(channel: Channel, call: WebhookRequest, ctx: ApiContext) -> str:
    if call.method == "GET":
        if (greeting := channel.answer_challenge(call)) is None:
            raise NotFound("This app sends no GET.")
        return greeting
    greeting, events = await get_parser_pool(channel.name).run_parser(
        partial(_verify_and_parse, channel, call)
    )
    if greeting is not None:
        return greeting
    arrivals = InboundContext(timing=ctx.timing, languages=ctx.languages)
    now = ctx.clock()
    for start in range(0, len(events), EVENTS_PER_TRANSACTION):
        some = events[start : start + EVENTS_PER_TRANSACTION]
        changed = await ctx.database.write(partial(apply_events, events=some, arrivals=arrivals, now=now))
        for conversation in changed:
            ctx.notifier.notify(conversation)
    return ""


def _verify_and_parse(channel: Channel, call: WebhookRequest) -> tuple[str | None, Sequence[ChannelEvent]]:
    """The response to the app's verification call, or the events of a call with a valid signature."""
    if len(call.body) > channel.max_webhook_bytes:
        raise TooLarge("This app sends no calls of that size.")
    channel.verify_webhook(call)
    if (greeting := channel.answer_challenge(call)) is not None:
        return greeting, ()
    return None, channel.parse_webhook(call)


class WebhookParserPool:
    """A few threads per app that parse its calls, so that no app delays another or the event loop."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix=f"webhook-{name}")
        self._waiting = 0

    async def run_parser(self, step: Callable[[], T]) -> T:
        """The result of *step*; Unavailable (503) when the queue is full or the wait is too long."""
        if self._waiting >= MAX_WAITING_CALLS:
            raise Unavailable("Too many calls wait to be read; try again shortly.")
        self._waiting += 1
        try:
            async with asyncio.timeout(READING_SECONDS):
                return await asyncio.get_running_loop().run_in_executor(self._pool, step)
        except TimeoutError as exc:
            raise Unavailable("Reading this call takes too long.") from exc
        finally:
            self._waiting -= 1


@cache
def get_parser_pool(name: str) -> WebhookParserPool:
    return WebhookParserPool(name)


def _find_channel(channels: Mapping[tuple[str, str], Channel], name: str, account: str) -> Channel:
    channel = channels.get((name, account.lower()))
    if channel is None:
        raise NotFound("This channel is not set up.")
    return channel


async def build_webhook_request(request: Request, public_url: str) -> WebhookRequest:
    """The call with the address that the app used, before any proxy."""
    address = urlsplit(public_url.rstrip("/"))
    query = f"?{request.url.query}" if request.url.query else ""
    return WebhookRequest(
        method=request.method,
        url=f"{address.scheme}://{address.netloc}{address.path}{request.url.path}{query}",
        headers={name.lower(): value for name, value in request.headers.items()},
        query=dict(request.query_params),
        body=await request.body(),
    )
