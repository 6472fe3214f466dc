"""The stand-in for a model that `make run MODEL=…` starts."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx2
import pytest

from evals.fakes.chat_server import create_fake, serve_app
from evals.fakes.demo import main

PROMPT = "<passages>\n[1] 返品\n返品は30日以内です。送料は無料です。\n</passages>"


def test_it_answers_from_the_passages_of_its_prompt() -> None:
    with serve_app(create_fake()) as url:
        asked = {"messages": [{"role": "user", "content": PROMPT}]}
        said = httpx2.post(f"{url}/v1/chat/completions", json=asked).text
    events = [json.loads(event[len("data: ") :]) for event in said.split("\n\n")[:-2]]
    words = [event["choices"][0]["delta"].get("content", "") for event in events]
    assert "".join(words).startswith("返品は30日以内です。 [1]")
    assert said.endswith("data: [DONE]\n\n")


def test_an_unknown_fault_is_refused_with_those_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nonsense"]) == 2
    assert "hang-between" in capsys.readouterr().err


class FakeProcess:
    """What was started instead of the service."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.command, self.env = list(map(str, command)), env
        started.append(self)

    def wait(self) -> int:
        return 0


started: list[FakeProcess] = []


def test_settings_and_words_reach_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.Popen", FakeProcess)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setenv("ASSISTANT_DATA_DIR", "/elsewhere")
    assert main(["xss", "--port", "8123"]) == 0
    assert started[-1].command[1:] == ["serve", "--demo", "--port", "8123"]
    assert started[-1].env["ASSISTANT_DATA_DIR"] == "/elsewhere"
    assert started[-1].env["ASSISTANT_CHAT_MODEL"] == "openai:xss"


@pytest.mark.parametrize("name", ["anthropic:claude-x", "extractive"])
def test_a_real_model_is_used_as_the_settings_have_it(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("subprocess.Popen", FakeProcess)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert main([name, "--port", "8123"]) == 0
    assert started[-1].command[1:] == ["serve", "--demo", "--port", "8123"]
    assert started[-1].env["ASSISTANT_CHAT_MODEL"] == name
    assert "OPENAI_BASE_URL" not in started[-1].env


@pytest.mark.parametrize(
    ("given", "runs"),
    [
        (["PORT=8123"], "assistant serve --demo --port 8123"),
        (["MODEL=xss", "PORT=8123"], "python -m evals.fakes.demo xss --port 8123"),
    ],
)
def test_make_run_takes_a_port(given: list[str], runs: str) -> None:
    root = Path(__file__).parents[2]
    said = subprocess.run(["make", "-n", "run", *given], cwd=root, capture_output=True, text=True, check=True)
    assert f".venv/bin/{runs}" in said.stdout
