"""Yorisoi inside LangChain: the documented programs run, and a caller's callbacks see every step."""

import re
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from assistant.domain.errors import BadInput
from assistant.langchain import YorisoiAnswerer, YorisoiRetriever
from tests.answering.passages import passage
from tests.cli.shell import CliHarness
from tests.harness import Harness, memory_database
from tests.test_house import ROOT

PAGE = (ROOT / "docs" / "langchain.md").read_text("utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


class Found:
    """A search that finds one passage."""

    def __init__(self) -> None:
        self.questions: list[str] = []

    async def search(self, question: str, *, language: str | None = None, limit: int = 5) -> list[Any]:
        self.questions.append(question)
        return [passage("未開封の商品は30日以内に返品できます。", score=0.95)][:limit]


class Steps(AsyncCallbackHandler):
    """What a tracer sees."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.runs: dict[Any, Any] = {}

    async def on_chain_start(self, serialized: Any, inputs: Any, **run: Any) -> None:
        self.seen.append((run["name"], run["metadata"]["conversation_id"]))
        self.runs[run["run_id"]] = run["parent_run_id"]

    async def on_retriever_start(self, serialized: Any, query: str, **run: Any) -> None:
        self.seen.append(("retriever", run["metadata"]["conversation_id"]))
        self.runs[run["run_id"]] = run["parent_run_id"]


def build_answerer(found: Found | None = None) -> YorisoiAnswerer:
    return YorisoiAnswerer(replace(Harness(memory_database()).mind, retriever=found or Found()))


async def test_every_step_is_a_run_of_the_callers_trace() -> None:
    steps = Steps()
    reply = await build_answerer().ainvoke(
        "未開封の商品の返品期限は何日ですか", {"callbacks": [steps], "metadata": {"conversation_id": "c-1"}}
    )
    assert reply["decision"] == "answer"
    names = [name for name, _ in steps.seen]
    assert names[0] == "yorisoi"
    assert {"rewrite", "retriever", "draft_and_check"} <= set(names)
    assert {conversation for _, conversation in steps.seen} == {"c-1"}
    roots = [run for run, parent in steps.runs.items() if parent is None]
    assert len(roots) == 1


async def test_messages_end_with_the_question() -> None:
    answerer = build_answerer()
    asked = [HumanMessage("こんにちは"), AIMessage("はい"), HumanMessage("返品期限は何日ですか")]
    assert (await answerer.ainvoke(asked))["decision"] == "answer"
    with pytest.raises(BadInput):
        await answerer.ainvoke(asked[:2])


async def test_a_follow_up_is_searched_for_with_its_subject() -> None:
    found = Found()
    asked = [
        SystemMessage("簡潔に"),
        HumanMessage("コンビニ払いはできますか"),
        AIMessage("はい、できます。"),
        HumanMessage("手数料は？"),
    ]
    reply = await build_answerer(found).ainvoke(asked)
    assert found.questions == ["コンビニ払いはできますか / 手数料は？"]
    assert reply["decision"] == "answer"


async def test_documents_carry_what_a_citation_needs() -> None:
    (document,) = await YorisoiRetriever(source=Found(), k=1).ainvoke("返品")
    assert document.page_content == "未開封の商品は30日以内に返品できます。"
    assert document.metadata == {
        "article": "ja/returns.md",
        "title": "返品",
        "url": "/help/ja/returns.md",
        "language": "ja",
        "headings": [],
        "score": 0.95,
    }


def test_a_call_that_would_block_says_how_to_call() -> None:
    with pytest.raises(NotImplementedError, match="ainvoke"):
        YorisoiRetriever(source=Found()).invoke("返品")
    with pytest.raises(NotImplementedError, match="ainvoke"):
        build_answerer().invoke("返品")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "expected"),
    [(PROGRAMS[0], "ja/returns"), (PROGRAMS[1], "c-1 draft_and_check")],
    ids=["retriever", "answerer"],
)
def test_the_documented_programs_run(indexed: CliHarness, program: str, expected: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=indexed.environment,
        cwd=indexed.data.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert expected in done.stdout
