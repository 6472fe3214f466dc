"""Traces: one for each conversation, in both processes; nothing where they are off."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from assistant.tracing import close_tracing, configure_tracing, open_span, start_span

ONE, OTHER = uuid4().hex, uuid4().hex


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    configure_tracing(str(tmp_path / "spans.jsonl"), "test")
    yield tmp_path / "spans.jsonl"
    close_tracing()


def exported(file: Path) -> list[dict[str, Any]]:
    close_tracing()
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_a_conversations_trace_has_its_id(file: Path) -> None:
    with start_span("POST", conversation=ONE):
        pass
    with start_span("job turn", conversation=ONE), start_span("retrieve", {"passages": 3}):
        pass
    spans = exported(file)
    assert {span["context"]["trace_id"] for span in spans} == {f"0x{ONE}"}
    assert {span["name"]: span["parent_id"] is None for span in spans} == {
        "POST": True,
        "retrieve": False,
        "job turn": True,
    }
    assert spans[0]["attributes"]["gen_ai.conversation.id"] == ONE


def test_one_conversation_inside_anothers_span_has_its_own_trace(file: Path) -> None:
    with start_span("outer", conversation=ONE):
        open_span("inner", {}, OTHER).end_span()
        open_span("plain", {}).end_span()
    ids = {span["name"]: span["context"]["trace_id"] for span in exported(file)}
    assert ids == {"inner": f"0x{OTHER}", "plain": f"0x{ONE}", "outer": f"0x{ONE}"}


def test_an_error_is_named_by_its_class_and_its_text_stays_here(file: Path) -> None:
    with pytest.raises(ValueError, match="返品"), start_span("draft"):
        raise ValueError("返品は30日以内")
    (span,) = exported(file)
    assert span["attributes"] == {"error.type": "ValueError"}
    assert "返品" not in file.read_text("utf-8")


def test_an_id_that_is_no_trace_id_gets_a_trace_of_its_own(file: Path) -> None:
    open_span("job", {}, "c-1").end_span()
    assert len(exported(file)) == 1


def test_where_it_is_off_nothing_is_imported() -> None:
    look = (
        "import sys; from assistant.tracing import configure_tracing, start_span\n"
        "configure_tracing(None, 'x')\n"
        "with start_span('a', conversation='0' * 31 + '1'): pass\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
