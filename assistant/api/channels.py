"""Webhooks of messaging apps: signature on the raw bytes, one transaction, then 200; thinking comes later."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from assistant.api.context import Context, Ctx
from assistant.conversation.arriving import Arrivals, take_in
from assistant.domain.channels import Call, Event
from assistant.domain.errors import AssistantError, NotFound, TooLarge, Unavailable
from assistant.ports import Channel

router = APIRouter(prefix="/v1/channels", tags=["channels"])

#: Events of one call that are stored at a time: nobody else's message waits for a thousand. Each is taken in
#: once, so a call that is cut in the middle is simply sent again.
TOGETHER = 50

#: Calls of an app that are read at a time, and how long one may wait and take; the app sends it again.
READERS, READING_SECONDS = 2, 10.0
_readers: dict[str, ThreadPoolExecutor] = {}
T = TypeVar("T")

#: Calls by channel and outcome since the process began, for `/metrics`.
Calls = Counter[tuple[str, str]]


@router.get("/{name}", include_in_schema=False)
@router.get("/{name}/{account}")
@router.post("/{name}", include_in_schema=False)
@router.post("/{name}/{account}")
async def webhook(name: str, request: Request, ctx: Ctx, account: str = "") -> PlainTextResponse:
    """200 when everything in the call is stored, or was before."""
    channel = _channel(ctx.channels, name, account)
    try:
        answer = await _answer(channel, await _call(request, ctx.public_url), ctx)
    except AssistantError as exc:
        ctx.calls[name, exc.code] += 1
        raise
    ctx.calls[name, "ok"] += 1
    return PlainTextResponse(answer)


async def _answer(channel: Channel, call: Call, ctx: Context) -> str:
    if call.method == "GET":
        if (greeting := channel.greet(call)) is None:
            raise NotFound("This app sends no GET.")
        return greeting
    greeting, events = await _off_the_loop(channel.name, partial(_read, channel, call))
    if greeting is not None or not events:
        return greeting or ""
    arrivals = Arrivals(timing=ctx.timing, languages=ctx.languages)
    now = ctx.clock()
    for start in range(0, len(events), TOGETHER):
        some = events[start : start + TOGETHER]
        changed = await ctx.database.write(partial(take_in, events=some, arrivals=arrivals, now=now))
        for conversation in changed:
            ctx.wire.ring(conversation)
    return ""


def _read(channel: Channel, call: Call) -> tuple[str | None, Sequence[Event]]:
    """What the call says, once its signature is right: the answer to the app's own test, or its events."""
    if len(call.body) > channel.largest_call:
        raise TooLarge("This app sends no calls of that size.")
    channel.verify(call)
    if (greeting := channel.greet(call)) is not None:
        return greeting, ()
    return None, channel.parse(call)


async def _off_the_loop(name: str, read: Callable[[], T]) -> T:
    """*read* in one of the app's few threads: what strangers send is never parsed where everybody waits for
    it, and no app's calls wait for another's."""
    if name not in _readers:
        _readers[name] = ThreadPoolExecutor(READERS, thread_name_prefix=f"webhook-{name}")
    try:
        async with asyncio.timeout(READING_SECONDS):
            return await asyncio.get_running_loop().run_in_executor(_readers[name], read)
    except TimeoutError as exc:
        raise Unavailable("Too many calls are being read just now.") from exc


def _channel(channels: Mapping[tuple[str, str], Channel], name: str, account: str) -> Channel:
    channel = channels.get((name, account.lower()))
    if channel is None:
        raise NotFound("This channel is not set up.")
    return channel


async def _call(request: Request, public_url: str) -> Call:
    """The call with the address that the app used, whatever stands between it and us."""
    address = urlsplit(public_url.rstrip("/"))
    query = f"?{request.url.query}" if request.url.query else ""
    return Call(
        method=request.method,
        url=f"{address.scheme}://{address.netloc}{address.path}{request.url.path}{query}",
        headers={name.lower(): value for name, value in request.headers.items()},
        query=dict(request.query_params),
        body=await request.body(),
    )
