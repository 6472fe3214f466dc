"""The child process: what kills a parser kills nothing else."""

import contextlib
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.knowledge.loaders import Unreadable
from assistant.knowledge.loaders.reader import ChildProcessReader
from evals.fakes.hostile_documents import BOMBS

GOOD = "---\ntitle: 返品\nupdated: 2026-09-01\ntags: [a]\n---\n30日以内です。\n".encode()


@pytest.fixture
async def reader() -> AsyncIterator[ChildProcessReader]:
    async with ChildProcessReader() as reader:
        yield reader


async def test_a_document_crosses_the_process_whole(reader: ChildProcessReader) -> None:
    [document] = await reader.parse_documents(".md", GOOD)
    assert document.text == "30日以内です。"
    assert (document.title, str(document.updated), document.tags) == ("返品", "2026-09-01", ("a",))


async def test_the_reason_of_a_refusal_crosses_too_and_the_child_goes_on(reader: ChildProcessReader) -> None:
    with pytest.raises(Unreadable, match="empty; write something in it"):
        await reader.parse_documents(".md", b"")
    assert await reader.parse_documents(".md", GOOD)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("raise KeyError('a bug in a parser')", "damaged; open it in the program that made it"),
        ("while True: pass", "takes more than 0.5 s; split it"),
        ("bytearray(4_000_000_000)", "takes too much memory; split it"),
        ("import os; os.kill(os.getpid(), 9)", "needs more time or memory than allowed"),
        ("f = lambda x: f(x); f(1)", "nested too deeply"),
        ("import tempfile; f = tempfile.TemporaryFile(); f.write(b'x'); f.flush()", "damaged"),
    ],
    ids=["bug", "endless", "memory", "killed", "deep", "writes a file"],
)
async def test_a_document_that_kills_its_parser_fails_alone(
    body: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(tmp_path, monkeypatch, body)
    async with ChildProcessReader(seconds=0.5) as reader:
        assert await reader.parse_documents(".md", GOOD)
        with pytest.raises(Unreadable, match=why):
            await reader.parse_documents(".txt", b"hostile")
        assert await reader.parse_documents(".md", GOOD)


@pytest.mark.slow
async def test_documents_that_are_endless_when_opened_cost_a_bounded_time() -> None:
    async with ChildProcessReader(seconds=3) as reader:
        await reader.parse_documents(".md", GOOD)
        for name, build in BOMBS.items():
            data = build()
            assert len(data) < 5_000_000, name
            started = time.monotonic()
            with contextlib.suppress(Unreadable):
                documents = await reader.parse_documents(Path(name).suffix, data)
                assert sum(len(document.text) for document in documents) < 5_000_000, name
            assert time.monotonic() - started < 3 + 5, name  # and a new child's start
    async with ChildProcessReader() as reader:
        assert await reader.parse_documents(".md", GOOD)


async def test_closing_leaves_no_process(reader: ChildProcessReader) -> None:
    await reader.parse_documents(".md", GOOD)
    child = reader._child
    assert child is not None
    await reader.close()
    assert child.returncode is not None


async def test_the_child_sees_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    spoil(tmp_path, monkeypatch, "import os; from assistant.knowledge.loaders import Unreadable; "
          "raise Unreadable(' '.join(os.environ.values()))")  # fmt: skip
    async with ChildProcessReader() as reader:
        with pytest.raises(Unreadable) as refusal:
            await reader.parse_documents(".txt", b"?")
    assert "sk-canary" not in str(refusal.value)


def spoil(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Replace the child's plain text loader by *body*, as a hostile document would."""
    (folder / "sitecustomize.py").write_text(
        "import sys\n"
        "if 'assistant.knowledge.loaders.child' in ' '.join(sys.orig_argv):\n"
        "    from assistant.knowledge import loaders\n"
        f"    def hostile(data):\n        {body}\n        return []\n"
        "    loaders.LOADERS['.txt'] = hostile\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{os.getcwd()}")
