"""Chat models against a server that fails in every known way: words or ModelUnavailable, in time."""

import asyncio
import json
import subprocess
import sys
import time
from typing import NoReturn

import httpx
import pytest
import respx
from fastapi import FastAPI, Response
from httpx2 import AsyncClient
from langchain_core.language_models import BaseChatModel

from assistant.domain.errors import ModelUnavailable, SetupError
from assistant.models.chat import FallbackModel, LangChainModel, build_chat_model
from assistant.models.limits import CircuitBreaker, ModelLimits
from assistant.models.scripted import ScriptedModel
from assistant.models.vendors import build_openai_chat
from assistant.ports.models import ChatModel
from evals.fakes.chat_server import DONE, STATUSES, STREAMS, build_chunk, serve_app
from tests.models.bridge import client
from tests.models.conftest import QUICK

EVENTS = {"content-type": "text/event-stream"}
PROMPT = ("system", "<passages>\n[1] 返品\n返品は30日以内にできます。\n</passages>")


def model(base_url: str, http: AsyncClient, limits: ModelLimits = QUICK) -> ChatModel:
    made = build_chat_model("openai:fake", base_url=base_url, limits=limits, http=http)
    assert made
    return made


async def words(asked: ChatModel) -> str:
    return "".join([word async for word in asked.stream_completion(*PROMPT)])


@pytest.mark.slow
async def test_an_answer_comes_in_pieces_and_whole(server: str, http: AsyncClient) -> None:
    pieces = [word async for word in model(f"{server}/v1", http).stream_completion(*PROMPT)]
    assert len(pieces) > 1
    assert "".join(pieces) == "返品は30日以内にできます。 [1]"


HALF = [name for name in STREAMS if name not in ("missing-done", "duplicates", "surrogates")]


@pytest.mark.slow
@pytest.mark.parametrize("fault", [*HALF, *STATUSES, "html", "plain-json"])
async def test_a_failure_is_model_unavailable_within_the_deadline(
    server: str, http: AsyncClient, fault: str
) -> None:
    started = time.monotonic()
    with pytest.raises(ModelUnavailable) as failure:
        await words(model(f"{server}/{fault}/v1", http))
    assert time.monotonic() - started < QUICK.total + 0.5
    assert "返品" not in str(failure.value)


@pytest.mark.slow
async def test_a_stream_without_its_last_mark_is_whole_if_the_model_said_so(
    server: str, http: AsyncClient
) -> None:
    assert await words(model(f"{server}/missing-done/v1", http)) == "返品は30日以内にできます。 [1]"


@pytest.mark.slow
async def test_half_characters_are_replaced(server: str, http: AsyncClient) -> None:
    text = await words(model(f"{server}/surrogates/v1", http))
    assert "返品" in text
    text.encode()


async def test_a_server_that_is_not_there_is_model_unavailable(http: AsyncClient) -> None:
    with pytest.raises(ModelUnavailable):
        await words(model("http://127.0.0.1:9/v1", http))


WHOLE = httpx.Response(200, content=build_chunk("はい。") + build_chunk(finish="stop") + DONE, headers=EVENTS)
HALF_SAID = httpx.Response(200, content=build_chunk("半分"), headers=EVENTS)
DOWN = httpx.Response(500)


def routed(
    *answers: httpx.Response | Exception, breaker: CircuitBreaker | None = None
) -> tuple[ChatModel, respx.Route]:
    """A model whose server answers with *answers*, one after another."""
    router = respx.MockRouter(assert_all_called=False)
    route = router.post("https://model.example/v1/chat/completions").mock(side_effect=list(answers))
    chat = build_openai_chat("fake", "key", "https://model.example/v1", QUICK, client(router))
    return LangChainModel("fake", lambda: chat, QUICK, breaker=breaker or CircuitBreaker()), route


@pytest.mark.parametrize(
    "failure", [DOWN, httpx.Response(429, headers={"Retry-After": "0"}), httpx.ConnectError("x")]
)
async def test_one_retry_before_the_first_word(failure: httpx.Response | Exception) -> None:
    asked, route = routed(failure, WHOLE)
    assert await words(asked) == "はい。"
    assert route.call_count == 2


@pytest.mark.parametrize(
    "answers",
    [
        (HALF_SAID, WHOLE),  # a word was shown
        (httpx.Response(401), WHOLE),  # the next try would fail alike
        (httpx.Response(429, headers={"Retry-After": "60"}), WHOLE),  # later than the deadline
    ],
)
async def test_no_retry_where_it_is_too_late_or_of_no_use(answers: tuple[httpx.Response, ...]) -> None:
    asked, route = routed(*answers)
    with pytest.raises(ModelUnavailable):
        await words(asked)
    assert route.call_count == 1


async def test_after_failures_in_a_row_a_model_is_left_alone_for_a_while() -> None:
    now = [0.0]
    unauthorized = [httpx.Response(401)] * 2
    asked, route = routed(
        *unauthorized, WHOLE, breaker=CircuitBreaker(failures=2, pause=30, clock=lambda: now[0])
    )
    for _ in range(3):
        with pytest.raises(ModelUnavailable):
            await words(asked)
    assert route.call_count == 2  # the third was not even tried
    now[0] = 31.0
    assert await words(asked) == "はい。"


