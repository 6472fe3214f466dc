"""One customer's turn as an operator sees it: trace, metrics and log of both processes."""

import json
from collections.abc import Mapping
from typing import Any

import httpx2
import pytest

from evals.fakes.chat_server import create_fake, serve_app
from tests.cli.shell import CliHarness

pytestmark = pytest.mark.slow
OPENED = '{method="POST",route="/v1/conversations",status="201"}'
QUESTION = "未開封の商品の返品期限は何日ですか"


def test_a_turn_is_one_trace_and_is_measured_and_logged(own: CliHarness) -> None:
    file = own.data / "spans.jsonl"
    with serve_app(create_fake()) as model:
        settings = {
            "OPENAI_BASE_URL": f"{model}/v1",
            "ASSISTANT_CHAT_MODEL": "openai:fake",
            "ASSISTANT_TRACES": str(file),
            "ASSISTANT_ACCESS_LOG": "true",
            # On a busy machine the first call of a model takes long; this is about what is told of it.
            "ASSISTANT_TURN_DEADLINE_SECONDS": "300",
        }
        with own.having(**settings).serving() as service:
            talk = service.open()
            service.say(talk, QUESTION)
            answer = service.answer(talk)
            metrics = httpx2.get(f"{service.url}/metrics", timeout=20).text
            assert service.stop()[0] == 0
    spans = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    _check_trace([span for span in spans if span["context"]["trace_id"] == f"0x{talk.id}"])
    assert not [text for text in (QUESTION, answer["text"][:12]) if text in file.read_text("utf-8")]
    for line in (
        'assistant_job_duration_seconds_count{kind="turn",outcome="ok"} 1.0',
        'gen_ai_client_operation_duration_seconds_count{model="openai:fake",outcome="ok"}',
        'assistant_first_token_seconds_count{model="openai:fake"}',
        f"http_server_request_duration_seconds_count{OPENED} 1.0",
        "assistant_search_duration_seconds_count ",
    ):
        assert line in metrics, line
    families = [line.split()[2] for line in metrics.splitlines() if line.startswith("# TYPE")]
    assert len(families) == len(set(families)), "a family that is described twice is refused by Prometheus"
    _check_log((own.data / "serve.log").read_text("utf-8"), talk.id)


def _check_trace(spans: list[Mapping[str, Any]]) -> None:
    by_id = {span["context"]["span_id"]: span for span in spans}

    def list_path(span: Mapping[str, Any]) -> list[str]:
        parent = by_id.get(span["parent_id"] or "")
        return [*(list_path(parent) if parent else ()), span["name"]]

    paths = {" > ".join(list_path(span)) for span in spans}
    expected = {
        "POST",
        "job turn",
        "job turn > retrieve",
        "job turn > draft",
        "job turn > draft > chat fake",
        "job turn > draft > check",
    }
    assert expected <= paths, paths
    processes = {span["resource"]["attributes"]["service.instance.id"] for span in spans}
    assert processes == {"web", "worker"}
    chat = next(span for span in spans if span["name"] == "chat fake")["attributes"]
    assert chat["gen_ai.operation.name"] == "chat"
    assert chat["gen_ai.provider.name"] == "openai"
    assert chat["gen_ai.response.time_to_first_chunk"] >= 0


def _check_log(text: str, conversation: str) -> None:
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["event"] == "request"]
    (sent,) = [line for line in requests if line["route"] == "/v1/conversations/{conversation}/messages"]
    assert (sent["conversation"], sent["status"], sent["method"]) == (conversation, 202, "POST")
    assert len({line["request"] for line in requests}) == len(requests)
