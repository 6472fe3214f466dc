"""Health, pages, and what leaves in an error."""

import pytest

from assistant.api.metrics import MetricTotals, render_metrics
from assistant.domain.budgets import ModelUsage
from tests.api.conftest import ApiClient


async def test_readyz_names_the_part_that_fails(client: ApiClient) -> None:
    assert (await client.http.get("/healthz")).json() == {"status": "ok"}
    assert (await client.http.get("/readyz")).status_code == 200
    client.health["words"] = "the tokenizer finds nothing"
    response = await client.http.get("/readyz")
    assert response.status_code == 503
    assert response.json()["error"]["message"] == "not ready: words: the tokenizer finds nothing"


@pytest.mark.parametrize(
    ("words", "vectors", "code"),
    [
        (None, "The vector index is being rebuilt (2 of 9 vectors).", "degraded"),
        ("the tokenizer finds nothing", None, "degraded"),
        ("the tokenizer finds nothing", "The disk is gone.", "not_ready"),
    ],
)
async def test_readyz_tells_degraded_from_not_ready(
    client: ApiClient, words: str | None, vectors: str | None, code: str
) -> None:
    client.health.update(words=words, vectors=vectors)
    response = await client.http.get("/readyz")
    assert response.status_code == 503
    told = response.json()["error"]
    assert told["code"] == code
    assert told["message"].startswith(code.replace("_", " "))
    assert all(why in told["message"] for why in (words, vectors) if why)
    # What takes instances out leaves those in that still answer.
    kept = await client.http.get("/readyz?degraded=true")
    assert kept.status_code == (200 if code == "degraded" else 503)


async def test_metrics_are_in_the_format_of_prometheus(client: ApiClient) -> None:
    conversation = await client.open()
    await conversation.say("返品の期限は？")
    await conversation.answered()
    await conversation.post("handoff")
    response = await client.http.get("/metrics")
    assert response.status_code == 200
    for line in (
        'assistant_turns_total{decision="answer"} 1.0',
        'assistant_handoffs_total{reason="asked_for_person"} 1.0',
        'assistant_conversations{state="queued"} 1.0',
        "process_resident_memory_bytes",
    ):
        assert line in response.text


async def test_an_article_is_shown_without_anything_that_runs(client: ApiClient) -> None:
    response = await client.http.get("/help/ja/returns.md")
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert 'href="javascript:' not in response.text
    assert "返品 &lt;b&gt;の期限" in response.text
    assert 'href="/help/ja/delivery.md"' in response.text
    assert "script-src 'self'" in response.headers["content-security-policy"]
    assert (await client.http.get("/help/ja/unknown.md")).status_code == 404


async def test_a_front_end_that_is_not_built_says_how_to_build_it(client: ApiClient) -> None:
    for page in ("/console", "/docs", "/widget.js"):
        response = await client.http.get(page)
        assert response.status_code == 503
        assert "make" in response.json()["error"]["message"]


async def test_other_sites_may_call_the_chat(client: ApiClient) -> None:
    headers = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    response = await client.http.options("/v1/conversations", headers=headers)
    assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in response.headers


async def test_unknown_addresses_get_the_same_kind_of_error(client: ApiClient) -> None:
    response = await client.http.get("/v1/nothing")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


async def test_every_call_is_described(client: ApiClient) -> None:
    described = (await client.http.get("/openapi.json")).json()["paths"]
    assert "/v1/conversations/{conversation}/events" in described
    assert "/v1/agent/conversations/{conversation}/claim" in described


def test_tasks_that_were_started_again_are_counted() -> None:
    nothing = ModelUsage(tokens=0, calls=0, cost=0.0)
    found = MetricTotals({}, {}, {}, streams=0, spent=nothing, deliveries={}, longest_wait=0.0)
    assert b'assistant_task_restarts_total{task="loop"} 2.0' in render_metrics(found, {"loop": 2})
