"""Requests that crawl are cut, so that a few hundred of them cannot hold every connection."""

import socket
import time
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI, Request

from assistant.api import errors
from assistant.api.body_limit import BodyLimitMiddleware
from assistant.cli import slow_client_guard
from assistant.cli.slow_client_guard import SlowClientGuard
from evals.fakes.chat_server import serve_app

HEAD = b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n"
LAST = b"GET /y HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def slow(seconds: float = 0.2) -> FastAPI:
    app = FastAPI()
    app.add_middleware(BodyLimitMiddleware, most=100, longer={}, seconds=seconds)
    errors.install_error_handlers(app)

    @app.post("/x")
    async def take(request: Request) -> int:
        return len(await request.body())

    return app


def heard(url: str, *parts: bytes, pause: float = 0.05) -> bytes:
    """What the server says to a request that comes part by part, until it closes the connection."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        said = b""
        while more := connection.recv(4096):
            said += more
        return said


def test_a_body_that_crawls_is_refused_and_the_connection_closed() -> None:
    with serve_app(slow()) as url:
        said = heard(url, HEAD + b"\r\n", b"12", b"3")
    assert said.startswith(b"HTTP/1.1 408")
    assert b"too_slow" in said


def test_a_body_in_time_is_taken() -> None:
    with serve_app(slow(seconds=5)) as url:
        said = heard(url, HEAD + b"Connection: close\r\n\r\n", b"12345", b"67890")
    assert said.startswith(b"HTTP/1.1 200")
    assert said.endswith(b"10")


def test_a_head_without_an_end_is_refused() -> None:
    """uvicorn would keep whatever comes: two connections took 209 MB."""
    flood = b"X-Pad: " + b"a" * 4_000 + b"\r\n"
    with serve_app(slow(seconds=5), http=SlowClientGuard, timeout_keep_alive=60) as url:
        said = heard(url, HEAD, *[flood * 4] * 5)
    assert said.startswith(b"HTTP/1.1 431")


CHUNKED = b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("begun", "more"),
    [
        (CHUNKED + b"2\r\n{}\r\n0\r\n", b"X-Pad: " + b"a" * 4_000 + b"\r\n"),
        (CHUNKED + b"2\r\n{}\r\n0\r\nX-Pad: ", b"a" * 4_000),
        (CHUNKED + b"5;", b"a" * 4_000),
        (HEAD + b"\r\n1234567890GET / HTTP/1.1\r\n", b"X-Pad: " + b"a" * 4_000 + b"\r\n"),
    ],
    ids=["fields behind a body", "one field behind a body", "marks of a chunk", "a head behind a body"],
)
def test_what_has_no_end_behind_a_head_is_refused(begun: bytes, more: bytes) -> None:
    with serve_app(slow(seconds=5), http=SlowClientGuard, timeout_keep_alive=60) as url:
        said = heard(url, begun, *[more * 4] * 5)
    assert b"HTTP/1.1 431" in said or b"HTTP/1.1 400" in said


def test_a_long_body_in_chunks_is_no_head() -> None:
    with serve_app(FastAPI(), http=SlowClientGuard, timeout_keep_alive=60) as url:
        said = heard(url, CHUNKED, *[b"4000\r\n" + b"a" * 0x4000 + b"\r\n"] * 8, b"0\r\n\r\n" + LAST)
    assert said.count(b"HTTP/1.1 404") == 2


def test_few_requests_come_before_the_first_is_answered() -> None:
    """uvicorn would keep whatever comes: one connection took 5.7 GB and every other caller waited."""
    one = b"GET /y HTTP/1.1\r\nHost: x\r\n\r\n"
    with serve_app(FastAPI(), http=SlowClientGuard, timeout_keep_alive=60) as url:
        few, many = heard(url, one * slow_client_guard.WAITING_REQUESTS + LAST), heard(url, one * 1_000)
    assert few.count(b"HTTP/1.1 404") == slow_client_guard.WAITING_REQUESTS + 1
    assert many.count(b"HTTP/1.1 404") == 0
    assert many.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("before", [b"", HEAD + b"\r\n1234567890"], ids=["the first", "a later one"])
def test_a_head_that_crawls_ends_the_connection(monkeypatch: pytest.MonkeyPatch, before: bytes) -> None:
    monkeypatch.setattr(slow_client_guard, "HEAD_SECONDS", 0.2)
    began = time.monotonic()
    with serve_app(slow(seconds=5), http=SlowClientGuard, timeout_keep_alive=60) as url:
        said = heard(url, *filter(None, [before]), b"POST /x HTTP/1.1\r\nHos", b"t: x\r\nX-")
    assert said.count(b"HTTP/1.1 ") == bool(before)
    assert time.monotonic() - began < 4
