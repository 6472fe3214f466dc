"""What vendors are asked for, what they count, and what their errors become."""

import json
import sys
from collections.abc import AsyncIterator
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import httpx
import pytest
import respx
from langchain_core.language_models import BaseChatModel

from assistant.app.settings import load_settings
from assistant.domain.errors import ModelUnavailable, SetupError
from assistant.models.chat import LangChainModel, ModelUse, build_chat_model
from assistant.models.factory import PURPOSES, open_chat_models
from assistant.models.token_count import count_tokens, count_usage
from assistant.models.vendors import build_openai_chat
from assistant.ports.models import TokenUsage
from evals.fakes.chat_server import DONE, build_chunk
from tests.models.bridge import client
from tests.models.conftest import QUICK

URL = "https://model.example/v1"
COUNTED = {"prompt_tokens": 120, "completion_tokens": 7, "total_tokens": 127}


def stream(*events: bytes) -> httpx.Response:
    return httpx.Response(200, content=b"".join(events), headers={"content-type": "text/event-stream"})


def usage_chunk() -> bytes:
    event = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": []}
    return f"data: {json.dumps(event | {'usage': COUNTED})}\n\n".encode()


WHOLE = (build_chunk("はい。"), build_chunk(finish="stop"), usage_chunk(), DONE)


async def ask(
    model: str, *events: bytes, usage: TokenUsage | None = None, **parameters: Any
) -> dict[str, Any]:
    """The body of the request that a model of this name is asked with."""
    router = respx.MockRouter()
    route = router.post(f"{URL}/chat/completions").mock(return_value=stream(*events or WHOLE))
    chat = build_chat_model(
        f"openai:{model}",
        api_key="k",
        base_url=URL,
        limits=QUICK,
        http=client(router),
        use=ModelUse(parameters),
    )
    assert chat
    _ = [word async for word in chat.stream_completion("system", "user", usage)]
    body: dict[str, Any] = json.loads(route.calls[0].request.content)
    return body


async def test_a_model_that_can_leave_out_reasoning_is_asked_to() -> None:
    body = await ask("gpt-5.4-mini")
    assert (body["reasoning_effort"], body["temperature"], body["max_completion_tokens"]) == ("none", 0, 800)


async def test_a_model_without_temperature_is_asked_without() -> None:
    body = await ask("gpt-5.6-luna")
    assert body["reasoning_effort"] == "none"
    assert "temperature" not in body


async def test_a_model_that_nobody_knows_is_asked_for_nothing_special() -> None:
    body = await ask("qwen3-4b")
    assert "reasoning_effort" not in body
    assert body["temperature"] == 0


async def test_the_operators_parameters_win() -> None:
    body = await ask("gpt-5.4-mini", reasoning_effort="low", temperature=1, max_tokens=2000, top_p=0.9)
    assert (body["reasoning_effort"], body["max_completion_tokens"], body["top_p"]) == ("low", 2000, 0.9)


def test_the_default_model_is_no_model_that_is_about_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenAI names the end of its models in its client's documentation."""
    from openai.types.shared import chat_model

    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.delenv("ASSISTANT_CHAT_MODEL", raising=False)
    name = load_settings().effective_model.removeprefix("openai:")
    assert name in str(chat_model.ChatModel)
    with open(chat_model.__file__, encoding="utf-8") as file:
        assert f'"{name}"' not in file.read().partition("Deprecated values")[2]


async def test_each_purpose_has_its_own_cap_and_parameters_and_all_share_one_breaker() -> None:
    models = open_chat_models(
        "openai:gpt-5.4-mini",
        api_key="k",
        base_url="http://127.0.0.1:9/v1",
        parameters={"all": {"top_p": 0.5}, "vote": {"max_tokens": 60}},
    )
    made = {purpose: await cast("Any", getattr(models, purpose))._get_or_build_chat() for purpose in PURPOSES}
    assert {purpose: chat.max_tokens for purpose, chat in made.items()} == PURPOSES | {"vote": 60}
    assert {chat.top_p for chat in made.values()} == {0.5}
    assert len({id(cast("Any", getattr(models, purpose))._breaker) for purpose in PURPOSES}) == 1


async def test_the_providers_count_of_tokens_is_the_one_that_counts() -> None:
    usage = TokenUsage()
    await ask("fake", usage=usage)
    assert count_usage(usage, "system user", "はい。", "openai:fake") == (120, 7)


async def test_without_the_providers_count_we_count() -> None:
    usage = TokenUsage()
    await ask("fake", *WHOLE[:2], DONE, usage=usage)
    own = (count_tokens("system user", "openai:fake"), count_tokens("はい。", "openai:fake"))
    assert count_usage(usage, "system user", "はい。", "openai:fake") == own
    assert own[0] > 0


async def test_tokens_that_all_went_into_reasoning_are_told_with_the_way_out() -> None:
    with pytest.raises(ModelUnavailable, match=r"reasoning_effort.*ASSISTANT_CHAT_PARAMETERS"):
        await ask("o9", build_chunk(finish="length"), DONE)


class VendorError(Exception):
    """As a vendor's client raises it; its text quotes the prompt."""

    def __init__(self, status: int) -> None:
        super().__init__("返品は30日以内")
        self.status_code = status


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(401, "check the provider's key"), (404, "check ASSISTANT_CHAT_MODEL"), (429, "no credit left")],
)
async def test_another_vendors_error_is_one_line_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, status: int, remedy: str
) -> None:
    library = ModuleType("anthropic")
    library.AnthropicError = VendorError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "anthropic", library)

    async def astream(_messages: Any, _config: Any) -> AsyncIterator[Any]:
        raise VendorError(status)
        yield

    chat = cast("BaseChatModel", SimpleNamespace(astream=astream))
    with pytest.raises(ModelUnavailable, match=remedy) as failure:
        _ = [
            word
            async for word in LangChainModel("anthropic:x", lambda: chat, QUICK).stream_completion("s", "u")
        ]
    assert "返品" not in str(failure.value)
    assert "\n" not in str(failure.value)


def test_a_key_in_the_env_file_reaches_its_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    import os

    monkeypatch.chdir(tmp_path)
    for name in ("ANTHROPIC_API_KEY", "SOMETHING_ELSE"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    (tmp_path / ".env").write_text("ANTHROPIC_API_KEY=sk-ant\nSOMETHING_ELSE=x\n")
    load_settings()
    assert os.environ["ANTHROPIC_API_KEY"] == "sk-ant"
    assert "SOMETHING_ELSE" not in os.environ
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-environment")
    load_settings()
    assert os.environ["ANTHROPIC_API_KEY"] == "sk-environment"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("temperature=1", "write JSON"),
        ("[1]", "write JSON"),
        ('{"answer": 1}', "write JSON"),
        ('{"anwser": {}}', "'anwser' is none of all, answer"),
    ],
)
def test_parameters_that_cannot_be_used_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, value: str, reason: str
) -> None:
    monkeypatch.setenv("ASSISTANT_CHAT_PARAMETERS", value)
    with pytest.raises(SetupError, match=f"ASSISTANT_CHAT_PARAMETERS: .*{reason}"):
        load_settings()


def test_parameters_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_CHAT_PARAMETERS", '{"answer": {"temperature": 0.2}}')
    assert load_settings().chat_parameters == {"answer": {"temperature": 0.2}}


def test_a_client_is_built_for_a_server_without_a_key() -> None:
    chat = build_openai_chat("local", None, URL, QUICK, client(respx.MockRouter()))
    assert cast("Any", chat).openai_api_key.get_secret_value() == "none"
