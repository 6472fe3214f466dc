"""The stand-in for a model that `make run MODEL=…` starts."""

import json

import httpx2
import pytest

from evals.demo import main
from evals.fake_model import create_fake, served

PROMPT = "<passages>\n[1] 返品\n返品は30日以内です。送料は無料です。\n</passages>"


def test_it_answers_from_the_passages_of_its_prompt() -> None:
    with served(create_fake()) as url:
        asked = {"messages": [{"role": "user", "content": PROMPT}]}
        said = httpx2.post(f"{url}/v1/chat/completions", json=asked).text
    events = [json.loads(event[len("data: ") :]) for event in said.split("\n\n")[:-2]]
    words = [event["choices"][0]["delta"].get("content", "") for event in events]
    assert "".join(words).startswith("返品は30日以内です。 [1]")
    assert said.endswith("data: [DONE]\n\n")


def test_an_unknown_fault_is_refused_with_those_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nonsense"]) == 2
    assert "hang-between" in capsys.readouterr().err