def counting(*answers: Response) -> tuple[FastAPI, list[float]]:
    """A server that gives *answers* one after another, the last for ever, and when it was asked."""
    app, asked = FastAPI(), list[float]()

    @app.post("/v1/chat/completions")
    async def answer() -> Response:
        asked.append(time.monotonic())
        return answers[min(len(asked), len(answers)) - 1]

    return app, asked


def over_http(base_url: str, http: AsyncClient, breaker: CircuitBreaker) -> ChatModel:
    chat = build_openai_chat("fake", "key", f"{base_url}/v1", QUICK, http)
    return LangChainModel("fake", lambda: chat, QUICK, breaker=breaker)


@pytest.mark.slow
async def test_retry_after_is_waited_for_over_http(http: AsyncClient) -> None:
    whole = Response(WHOLE.content, media_type="text/event-stream")
    app, asked = counting(Response(status_code=429, headers={"Retry-After": "0.3"}), whole)
    with serve_app(app) as url:
        assert await words(over_http(url, http, CircuitBreaker())) == "はい。"
    assert len(asked) == 2
    assert asked[1] - asked[0] >= 0.3


@pytest.mark.slow
async def test_a_failing_server_is_left_alone_over_http_and_asked_again_later(http: AsyncClient) -> None:
    now = [0.0]
    app, asked = counting(Response(status_code=503))
    with serve_app(app) as url:
        model = over_http(url, http, CircuitBreaker(failures=2, pause=30, clock=lambda: now[0]))
        for _ in range(5):
            with pytest.raises(ModelUnavailable):
                await words(model)
        assert len(asked) == 4  # two turns, two tries each; then none
        now[0] = 31.0
        with pytest.raises(ModelUnavailable):
            await words(model)
        assert len(asked) > 4
        before = len(asked)
        with pytest.raises(ModelUnavailable):
            await words(model)
        assert len(asked) == before  # one call tried it, and it is left alone again


@pytest.mark.slow
async def test_more_calls_than_allowed_at_once_wait_and_then_give_up(server: str, http: AsyncClient) -> None:
    limits = ModelLimits(connect=0.5, first=0.3, between=0.3, total=1.0, parallel=1)
    asked = model(f"{server}/hang-first/v1", http, limits)
    failures = await asyncio.gather(words(asked), words(asked), return_exceptions=True)
    assert all(isinstance(failure, ModelUnavailable) for failure in failures)


async def test_the_request_says_what_it_should_and_no_more() -> None:
    asked, route = routed(WHOLE)
    await words(asked)
    body = json.loads(route.calls[0].request.content)
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert body["model"] == "fake"
    assert body["stream"] is True
    assert set(body) <= {
        "model",
        "messages",
        "stream",
        "stream_options",
        "temperature",
        "max_completion_tokens",
    }


async def test_the_next_model_is_asked_when_one_fails() -> None:
    assert await words(FallbackModel([ScriptedModel(), ScriptedModel("はい。")])) == "はい。"


async def test_the_next_model_is_not_asked_once_words_were_shown() -> None:
    with pytest.raises(ModelUnavailable):
        await words(FallbackModel([ScriptedModel("半分", breaks_off=True), ScriptedModel("はい。")]))


@pytest.mark.parametrize(
    ("spec", "mend"),
    [
        ("gpt-5", "write it as openai:gpt-5"),
        ("openai:gpt-5", "needs OPENAI_API_KEY or OPENAI_BASE_URL"),
        ("nosuch:model", "cannot be used"),
        ("anthropic:claude", r"pip install 'yorisoi\[anthropic\]'"),
    ],
)
def test_a_model_that_cannot_be_had_is_said_in_one_line_with_the_mend(spec: str, mend: str) -> None:
    with pytest.raises(SetupError, match=mend) as failure:
        build_chat_model(spec)
    assert "\n" not in str(failure.value)


def test_extractive_is_no_model() -> None:
    assert build_chat_model("extractive") is None


async def test_a_model_that_cannot_be_made_is_unavailable() -> None:
    def make() -> NoReturn:
        raise ValueError("its address is none")

    with pytest.raises(ModelUnavailable, match="ValueError"):
        await words(LangChainModel("fake", make, QUICK))


def test_its_library_is_imported_when_it_is_needed_and_not_before() -> None:
    script = (
        "import sys; from assistant.models.chat import build_chat_model;"
        "from assistant.models.factory import preload_model;"
        "build_chat_model('openai:x', api_key='k'); print('langchain_openai' in sys.modules);"
        "preload_model('openai:x'); print('langchain_openai' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "True"]


async def test_many_that_ask_first_make_one_client() -> None:
    router = respx.MockRouter()
    router.post("https://model.example/v1/chat/completions").mock(return_value=WHOLE)
    made = list[BaseChatModel]()

    def make() -> BaseChatModel:
        made.append(build_openai_chat("fake", "key", "https://model.example/v1", QUICK, client(router)))
        return made[-1]

    asked = LangChainModel("fake", make, QUICK)
    assert await asyncio.gather(*(words(asked) for _ in range(4))) == ["はい。"] * 4
    assert len(made) == 1
